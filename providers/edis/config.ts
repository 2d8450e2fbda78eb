import * as v from 'valibot';
import { address, credential, onlyFields } from '../../src/provider/fields.ts';
import { constantMessages, loginRule, secretRule, type StandardSchema } from '../../src/provider/index.ts';
import type { Resolved } from '../../src/provider/lazy.ts';

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
export type ResolvedEdisConfig = Resolved<EdisConfig>;

const baseUrl = address({
  example: EDIS_BASE_URL,
  before: '/kvm/v2',
  ending: /\/+kvm(?:\/+v2)?$/i,
  wrong: /\/kvm(?:$|\/+v\d+(?:\/|$))/i,
});

export const edisConfigSchema: StandardSchema<EdisConfig, ResolvedEdisConfig> = constantMessages(
  onlyFields({
    email: credential(loginRule),
    password: credential(secretRule),
    baseUrl: v.optional(baseUrl, EDIS_BASE_URL),
  }),
);
