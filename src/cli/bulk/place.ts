import { accountNamed, type OpenedServices } from '../open-services.ts';

/**
 * Where an account's requests go, which a configuration of the same account's name may change. Read once for each
 * account.
 *
 * @throws ProviderError `not_configured`
 */
export function placeOf(account: string, opened: OpenedServices): Promise<string> {
  const known = places.get(opened) ?? new Map<string, Promise<string>>();
  places.set(opened, known);
  const place = known.get(account) ?? findPlace(account, opened);
  known.set(account, place);
  return place;
}

const places = new WeakMap<OpenedServices, Map<string, Promise<string>>>();

async function findPlace(name: string, opened: OpenedServices): Promise<string> {
  await accountNamed(name, opened);
  return await opened.services.place(name);
}
