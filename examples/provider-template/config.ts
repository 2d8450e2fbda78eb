import { constantMessages, EXPECTED_BASE_URL, isBaseUrl, secretRule, type StandardSchema } from 'cancelkit/provider';
import * as v from 'valibot';

/** What an account needs. */
export interface Config {
  /** Address of the API, such as `https://api.example.com`. Environment: `EXAMPLE_HOST_URL`. */
  readonly baseUrl: string;
  /** API token with the right to cancel. Environment: `EXAMPLE_HOST_TOKEN`. */
  readonly token: string;
}

/**
 * Checks a configuration. The messages say what is expected, never what was received; one in the form "an object with
 * only a and b" lets the core suggest the right name for a misspelt one.
 */
export const configSchema: StandardSchema<Config> = constantMessages(
  v.strictObject(
    {
      baseUrl: v.pipe(v.string(EXPECTED_BASE_URL), v.check(isBaseUrl, EXPECTED_BASE_URL)),
      token: v.pipe(v.string(secretRule.expected), v.check(secretRule.accepts, secretRule.expected)),
    },
    'an object with only baseUrl and token',
  ),
);

/** The environment variable of each option. */
export const env: { readonly baseUrl: 'EXAMPLE_HOST_URL'; readonly token: 'EXAMPLE_HOST_TOKEN' } = {
  baseUrl: 'EXAMPLE_HOST_URL',
  token: 'EXAMPLE_HOST_TOKEN',
};
