import * as v from 'valibot';
import type { StandardSchema } from '../../src/index.ts';

/** The credentials of an EDIS Global client-area account. */
export interface EdisConfig {
  /** Address that the client area is entered with. Environment: `EDIS_EMAIL`. */
  readonly email: string;
  /** Client-area password; any characters. Environment: `EDIS_PASSWORD`. */
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

const text = v.pipe(
  v.string('a non-empty text'),
  v.minLength(1, 'a non-empty text'),
  v.check((value) => value.isWellFormed(), 'well-formed text'),
);

export const edisConfigSchema: StandardSchema<EdisConfig, ResolvedEdisConfig> = v.strictObject(
  { email: text, password: text, baseUrl: v.optional(text, 'https://order.edisglobal.com') },
  'an object with only the options email, password and baseUrl',
);

/** The environment variable of each option. */
export const edisEnv = { email: 'EDIS_EMAIL', password: 'EDIS_PASSWORD', baseUrl: 'EDIS_BASE_URL' } as const;
