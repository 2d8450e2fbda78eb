import type { Capabilities } from '../contract/capabilities.ts';
import type { OperationsOf, Provider, ProviderDefinition } from '../contract/provider.ts';
import type { Timing } from '../contract/vocabulary.ts';
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
  readonly cancelTogether?: unknown;
  readonly status?: unknown;
  readonly revoke?: unknown;
  readonly access?: { readonly obtain?: unknown; readonly headers?: unknown } | undefined;
  readonly origins?: unknown;
  readonly responseIdHeader?: string | undefined;
  readonly extras?: unknown;
  readonly options?: unknown;
  readonly confirm?: unknown;
}): void {
  const { id, capabilities, access, responseIdHeader } = definition;
  if (definition.specVersion !== 1 && definition.specVersion !== 2) {
    throw new TypeError('defineProvider: specVersion must be 1 or 2');
  }
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(id)) {
    throw new TypeError('defineProvider: id must be 1 to 40 lower-case letters, digits and dashes');
  }
  if (capabilities.timings.length === 0) throw new TypeError(`defineProvider: ${id} offers no timing`);
  const later = definition.specVersion === 1 ? ofVersion2(definition) : undefined;
  if (later !== undefined) throw new TypeError(`defineProvider: ${id} needs specVersion 2 for ${later}`);
  if (access !== undefined && typeof access.headers !== 'function') {
    throw new TypeError(`defineProvider: ${id} must have a headers function in its access`);
  }
  if (responseIdHeader !== undefined && !/^[a-z0-9-]+$/.test(responseIdHeader)) {
    throw new TypeError(`defineProvider: responseIdHeader of ${id} must be the name of a header in lower case`);
  }
  if (capabilities.readBack !== (definition.status !== undefined)) {
    throw new TypeError(`defineProvider: ${id} must have a status function exactly if capabilities.readBack is true`);
  }
  if (capabilities.revoke !== (definition.revoke !== undefined)) {
    throw new TypeError(`defineProvider: ${id} must have a revoke function exactly if capabilities.revoke is true`);
  }
  if (capabilities.revoke && !capabilities.readBack) {
    throw new TypeError(`defineProvider: ${id} can only withdraw what it can read back`);
  }
  if ((capabilities.cancelTogether !== undefined) !== (definition.cancelTogether !== undefined)) {
    throw new TypeError(
      `defineProvider: ${id} must have a cancelTogether function exactly if capabilities.cancelTogether is there`,
    );
  }
  if (capabilities.cancelTogether !== undefined && !capabilities.readBack) {
    throw new TypeError(`defineProvider: ${id} can only cancel together what it can read back`);
  }
}

/** The first part of a definition that version 1 of the contract does not have. */
function ofVersion2(definition: Parameters<typeof checkDefinition>[0]): string | undefined {
  const { capabilities } = definition;
  const parts = VERSION_2.filter((name) => definition[name] !== undefined);
  const timings = capabilities.timings.filter((timing) => timing !== 'immediate' && timing !== 'end_of_period');
  return [...parts, ...timings.map((timing) => `the timing ${timing}`)][0];
}

const VERSION_2 = ['access', 'origins', 'responseIdHeader', 'extras', 'options', 'confirm'] as const;

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
    confirm?: Confirming;
    extrasInput?: ExtrasInput;
    extras?: Extras;
  }>,
): Provider<
  Id,
  ConfigInput,
  ServiceInput,
  T,
  OperationsOf<Readable, Revocable, Offering, Confirming>,
  ExtrasInput | undefined
> {
  checkDefinition(definition);
  return {
    specVersion: definition.specVersion,
    id: definition.id,
    capabilities: definition.capabilities,
    env: definition.env,
    account: (config) => createAccount(definition, config),
  };
}
