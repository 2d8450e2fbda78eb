import type { Claimed } from '../../../src/queue/model/claimed.ts';

/** A made-up cancellation that a worker has claimed: by default one that is about to be sent. */
export function claimedWith(parts: Partial<Claimed> = {}): Claimed {
  return {
    id: 'one',
    claim: 1,
    request: { account: 'shop', service: { id: 'service-1' }, when: 'end_of_period' },
    provider: 'acme',
    priority: 0,
    task: 'send',
    tries: 1,
    readBackAttempts: 0,
    failingForMs: 0,
    unknownForMs: 0,
    claimedAtMs: undefined,
    place: 'acme https://api.example.com/',
    traceparent: undefined,
    whenAbsent: 'refuse',
    wasSentAgain: false,
    error: undefined,
    result: undefined,
    follow: undefined,
    followed: undefined,
    ...parts,
  };
}
