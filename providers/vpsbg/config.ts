import * as v from 'valibot';
import { constantMessages, EXPECTED_BASE_URL, isBaseUrl, type StandardSchema } from '../../src/index.ts';

/** The credentials of a VPSBG API token. */
export interface VpsbgConfig {
  /** An API token with the ability "Write". Environment: `VPSBG_TOKEN`. */
  readonly token: string;
  /** Default `https://api.vpsbg.eu`; with or without `/v1` at its end. Environment: `VPSBG_BASE_URL`. */
  readonly baseUrl?: string | undefined;
  /**
   * Path of the DELETE that withdraws a cancellation, with `{server_id}` where the id belongs. It is inferred, since the
   * API's pages do not show it. Default `v1/servers/cancel`. Environment: `VPSBG_UNDO_PATH`.
   */
  readonly undoPath?: string | undefined;
}

/** A checked {@link VpsbgConfig}. */
export interface ResolvedVpsbgConfig {
  readonly token: string;
  readonly baseUrl: string;
  /** Its segments. */
  readonly undoPath: readonly string[];
}

const token = v.pipe(
  v.string('a non-empty text'),
  v.regex(/^[\x21-\x7e]+$/, 'a token: visible ASCII characters, no spaces or line breaks'),
);

const undoPath = v.pipe(
  v.string('a path'),
  v.regex(/^\/?(?:[\w-]+|\{server_id\})(?:\/(?:[\w-]+|\{server_id\}))*$/, 'a path such as v1/servers/cancel'),
  v.transform((path) => path.replace(/^\//, '').split('/')),
);

const baseUrl = v.pipe(
  v.string(EXPECTED_BASE_URL),
  v.check(isBaseUrl, EXPECTED_BASE_URL),
  // Where it is certain what is meant, the part that every request adds may be there.
  v.transform((url) => new URL(url).href.replace(/\/+$/, '').replace(/\/+v1$/i, '')),
  v.check(
    (url) => !/\/v\d+$|\/(?:servers|floating-ips)(?:\/|$)/i.test(url),
    'the address before /v1, such as https://api.vpsbg.eu: cancelkit adds the rest',
  ),
);

export const vpsbgConfigSchema: StandardSchema<VpsbgConfig, ResolvedVpsbgConfig> = constantMessages(
  v.strictObject(
    {
      token,
      baseUrl: v.optional(baseUrl, 'https://api.vpsbg.eu'),
      undoPath: v.optional(undoPath, 'v1/servers/cancel'),
    },
    'an object with only token, baseUrl and undoPath',
  ),
);

/** The environment variable of each option. */
export const vpsbgEnv = { token: 'VPSBG_TOKEN', baseUrl: 'VPSBG_BASE_URL', undoPath: 'VPSBG_UNDO_PATH' } as const;
