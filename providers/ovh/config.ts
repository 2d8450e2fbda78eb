import * as v from 'valibot';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  secretRule,
  tokenRule,
  type StandardSchema,
} from '../../src/provider/index.ts';

/** The three keys of an application at OVHcloud, and where they belong. */
export interface OvhConfig {
  /** Environment: `OVH_APPLICATION_KEY`. */
  readonly applicationKey: string;
  /** Environment: `OVH_APPLICATION_SECRET`. */
  readonly applicationSecret: string;
  /** With the rights that the README lists. Environment: `OVH_CONSUMER_KEY`. */
  readonly consumerKey: string;
  /** The region that issued the keys. Default `ovh-eu`. Environment: `OVH_ENDPOINT`. */
  readonly endpoint?: OvhEndpoint | undefined;
  /** Another address of the same API, in place of `endpoint`; with or without `/1.0`. Environment: `OVH_BASE_URL`. */
  readonly baseUrl?: string | undefined;
}

/** A region, by the name that OVHcloud's own clients give it. */
export type OvhEndpoint = 'ovh-eu' | 'ovh-ca' | 'ovh-us';

/** A checked {@link OvhConfig}. */
export interface ResolvedOvhConfig {
  readonly applicationKey: string;
  readonly applicationSecret: string;
  readonly consumerKey: string;
  readonly baseUrl: string;
}

/** The API of each region. */
export const OVH_ADDRESSES = {
  'ovh-eu': 'https://eu.api.ovh.com',
  'ovh-ca': 'https://ca.api.ovh.com',
  'ovh-us': 'https://api.us.ovhcloud.com',
} as const;

const key = v.pipe(v.string(tokenRule.expected), v.check(tokenRule.accepts, tokenRule.expected));
const EXPECTED_ENDPOINT = 'ovh-eu, ovh-ca or ovh-us';

export const ovhConfigSchema: StandardSchema<OvhConfig, ResolvedOvhConfig> = constantMessages(
  v.pipe(
    v.strictObject(
      {
        applicationKey: key,
        applicationSecret: v.pipe(v.string(secretRule.expected), v.check(secretRule.accepts, secretRule.expected)),
        consumerKey: key,
        endpoint: v.optional(v.picklist(['ovh-eu', 'ovh-ca', 'ovh-us'], EXPECTED_ENDPOINT), 'ovh-eu'),
        baseUrl: v.optional(
          v.pipe(
            v.string(EXPECTED_BASE_URL),
            v.check(isBaseUrl, EXPECTED_BASE_URL),
            // The part that every request adds is accepted if the meaning is certain.
            v.transform((url) => new URL(url).href.replace(/\/+$/, '').replace(/\/+1\.0$/, '')),
            v.check(
              (url) => !/\/(?:1\.0|v\d+)$|\/(?:services|vps|auth)(?:\/|$)/i.test(url),
              'the address before /1.0, such as https://eu.api.ovh.com: cancelkit adds the rest',
            ),
          ),
        ),
      },
      'an object with only applicationKey, applicationSecret, consumerKey, endpoint and baseUrl',
    ),
    v.transform(({ endpoint, baseUrl, ...keys }) => ({ ...keys, baseUrl: baseUrl ?? OVH_ADDRESSES[endpoint] })),
  ),
);
