import type { AdapterOperations } from './account-internals.ts';
import type { CheckedConfiguration } from './configuration-cache.ts';
import type { ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import { timingOf } from '../contract/when.ts';
import type { AnyWhen, Timing, When } from '../contract/vocabulary.ts';

/**
 * A provider's operations on one service, with the configuration that they need.
 *
 * @param references the checked reference of each service that has been adapter, so that several can go into one
 * request. This one's is added.
 */
export function adapterOperations<Types extends ProviderTypes>(
  definition: ProviderDefinition<Types>,
  { config, baseUrl, secrets }: CheckedConfiguration<Types['config']>,
  { key, value: service }: { readonly key: string; readonly value: Types['service'] },
  references: WeakMap<AdapterOperations, Types['service']>,
  wire?: AdapterOperations['wire'],
): AdapterOperations {
  const { cancelBatch, status, revoke } = definition;
  const offered = (when: AnyWhen): When<Types['timing']> => {
    if (!isOffered(definition.capabilities.timings, when)) throw new RangeError('timing not offered');
    return when;
  };
  const adapter: AdapterOperations = {
    baseUrl,
    secrets,
    escapesHtml: definition.escapesHtml,
    wire,
    key,
    cancel: (details) => definition.cancel({ ...details, when: offered(details.when), service }, config),
    cancelBatch:
      cancelBatch === undefined
        ? undefined
        : (members, { when, reasonText }) => {
            const known = members.flatMap((member) => references.get(member) ?? []);
            if (known.length < members.length) return undefined;
            return cancelBatch({ services: known, when: offered(when), reasonText }, config);
          },
    status:
      status === undefined
        ? undefined
        : (providerReference, query) => status(service, config, { providerReference, ...query }),
    revoke: revoke === undefined ? undefined : () => revoke(service, config),
  };
  references.set(adapter, service);
  return adapter;
}

function isOffered<T extends Timing>(timings: readonly T[], when: AnyWhen): when is When<T> {
  const asked = timingOf(when);
  return timings.some((timing) => timing === asked);
}
