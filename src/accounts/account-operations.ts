import { type Checked, checkAgainst, type MaybePromise } from '../call/check-schema.ts';
import type { ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import { loadPart } from '../platform/load-part.ts';
import type {
  AccountInternals,
  AdapterOperations,
  CheckedService,
  ConfiguredCheck,
  ConfiguredFind,
} from './account-internals.ts';
import type { AccountWires, BoundAccess, WireRules } from './account-wire.ts';
import { adapterOperations, serviceKeyOf } from './bound-service.ts';
import type { CheckedConfiguration, Configured, OpenWire } from './configure.ts';

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
export interface ReadConfiguration<Config> extends CheckedConfiguration<Config>, Configured {}

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
  /** The parts of a configuration that the core uses. */
  const plain = (
    { baseUrl, secrets }: CheckedConfiguration<Types['config']>,
    wire: (() => OpenWire) | undefined,
  ): Configured => ({ baseUrl, secrets, escapesHtml: definition.escapesHtml, wire });
  return {
    bind: (input) => {
      const service = checkAgainst(definition.service, input);
      return service instanceof Promise ? service.then(bound) : bound(service);
    },
    configure: () => withWire(read(), plain),
    configureCheck: () => {
      if (check === undefined) throw new TypeError('the provider has no check');
      return withWire(read(), (value, wire) => ({ ...plain(value, wire), run: () => check.run(value.config) }));
    },
    configureFind: () => {
      if (find === undefined) throw new TypeError('the provider has no list');
      return withWire(read(), (value, wire) => ({
        ...plain(value, wire),
        list: (query) => find(query, value.config),
      }));
    },
    readConfiguration: async () => await withWire(read(), (value, wire) => ({ ...value, ...plain(value, wire) })),
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

/**
 * The options that the environment sets. An empty variable counts as missing, as an unset secret in most deployments.
 */
function variablesOf(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const set = Object.entries(env).flatMap(([option, name]): [string, string][] => {
    const value = process.env[name];
    return value === undefined || value === '' ? [] : [[option, value]];
  });
  return Object.fromEntries(set);
}

/** The part of a provider's definition that its configuration is checked with. */
export interface ConfigurationRules<Config> {
  readonly config: StandardSchema<unknown, Config>;
  readonly baseUrl: (config: Config) => string;
  readonly origins?: (config: Config) => Readonly<Record<string, string>>;
  readonly secrets: (config: Config) => readonly string[];
}

/**
 * Checks the configuration of one account, and keeps the last one that was accepted.
 *
 * The input is read at every call and compared value by value. Only a plain object whose values are all primitive is
 * kept: anything inside another object could change without showing.
 */
export class ConfigurationCache<Config> {
  readonly #rules: ConfigurationRules<Config>;
  #known: { readonly fields: Fields; readonly checked: Checked<CheckedConfiguration<Config>> } | undefined;

  constructor(rules: ConfigurationRules<Config>) {
    this.#rules = rules;
  }

  /** The checked configuration for an input that is the same as the last one; `undefined` for any other. */
  known(input: unknown): Checked<CheckedConfiguration<Config>> | undefined {
    return this.#known !== undefined && isSame(this.#known.fields, fieldsOf(input)) ? this.#known.checked : undefined;
  }

  /** The checked configuration for an input. What the provider's own functions throw is passed on. */
  async check(input: unknown): Promise<Checked<CheckedConfiguration<Config>>> {
    const known = this.known(input);
    if (known !== undefined) return known;
    const fields = fieldsOf(input);
    const { config } = this.#rules;
    const result = await checkAgainst(config, input);
    if (!result.ok) return result;
    const checked = { ok: true, value: valuesOf(this.#rules, result.value) } as const;
    // An asynchronous check may have seen values to which the input was changed meanwhile.
    if (fields !== undefined && isSame(fields, fieldsOf(input))) this.#known = { fields, checked };
    return checked;
  }
}

/** What the core takes from a configuration that its schema has accepted. */
export function valuesOf<Config>(
  { baseUrl, origins, secrets }: Omit<ConfigurationRules<Config>, 'config'>,
  config: Config,
): CheckedConfiguration<Config> {
  const own = { config, baseUrl: baseUrl(config), secrets: [...secrets(config)] };
  return origins === undefined ? own : { ...own, origins: { ...origins(config) } };
}

type Fields = readonly (readonly [string, unknown])[];

/** The fields of a plain object of primitive values; `undefined` for everything else. No getter is called. */
function fieldsOf(input: unknown): Fields | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  try {
    const prototype: unknown = Object.getPrototypeOf(input);
    if (prototype !== Object.prototype && prototype !== null) return undefined;
    const fields: [string, unknown][] = [];
    for (const name of Reflect.ownKeys(input)) {
      const own = Reflect.getOwnPropertyDescriptor(input, name);
      const isPlain = typeof name === 'string' && own?.enumerable === true && 'value' in own;
      if (!isPlain || (own.value !== null && COMPOUND.has(typeof own.value))) return undefined;
      fields.push([name, own.value]);
    }
    return fields;
  } catch {
    // An input that cannot be read is not kept; its check says what is wrong.
    return undefined;
  }
}

const COMPOUND: ReadonlySet<string> = new Set(['object', 'function', 'symbol']);

function isSame(known: Fields, given: Fields | undefined): boolean {
  return (
    given !== undefined &&
    known.length === given.length &&
    known.every(([name, value], index) => {
      const [otherName, otherValue] = given[index] ?? [];
      return name === otherName && Object.is(value, otherValue);
    })
  );
}
