import * as v from 'valibot';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  loginRule,
  secretRule,
  type StandardSchema,
} from '../../src/provider/index.ts';

/** The login of a web-service user of Hetzner Robot. */
export interface HetznerConfig {
  /** Name of the web-service user, such as `#ws+abc123`. Environment: `HETZNER_USER`. */
  readonly user: string;
  /** Password of the web-service user, which is another one than that of Robot itself. Environment: `HETZNER_PASSWORD`. */
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

const NO_COLON = 'the name of the web-service user, without a colon';

export const hetznerConfigSchema: StandardSchema<HetznerConfig, ResolvedHetznerConfig> = constantMessages(
  v.pipe(
    v.strictObject(
      {
        user: v.pipe(
          v.string(loginRule.expected),
          v.check(loginRule.accepts, loginRule.expected),
          // HTTP Basic authentication has no way to write one.
          v.check((user) => !user.includes(':'), NO_COLON),
        ),
        password: v.pipe(v.string(secretRule.expected), v.check(secretRule.accepts, secretRule.expected)),
        baseUrl: v.optional(
          v.pipe(
            v.string(EXPECTED_BASE_URL),
            v.check(isBaseUrl, EXPECTED_BASE_URL),
            v.transform((url) => new URL(url).href.replace(/\/+$/, '')),
            v.check(
              (url) => !/\/server(?:\/|$)/i.test(new URL(url).pathname),
              'the address before /server, such as https://robot-ws.your-server.de: cancelkit adds the rest',
            ),
          ),
          HETZNER_BASE_URL,
        ),
      },
      'an object with only user, password and baseUrl',
    ),
    v.transform(({ user, password, baseUrl }) => ({
      password,
      login: Buffer.from(`${user}:${password}`).toString('base64'),
      baseUrl,
    })),
  ),
);
