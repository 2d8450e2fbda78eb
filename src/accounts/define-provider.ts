import type { OperationsOf, Provider, ProviderDefinition } from '../contract/provider.ts';
import type { Timing } from '../contract/vocabulary.ts';
import { createAccount } from './account.ts';
import { checkDefinition } from './check-definition.ts';

/**
 * Makes a provider out of its definition.
 *
 * @throws TypeError if the definition contradicts itself, such as `readBack` without a `status` function.
 */
export function defineProvider<
  const Id extends string,
  ConfigInput,
  // oxlint-disable-next-line no-unnecessary-type-parameters -- what the definition's functions agree on
  Config,
  ServiceInput,
  // oxlint-disable-next-line no-unnecessary-type-parameters -- what the definition's functions agree on
  Service,
  const T extends Timing,
  const Readable extends boolean,
  const Revocable extends boolean,
  const Offering extends boolean = boolean,
  const Confirming extends Timing | undefined = Timing | undefined,
  ExtrasInput = unknown,
  // oxlint-disable-next-line no-unnecessary-type-parameters -- what the definition's functions agree on
  Extras = unknown,
  const Finding extends boolean = boolean,
>(
  definition: ProviderDefinition<{
    id: Id;
    configInput: ConfigInput;
    config: Config;
    serviceInput: ServiceInput;
    service: Service;
    timing: T;
    readBack: Readable;
    revoke: Revocable;
    options?: Offering;
    find?: Finding;
    confirm?: Confirming;
    extrasInput?: ExtrasInput;
    extras?: Extras;
  }>,
): Provider<
  Id,
  ConfigInput,
  ServiceInput,
  T,
  OperationsOf<Readable, Revocable, Offering, Confirming, Finding>,
  ExtrasInput | undefined
> {
  checkDefinition(definition);
  return {
    specVersion: definition.specVersion,
    id: definition.id,
    capabilities: definition.capabilities,
    env: definition.env,
    account: (config) => createAccount(definition, () => definition, config),
  };
}
