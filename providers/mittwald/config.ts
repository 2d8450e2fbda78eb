import * as v from 'valibot';
import { address, credential, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, tokenRule, type StandardSchema } from '../../src/provider/index.ts';
import type { Resolved } from '../../src/provider/lazy.ts';

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
export type ResolvedMittwaldConfig = Resolved<MittwaldConfig>;

const baseUrl = address({
  example: MITTWALD_BASE_URL,
  before: '/v2',
  ending: /\/+v2$/i,
  wrong: /\/v\d+$|\/contracts(?:\/|$)/i,
});

export const mittwaldConfigSchema: StandardSchema<MittwaldConfig, ResolvedMittwaldConfig> = constantMessages(
  onlyFields({ token: credential(tokenRule), baseUrl: v.optional(baseUrl, MITTWALD_BASE_URL) }),
);
