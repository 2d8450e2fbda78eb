import * as v from 'valibot';
import { address, credential, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, loginRule, secretRule, type StandardSchema } from '../../src/provider/index.ts';

/** The login of a web-service user of Hetzner Robot. */
export interface HetznerConfig {
  /** Name of the web-service user, such as `#ws+abc123`. Environment: `HETZNER_USER`. */
  readonly user: string;
  /**
   * Password of the web-service user, which is another one than that of Robot itself. Environment: `HETZNER_PASSWORD`.
   */
  readonly password: string;
  /** Default `https://robot-ws.your-server.de`. Environment: `HETZNER_BASE_URL`. */
  readonly baseUrl?: string | undefined;
}

/** The address of the API unless the configuration names another. */
export const HETZNER_BASE_URL = 'https://robot-ws.your-server.de';

/** A checked {@link HetznerConfig}. */
export interface ResolvedHetznerConfig {
  readonly password: string;
  /** The value of HTTP Basic authentication, without its scheme. */
  readonly login: string;
  readonly baseUrl: string;
}

const baseUrl = address({
  example: HETZNER_BASE_URL,
  before: '/server',
  wrong: /\/server(?:\/|$)/i,
});
// HTTP Basic authentication has no way to write a colon.
const user = v.pipe(
  credential(loginRule),
  v.check((name) => !name.includes(':'), 'the name of the web-service user, without a colon'),
);

export const hetznerConfigSchema: StandardSchema<HetznerConfig, ResolvedHetznerConfig> = constantMessages(
  v.pipe(
    onlyFields({ user, password: credential(secretRule), baseUrl: v.optional(baseUrl, HETZNER_BASE_URL) }),
    v.transform(({ user: name, password, ...rest }) => ({
      password,
      login: Buffer.from(`${name}:${password}`).toString('base64'),
      ...rest,
    })),
  ),
);
