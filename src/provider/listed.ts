import type { ListedService, ListedVerdict } from '../contract/find.ts';

/**
 * Returns the verdict for a page of a list.
 *
 * @param read makes a service of an entry, or `undefined` of one that cannot be read, which is counted.
 * @param next what the next page is asked for with. `undefined`: this was the last.
 */
export function listedPage<Entry, Service>(
  entries: readonly Entry[],
  read: (entry: Entry) => ListedService<Service> | undefined,
  next?: string,
): ListedVerdict<Service> {
  const services = entries.flatMap((entry) => read(entry) ?? []);
  return {
    verdict: 'listed',
    services,
    unreadable: entries.length - services.length,
    ...(next === undefined ? {} : { next }),
  };
}
