import type { Checked, MaybePromise } from '../call/check-schema.ts';
import type { Account, ConfigSource } from '../contract/account.ts';
import type { ActionProvider } from '../contract/action.ts';
import type { OperationsOf, ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { AccountCheck, AccountInternals } from './account-internals.ts';
import type * as Operations from './account-operations.ts';
import type { AccountOperations, ReadConfiguration } from './account-operations.ts';

// What each account was made of, for the actions of its own provider. Held weakly, and reachable from here alone.
const origins = new WeakMap<object, Origin>();

interface Origin {
  readonly definition: unknown;
  /** What is done with the account, loaded with its first use. */
  readonly load: () => MaybePromise<AccountOperations>;
}

/** What an account does, for those who check its access. */
export async function operationsOfAccount(account: object): Promise<AccountOperations | undefined> {
  return await origins.get(account)?.load();
}

/** Reads and checks the configuration of an account that was made of this definition; `undefined` if it was not. */
export function configurationReader<Config>(
  definition: ActionProvider<Config>,
  account: unknown,
): (() => Promise<Checked<ReadConfiguration<Config>>>) | undefined {
  const origin = typeof account === 'object' && account !== null ? origins.get(account) : undefined;
  if (origin === undefined || origin.definition !== definition) return undefined;
  return async () => {
    const operations = await origin.load();
    // oxlint-disable-next-line no-unsafe-type-assertion -- of this very definition
    return (await operations.readConfiguration()) as Checked<ReadConfiguration<Config>>;
  };
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

/** Makes an account of a provider's definition and the source of its configuration. */
export function createAccount<Types extends ProviderTypes>(
  definition: ProviderDefinition<Types>,
  source: ConfigSource<Types['configInput']>,
): AccountOf<Types> {
  let operations: AccountOperations | undefined;
  const load = (): MaybePromise<AccountOperations> =>
    operations ?? loadOperations().then(({ operationsOf }) => (operations ??= operationsOf(definition, source)));
  const perform = <Value>(work: (own: AccountOperations) => MaybePromise<Value>): MaybePromise<Value> => {
    const loaded = load();
    return loaded instanceof Promise ? loaded.then(work) : work(loaded);
  };
  const internals: AccountInternals = {
    env: definition.env,
    serviceForms: definition.serviceForms,
    extras: definition.extras,
    check: checkOf(definition, perform),
    find: definition.find === undefined ? undefined : { configure: () => perform((own) => own.configureFind()) },
    configure: () => perform((own) => own.configure()),
    bind: (input) => perform((own) => own.bind(input)),
  };
  const account: AccountOf<Types> = {
    provider: definition.id,
    capabilities: definition.capabilities,
  };
  Object.defineProperty(account, INTERNALS, { value: () => internals });
  origins.set(account, { definition, load });
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

function checkOf<Types extends ProviderTypes>(
  { check }: ProviderDefinition<Types>,
  perform: <Value>(work: (own: AccountOperations) => MaybePromise<Value>) => MaybePromise<Value>,
): AccountCheck | undefined {
  if (check === undefined) return undefined;
  const { run: _, ...described } = check;
  return { ...described, configure: () => perform((own) => own.configureCheck()) };
}
