import * as v from 'valibot';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  loginRule,
  secretRule,
  tokenRule,
  type CredentialRule,
  type StandardSchema,
} from '../../src/provider/index.ts';

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
export interface ResolvedContaboConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
  readonly baseUrl: string;
  readonly authUrl: string;
}

/** The path of the login below `authUrl`. */
export const LOGIN_PATH = ['auth', 'realms', 'contabo', 'protocol', 'openid-connect', 'token'] as const;

// Where it is certain what is meant, the part that every request adds may be there.
const baseUrl = v.pipe(
  v.string(EXPECTED_BASE_URL),
  v.check(isBaseUrl, EXPECTED_BASE_URL),
  v.transform((url) => new URL(url).href.replace(/\/+$/, '').replace(/\/+v1$/i, '')),
  v.check(
    (url) => !/\/v\d+$|\/compute(?:\/|$)/i.test(url),
    'the address before /v1, such as https://api.contabo.com: cancelkit adds the rest',
  ),
);
const loginEnd = new RegExp(`/+${LOGIN_PATH.join('/+')}$`, 'i');
const authUrl = v.pipe(
  v.string(EXPECTED_BASE_URL),
  v.check(isBaseUrl, EXPECTED_BASE_URL),
  v.transform((url) => new URL(url).href.replace(/\/+$/, '').replace(loginEnd, '')),
  v.check(
    (url) => !/\/auth$|\/realms(?:\/|$)/i.test(url),
    'the address before /auth/realms, such as https://auth.contabo.com: cancelkit adds the rest',
  ),
);

export const contaboConfigSchema: StandardSchema<ContaboConfig, ResolvedContaboConfig> = constantMessages(
  v.strictObject(
    {
      clientId: credential(tokenRule),
      clientSecret: credential(tokenRule),
      username: credential(loginRule),
      password: credential(secretRule),
      baseUrl: v.optional(baseUrl, CONTABO_BASE_URL),
      authUrl: v.optional(authUrl, 'https://auth.contabo.com'),
    },
    'an object with only clientId, clientSecret, username, password, baseUrl and authUrl',
  ),
);

function credential({ accepts, expected }: CredentialRule): v.GenericSchema<string, string> {
  return v.pipe(v.string(expected), v.check(accepts, expected));
}
