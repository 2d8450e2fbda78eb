import * as v from 'valibot';
import { onlyFields, shaped } from '../../src/provider/fields.ts';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  tokenRule,
  type StandardSchema,
} from '../../src/provider/index.ts';
import type { Resolved } from '../../src/provider/lazy.ts';

/** Where a Hosting API is, and how to sign in to it. */
export interface HostingConfig {
  /** The address below which `/hosting/{id}` lies, without `/hosting` itself. Environment: `HOSTING_BASE_URL`. */
  readonly baseUrl: string;
  /** The API token. Environment: `HOSTING_TOKEN`. */
  readonly token: string;
  /** Name of the header that carries the token. Default `token`. Environment: `HOSTING_TOKEN_HEADER`. */
  readonly tokenHeader?: string | undefined;
  /**
   * What stands before the token in the header, such as `Bearer`. Default nothing. Environment: `HOSTING_TOKEN_SCHEME`.
   */
  readonly tokenScheme?: string | undefined;
}

/** A checked {@link HostingConfig}. */
export type ResolvedHostingConfig = Resolved<HostingConfig>;

// What the request carries for itself, and what HTTP keeps for the connection.
const OWN_HEADERS = [
  'accept',
  'cache-control',
  'client-request-id',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'pragma',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
];

const tokenHeader = v.pipe(
  shaped(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'the name of a header'),
  v.transform((text) => text.toLowerCase()),
  v.check((name) => !OWN_HEADERS.includes(name), 'a header that nothing else needs'),
);

const NOT_TWICE =
  'the address before /hosting, which cancelkit adds (if the API itself lies below /hosting, write /hosting/hosting)';

const baseUrl = v.pipe(
  v.string(EXPECTED_BASE_URL),
  v.check(isBaseUrl, EXPECTED_BASE_URL),
  v.transform((url) => new URL(url).href.replace(/\/+$/, '')),
  // It may be a part of the address that is the reseller's own, or what every request adds.
  v.check((url) => !/\/hosting$/i.test(url) || /\/hosting\/+hosting$/i.test(url), NOT_TWICE),
  v.transform((url) => url.replace(/(\/hosting)\/+hosting$/i, '$1')),
);

export const hostingConfigSchema: StandardSchema<HostingConfig, ResolvedHostingConfig> = constantMessages(
  onlyFields({
    baseUrl,
    token: v.pipe(v.string('a non-empty text'), v.check(tokenRule.accepts, tokenRule.expected)),
    tokenHeader: v.optional(tokenHeader, 'token'),
    tokenScheme: v.optional(
      v.pipe(v.string('a text'), v.regex(/^[A-Za-z0-9_-]{0,32}$/, 'a scheme such as Bearer')),
      '',
    ),
  }),
);
