import type { FollowRecord } from '../ledger/record.ts';
import type { FollowEnd } from '../model/follow-plan.ts';
import { utcTime } from './relative-time.ts';

/** Says how an accepted cancellation is followed: what was found, or when it was read last and is read next. */
export function followWords({ finding, ended, nextAt, readAt, lastSeen }: FollowRecord): string {
  if (finding !== undefined) return finding;
  const last = readAt === undefined ? 'not read yet' : `${lastSeen ?? 'read'} on ${utcTime(readAt)}`;
  if (nextAt !== undefined) return `${last}; read next on ${utcTime(nextAt)}`;
  return ended === undefined ? last : `${last}; ${ENDED[ended]}`;
}

const ENDED: Readonly<Record<FollowEnd, string>> = {
  unconfirmed: 'the readings have ended, and none of them confirmed that the service is over',
  superseded: 'a newer cancellation of the service is followed in its place',
  switched_off: 'not followed any more, since the queue does not follow',
};
