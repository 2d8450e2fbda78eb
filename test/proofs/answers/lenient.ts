import { createCancelService } from '../../../src/index.ts';
import {
  defineProvider,
  type CancelVerdict,
  type Exchange,
  type ProviderRequest,
  type StandardSchema,
} from '../../../src/provider/index.ts';
import { CALLS, type Calls, type ProviderName } from './calls.ts';

const anything: StandardSchema<object> = {
  '~standard': { version: 1, vendor: 'proofs', validate: (value) => ({ value: Object(value) }) },
};

const REQUESTS: { readonly [Name in ProviderName]: ProviderRequest } = {
  edis: { method: 'POST', effect: 'write', path: ['kvm', 'v2', 'cancel', 'product'], form: {} },
  vpsbg: { method: 'POST', effect: 'write', path: ['v1', 'servers', 'cancel'], json: {} },
  hosting: { method: 'DELETE', effect: 'write', path: ['hosting', '1_a'], json: {} },
  whmcs: { method: 'POST', effect: 'write', path: ['includes', 'api.php'], form: { action: 'AddCancelRequest' } },
};

/** The calls of an adapter as many clients are: a 2xx is a yes, a 4xx a no, and nothing is read. */
export function lenientCalls(provider: ProviderName): Calls {
  const lenient = defineProvider({
    specVersion: 1,
    id: 'lenient',
    capabilities: {
      timings: ['immediate', 'end_of_period'],
      reason: { field: 'no' },
      readBack: false,
      revoke: false,
      immediateDestroysData: 'unknown',
      recognizesRepeat: 'no',
    },
    config: anything,
    env: {},
    service: anything,
    baseUrl: () => 'https://api.example',
    secrets: () => [],
    *cancel(): Exchange<CancelVerdict> {
      const { status } = yield REQUESTS[provider];
      if (status >= 200 && status <= 299) return { verdict: 'accepted', outcome: 'requested' };
      if (status >= 500) return { verdict: 'unrecognized' };
      return { verdict: 'refused', code: 'rejected', message: `the server answered ${status}` };
    },
  });
  const { documentation, oracle, kindOf } = CALLS[provider];
  return {
    documentation,
    oracle,
    kindOf,
    cancel: (fetch, when, verify) =>
      createCancelService({ a: lenient.account({}) }, { fetch }).safeCancel(
        { account: 'a', service: { id: 'x' }, when },
        { verify },
      ),
  };
}
