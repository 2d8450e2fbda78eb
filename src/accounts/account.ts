import { type Checked, checkAgainst } from '../call/check-schema.ts';
import type { Account, ConfigSource } from '../contract/account.ts';
import type { ActionProvider } from '../contract/action.ts';
import type { OperationsOf, ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { CredentialsCheck } from '../contract/verdict.ts';
import type { AccountCheck, AccountInternals, AdapterOperations } from './account-driver.ts';
import { type CheckedConfiguration, ConfigurationCache } from './configuration-cache.ts';
import { adapterOperations } from './configured-service.ts';
import type { serviceKeyOf as ServiceKeyOf } from './service-key.ts';

// What each account was made of, for the actions of its own provider. Held weakly, and reachable from here alone.
const origins = new WeakMap<object, { readonly definition: unknown; readonly source: unknown }>();

/** Reads and checks the configuration of an account that was made of this definition; `undefined` if it was not. */
export function configurationReader<Config>(
  definition: Pick<ActionProvider<Config>, 'config' | 'env'>,
  account: unknown,
): (() => Promise<Checked<Config>>) | undefined {
  const origin = typeof account === 'object' && account !== null ? origins.get(account) : undefined;
  if (origin === undefined || origin.definition !== definition) return undefined;
  return () => readConfiguration(definition, origin.source);
}

// Registered, so that an account made by one copy of the package works in a service of another.
const DRIVER = Symbol.for('cancelkit.account.v1');

type AccountOf<Types extends ProviderTypes> = Account<
  Types['id'],
  Types['serviceInput'],
  Types['timing'],
  OperationsOf<Types['readBack'], Types['revoke'], Types['options'], Types['confirm']>,
  Types['extrasInput']
>;

/** Makes an account of a provider's definition and the source of its configuration. */
export function createAccount<Types extends ProviderTypes>(
  definition: ProviderDefinition<Types>,
  source: ConfigSource<Types['configInput']>,
): AccountOf<Types> {
  const references = new WeakMap<AdapterOperations, Types['service']>();
  const configurations = new ConfigurationCache<Types['config']>(definition);
  const read = async (): Promise<Checked<CheckedConfiguration<Types['config']>>> =>
    withVariables(await configurations.check(await readSource(source, definition.env)), source, definition.env);
  const driver: AccountInternals = {
    env: definition.env,
    serviceForms: definition.serviceForms,
    extras: definition.extras,
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
      const configure = async (): Promise<Checked<AdapterOperations>> => {
        const checked = await read();
        if (!checked.ok) return checked;
        const own = { key, value: service.value };
        return { ok: true, value: adapterOperations(definition, checked.value, own, references) };
      };
      return { ok: true, value: { key, configure } };
    },
  };
  const account: AccountOf<Types> = {
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
export function internalsOf(account: unknown): AccountInternals | undefined {
  if (typeof account !== 'object' || account === null || !(DRIVER in account)) return undefined;
  const open = account[DRIVER];
  // oxlint-disable-next-line no-unsafe-type-assertion, no-unsafe-call -- only createAccount knows the symbol's meaning
  return typeof open === 'function' ? (open() as AccountInternals) : undefined;
}

function checkOf<Config>(
  definition: { readonly escapesHtml?: boolean; readonly check?: CredentialsCheck<Config> },
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
  definition: Pick<ActionProvider<Config>, 'config' | 'env'>,
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
