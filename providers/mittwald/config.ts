import * as v from 'valibot';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  tokenRule,
  type StandardSchema,
} from '../../src/provider/index.ts';

/** The credentials of a mittwald API token. */
export interface MittwaldConfig {
  /** An API token that may read and write. Environment: `MITTWALD_TOKEN`. */
  readonly token: string;
  /** Default `https://api.mittwald.de`; with or without `/v2` at its end. Environment: `MITTWALD_BASE_URL`. */
  readonly baseUrl?: string | undefined;
}

/** The address of the API unless the configuration names another. */
export const MITTWALD_BASE_URL = 'https://api.mittwald.de';

/** A checked {@link MittwaldConfig}. */
export interface ResolvedMittwaldConfig {
  readonly token: string;
  readonly baseUrl: string;
}

export const mittwaldConfigSchema: StandardSchema<MittwaldConfig, ResolvedMittwaldConfig> = constantMessages(
  v.strictObject(
    {
      token: v.pipe(v.string(tokenRule.expected), v.check(tokenRule.accepts, tokenRule.expected)),
      baseUrl: v.optional(
        v.pipe(
          v.string(EXPECTED_BASE_URL),
          v.check(isBaseUrl, EXPECTED_BASE_URL),
          // Where it is certain what is meant, the part that every request adds may be there.
          v.transform((url) => new URL(url).href.replace(/\/+$/, '').replace(/\/+v2$/i, '')),
          v.check(
            (url) => !/\/v\d+$|\/contracts(?:\/|$)/i.test(url),
            'the address before /v2, such as https://api.mittwald.de: cancelkit adds the rest',
          ),
        ),
        MITTWALD_BASE_URL,
      ),
    },
    'an object with only token and baseUrl',
  ),
);
