import * as v from 'valibot';
import { address, credential, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, loginRule, secretRule, tokenRule, type StandardSchema } from '../../src/provider/index.ts';
import type { Resolved } from '../../src/provider/lazy.ts';

/** The credentials of a Contabo API user, all four from the customer control panel. */
export interface ContaboConfig {
  /** Environment: `CONTABO_CLIENT_ID`. */
  readonly clientId: string;
  /** Environment: `CONTABO_CLIENT_SECRET`. */
  readonly clientSecret: string;
  /** The API user, an e-mail address. Environment: `CONTABO_USERNAME`. */
  readonly username: string;
  /** The password of the API user, which is not that of the control panel. Environment: `CONTABO_PASSWORD`. */
  readonly password: string;
  /** Default `https://api.contabo.com`; with or without `/v1` at its end. Environment: `CONTABO_BASE_URL`. */
  readonly baseUrl?: string | undefined;
  /** Where the token is obtained. Default `https://auth.contabo.com`. Environment: `CONTABO_AUTH_URL`. */
  readonly authUrl?: string | undefined;
}

/** The address of the API unless the configuration names another. */
export const CONTABO_BASE_URL = 'https://api.contabo.com';

/** A checked {@link ContaboConfig}. */
export type ResolvedContaboConfig = Resolved<ContaboConfig>;

/** The path of the login below `authUrl`. */
export const LOGIN_PATH = ['auth', 'realms', 'contabo', 'protocol', 'openid-connect', 'token'] as const;

const AUTH_URL = 'https://auth.contabo.com';
const baseUrl = address({
  example: CONTABO_BASE_URL,
  before: '/v1',
  ending: /\/+v1$/i,
  wrong: /\/v\d+$|\/compute(?:\/|$)/i,
});
const authUrl = address({
  example: AUTH_URL,
  before: '/auth/realms',
  ending: new RegExp(`/+${LOGIN_PATH.join('/+')}$`, 'i'),
  wrong: /\/auth$|\/realms(?:\/|$)/i,
});

export const contaboConfigSchema: StandardSchema<ContaboConfig, ResolvedContaboConfig> = constantMessages(
  onlyFields({
    clientId: credential(tokenRule),
    clientSecret: credential(tokenRule),
    username: credential(loginRule),
    password: credential(secretRule),
    baseUrl: v.optional(baseUrl, CONTABO_BASE_URL),
    authUrl: v.optional(authUrl, AUTH_URL),
  }),
);
