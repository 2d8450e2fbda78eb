import * as v from 'valibot';
import { constantMessages, EXPECTED_BASE_URL, isBaseUrl, type StandardSchema } from '../../src/index.ts';

interface WhmcsAddress {
  /**
   * Where WHMCS is installed: its root, a sub-directory, or the whole `…/includes/api.php`. Environment: `WHMCS_URL`.
   */
  readonly url: string;
  /** Lets calls past the IP allowlist, where the installation has such a key. Environment: `WHMCS_ACCESS_KEY`. */
  readonly accessKey?: string | undefined;
}

/** API credentials, as made under "Manage API Credentials". */
export interface WhmcsApiCredentials extends WhmcsAddress {
  /** Environment: `WHMCS_IDENTIFIER`. */
  readonly identifier: string;
  /** Environment: `WHMCS_SECRET`. */
  readonly secret: string;
  readonly username?: never;
  readonly password?: never;
}

/** An admin's own name and password; the older form of credentials. */
export interface WhmcsAdminCredentials extends WhmcsAddress {
  /** Environment: `WHMCS_USERNAME`. */
  readonly username: string;
  /** The password itself; its md5 is what is sent. Environment: `WHMCS_PASSWORD`. */
  readonly password: string;
  readonly identifier?: never;
  readonly secret?: never;
}

/** An installation of WHMCS and one of the two forms of credentials. */
export type WhmcsConfig = WhmcsApiCredentials | WhmcsAdminCredentials;

/** A checked {@link WhmcsConfig}. */
export interface ResolvedWhmcsConfig {
  readonly baseUrl: string;
  /** The form fields that every call carries. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

// Where it is certain what is meant, the part that every request adds may be there.
const API = /\/+includes(?:\/+api(?:\.php)?)?\/*$/i;

const expectedText = 'a non-empty text';
const text = v.pipe(
  v.string(expectedText),
  v.minLength(1, expectedText),
  v.check((value) => value.isWellFormed(), 'well-formed text'),
);
const expectedRoot =
  'the address of WHMCS itself, or of its includes/api.php: not that of the admin area or of another page';
const url = v.pipe(
  v.string(EXPECTED_BASE_URL),
  v.check(isBaseUrl, EXPECTED_BASE_URL),
  v.transform((address) => new URL(address).href),
  v.check((address) => API.test(address) || !/\/(?:admin|[^/]*\.php|api)\/*$/i.test(address), expectedRoot),
  v.transform((address) => address.replace(API, '').replace(/\/+$/, '')),
);
const address = { url, accessKey: v.optional(text) };
const onlyOneForm =
  'an object with only url, accessKey, and either identifier and secret or username and password, not both forms';

const apiSchema = v.strictObject({ ...address, identifier: text, secret: text }, onlyOneForm);
const adminSchema = v.strictObject({ ...address, username: text, password: text }, onlyOneForm);

const resolvedApiSchema: StandardSchema<WhmcsApiCredentials, ResolvedWhmcsConfig> = v.pipe(
  apiSchema,
  v.transform(({ url, accessKey, identifier, secret }) =>
    resolve(url, accessKey, { identifier, secret }, [identifier, secret]),
  ),
);
const resolvedAdminSchema: StandardSchema<WhmcsAdminCredentials, ResolvedWhmcsConfig> = v.pipeAsync(
  adminSchema,
  v.transformAsync(async ({ url, accessKey, username, password }) => {
    // Loaded for this form of credentials alone, because it takes longer to load than all of the adapter.
    const { createHash } = await import('node:crypto');
    const hash = createHash('md5').update(password, 'utf8').digest('hex');
    return resolve(url, accessKey, { username, password: hash }, [password, hash]);
  }),
);

/** Checks whichever form of credentials is there; without either, the API credentials are asked for. */
export const whmcsConfigSchema: StandardSchema<WhmcsConfig, ResolvedWhmcsConfig> = constantMessages({
  '~standard': {
    version: 1,
    vendor: 'cancelkit',
    validate: (value) => {
      const isAdmin = typeof value === 'object' && value !== null && ('username' in value || 'password' in value);
      return (isAdmin ? resolvedAdminSchema : resolvedApiSchema)['~standard'].validate(value);
    },
  },
});

/** The environment variable of each option. */
export const whmcsEnv = {
  url: 'WHMCS_URL',
  identifier: 'WHMCS_IDENTIFIER',
  secret: 'WHMCS_SECRET',
  username: 'WHMCS_USERNAME',
  password: 'WHMCS_PASSWORD',
  accessKey: 'WHMCS_ACCESS_KEY',
} as const;

function resolve(
  url: string,
  accessKey: string | undefined,
  credentials: Readonly<Record<string, string>>,
  secrets: readonly string[],
): ResolvedWhmcsConfig {
  return {
    baseUrl: url,
    credentials: { ...credentials, ...(accessKey === undefined ? {} : { accesskey: accessKey }) },
    secrets: accessKey === undefined ? secrets : [...secrets, accessKey],
  };
}
