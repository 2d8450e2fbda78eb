import { createHash } from 'node:crypto';
import type { OnDate } from '../../contract/vocabulary.ts';

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
