import { createHash } from 'node:crypto';
import type { OnDate } from '../../contract/vocabulary.ts';
import { type OpenedServices, accountNamed } from '../setup/open-services.ts';

/** What a row asks for, and where, in 12 hexadecimal digits: the same for two rows that ask for the same. */
export function fingerprintOf(
  request: {
    readonly account: string;
    readonly when: string | OnDate;
    readonly reason?: unknown;
    readonly reference?: unknown;
    readonly extras?: unknown;
  },
  serviceKey: string,
  place: string,
): string {
  const { account, when, reason = null, reference = null, extras } = request;
  // Without extras as in results of earlier versions.
  const parts = [account, place, serviceKey, typeof when === 'string' ? when : when.on, reason, reference];
  const asked = JSON.stringify(extras === undefined ? parts : [...parts, extras]);
  return createHash('sha256').update(asked).digest('hex').slice(0, 12);
}

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
