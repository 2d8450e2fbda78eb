import * as v from 'valibot';
import type { StandardSchema } from '../../src/index.ts';

/** The credentials of a VPSBG API token. */
export interface VpsbgConfig {
  /** An API token with the ability "Write". Environment: `VPSBG_TOKEN`. */
  readonly token: string;
  /** Default `https://api.vpsbg.eu`. Environment: `VPSBG_BASE_URL`. */
  readonly baseUrl?: string | undefined;
}

/** A checked {@link VpsbgConfig}. */
export interface ResolvedVpsbgConfig {
  readonly token: string;
  readonly baseUrl: string;
}

const token = v.pipe(
  v.string('a non-empty text'),
  v.regex(/^[\x21-\x7e]+$/, 'a token: visible ASCII characters, no spaces or line breaks'),
);

export const vpsbgConfigSchema: StandardSchema<VpsbgConfig, ResolvedVpsbgConfig> = v.strictObject(
  { token, baseUrl: v.optional(v.string('a URL'), 'https://api.vpsbg.eu') },
  'an object with only the options token and baseUrl',
);

/** The environment variable of each option. */
export const vpsbgEnv = { token: 'VPSBG_TOKEN', baseUrl: 'VPSBG_BASE_URL' } as const;
