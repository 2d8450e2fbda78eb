import type { Checked } from '../call/check-schema.ts';
import type { Account, ConfigSource } from '../contract/account.ts';
import type { ActionProvider } from '../contract/action.ts';
import type { OperationsOf, ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { CredentialsCheck } from '../contract/verdict.ts';
import type { AccountCheck, AccountInternals, AdapterOperations } from './account-driver.ts';
import type { CheckedConfiguration, ConfigurationCache } from './configuration-cache.ts';
import type * as Reader from './read-configuration.ts';
import type { bindService as BindService } from './bind-service.ts';

// What each account was made of, for the actions of its own provider. Held weakly, and reachable from here alone.
const origins = new WeakMap<object, { readonly definition: unknown; readonly source: unknown }>();

/** Reads and checks the configuration of an account that was made of this definition; `undefined` if it was not. */
export function configurationReader<Config>(
  definition: Pick<ActionProvider<Config>, 'config' | 'env'>,
  account: unknown,
): (() => Promise<Checked<Config>>) | undefined {
  const origin = typeof account === 'object' && account !== null ? origins.get(account) : undefined;
  if (origin === undefined || origin.definition !== definition) return undefined;
  return async () => (await loadReader()).readConfiguration(definition, origin.source);
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
  let configurations: ConfigurationCache<Types['config']> | undefined;
  const read = async (): Promise<Checked<CheckedConfiguration<Types['config']>>> => {
    const { ConfigurationCache: Configurations, readSource, withVariables } = await loadReader();
    configurations ??= new Configurations<Types['config']>(definition);
    return withVariables(await configurations.check(await readSource(source, definition.env)), source, definition.env);
  };
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
      bindService ??= (await import('./bind-service.ts')).bindService;
      return await bindService(definition, input, read, references);
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

// Loaded with the first call.
let bindService: typeof BindService | undefined;
let reader: typeof Reader | undefined;

async function loadReader(): Promise<typeof Reader> {
  return (reader ??= await import('./read-configuration.ts'));
}

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
