import type { ProviderRequest } from '../../src/provider/index.ts';
import type { ResolvedEdisConfig } from './config.ts';
import type { EdisOrder, EdisOrderItem } from './order.ts';

/** `POST /kvm/v2/add/order`: form-encoded, with the order as a JSON text in one of the fields. */
export function toOrderRequest(order: EdisOrder, config: ResolvedEdisConfig): ProviderRequest {
  return {
    method: 'POST',
    effect: 'write',
    path: ['kvm', 'v2', 'add', 'order'],
    form: {
      email: config.email,
      pw: config.password,
      order: JSON.stringify({
        billingcycle: order.billingCycle,
        paymentmethod: order.paymentMethod,
        applycredit: order.applyCredit ?? false,
        item: order.items.map(toItem),
      }),
    },
  };
}

/** The API wants an empty text if a field is not used. */
function toItem(item: EdisOrderItem): Readonly<Record<string, string | number>> {
  return {
    pid: item.productId,
    os: item.os,
    hostname: item.hostname,
    additional_ram: item.additionalRam ?? '',
    additional_vcpu: item.additionalVcpu ?? '',
    additional_ip: item.additionalIp ?? '',
    ...(item.additionalDriveboost === undefined
      ? { additional_diskboost: item.additionalDiskboost ?? '' }
      : { additional_driveboost: item.additionalDriveboost }),
    ...(item.sshPublicKey === undefined ? {} : { ssh_pubkey: item.sshPublicKey }),
  };
}
