import type { CredentialsCheck, CredentialsVerdict } from './account-check.ts';
import type { Capabilities } from './capabilities.ts';
import { checkAgainst, type Checked } from './check.ts';
import type { Exchange } from './exchange.ts';
import type { CancelOrder, OperationsOf, ProviderDefinition } from './provider.ts';
import type { ServiceForm } from './service-form.ts';
import type { CancelVerdict, RevokeVerdict, StatusVerdict } from './verdict.ts';
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

/** What an order says besides the service. */
export type OrderDetails = Omit<CancelOrder<unknown>, 'service'>;

/** A checked service reference of an account whose configuration has not been read yet. */
export interface BoundService {
  /** Names the service among those of the account. */
  readonly key: string;
  readonly configure: () => Promise<Checked<ConfiguredService>>;
}

/** A checked service reference and a checked configuration: ready to be asked for an operation. */
export interface ConfiguredService {
  readonly baseUrl: string;
  readonly secrets: readonly string[];
  /** Names the service among those of the account. */
  readonly key: string;
  readonly cancel: (details: OrderDetails) => Exchange<CancelVerdict>;
  /**
   * Cancels several services of the account by one request. `undefined`, or returning it: one of them cannot be
   * cancelled together with others.
   */
  readonly cancelTogether:
    | ((services: readonly ConfiguredService[], details: OrderDetails) => Exchange<CancelVerdict> | undefined)
    | undefined;
  /** `undefined`, or returning it: this service cannot be read back. */
  readonly status: ((providerReference?: string) => Exchange<StatusVerdict> | undefined) | undefined;
  readonly revoke: (() => Exchange<RevokeVerdict> | undefined) | undefined;
}

/** What the core does with an account; the provider's own types stay inside. */
export interface AccountDriver {
  readonly env: Readonly<Record<string, string>>;
  readonly bind: (service: unknown) => Promise<Checked<BoundService>>;
  readonly serviceForms?: readonly ServiceForm[] | undefined;
  readonly check?: AccountCheck | undefined;
}

/** What the check of an account's credentials is, and the way to begin it. */
export interface AccountCheck extends Omit<CredentialsCheck<never>, 'run'> {
  readonly configure: () => Promise<Checked<ConfiguredCheck>>;
}

/** A checked configuration with the check of its credentials. */
export interface ConfiguredCheck {
  readonly baseUrl: string;
  readonly secrets: readonly string[];
  readonly run: () => Exchange<CredentialsVerdict>;
}

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
  return async () => checkAgainst(definition.config, await readSource(origin.source, definition.env));
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
  const services: ServicesOf<Service> = new WeakMap();
  const driver: AccountDriver = {
    env: definition.env,
    serviceForms: definition.serviceForms,
    check: checkOf(definition, source),
    bind: async (input) => {
      const service = await checkAgainst(definition.service, input);
      if (!service.ok) return service;
      const key = nameOf(definition, service.value);
      if (key === undefined)
        return { ok: false, issues: [{ path: '', expected: 'a service that the adapter can name' }] };
      return {
        ok: true,
        value: { key, configure: () => configure(definition, source, { key, value: service.value }, services) },
      };
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

/** The driver of an account, or `undefined` if the value is not an account. */
export function driverOf(account: unknown): AccountDriver | undefined {
  if (typeof account !== 'object' || account === null || !(DRIVER in account)) return undefined;
  const open = account[DRIVER];
  // oxlint-disable-next-line no-unsafe-type-assertion, no-unsafe-call -- only createAccount knows the symbol's meaning
  return typeof open === 'function' ? (open() as AccountDriver) : undefined;
}

/** The checked reference of each service that has been configured, so that several can go into one request. */
type ServicesOf<Service> = WeakMap<ConfiguredService, Service>;

async function configure<Config, Service, Timing extends When>(
  definition: ProviderDefinition<string, unknown, Config, unknown, Service, Timing, boolean, boolean>,
  source: unknown,
  { key, value: service }: { readonly key: string; readonly value: Service },
  services: ServicesOf<Service>,
): Promise<Checked<ConfiguredService>> {
  const checked = await checkAgainst(definition.config, await readSource(source, definition.env));
  if (!checked.ok) return checked;
  const config = checked.value;
  const { cancelTogether, status, revoke } = definition;
  const offered = (when: When): Timing => {
    if (!isTiming(definition.capabilities.timings, when)) throw new RangeError('timing not offered');
    return when;
  };
  const value: ConfiguredService = {
    baseUrl: definition.baseUrl(config),
    secrets: definition.secrets(config),
    key,
    cancel: (details) => definition.cancel({ ...details, when: offered(details.when), service }, config),
    cancelTogether:
      cancelTogether === undefined
        ? undefined
        : (members, { when, reasonText }) => {
            const known = members.flatMap((member) => services.get(member) ?? []);
            if (known.length < members.length) return undefined;
            return cancelTogether({ services: known, when: offered(when), reasonText }, config);
          },
    status: status === undefined ? undefined : (providerReference) => status(service, config, { providerReference }),
    revoke: revoke === undefined ? undefined : () => revoke(service, config),
  };
  services.set(value, service);
  return { ok: true, value };
}

function checkOf<Config>(
  definition: Pick<
    ProviderDefinition<string, unknown, Config, unknown, never, When, boolean, boolean>,
    'config' | 'env' | 'baseUrl' | 'secrets' | 'check'
  >,
  source: unknown,
): AccountCheck | undefined {
  const { check } = definition;
  if (check === undefined) return undefined;
  const { run, ...described } = check;
  return {
    ...described,
    configure: async () => {
      const checked = await checkAgainst(definition.config, await readSource(source, definition.env));
      if (!checked.ok) return checked;
      const { value } = checked;
      const configured = { baseUrl: definition.baseUrl(value), secrets: definition.secrets(value) };
      return { ok: true, value: { ...configured, run: () => run(value) } };
    },
  };
}

/** `undefined` where the adapter fails; what it throws may hold anything. */
function nameOf<Service>(
  definition: { readonly serviceKey?: (service: Service) => string },
  service: Service,
): string | undefined {
  try {
    return (definition.serviceKey?.(service) ?? keyOf(service)).slice(0, 256);
  } catch {
    return undefined;
  }
}

/** The fields of a reference by name, so that their order says nothing. */
function keyOf(service: unknown): string {
  if (typeof service !== 'object' || service === null) return String(service);
  const fields = Object.entries(service).map(([name, value]) => `${name}=${String(value)}`);
  return fields.toSorted().join(' ');
}

function isTiming<Timing extends When>(timings: readonly Timing[], when: When): when is Timing {
  return timings.some((timing) => timing === when);
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
