import { type Checked, checkAgainst } from '../call/check-schema.ts';
import type { Account, ConfigSource } from '../contract/account.ts';
import type { ActionProvider } from '../contract/action.ts';
import type { OperationsOf, ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { CredentialsCheck } from '../contract/verdict.ts';
import type { AccountWires, OpenWire, WireRules } from './account-wire.ts';
import type { AccountCheck, AccountInternals, AdapterOperations } from './account-internals.ts';
import { type CheckedConfiguration, ConfigurationCache, valuesOf } from './configuration-cache.ts';
import { adapterOperations } from './adapter-operations.ts';
import type { serviceKeyOf as ServiceKeyOf } from './service-key.ts';

// What each account was made of, for the actions of its own provider. Held weakly, and reachable from here alone.
const origins = new WeakMap<object, Origin>();

interface Origin {
  readonly definition: unknown;
  readonly source: unknown;
  readonly read: () => Promise<Checked<CheckedConfiguration<unknown>>>;
  readonly wires: Wires<unknown>;
}

/** What an account was made of, for those who check its access. */
export function originOf(account: object): Pick<Origin, 'read' | 'wires'> | undefined {
  return origins.get(account);
}

/** Reads and checks the configuration of an account that was made of this definition; `undefined` if it was not. */
export function configurationReader<Config>(
  definition: ActionProvider<Config>,
  account: unknown,
): (() => Promise<Checked<ReadConfiguration<Config>>>) | undefined {
  const origin = typeof account === 'object' && account !== null ? origins.get(account) : undefined;
  if (origin === undefined || origin.definition !== definition) return undefined;
  return async () => {
    const checked = await readConfiguration(definition, origin.source);
    if (!checked.ok) return checked;
    const own = valuesOf(definition, checked.value);
    const wire = origin.wires === undefined ? undefined : (await origin.wires()).opener(own);
    return { ok: true, value: { ...own, wire, escapesHtml: definition.escapesHtml } };
  };
}

/** A configuration as an action uses it. */
export interface ReadConfiguration<Config> extends CheckedConfiguration<Config> {
  readonly wire: (() => OpenWire) | undefined;
  readonly escapesHtml: boolean | undefined;
}

// Registered, so that an account made by one copy of the package works in a service of another.
const INTERNALS = Symbol.for('cancelkit.account.v1');

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
  const wires = wiresOf(definition);
  const read = async (): Promise<Checked<CheckedConfiguration<Types['config']>>> =>
    withVariables(await configurations.check(await readSource(source, definition.env)), source, definition.env);
  const internals: AccountInternals = {
    env: definition.env,
    serviceForms: definition.serviceForms,
    check: checkOf(definition, read, wires),
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
        const wire = wires === undefined ? undefined : (await wires()).opener(checked.value);
        return { ok: true, value: adapterOperations(definition, checked.value, own, references, wire) };
      };
      return { ok: true, value: { key, configure } };
    },
  };
  const account: AccountOf<Types> = {
    provider: definition.id,
    capabilities: definition.capabilities,
  };
  Object.defineProperty(account, INTERNALS, { value: () => internals });
  origins.set(account, { definition, source, read, wires });
  return Object.freeze(account);
}

// Loaded with the first service.
let serviceKeyOf: typeof ServiceKeyOf | undefined;

const UNNAMED =
  'a service that the adapter can tell from others: texts and numbers as fields, or a serviceKey that returns a text';

/** The internals of an account, or `undefined` if the value is not an account. */
export function internalsOf(account: unknown): AccountInternals | undefined {
  if (typeof account !== 'object' || account === null || !(INTERNALS in account)) return undefined;
  const open = account[INTERNALS];
  // oxlint-disable-next-line no-unsafe-type-assertion, no-unsafe-call -- only createAccount knows the symbol's meaning
  return typeof open === 'function' ? (open() as AccountInternals) : undefined;
}

function checkOf<Config>(
  definition: { readonly escapesHtml?: boolean; readonly check?: CredentialsCheck<Config> },
  read: () => Promise<Checked<CheckedConfiguration<Config>>>,
  wires: Wires<Config>,
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
      const wire = wires === undefined ? undefined : (await wires()).opener(checked.value);
      const { escapesHtml } = definition;
      return { ok: true, value: { baseUrl, secrets, escapesHtml, wire, run: () => run(config) } };
    },
  };
}

/** Loads what opens the wire of a call; `undefined` for a definition that says nothing about all its requests. */
type Wires<Config> = (() => Promise<AccountWires<Config>>) | undefined;

function wiresOf<Config>(rules: WireRules<Config>): Wires<Config> {
  if ((rules.access ?? rules.origins ?? rules.responseIdHeader) === undefined) return undefined;
  let wires: AccountWires<Config> | undefined;
  return async () => {
    const loaded = await import('./account-wire.ts');
    // Only now, because another call may have been quicker.
    return (wires ??= new loaded.AccountWires(rules));
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
