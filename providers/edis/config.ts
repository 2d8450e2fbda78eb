import * as v from 'valibot';
import { loginRule, secretRule, type StandardSchema } from '../../src/index.ts';

/** The credentials of an EDIS Global client-area account. */
export interface EdisConfig {
  /** Address that the client area is entered with. Environment: `EDIS_EMAIL`. */
  readonly email: string;
  /** Client-area password of at least 6 characters, without white space around it. Environment: `EDIS_PASSWORD`. */
  readonly password: string;
  /** Default `https://order.edisglobal.com`. Environment: `EDIS_BASE_URL`. */
  readonly baseUrl?: string | undefined;
}

/** A checked {@link EdisConfig}. */
export interface ResolvedEdisConfig {
  readonly email: string;
  readonly password: string;
  readonly baseUrl: string;
}

const email = v.pipe(v.string(loginRule.expected), v.check(loginRule.accepts, loginRule.expected));
const password = v.pipe(v.string(secretRule.expected), v.check(secretRule.accepts, secretRule.expected));
const url = v.pipe(v.string('a URL'), v.minLength(1, 'a URL'));

export const edisConfigSchema: StandardSchema<EdisConfig, ResolvedEdisConfig> = v.strictObject(
  { email, password, baseUrl: v.optional(url, 'https://order.edisglobal.com') },
  'an object with only the options email, password and baseUrl',
);

/** The environment variable of each option. */
export const edisEnv = { email: 'EDIS_EMAIL', password: 'EDIS_PASSWORD', baseUrl: 'EDIS_BASE_URL' } as const;
