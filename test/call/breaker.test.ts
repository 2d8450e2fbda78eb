import { beforeEach, describe, expect, it } from 'vitest';
import { Breaker } from '../../src/call/breaker.ts';

const FAILURES_TO_OPEN = 15;
const OPEN_MS = 10_000;
const CALL = {};

let now: number;
let breaker: Breaker;
beforeEach(() => {
  now = Date.parse('2026-03-10T08:00:00Z');
  breaker = new Breaker(() => now);
});

function fail(times: number): void {
  for (let time = 0; time < times; time += 1) breaker.record('failed');
}

/** How many repetitions there are left. */
function spend(): number {
  let spent = 0;
  while (spent < 1_000 && breaker.mayRepeat()) spent += 1;
  return spent;
}

describe('the budget for repetitions', () => {
  it('holds ten at first', () => {
    expect(spend()).toBe(10);
    expect(breaker.mayRepeat()).toBe(false);
  });

  it('grows by one with every ten calls', () => {
    spend();
    for (let call = 0; call < 9; call += 1) breaker.admit(CALL);
    expect(breaker.mayRepeat()).toBe(false);
    // Tenths do not add up exactly: the eleventh makes up for that.
    breaker.admit(CALL);
    breaker.admit(CALL);
    expect(breaker.mayRepeat()).toBe(true);
    expect(breaker.mayRepeat()).toBe(false);
  });

  it('never holds more than ten, however many calls go well', () => {
    for (let call = 0; call < 1_000; call += 1) breaker.admit(CALL);
    expect(spend()).toBe(10);
  });

  it('lets an outage cost at most 1.1 sends a call and these ten', () => {
    const calls = 5_000;
    let sends = 0;
    for (let call = 0; call < calls; call += 1) {
      now += OPEN_MS + 1;
      expect(breaker.admit(CALL)).toBeUndefined();
      do {
        sends += 1;
        breaker.record('failed');
      } while (breaker.mayRepeat());
      breaker.leave(CALL);
    }
    expect(sends).toBeLessThanOrEqual(1.1 * calls + 10);
    expect(sends).toBeGreaterThan(1.09 * calls);
  });
});

describe('the breaker', () => {
  it('lets calls in while fewer than 15 requests in a row have failed', () => {
    fail(FAILURES_TO_OPEN - 1);
    expect(breaker.admit(CALL)).toBeUndefined();
  });

  it('refuses every call for ten seconds after the fifteenth, and says for how long', () => {
    fail(FAILURES_TO_OPEN);
    expect(breaker.admit(CALL)).toBe(OPEN_MS);
    now += OPEN_MS - 1;
    expect(breaker.admit(CALL)).toBe(1);
  });

  it('counts failures in a row only: one answer sets it back', () => {
    fail(FAILURES_TO_OPEN - 1);
    breaker.record('answered');
    fail(FAILURES_TO_OPEN - 1);
    expect(breaker.admit(CALL)).toBeUndefined();
  });

  it('lets one call try after the ten seconds, and tells the others to come back a second later', () => {
    fail(FAILURES_TO_OPEN);
    now += OPEN_MS;
    expect(breaker.admit(CALL)).toBeUndefined();
    expect(breaker.admit(CALL)).toBe(1_000);
  });

  it('closes when the call that tries is answered', () => {
    fail(FAILURES_TO_OPEN);
    now += OPEN_MS;
    breaker.admit(CALL);
    breaker.record('answered');
    breaker.leave(CALL);
    expect([breaker.admit(CALL), breaker.admit(CALL)]).toEqual([undefined, undefined]);
  });

  it('stays open for another ten seconds when the call that tries fails', () => {
    fail(FAILURES_TO_OPEN);
    now += OPEN_MS;
    breaker.admit(CALL);
    breaker.record('failed');
    breaker.leave(CALL);
    expect(breaker.admit(CALL)).toBe(OPEN_MS);
  });

  it('lets the next one try when the call that tried ended without a response or a failure', () => {
    fail(FAILURES_TO_OPEN);
    now += OPEN_MS;
    breaker.admit(CALL);
    breaker.leave(CALL);
    expect(breaker.admit(CALL)).toBeUndefined();
  });

  it('does not take the end of an older call for the end of the one that tries', () => {
    const older = {};
    breaker.admit(older);
    fail(FAILURES_TO_OPEN);
    now += OPEN_MS;
    expect(breaker.admit(CALL)).toBeUndefined();
    breaker.leave(older);
    expect(breaker.admit({})).toBe(1_000);
  });

  it('adds nothing to the budget for a call that it refuses', () => {
    spend();
    fail(FAILURES_TO_OPEN);
    for (let call = 0; call < 100; call += 1) breaker.admit(CALL);
    expect(breaker.mayRepeat()).toBe(false);
  });
});
