import type { AdapterOperations } from './account-internals.ts';
import type { CheckedConfiguration } from './configuration-cache.ts';
import type { ExtrasIn, ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import { timingOf } from '../contract/when.ts';
import type { AnyWhen, Timing, When } from '../contract/vocabulary.ts';

/**
 * A provider's operations on one service, with the configuration that they need.
 *
 * @param references the checked reference of each service that has been configured, so that several can go into one
 * request. This one's is added.
 */
export function adapterOperations<Types extends ProviderTypes>(
  definition: ProviderDefinition<Types>,
  { config, baseUrl, secrets }: CheckedConfiguration<Types['config']>,
  { key, value: service }: { readonly key: string; readonly value: Types['service'] },
  references: WeakMap<AdapterOperations, Types['service']>,
  wire?: AdapterOperations['wire'],
): AdapterOperations {
  const { cancelBatch, status, revoke, options, confirm, whereToLook } = definition;
  const offered = (when: AnyWhen): When<Types['timing']> => {
    if (!isOffered(definition.capabilities.timings, when)) throw new RangeError('timing not offered');
    return when;
  };
  // oxlint-disable-next-line no-unsafe-type-assertion -- what this very definition's schema returned
  const own = (extras: unknown): ExtrasIn<Types> | undefined => extras as ExtrasIn<Types> | undefined;
  const adapter: AdapterOperations = {
    baseUrl,
    secrets,
    escapesHtml: definition.escapesHtml,
    wire,
    key,
    cancel: ({ when, extras, ...details }) =>
      definition.cancel({ ...details, when: offered(when), extras: own(extras), service }, config),
    cancelBatch:
      cancelBatch === undefined
        ? undefined
        : (members, { when, reasonText, reasonCode, extras }) => {
            const known = members.flatMap((member) => references.get(member) ?? []);
            if (known.length < members.length) return undefined;
            const alike = { when: offered(when), reasonText, reasonCode, extras: own(extras) };
            return cancelBatch({ services: known, ...alike }, config);
          },
    status:
      status === undefined
        ? undefined
        : (providerReference, query) => status(service, config, { providerReference, ...query }),
    revoke: revoke === undefined ? undefined : () => revoke(service, config),
    options: options === undefined ? undefined : () => options(service, config),
    confirm:
      confirm === undefined
        ? undefined
        : ({ extras, ...details }) => confirm({ ...details, extras: own(extras), service }, config),
    whereToLook: whereToLook === undefined ? undefined : () => whereToLook(service, config),
  };
  if (cancelBatch !== undefined) references.set(adapter, service);
  return adapter;
}

function isOffered<T extends Timing>(timings: readonly T[], when: AnyWhen): when is When<T> {
  const asked = timingOf(when);
  return timings.some((timing) => timing === asked);
}
