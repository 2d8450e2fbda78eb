import * as v from 'valibot';
import { address, credential, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, secretRule, tokenRule, type StandardSchema } from '../../src/provider/index.ts';

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

const baseUrl = address({
  example: OVH_ADDRESSES['ovh-eu'],
  before: '/1.0',
  ending: /\/+1\.0$/,
  wrong: /\/(?:1\.0|v\d+)$|\/(?:services|vps|auth)(?:\/|$)/i,
});

export const ovhConfigSchema: StandardSchema<OvhConfig, ResolvedOvhConfig> = constantMessages(
  v.pipe(
    onlyFields({
      applicationKey: credential(tokenRule),
      applicationSecret: credential(secretRule),
      consumerKey: credential(tokenRule),
      endpoint: v.optional(v.picklist(['ovh-eu', 'ovh-ca', 'ovh-us'], 'ovh-eu, ovh-ca or ovh-us'), 'ovh-eu'),
      baseUrl: v.optional(baseUrl),
    }),
    v.transform(({ endpoint, baseUrl: own, ...keys }) => ({ ...keys, baseUrl: own ?? OVH_ADDRESSES[endpoint] })),
  ),
);
