import * as v from 'valibot';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  tokenRule,
  type StandardSchema,
} from '../../src/provider/index.ts';

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
export interface ResolvedLeasewebConfig {
  readonly apiKey: string;
  readonly baseUrl: string;
}

export const leasewebConfigSchema: StandardSchema<LeasewebConfig, ResolvedLeasewebConfig> = constantMessages(
  v.strictObject(
    {
      apiKey: v.pipe(v.string(tokenRule.expected), v.check(tokenRule.accepts, tokenRule.expected)),
      baseUrl: v.optional(
        v.pipe(
          v.string(EXPECTED_BASE_URL),
          v.check(isBaseUrl, EXPECTED_BASE_URL),
          // Both APIs are below this address, and each request adds the part of its own.
          v.transform((url) => new URL(url).href.replace(/\/+$/, '').replace(/\/+(?:services|publicCloud)\/+v1$/i, '')),
          v.check(
            (url) => !/\/(?:v\d+|services|publicCloud|instances)$/i.test(url),
            'the address before /services/v1 and /publicCloud/v1, such as https://api.leaseweb.com: cancelkit adds the rest',
          ),
        ),
        LEASEWEB_BASE_URL,
      ),
    },
    'an object with only apiKey and baseUrl',
  ),
);
