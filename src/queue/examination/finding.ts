/** One thing that was looked at. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  /** `warning` too for what could not be looked at: only what was seen to be right is `ok`. */
  readonly level: 'ok' | 'warning' | 'failed';
  readonly what: string;
  /** What to do. Left out: nothing. */
  readonly next?: string | undefined;
}

/** What was seen to be right. */
export function ok(check: string, what: string): Finding {
  return { check, level: 'ok', what };
}

/** What works, and may not do so for long; or what could not be looked at. */
export function warning(check: string, what: string, next?: string): Finding {
  return { check, level: 'warning', what, next };
}

/** What does not work. */
export function failed(check: string, what: string, next?: string): Finding {
  return { check, level: 'failed', what, next };
}
