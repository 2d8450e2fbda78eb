import { accountNamed, formsOf, type OpenedServices } from '../open-services.ts';

/**
 * Where an account's requests go: its provider and its address, which a configuration of the same account's name may
 * change. Read once for each account.
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
  const account = await accountNamed(name, opened);
  const service = formsOf(account)[0]?.example;
  const [when] = account.capabilities.timings;
  // Without an example of a service there is no request that is the same in every run.
  if (service === undefined || when === undefined) return account.provider;
  const { url } = await opened.services.preview({ account: name, service, when });
  return `${account.provider} ${url}`;
}
