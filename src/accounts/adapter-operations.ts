import type { AdapterOperations } from './account-internals.ts';
import type { CheckedConfiguration } from './configuration-cache.ts';
import type { ProviderDefinition, ProviderTypes } from '../contract/provider.ts';
import type { When } from '../contract/vocabulary.ts';

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
): AdapterOperations {
  const { cancelBatch, status, revoke } = definition;
  const offered = (when: When): Types['timing'] => {
    if (!isTiming(definition.capabilities.timings, when)) throw new RangeError('timing not offered');
    return when;
  };
  const adapter: AdapterOperations = {
    baseUrl,
    secrets,
    escapesHtml: definition.escapesHtml,
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
  if (cancelBatch !== undefined) references.set(adapter, service);
  return adapter;
}

function isTiming<Timing extends When>(timings: readonly Timing[], when: When): when is Timing {
  return timings.some((timing) => timing === when);
}
