import { createHash } from 'node:crypto';

/** What a row asks for, and where, in 12 hexadecimal digits: the same for two rows that ask for the same. */
export function fingerprintOf(
  request: { readonly account: string; readonly when: string; readonly reason?: unknown; readonly reference?: unknown },
  serviceKey: string,
  place: string,
): string {
  const { account, when, reason = null, reference = null } = request;
  const asked = JSON.stringify([account, place, serviceKey, when, reason, reference]);
  return createHash('sha256').update(asked).digest('hex').slice(0, 12);
}
