import * as v from 'valibot';
import { address, credential, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, tokenRule, type StandardSchema } from '../../src/provider/index.ts';
import type { Resolved } from '../../src/provider/lazy.ts';

/** The credentials of Leaseweb's API. */
export interface LeasewebConfig {
  /** An API key of the customer portal. Environment: `LEASEWEB_API_KEY`. */
  readonly apiKey: string;
  /**
   * Default `https://api.leaseweb.com`; with or without `/services/v1` or `/publicCloud/v1` at its end. Environment:
   * `LEASEWEB_BASE_URL`.
   */
  readonly baseUrl?: string | undefined;
}

/** The address of the API unless the configuration names another. */
export const LEASEWEB_BASE_URL = 'https://api.leaseweb.com';

/** A checked {@link LeasewebConfig}. */
export type ResolvedLeasewebConfig = Resolved<LeasewebConfig>;

// Both APIs are below this address, and each request adds its own part.
const baseUrl = address({
  example: LEASEWEB_BASE_URL,
  before: '/services/v1 and /publicCloud/v1',
  ending: /\/+(?:services|publicCloud)\/+v1$/i,
  wrong: /\/(?:v\d+|services|publicCloud|instances)$/i,
});

export const leasewebConfigSchema: StandardSchema<LeasewebConfig, ResolvedLeasewebConfig> = constantMessages(
  onlyFields({ apiKey: credential(tokenRule), baseUrl: v.optional(baseUrl, LEASEWEB_BASE_URL) }),
);
