import { describe, expect, it } from 'vitest';
import type { FailureClass } from '../../src/contract/event.ts';
import { type RetryQuestion, retryDelay } from '../../src/sending/retry-policy.ts';

const QUESTION: RetryQuestion = {
  failure: 'not_sent',
  effect: 'write',
  repeated: 0,
  retryAfterMs: undefined,
  remainingMs: 60_000,
  random: 0.5,
};

function delay(question: Partial<RetryQuestion>): number | undefined {
  return retryDelay({ ...QUESTION, ...question });
}

/** How often a request is sent again if it fails in the same way each time. */
function repetitions(failure: FailureClass, effect: 'read' | 'write'): number {
  let repeated = 0;
  while (repeated < 100 && delay({ failure, effect, repeated }) !== undefined) repeated += 1;
  return repeated;
}

describe('how often a request is sent again', () => {
  it.each([
    ['not_sent', 'write', 3],
    ['not_sent', 'read', 3],
    ['unprocessed', 'write', 2],
    ['unprocessed', 'read', 2],
    ['perhaps_sent', 'write', 0],
    ['perhaps_sent', 'read', 2],
    ['server_error', 'write', 0],
    ['server_error', 'read', 2],
  ] as const)('%s, a %s: %i times', (failure, effect, times) => {
    expect(repetitions(failure, effect)).toBe(times);
  });

  it('a write that was perhaps sent is not sent again, whatever the provider asks and however much time is left', () => {
    for (const failure of ['perhaps_sent', 'server_error'] as const) {
      for (const retryAfterMs of [undefined, 0, 1_000]) {
        expect(delay({ failure, effect: 'write', retryAfterMs, remainingMs: Infinity })).toBeUndefined();
      }
    }
  });
});

describe('how long it waits', () => {
  it.each([
    [0, 250],
    [1, 500],
    [2, 1_000],
  ])('full jitter: after %i repetitions, anything from 0 up to %i ms', (repeated, most) => {
    expect(delay({ repeated, random: 0 })).toBe(0);
    expect(delay({ repeated, random: 0.5 })).toBe(most / 2);
    const longest = delay({ repeated, random: 1 - Number.EPSILON });
    expect(longest).toBeLessThan(most);
    expect(longest).toBeGreaterThan(most - 1);
  });

  it.each(['unprocessed', 'not_sent', 'perhaps_sent', 'server_error'] as const)(
    'Retry-After is waited for after a response, not where there was none: %s',
    (failure) => {
      const waited = delay({ failure, effect: 'read', retryAfterMs: 7_000, random: 0.5 });
      expect(waited).toBe(failure === 'unprocessed' || failure === 'server_error' ? 7_000 : 125);
    },
  );

  it('a Retry-After that is shorter than the jitter does not shorten it: 0 makes no burst of requests', () => {
    expect(delay({ failure: 'unprocessed', retryAfterMs: 0, random: 0.5 })).toBe(125);
  });
});

describe('a wait that does not fit the deadline is not started', () => {
  it.each([
    ['just fits', { remainingMs: 126 }, 125],
    ['would end with it', { remainingMs: 125 }, undefined],
    ['would end after it', { remainingMs: 10 }, undefined],
    ['has no time at all', { remainingMs: 0, random: 0 }, undefined],
    ['Retry-After just fits', { failure: 'unprocessed', retryAfterMs: 999, remainingMs: 1_000 }, 999],
    ['Retry-After would end with it', { failure: 'unprocessed', retryAfterMs: 1_000, remainingMs: 1_000 }, undefined],
    ['Retry-After is a day', { failure: 'unprocessed', retryAfterMs: 86_400_000, remainingMs: 30_000 }, undefined],
  ] as const)('%s', (_, question, expected) => {
    expect(delay(question)).toBe(expected);
  });
});
