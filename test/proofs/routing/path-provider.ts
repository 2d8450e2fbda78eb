import type { Account, When } from '../../../src/index.ts';
import {
  defineProvider,
  type Exchange,
  type ProviderRequest,
  type StandardSchema,
} from '../../../src/provider/index.ts';

/** Which request the provider of these proofs makes for a cancellation. */
export interface PathService {
  readonly id: string;
  readonly method: 'POST' | 'DELETE';
  readonly body: 'form' | 'json';
}

/** Where its API is, and the secret that it carries. */
export interface PathConfig {
  readonly baseUrl: string;
  readonly key: string;
  /** Another secret, for an API that wants one in the path. */
  readonly pathKey?: string;
}

export type PathAccount = Account<'path', PathService, When, 'cancel'>;

/** Takes whatever the types let through: these proofs are about what the core does with it. */
function unchecked<Value>(): StandardSchema<Value> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the only callers are typed
  return { '~standard': { version: 1, vendor: 'proofs', validate: (value) => ({ value: value as Value }) } };
}

const pathProvider = defineProvider({
  specVersion: 1,
  id: 'path',
  capabilities: {
    timings: ['immediate', 'end_of_period'],
    reason: { field: 'optional' },
    readBack: false,
    revoke: false,
    immediateDestroysData: 'unknown',
    recognizesRepeat: 'no',
  },
  config: unchecked<PathConfig>(),
  env: {},
  service: unchecked<PathService>(),
  baseUrl: ({ baseUrl }) => baseUrl,
  secrets: ({ key, pathKey }) => (pathKey === undefined ? [key] : [key, pathKey]),
  *cancel({ service, reasonText }, { key }): Exchange<{ readonly verdict: 'unrecognized' }> {
    const request = {
      method: service.method,
      effect: 'write',
      path: ['services', service.id],
      headers: { 'x-key': key },
    } as const;
    const fields = { key, reason: reasonText ?? '' };
    const whole: ProviderRequest =
      service.body === 'form' ? { ...request, form: fields } : { ...request, json: fields };
    yield whole;
    return { verdict: 'unrecognized' };
  },
});

/** An account whose cancellation is one request to `/services/{id}`, of which no response is understood. */
export function pathAccount(config: PathConfig): PathAccount {
  return pathProvider.account(config);
}
