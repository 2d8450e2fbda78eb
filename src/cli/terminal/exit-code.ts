import type { ErrorCode } from '../../contract/error-code.ts';

/** What a command's end means to the script that called it. */
export const EXIT = {
  /** What was asked for holds. */
  done: 0,
  /** The provider refused, or nothing happened for another reason at its side. */
  refused: 1,
  /** The command, the request or the configuration is wrong. Nothing was sent. */
  wrongUse: 2,
  /** Perhaps it happened; or it is cancelled, and perhaps not with the timing that was asked for. */
  unknown: 3,
} as const;

const WRONG_USE: readonly ErrorCode[] = ['invalid_request', 'unknown_account', 'not_configured', 'unsupported'];

/** The exit code for an error. */
export function exitCodeOf(code: ErrorCode): number {
  if (code === 'outcome_unknown') return EXIT.unknown;
  return WRONG_USE.includes(code) ? EXIT.wrongUse : EXIT.refused;
}

/** The exit code of several: the one that needs attention most. */
export function worstOf(codes: Iterable<number>): number {
  const found = new Set(codes);
  return [EXIT.unknown, EXIT.refused, EXIT.wrongUse].find((code) => found.has(code)) ?? EXIT.done;
}
