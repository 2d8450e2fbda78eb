import type { Checked, MaybePromise } from '../call/check-schema.ts';
import type { Account, ConfigSource } from '../contract/account.ts';
import type { ActionProvider } from '../contract/action.ts';
import type { OperationsOf, ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { AccountCheck, AccountInternals } from './account-internals.ts';
import type * as Operations from './account-operations.ts';
import type { AccountOperations } from './account-operations.ts';

// What each account was made of, for the actions of its own provider. Held weakly, and reachable from here alone.
const origins = new WeakMap<object, { readonly definition: unknown; readonly source: unknown }>();

/** Reads and checks the configuration of an account that was made of this definition; `undefined` if it was not. */
export function configurationReader<Config>(
  definition: Pick<ActionProvider<Config>, 'config' | 'env'>,
  account: unknown,
): (() => Promise<Checked<Config>>) | undefined {
  const origin = typeof account === 'object' && account !== null ? origins.get(account) : undefined;
  if (origin === undefined || origin.definition !== definition) return undefined;
  return async () => (await loadOperations()).readConfiguration(definition, origin.source);
}

// Registered, so that an account made by one copy of the package works in a service of another.
const INTERNALS = Symbol.for('cancelkit.account.v1');

type AccountOf<Types extends ProviderTypes> = Account<
  Types['id'],
  Types['serviceInput'],
  Types['timing'],
  OperationsOf<Types['readBack'], Types['revoke']>
>;

/** Makes an account of a provider's definition and the source of its configuration. */
export function createAccount<Types extends ProviderTypes>(
  definition: ProviderDefinition<Types>,
  source: ConfigSource<Types['configInput']>,
): AccountOf<Types> {
  let operations: AccountOperations | undefined;
  const perform = <Value>(work: (own: AccountOperations) => MaybePromise<Value>): MaybePromise<Value> =>
    operations === undefined
      ? loadOperations().then(({ operationsOf }) => work((operations ??= operationsOf(definition, source))))
      : work(operations);
  const internals: AccountInternals = {
    env: definition.env,
    serviceForms: definition.serviceForms,
    check: checkOf(definition, perform),
    configure: () => perform((own) => own.configure()),
    bind: (input) => perform((own) => own.bind(input)),
  };
  const account: AccountOf<Types> = {
    provider: definition.id,
    capabilities: definition.capabilities,
  };
  Object.defineProperty(account, INTERNALS, { value: () => internals });
  origins.set(account, { definition, source });
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
