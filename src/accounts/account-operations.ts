import { type Checked, checkAgainst, type MaybePromise } from '../call/check-schema.ts';
import { loadPart } from '../platform/load-part.ts';
import type { ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type {
  AccountInternals,
  AdapterOperations,
  CheckedService,
  ConfiguredCheck,
  ConfiguredFind,
} from './account-internals.ts';
import type { AccountWires, BoundAccess, OpenWire, WireRules } from './account-wire.ts';
import { type CheckedConfiguration, ConfigurationCache } from './configuration-cache.ts';
import { adapterOperations } from './adapter-operations.ts';
import { serviceKeyOf } from './service-key.ts';

/** What is done with an account once something is asked of it. */
export interface AccountOperations extends Pick<AccountInternals, 'bind' | 'configure'> {
  /** For an account whose provider has a check of its credentials. */
  readonly configureCheck: () => MaybePromise<Checked<ConfiguredCheck>>;
  /** For an account whose provider can list its services. */
  readonly configureFind: () => MaybePromise<Checked<ConfiguredFind>>;
  /** For an action of the provider. */
  readonly readConfiguration: () => Promise<Checked<ReadConfiguration<unknown>>>;
  /** What the definition says on access, with the configuration; for those who check it. */
  readonly boundAccess: () => Promise<BoundAccess | undefined>;
}

/** A configuration as an action uses it. */
export interface ReadConfiguration<Config> extends CheckedConfiguration<Config> {
  readonly wire: (() => OpenWire) | undefined;
  readonly escapesHtml: boolean | undefined;
}

/**
 * Makes the operations of an account. Where nothing has to be waited for (a configuration that is no function and the
 * same as before, schemas that answer synchronously), they return no promise.
 */
export function operationsOf<Types extends ProviderTypes>(
  definition: ProviderDefinition<Types>,
  source: unknown,
): AccountOperations {
  const { env, check, find } = definition;
  const references = new WeakMap<AdapterOperations, Types['service']>();
  const configurations = new ConfigurationCache<Types['config']>(definition);
  const wires = wiresOf(definition);
  const read = (): MaybePromise<Checked<CheckedConfiguration<Types['config']>>> => {
    const input = source === undefined ? variablesOf(env) : source;
    // A function is called at each call: what it returned last says nothing.
    return (typeof input === 'function' ? undefined : configurations.known(input)) ?? readAnew();
  };
  const readAnew = async (): Promise<Checked<CheckedConfiguration<Types['config']>>> =>
    withVariables(await configurations.check(await readSource(source, env)), source, env);
  const bound = (service: Checked<Types['service']>): Checked<CheckedService> => {
    if (!service.ok) return service;
    const key = serviceKeyOf(definition, service.value);
    if (key === undefined) return { ok: false, issues: [{ path: '', expected: UNNAMED }] };
    const own = { key, value: service.value };
    const configure = (): MaybePromise<Checked<AdapterOperations>> =>
      withWire(read(), (configuration, wire) => adapterOperations(definition, configuration, own, references, wire));
    return { ok: true, value: { key, configure } };
  };
  /** Where the definition says something about all its requests, what opens that is loaded first. */
  const withWire = <To>(
    checking: MaybePromise<Checked<CheckedConfiguration<Types['config']>>>,
    to: (value: CheckedConfiguration<Types['config']>, wire: (() => OpenWire) | undefined) => To,
  ): MaybePromise<Checked<To>> => {
    if (wires === undefined) return mapped(checking, (value) => to(value, undefined));
    const loaded = wires();
    if (loaded instanceof Promise) {
      return loaded.then((own) => mapped(checking, (value) => to(value, own.opener(value))));
    }
    return mapped(checking, (value) => to(value, loaded.opener(value)));
  };
  return {
    bind: (input) => {
      const service = checkAgainst(definition.service, input);
      return service instanceof Promise ? service.then(bound) : bound(service);
    },
    configure: () => withWire(read(), ({ baseUrl, secrets }, wire) => ({ baseUrl, secrets, wire })),
    configureCheck: () => {
      if (check === undefined) throw new TypeError('the provider has no check');
      const { escapesHtml } = definition;
      return withWire(read(), ({ config, baseUrl, secrets }, wire) => {
        return { baseUrl, secrets, escapesHtml, wire, run: () => check.run(config) };
      });
    },
    configureFind: () => {
      if (find === undefined) throw new TypeError('the provider has no list');
      const { escapesHtml } = definition;
      return withWire(read(), ({ config, baseUrl, secrets }, wire) => {
        return { baseUrl, secrets, escapesHtml, wire, list: (query) => find(query, config) };
      });
    },
    readConfiguration: async () =>
      await withWire(read(), (value, wire) => ({ ...value, wire, escapesHtml: definition.escapesHtml })),
    boundAccess: async () => {
      const checked = await read();
      return checked.ok ? (await wires?.())?.boundAccess(checked.value) : undefined;
    },
  };
}

const UNNAMED =
  'a service that the adapter can tell from others: texts and numbers as fields, or a serviceKey that returns a text';

function mapped<From, To>(checking: MaybePromise<Checked<From>>, to: (value: From) => To): MaybePromise<Checked<To>> {
  if (checking instanceof Promise) return checking.then((checked) => mapped(checked, to));
  return checking.ok ? { ok: true, value: to(checking.value) } : checking;
}

/** Loads what opens the wire of a call; `undefined` for a definition that says nothing about all its requests. */
function wiresOf<Config>(rules: WireRules<Config>): (() => MaybePromise<AccountWires<Config>>) | undefined {
  if ((rules.access ?? rules.origins ?? rules.responseIdHeader) === undefined) return undefined;
  let wires: AccountWires<Config> | undefined;
  // Made only once it is loaded, because another call may have been quicker.
  return () =>
    wires ?? loadPart(import('./account-wire.ts')).then((loaded) => (wires ??= new loaded.AccountWires(rules)));
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
  return source === undefined ? variablesOf(env) : source;
}

/** The options that the environment sets. An empty variable counts as missing, as an unset secret in most deployments. */
function variablesOf(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const set = Object.entries(env).flatMap(([option, name]): [string, string][] => {
    const value = process.env[name];
    return value === undefined || value === '' ? [] : [[option, value]];
  });
  return Object.fromEntries(set);
}
