/** What happens to a cancellation that did not succeed immediately. */
export interface Policy {
  /** When an unknown one is read back: milliseconds after it became unknown, ascending. */
  readonly readBackAfterMs: readonly number[];
  /** For how long one that the provider did not take is tried again, in milliseconds from its first failure. */
  readonly giveUpAfterMs: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A day of reading back outlasts what any of the providers needs to carry a request out. */
export const DEFAULT_POLICY: Policy = {
  readBackAfterMs: [30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR],
  giveUpAfterMs: 24 * HOUR,
};

/** How long an account rests after its credentials or its configuration were refused: providers ban who goes on. */
export const REST_MS: number = 15 * MINUTE;

/** The longest rest of an account that is turned away repeatedly. */
export const LONGEST_REST_MS: number = 24 * HOUR;

/** How long an account rests after the provider asked it to slow down without naming a time. */
export const SLOW_DOWN_MS: number = MINUTE;

/** How long one that could not be sent, or not be read, waits for its next try: doubled with each, in milliseconds. */
export function backoffMs(tries: number): number {
  return Math.min(30 * SECOND * 2 ** Math.min(Math.max(0, tries - 1), 10), 15 * MINUTE);
}

/** How long one waits at least, whatever time the provider named: doubled with each try, up to a minute. */
export function leastWaitMs(tries: number): number {
  return Math.min(SECOND * 2 ** Math.min(Math.max(0, tries - 1), 10), SLOW_DOWN_MS);
}
