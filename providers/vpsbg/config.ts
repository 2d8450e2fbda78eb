import * as v from 'valibot';
import { secretRule, type StandardSchema } from '../../src/index.ts';

/** The credentials of a VPSBG API token. */
export interface VpsbgConfig {
  /** An API token with the ability "Write". Environment: `VPSBG_TOKEN`. */
  readonly token: string;
  /** Default `https://api.vpsbg.eu`. Environment: `VPSBG_BASE_URL`. */
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

const expectedToken = 'a token: six characters minimum, visible ASCII, without spaces and line breaks';
const token = v.pipe(
  v.string('a non-empty text'),
  v.check((value) => secretRule.accepts(value) && /^[\x21-\x7e]+$/.test(value), expectedToken),
);

const undoPath = v.pipe(
  v.string('a path'),
  v.regex(/^\/?(?:[\w-]+|\{server_id\})(?:\/(?:[\w-]+|\{server_id\}))*$/, 'a path such as v1/servers/cancel'),
  v.transform((path) => path.replace(/^\//, '').split('/')),
);

export const vpsbgConfigSchema: StandardSchema<VpsbgConfig, ResolvedVpsbgConfig> = v.strictObject(
  {
    token,
    baseUrl: v.optional(v.string('a URL'), 'https://api.vpsbg.eu'),
    undoPath: v.optional(undoPath, 'v1/servers/cancel'),
  },
  'an object with only the options token, baseUrl and undoPath',
);

/** The environment variable of each option. */
export const vpsbgEnv = { token: 'VPSBG_TOKEN', baseUrl: 'VPSBG_BASE_URL', undoPath: 'VPSBG_UNDO_PATH' } as const;
