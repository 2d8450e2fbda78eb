import type { Checked, MaybePromise } from '../call/check-schema.ts';
import type { Account, ConfigSource } from '../contract/account.ts';
import type { ActionProvider } from '../contract/action.ts';
import type {
  CheckProfile,
  OperationsOf,
  ProviderDefinition,
  ProviderProfile,
  ProviderTypes,
} from '../contract/provider.ts';
import { loadPart } from '../platform/load-part.ts';
import type { AccountInternals } from './account-internals.ts';
import type * as Operations from './account-operations.ts';
import type { AccountOperations, ReadConfiguration } from './account-operations.ts';

// What each account was made of, for the actions of its own provider. Held weakly, and reachable from here alone.
const origins = new WeakMap<object, Origin>();

interface Origin {
  /** The account's definition and its operations, which are loaded with the first use. */
  readonly load: () => MaybePromise<Loaded>;
}

interface Loaded<Definition = unknown> {
  readonly definition: Definition;
  readonly operations: AccountOperations;
}

/** What an account does, for those who check its access. */
export async function operationsOfAccount(account: object): Promise<AccountOperations | undefined> {
  return (await origins.get(account)?.load())?.operations;
}

/** Returns what reads and checks the configuration of an account; `undefined` if it was not made of this definition. */
export async function configurationReader<Config>(
  definition: ActionProvider<Config>,
  account: unknown,
): Promise<(() => Promise<Checked<ReadConfiguration<Config>>>) | undefined> {
  const loaded = typeof account === 'object' && account !== null ? await origins.get(account)?.load() : undefined;
  if (loaded === undefined || loaded.definition !== definition) return undefined;
  const { operations } = loaded;
  // oxlint-disable-next-line no-unsafe-type-assertion -- of this very definition
  return async () => (await operations.readConfiguration()) as Checked<ReadConfiguration<Config>>;
}

// Registered, so that an account made by one copy of the package works in a service of another.
const INTERNALS = Symbol.for('cancelkit.account.v1');

type AccountOf<Types extends ProviderTypes> = Account<
  Types['id'],
  Types['serviceInput'],
  Types['timing'],
  OperationsOf<Types['readBack'], Types['revoke'], Types['options'], Types['confirm'], Types['find']>,
  Types['extrasInput']
>;

/**
 * Makes an account of a provider's definition and the source of its configuration.
 *
 * @param profile the part of the definition that is known before the first call.
 * @param definitionOf returns the definition, or loads it.
 */
export function createAccount<Types extends ProviderTypes>(
  profile: ProviderProfile<Types> & { readonly check?: CheckProfile },
  definitionOf: () => MaybePromise<ProviderDefinition<Types>>,
  source: ConfigSource<Types['configInput']>,
): AccountOf<Types> {
  let loaded: Loaded<ProviderDefinition<Types>> | undefined;
  const loadAnew = async (): Promise<Loaded> => {
    const [{ operationsOf }, definition] = await loadPart(Promise.all([loadOperations(), definitionOf()]));
    return (loaded ??= { definition, operations: operationsOf(definition, source) });
  };
  const load = (): MaybePromise<Loaded> => loaded ?? loadAnew();
  const perform = <Value>(work: (own: AccountOperations) => MaybePromise<Value>): MaybePromise<Value> => {
    const loading = load();
    return loading instanceof Promise ? loading.then(({ operations }) => work(operations)) : work(loading.operations);
  };
  const { check, capabilities } = profile;
  const internals: AccountInternals = {
    env: profile.env,
    serviceForms: profile.serviceForms,
    // Loaded with the rest: the service is bound before its details are checked.
    get extras() {
      return loaded?.definition.extras;
    },
    check: check === undefined ? undefined : { ...check, configure: () => perform((own) => own.configureCheck()) },
    find: capabilities.find === true ? { configure: () => perform((own) => own.configureFind()) } : undefined,
    configure: () => perform((own) => own.configure()),
    bind: (input) => perform((own) => own.bind(input)),
  };
  const account: AccountOf<Types> = { provider: profile.id, capabilities };
  Object.defineProperty(account, INTERNALS, { value: () => internals });
  origins.set(account, { load });
  return Object.freeze(account);
}

// Loaded with the first call.
const loadOperations = (): Promise<typeof Operations> => import('./account-operations.ts');

/** The internals of an account, or `undefined` if the value is not an account. */
export function internalsOf(account: unknown): AccountInternals | undefined {
  if (typeof account !== 'object' || account === null || !(INTERNALS in account)) return undefined;
  const open = account[INTERNALS];
  // oxlint-disable-next-line no-unsafe-type-assertion, no-unsafe-call -- only createAccount knows the symbol's meaning
  return typeof open === 'function' ? (open() as AccountInternals) : undefined;
}
