import * as v from 'valibot';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  loginRule,
  secretRule,
  type StandardSchema,
} from '../../src/provider/index.ts';

/** The credentials of an EDIS Global client-area account. */
export interface EdisConfig {
  /** Address that the client area is entered with. Environment: `EDIS_EMAIL`. */
  readonly email: string;
  /** Client-area password of at least 6 characters, without white space around it. Environment: `EDIS_PASSWORD`. */
  readonly password: string;
  /** Default `https://order.edisglobal.com`; with or without `/kvm/v2` at its end. Environment: `EDIS_BASE_URL`. */
  readonly baseUrl?: string | undefined;
}

/** The address of the API unless the configuration names another. */
export const EDIS_BASE_URL = 'https://order.edisglobal.com';

/** A checked {@link EdisConfig}. */
export interface ResolvedEdisConfig {
  readonly email: string;
  readonly password: string;
  readonly baseUrl: string;
}

const email = v.pipe(v.string(loginRule.expected), v.check(loginRule.accepts, loginRule.expected));
const password = v.pipe(v.string(secretRule.expected), v.check(secretRule.accepts, secretRule.expected));

const baseUrl = v.pipe(
  v.string(EXPECTED_BASE_URL),
  v.check(isBaseUrl, EXPECTED_BASE_URL),
  // The part that every request adds is accepted if the meaning is certain.
  v.transform((url) => new URL(url).href.replace(/\/+$/, '').replace(/\/+kvm(?:\/+v2)?$/i, '')),
  v.check(
    (url) => !/\/kvm(?:$|\/+v\d+(?:\/|$))/i.test(url),
    'the address before /kvm/v2, such as https://order.edisglobal.com: cancelkit adds the rest',
  ),
);

export const edisConfigSchema: StandardSchema<EdisConfig, ResolvedEdisConfig> = constantMessages(
  v.strictObject(
    { email, password, baseUrl: v.optional(baseUrl, EDIS_BASE_URL) },
    'an object with only email, password and baseUrl',
  ),
);
