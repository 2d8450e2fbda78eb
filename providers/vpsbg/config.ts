import * as v from 'valibot';
import { address, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, tokenRule, type StandardSchema } from '../../src/provider/index.ts';

/** The credentials of a VPSBG API token. */
export interface VpsbgConfig {
  /** An API token with the ability "Write". Environment: `VPSBG_TOKEN`. */
  readonly token: string;
  /** Default `https://api.vpsbg.eu`; with or without `/v1` at its end. Environment: `VPSBG_BASE_URL`. */
  readonly baseUrl?: string | undefined;
  /**
   * Path of the DELETE that undoes a cancellation, with `{server_id}` where the id belongs. It is inferred, since
   * the API's pages do not show it. Default `v1/servers/cancel`. Environment: `VPSBG_UNDO_PATH`.
   */
  readonly undoPath?: string | undefined;
  /**
   * Path of the DELETE that undoes an addon's cancellation, with `{server_id}` and `{addon_id}`. Inferred: the API's
   * menu has a DELETE among the calls of addons and no path. Default `v1/servers/{server_id}/addons/{addon_id}`.
   * Environment: `VPSBG_ADDON_UNDO_PATH`.
   */
  readonly addonUndoPath?: string | undefined;
  /**
   * Path of the DELETE that undoes a floating IP's cancellation, with `{floating_ip_id}` where the id belongs.
   * Inferred, like the others. Default `v1/floating-ips/cancel`. Environment: `VPSBG_FLOATING_IP_UNDO_PATH`.
   */
  readonly floatingIpUndoPath?: string | undefined;
}

/** The address of the API unless the configuration names another. */
export const VPSBG_BASE_URL = 'https://api.vpsbg.eu';

/** A checked {@link VpsbgConfig}. */
export interface ResolvedVpsbgConfig {
  readonly token: string;
  readonly baseUrl: string;
  /** The segments of the paths. */
  readonly undoPath: readonly string[];
  readonly addonUndoPath: readonly string[];
  readonly floatingIpUndoPath: readonly string[];
}

const token = v.pipe(v.string('a non-empty text'), v.check(tokenRule.accepts, tokenRule.expected));

/** A path of words and of these placeholders. */
function pathWith(example: string, ...placeholders: readonly string[]) {
  const segment = `(?:[\\w-]+|${placeholders.map((name) => `\\{${name}\\}`).join('|')})`;
  return v.pipe(
    v.string('a path'),
    v.regex(new RegExp(`^/?${segment}(?:/${segment})*$`), `a path such as ${example}`),
    v.transform((path): readonly string[] => path.replace(/^\//, '').split('/')),
  );
}

const UNDO_PATH = 'v1/servers/cancel';
const ADDON_UNDO_PATH = 'v1/servers/{server_id}/addons/{addon_id}';
const FLOATING_IP_UNDO_PATH = 'v1/floating-ips/cancel';

const baseUrl = address({
  example: VPSBG_BASE_URL,
  before: '/v1',
  ending: /\/+v1$/i,
  wrong: /\/v\d+$|\/(?:servers|floating-ips)(?:\/|$)/i,
});

export const vpsbgConfigSchema: StandardSchema<VpsbgConfig, ResolvedVpsbgConfig> = constantMessages(
  onlyFields({
    token,
    baseUrl: v.optional(baseUrl, VPSBG_BASE_URL),
    undoPath: v.optional(pathWith(UNDO_PATH, 'server_id'), UNDO_PATH),
    addonUndoPath: v.optional(pathWith(ADDON_UNDO_PATH, 'server_id', 'addon_id'), ADDON_UNDO_PATH),
    floatingIpUndoPath: v.optional(pathWith(FLOATING_IP_UNDO_PATH, 'floating_ip_id'), FLOATING_IP_UNDO_PATH),
  }),
);
