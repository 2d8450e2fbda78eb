import type { AccountCheck, AccountDriver, ConfiguredService } from './account-driver.ts';
import type { Capabilities } from './capabilities.ts';
import { checkAgainst, type Checked } from './check.ts';
import { ConfigurationCache, type CheckedConfiguration } from './configuration-cache.ts';
import { configuredService } from './configured-service.ts';
import type { OperationsOf, ProviderDefinition } from './provider.ts';
import type { serviceKeyOf as ServiceKeyOf } from './service-key.ts';
import type { OperationName, When } from './vocabulary.ts';

/** Where an account's configuration comes from. Left out, it is the provider's environment variables. */
export type ConfigSource<ConfigInput> = ConfigInput | (() => ConfigInput | Promise<ConfigInput>) | undefined;

declare const accountTypes: unique symbol;

/**
 * An account at a provider, as its factory returns it. Opaque: its configuration is held in a closure, out of reach of
 * every inspection.
 */
export interface Account<
  Id extends string = string,
  Service = unknown,
  Timing extends When = When,
  Operations extends OperationName = OperationName,
> {
  readonly provider: Id;
  readonly capabilities: Capabilities;
  /** Never there at run time; carries the types. */
  readonly [accountTypes]?: { readonly service: Service; readonly timing: Timing; readonly operations: Operations };
}

/** Accounts by the names that the caller gave them. */
export type Accounts = Readonly<Record<string, Account>>;

/** The same as a constraint, which an interface satisfies too, though it has no index signature. */
export type AccountsOf<A> = { readonly [K in keyof A]: Account };

// What each account was made of, for the actions of its own provider. Held weakly, and reachable from here alone.
const origins = new WeakMap<object, { readonly definition: unknown; readonly source: unknown }>();

/** Reads and checks the configuration of an account that was made of this definition; `undefined` if it was not. */
export function configurationReader<Config>(
  definition: Pick<
    ProviderDefinition<string, unknown, Config, unknown, never, When, boolean, boolean>,
    'config' | 'env'
  >,
  account: unknown,
): (() => Promise<Checked<Config>>) | undefined {
  const origin = typeof account === 'object' && account !== null ? origins.get(account) : undefined;
  if (origin === undefined || origin.definition !== definition) return undefined;
  return () => readConfiguration(definition, origin.source);
}

// Registered, so that an account made by one copy of the package works in a service of another.
const DRIVER = Symbol.for('cancelkit.account.v1');

/** Makes an account of a provider's definition and the source of its configuration. */
export function createAccount<
  Id extends string,
  ConfigInput,
  Config,
  ServiceInput,
  Service,
  Timing extends When,
  Readable extends boolean,
  Revocable extends boolean,
>(
  definition: ProviderDefinition<Id, ConfigInput, Config, ServiceInput, Service, Timing, Readable, Revocable>,
  source: ConfigSource<ConfigInput>,
): Account<Id, ServiceInput, Timing, OperationsOf<Readable, Revocable>> {
  const references = new WeakMap<ConfiguredService, Service>();
  const configurations = new ConfigurationCache<Config>(definition);
  const read = async (): Promise<Checked<CheckedConfiguration<Config>>> =>
    withVariables(await configurations.check(await readSource(source, definition.env)), source, definition.env);
  const driver: AccountDriver = {
    env: definition.env,
    serviceForms: definition.serviceForms,
    check: checkOf(definition, read),
    configure: async () => {
      const checked = await read();
      if (!checked.ok) return checked;
      const { baseUrl, secrets } = checked.value;
      return { ok: true, value: { baseUrl, secrets } };
    },
    bind: async (input) => {
      const service = await checkAgainst(definition.service, input);
      if (!service.ok) return service;
      serviceKeyOf ??= (await import('./service-key.ts')).serviceKeyOf;
      const key = serviceKeyOf(definition, service.value);
      if (key === undefined) return { ok: false, issues: [{ path: '', expected: UNNAMED }] };
      const configure = async (): Promise<Checked<ConfiguredService>> => {
        const checked = await read();
        if (!checked.ok) return checked;
        const own = { key, value: service.value };
        return { ok: true, value: configuredService(definition, checked.value, own, references) };
      };
      return { ok: true, value: { key, configure } };
    },
  };
  const account: Account<Id, ServiceInput, Timing, OperationsOf<Readable, Revocable>> = {
    provider: definition.id,
    capabilities: definition.capabilities,
  };
  Object.defineProperty(account, DRIVER, { value: () => driver });
  origins.set(account, { definition, source });
  return Object.freeze(account);
}

// Loaded with the first service.
let serviceKeyOf: typeof ServiceKeyOf | undefined;

const UNNAMED =
  'a service that the adapter can tell from others: texts and numbers as fields, or a serviceKey that returns a text';

/** The driver of an account, or `undefined` if the value is not an account. */
export function driverOf(account: unknown): AccountDriver | undefined {
  if (typeof account !== 'object' || account === null || !(DRIVER in account)) return undefined;
  const open = account[DRIVER];
  // oxlint-disable-next-line no-unsafe-type-assertion, no-unsafe-call -- only createAccount knows the symbol's meaning
  return typeof open === 'function' ? (open() as AccountDriver) : undefined;
}

function checkOf<Config>(
  definition: Pick<
    ProviderDefinition<string, unknown, Config, unknown, never, When, boolean, boolean>,
    'escapesHtml' | 'check'
  >,
  read: () => Promise<Checked<CheckedConfiguration<Config>>>,
): AccountCheck | undefined {
  const { check } = definition;
  if (check === undefined) return undefined;
  const { run, ...described } = check;
  return {
    ...described,
    configure: async () => {
      const checked = await read();
      if (!checked.ok) return checked;
      const { config, baseUrl, secrets } = checked.value;
      return { ok: true, value: { baseUrl, secrets, escapesHtml: definition.escapesHtml, run: () => run(config) } };
    },
  };
}

async function readConfiguration<Config>(
  definition: Pick<
    ProviderDefinition<string, unknown, Config, unknown, never, When, boolean, boolean>,
    'config' | 'env'
  >,
  source: unknown,
): Promise<Checked<Config>> {
  const { config, env } = definition;
  return withVariables(await checkAgainst(config, await readSource(source, env)), source, env);
}

/** The variables of the environment that the issues are about, if that is where the configuration is from. */
function withVariables<Value>(
  checked: Checked<Value>,
  source: unknown,
  env: Readonly<Record<string, string>>,
): Checked<Value> {
  if (checked.ok || source !== undefined) return checked;
  const issues = checked.issues.map((issue) => {
    const variable = Object.hasOwn(env, issue.path) ? env[issue.path] : undefined;
    return variable === undefined ? issue : { ...issue, variable };
  });
  return { ok: false, issues };
}

async function readSource(source: unknown, env: Readonly<Record<string, string>>): Promise<unknown> {
  // oxlint-disable-next-line no-unsafe-call -- what it returns is checked, whatever it is
  if (typeof source === 'function') return await source();
  if (source !== undefined) return source;
  // An empty variable counts as missing: that is what an unset secret looks like in most deployments.
  const set = Object.entries(env).flatMap(([option, name]): [string, string][] => {
    const value = process.env[name];
    return value === undefined || value === '' ? [] : [[option, value]];
  });
  return Object.fromEntries(set);
}
