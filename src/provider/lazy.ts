import { createAccount } from '../accounts/account.ts';
import type {
  CheckProfile,
  OperationsOf,
  Provider,
  ProviderDefinition,
  ProviderProfile,
  ProviderTypes,
} from '../contract/provider.ts';
import type { OperationName } from '../contract/vocabulary.ts';

export { constantMessages } from '../call/check-schema.ts';
export type { CheckProfile, ProviderProfile } from '../contract/provider.ts';
export { performLazyAction } from '../service/perform-action.ts';

/**
 * Makes a provider whose definition is loaded with the first call on one of its accounts. This file is separate from
 * `index.ts`, so that what only definitions need is loaded with them.
 *
 * @param profile the data of the definition and, unless it has none, of its check of credentials.
 * @param load imports the definition. If that fails, nothing is sent, and the next call tries again.
 */
export function defineLazyProvider<Types extends ProviderTypes>(
  profile: ProviderProfile<Types> & { readonly check?: CheckProfile },
  load: () => Promise<ProviderDefinition<Types>>,
): Provider<
  Types['id'],
  Types['configInput'],
  Types['serviceInput'],
  Types['timing'],
  OperationsOf<Types['readBack'], Types['revoke'], Types['options'], Types['confirm'], Types['find']>,
  Types['extrasInput']
> {
  const { specVersion, id, capabilities, env } = profile;
  let definition: ProviderDefinition<Types> | undefined;
  // Kept, because each account loads it, and an import takes a while even if the module is there.
  const loadOnce = async (): Promise<ProviderDefinition<Types>> => (definition ??= await load());
  return { specVersion, id, capabilities, env, account: (config) => createAccount(profile, loadOnce, config) };
}

/** The types of a provider with these operations, to which its own are added: `confirm` is the timing that needs it. */
export interface TypesWith<Operations extends OperationName> extends ProviderTypes {
  readonly readBack: 'status' extends Operations ? true : false;
  readonly revoke: 'revoke' extends Operations ? true : false;
  readonly options: 'options' extends Operations ? true : false;
  readonly find: 'find' extends Operations ? true : false;
}

/** A configuration whose schema fills in every option that may be left out, and changes no type. */
export type Resolved<Config> = { readonly [Name in keyof Config]-?: Exclude<Config[Name], undefined> };
