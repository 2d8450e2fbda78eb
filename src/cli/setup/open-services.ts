import * as v from 'valibot';
import { internalsOf } from '../../accounts/account.ts';
import { checkAgainst } from '../../call/check-schema.ts';
import { issueTexts } from '../../call/issue-text.ts';
import { onlyFields } from '../../call/only-fields.ts';
import type { Account, Accounts } from '../../contract/account.ts';
import type { ServiceOptions } from '../../contract/options.ts';
import { isProviderError } from '../../contract/provider-error.ts';
import type { ServiceForm } from '../../contract/provider.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import type { OperationName, Timing } from '../../contract/vocabulary.ts';
import { type CancelService, createCancelService } from '../../service/service.ts';
import { notConfigured } from '../terminal/wrong-use.ts';
import { loadConfig } from './load-config.ts';

/** Accounts whose extras are not known before they are opened: the check of a request says which exist. */
export type DynamicAccounts = Readonly<
  Record<string, Account<string, unknown, Timing, OperationName, Readonly<Record<string, unknown>>>>
>;

/** The accounts that the commands work with. */
export interface OpenedServices {
  /** The configuration file, as it was named; `undefined`: the environment. */
  readonly path: string | undefined;
  readonly accounts: Accounts;
  readonly options: ServiceOptions;
  /** The options of the queue, not checked. */
  readonly queue: Readonly<Record<string, unknown>>;
  readonly services: CancelService<DynamicAccounts>;
}

const record = v.record(v.string('the name of an option'), v.unknown(), 'an object');

/** A configuration file's default export. */
interface CheckedConfig {
  readonly accounts: Accounts;
  readonly options?: ServiceOptions | undefined;
  readonly queue?: Readonly<Record<string, unknown>> | undefined;
}

/** Checks the default export of a configuration file; its parts only as far as no later check does. */
export const configSchema: StandardSchema<unknown, CheckedConfig> = v.pipe(
  v.unknown(),
  onlyFields({
    accounts: v.custom<Accounts>(isPlainObject, 'an object with an account under each name'),
    options: v.optional(record),
    queue: v.optional(record),
  }),
);

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('then' in value);
}

/**
 * Opens the accounts of the configuration file or, without one, those of the environment.
 *
 * @throws ProviderError `not_configured`
 */
export async function openServices(named: string | undefined): Promise<OpenedServices> {
  const loaded = await loadConfig(named);
  if (loaded === undefined) {
    const { environmentAccounts } = await import('./built-in-providers.ts');
    const accounts = environmentAccounts();
    return { path: undefined, accounts, options: {}, queue: {}, services: serviceOf(accounts, {}) };
  }
  const { path, value } = loaded;
  try {
    const services = await opened(path, value);
    (await import('./remembered-accounts.ts')).rememberAccounts(path, Object.keys(services.accounts));
    return services;
  } catch (error) {
    // A getter, or a proxy: what it throws may hold a secret.
    if (!isProviderError(error)) throw notConfigured(`${path} cannot be used: reading its default export failed.`);
    throw notConfigured(
      `${path} cannot be used. ${error.message.replace(/^cancelkit: (?:the input is not valid: )?/, '').replace(' Nothing was sent.', '')}`,
    );
  }
}

async function opened(path: string, value: object): Promise<OpenedServices> {
  const checked = await checkAgainst(configSchema, value, 'constant');
  if (!checked.ok) {
    const issues = checked.issues.map((issue) => ({ ...issue, path: issue.path || 'the default export' }));
    throw notConfigured(issueTexts(issues, 'option'));
  }
  const { accounts, options = {}, queue = {} } = checked.value;
  return { path, accounts, options, queue, services: serviceOf(accounts, options) };
}

function serviceOf(accounts: Accounts, options: ServiceOptions): OpenedServices['services'] {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the types of extras exist at compile time only
  return createCancelService(accounts as DynamicAccounts, options);
}

/**
 * One of the accounts.
 *
 * @throws ProviderError `unknown_account`, with the names that there are
 */
export async function accountNamed(name: string, opened: OpenedServices): Promise<Account> {
  const account = Object.hasOwn(opened.accounts, name) ? opened.accounts[name] : undefined;
  if (account !== undefined) return account;
  const names = Object.keys(opened.accounts);
  const { unknownAccount } = await import('./unknown-account.ts');
  throw unknownAccount(names, opened.path, name);
}

/** The forms of an account's service references; none are known of some providers of third parties. */
export function formsOf(account: Account): readonly ServiceForm[] {
  return internalsOf(account)?.serviceForms ?? [];
}
