import type { Sandbox } from 'cancelkit/sandbox';
import * as v from 'valibot';
import * as list from '../../providers/list.ts';

/** The ids of the providers, in the order of their ports. */
export const providerIds: readonly string[] = Object.values(list)
  .toSorted((one, other) => one.portOffset - other.portOffset)
  .map(({ provider }) => provider.id);

const settingsSchema = v.union([
  v.pipe(
    v.object({ baseUrl: v.string() }),
    v.transform(({ baseUrl }) => baseUrl),
  ),
  v.pipe(
    v.object({ url: v.string() }),
    v.transform(({ url }) => url),
  ),
]);

/** The address of each emulated provider, in the order of their ports. */
export function addressesOf({ settings }: Sandbox): readonly string[] {
  return providerIds.map((id) => v.parse(settingsSchema, Reflect.get(settings, id)));
}
