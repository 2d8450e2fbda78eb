import * as v from 'valibot';
import { credential, shaped } from '../../src/provider/fields.ts';
import {
  constantMessages,
  EXPECTED_BASE_URL,
  isBaseUrl,
  loginRule,
  secretRule,
  type StandardSchema,
  tokenRule,
} from '../../src/provider/index.ts';

interface WhmcsAddress {
  /**
   * Where WHMCS is installed: its root, a sub-directory, or the whole `…/includes/api.php`. Environment: `WHMCS_URL`.
   */
  readonly url: string;
  /** Lets calls past the IP allowlist, if the installation has such a key. Environment: `WHMCS_ACCESS_KEY`. */
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
  readonly passwordHash?: never;
}

/** An admin's own name and password; the older form of credentials. */
export interface WhmcsAdminCredentials extends WhmcsAddress {
  /** Environment: `WHMCS_USERNAME`. */
  readonly username: string;
  /**
   * The password itself; its MD5 hash is what is sent. Environment: `WHMCS_PASSWORD`.
   *
   * An API identifier and its secret, which WHMCS accepts in these two fields, are recognized by their form (32 letters
   * and digits each) and sent unchanged.
   */
  readonly password: string;
  readonly passwordHash?: never;
  readonly identifier?: never;
  readonly secret?: never;
}

/** An admin's own name and the stored hash of the password. */
export interface WhmcsHashedCredentials extends WhmcsAddress {
  /** Environment: `WHMCS_USERNAME`. */
  readonly username: string;
  /** The MD5 hash of the password: 32 hexadecimal digits, sent in lower case. Environment: `WHMCS_PASSWORD_HASH`. */
  readonly passwordHash: string;
  readonly password?: never;
  readonly identifier?: never;
  readonly secret?: never;
}

/** An installation of WHMCS and one of the forms of credentials. */
export type WhmcsConfig = WhmcsApiCredentials | WhmcsAdminCredentials | WhmcsHashedCredentials;

/** A checked {@link WhmcsConfig}. */
export interface ResolvedWhmcsConfig {
  readonly baseUrl: string;
  /** The form fields that every call carries. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

// The part that every request adds is accepted if the meaning is certain.
const API = /\/+includes(?:\/+api(?:\.php)?)?\/*$/i;

const login = credential(loginRule);
const secret = credential(secretRule);
const identifier = credential(tokenRule);
const expectedRoot =
  'the address of WHMCS itself, or of its includes/api.php: not that of the admin area or of another page';
const url = v.pipe(
  v.string(EXPECTED_BASE_URL),
  v.check(isBaseUrl, EXPECTED_BASE_URL),
  v.transform((address) => new URL(address).href),
  v.check((address) => API.test(address) || !/\/(?:admin|[^/]*\.php|api)\/*$/i.test(address), expectedRoot),
  v.transform((address) => address.replace(API, '').replace(/\/+$/, '')),
);
const address = { url, accessKey: v.optional(secret) };
const onlyOneForm =
  'an object with only url, accessKey, and either identifier and secret or username and password, not both forms; passwordHash takes the place of password';

const apiSchema = v.strictObject({ ...address, identifier, secret }, onlyOneForm);
const adminSchema = v.strictObject({ ...address, username: login, password: secret }, onlyOneForm);
const expectedHash = 'the MD5 hash of the password: 32 hexadecimal digits';
const hash = v.pipe(
  shaped(/^[0-9a-f]{32}$/i, expectedHash),
  v.transform((text) => text.toLowerCase()),
);
const hashedSchema = v.strictObject({ ...address, username: login, passwordHash: hash }, onlyOneForm);

const resolvedApiSchema: StandardSchema<WhmcsApiCredentials, ResolvedWhmcsConfig> = v.pipe(
  apiSchema,
  v.transform(({ url, accessKey, identifier, secret }) =>
    resolve(url, accessKey, { identifier, secret }, [identifier, secret]),
  ),
);
const resolvedAdminSchema: StandardSchema<WhmcsAdminCredentials, ResolvedWhmcsConfig> = {
  '~standard': {
    version: 1,
    vendor: 'cancelkit',
    validate: async (value) => {
      const checked = await adminSchema['~standard'].validate(value);
      return checked.issues === undefined ? { value: await withHash(checked.value) } : checked;
    },
  },
};
const resolvedHashedSchema: StandardSchema<WhmcsHashedCredentials, ResolvedWhmcsConfig> = v.pipe(
  hashedSchema,
  v.transform(({ url, accessKey, username, passwordHash }) =>
    resolve(url, accessKey, { username, password: passwordHash }, [passwordHash]),
  ),
);

async function withHash({
  url,
  accessKey,
  username,
  password,
}: v.InferOutput<typeof adminSchema>): Promise<ResolvedWhmcsConfig> {
  if (API_CREDENTIAL.test(username) && API_CREDENTIAL.test(password)) {
    return resolve(url, accessKey, { username, password }, [username, password]);
  }
  // Loaded for this form of credentials alone, because it takes longer to load than all of the adapter.
  const { createHash } = await import('node:crypto');
  const md5 = createHash('md5').update(password, 'utf8').digest('hex');
  return resolve(url, accessKey, { username, password: md5 }, [password, md5]);
}

/** How WHMCS makes API identifiers and secrets. */
const API_CREDENTIAL = /^[A-Za-z0-9]{32}$/;

/** Checks whichever form of credentials is there; without either, the API credentials are asked for. */
export const whmcsConfigSchema: StandardSchema<WhmcsConfig, ResolvedWhmcsConfig> = constantMessages({
  '~standard': {
    version: 1,
    vendor: 'cancelkit',
    validate: (value) => {
      return schemaFor(value)['~standard'].validate(value);
    },
  },
});

function schemaFor(value: unknown): StandardSchema<WhmcsConfig, ResolvedWhmcsConfig> {
  if (typeof value !== 'object' || value === null) return resolvedApiSchema;
  if ('passwordHash' in value) return resolvedHashedSchema;
  return 'username' in value || 'password' in value ? resolvedAdminSchema : resolvedApiSchema;
}

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
