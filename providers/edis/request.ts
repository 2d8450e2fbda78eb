import type { CancelOrder, ProviderRequest, When } from '../../src/provider/index.ts';
import type { ResolvedEdisConfig } from './config.ts';
import type { ResolvedEdisService } from './service.ts';

const TYPES: { readonly [Timing in When]: string } = {
  immediate: 'Immediate',
  end_of_period: 'End of Billing Period',
};

/** `POST /kvm/v2/cancel/product`, form-encoded, with the credentials in the body. */
export function toCancelRequest(order: CancelOrder<ResolvedEdisService>, config: ResolvedEdisConfig): ProviderRequest {
  return {
    method: 'POST',
    effect: 'write',
    path: ['kvm', 'v2', 'cancel', 'product'],
    form: {
      email: config.email,
      pw: config.password,
      [order.service.field]: order.service.value,
      type: TYPES[order.when],
    },
  };
}
