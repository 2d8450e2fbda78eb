import * as v from 'valibot';
import { byForm, credential } from '../../src/provider/fields.ts';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  loginRule,
  secretRule,
  tokenRule,
  type StandardSchema,
} from '../../src/provider/index.ts';

interface HostbillPortal {
  /**
   * The address of the portal, such as `https://billing.example.com`, with or without `/api` at its end. A host whose
   * name begins with `api.` is taken for the API itself. Environment: `HOSTBILL_BASE_URL`.
   */
  readonly baseUrl: string;
  /**
   * What this host writes into `info` for a stored cancellation besides `cancell_sent`. Environment:
   * `HOSTBILL_ACCEPTED_TEXT`.
   */
  readonly acceptedText?: string | undefined;
}

/** The login of the client area. */
export interface HostbillPasswordConfig extends HostbillPortal {
  /** Address that the client area is entered with. Environment: `HOSTBILL_EMAIL`. */
  readonly email: string;
  /** Environment: `HOSTBILL_PASSWORD`. */
  readonly password: string;
  /**
   * `basic` sends both with each request; `login` sends them to `/login` for a token. The host decides which it allows.
   * Default `basic`. Environment: `HOSTBILL_SIGN_IN`.
   */
  readonly signIn?: 'basic' | 'login' | undefined;
  readonly token?: never;
}

/** A personal access token, at hosts that issue them. */
export interface HostbillTokenConfig extends HostbillPortal {
  /** Environment: `HOSTBILL_TOKEN`. */
  readonly token: string;
  readonly email?: never;
  readonly password?: never;
  readonly signIn?: never;
}

/** A HostBill portal and one of the forms of credentials. */
export type HostbillConfig = HostbillPasswordConfig | HostbillTokenConfig;

/** The credentials by how they are used. */
export type HostbillCredentials =
  | { readonly kind: 'basic' | 'login'; readonly email: string; readonly password: string }
  | { readonly kind: 'token'; readonly token: string };

/** A checked {@link HostbillConfig}. */
export interface ResolvedHostbillConfig {
  readonly baseUrl: string;
  readonly acceptedTexts: readonly string[];
  readonly credentials: HostbillCredentials;
}

const expectedText = 'the text in `info`, and not cancelled_already';
const onlyOneForm =
  'an object with only baseUrl, acceptedText, and either email, password and signIn or token, not both forms';

const portal = {
  baseUrl: v.pipe(
    v.string(EXPECTED_BASE_URL),
    v.check(isBaseUrl, EXPECTED_BASE_URL),
    v.transform((url) => new URL(url).href.replace(/\/+$/, '').replace(/\/+api$/i, '/api')),
    v.check(
      (url) => !/\/(?:[^/]*\.php|clientarea|userapi|service|login|api\/.*)$/i.test(url),
      'the address of the portal or of its /api, such as https://billing.example.com: cancelkit adds the rest',
    ),
    v.transform((url) => (/\/api$|^https?:\/\/api\./i.test(url) ? url : `${url}/api`)),
  ),
  acceptedText: v.optional(
    v.pipe(
      v.string(expectedText),
      v.trim(),
      v.check((text) => text !== '' && text !== 'cancelled_already', expectedText),
    ),
  ),
};
const expectedEmail = `${loginRule.expected}, and without a colon`;
const expectedSignIn = "'basic' or 'login'";

const passwordSchema = v.pipe(
  v.strictObject(
    {
      ...portal,
      email: v.pipe(
        v.string(expectedEmail),
        v.check((text) => loginRule.accepts(text) && !text.includes(':'), expectedEmail),
      ),
      password: credential(secretRule),
      signIn: v.optional(v.picklist(['basic', 'login'], expectedSignIn), 'basic'),
    },
    onlyOneForm,
  ),
  v.transform(({ email, password, signIn, ...rest }) => resolve(rest, { kind: signIn, email, password })),
);
const tokenSchema = v.pipe(
  v.strictObject({ ...portal, token: credential(tokenRule) }, onlyOneForm),
  v.transform(({ token, ...rest }) => resolve(rest, { kind: 'token', token })),
);

/** Checks whichever form of credentials is there; without either, the login of the client area is asked for. */
export const hostbillConfigSchema: StandardSchema<HostbillConfig, ResolvedHostbillConfig> = constantMessages(
  byForm<HostbillConfig, ResolvedHostbillConfig>((has) => (has('token') ? tokenSchema : passwordSchema)),
);

function resolve(
  { baseUrl, acceptedText }: { readonly baseUrl: string; readonly acceptedText?: string | undefined },
  credentials: HostbillCredentials,
): ResolvedHostbillConfig {
  const acceptedTexts = ['cancell_sent', ...(acceptedText === undefined ? [] : [acceptedText])];
  return { baseUrl, acceptedTexts, credentials };
}
