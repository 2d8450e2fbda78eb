import type { Capabilities } from '../contract/capabilities.ts';
import type { OperationsOf, Provider, ProviderDefinition } from '../contract/provider.ts';
import type { When } from '../contract/vocabulary.ts';
import { createAccount } from './account.ts';

/**
 * Makes sure that a provider's definition does not contradict itself.
 *
 * @throws TypeError
 */
export function checkDefinition(definition: {
  readonly specVersion: number;
  readonly id: string;
  readonly capabilities: Capabilities;
  readonly cancelBatch?: unknown;
  readonly status?: unknown;
  readonly revoke?: unknown;
}): void {
  const { id, capabilities } = definition;
  if (definition.specVersion !== 1) throw new TypeError('defineProvider: specVersion must be 1');
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id)) {
    throw new TypeError('defineProvider: id must be 1 to 40 lower-case letters, digits and dashes');
  }
  if (capabilities.timings.length === 0) throw new TypeError(`defineProvider: ${id} offers no timing`);
  if (capabilities.readBack !== (definition.status !== undefined)) {
    throw new TypeError(`defineProvider: ${id} must have a status function exactly if capabilities.readBack is true`);
  }
  if (capabilities.revoke !== (definition.revoke !== undefined)) {
    throw new TypeError(`defineProvider: ${id} must have a revoke function exactly if capabilities.revoke is true`);
  }
  if (capabilities.revoke && !capabilities.readBack) {
    throw new TypeError(`defineProvider: ${id} can only undo what it can read back`);
  }
  if ((capabilities.batch !== undefined) !== (definition.cancelBatch !== undefined)) {
    throw new TypeError(`defineProvider: ${id} must have a cancelBatch function exactly if capabilities.batch is set`);
  }
  if (capabilities.batch !== undefined && !capabilities.readBack) {
    throw new TypeError(`defineProvider: ${id} can batch only what it can read back`);
  }
}

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
  const Timing extends When,
  const Readable extends boolean,
  const Revocable extends boolean,
>(
  definition: ProviderDefinition<{
    id: Id;
    configInput: ConfigInput;
    config: Config;
    serviceInput: ServiceInput;
    service: Service;
    timing: Timing;
    readBack: Readable;
    revoke: Revocable;
  }>,
): Provider<Id, ConfigInput, ServiceInput, Timing, OperationsOf<Readable, Revocable>> {
  checkDefinition(definition);
  return {
    specVersion: 1,
    id: definition.id,
    capabilities: definition.capabilities,
    env: definition.env,
    account: (config) => createAccount(definition, config),
  };
}
