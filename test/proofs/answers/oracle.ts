import type { CancellationState, ErrorCode } from '../../../src/index.ts';
import type { ReadAnswer } from './answer.ts';
import { isWriteKind, type Exchanged, type WriteKind } from './exchange.ts';

/**
 * What one provider's documentation says that answers mean, written down without a look at its adapter. The adapter may
 * be more careful than this, never less.
 */
export interface Oracle {
  /** Whether the response is the documented yes to a write of that kind. */
  readonly accepts: (answer: ReadAnswer, kind: WriteKind) => boolean;
  /** The codes that fit if it is a definite no in the provider's own words; none if it is not. */
  readonly refuses: (answer: ReadAnswer) => readonly ErrorCode[];
  /** Whether it says, in the documented way, that there is a cancellation already. */
  readonly isDuplicate: (answer: ReadAnswer) => boolean;
  /** Whether that can also mean that the service cannot be cancelled. */
  readonly duplicateIsAmbiguous: boolean;
  /** Whether it is in the provider's own form, so that its words count and not its HTTP status alone. */
  readonly speaks: (answer: ReadAnswer) => boolean;
  /** Whether it is an error after which only a look at the state tells whether something was stored. */
  readonly isOpen: (answer: ReadAnswer) => boolean;
  /** The states of a cancellation that these reads can stand for. `unknown` always can. */
  readonly states: (reads: readonly Exchanged[]) => ReadonlySet<CancellationState>;
}

/** Refused unprocessed, by HTTP itself. */
const UNPROCESSED: ReadonlySet<number> = new Set([408, 421, 425, 429]);
/** A redirect instead of what was asked for; a 303, or an application's own JSON, can follow something done. */
const MOVED: ReadonlySet<number> = new Set([301, 302, 307, 308]);
/** Not understood, not routed, not let in: docs/decisions/0001-unreadable-refusals.md. */
const TURNED_AWAY: ReadonlySet<number> = new Set([400, 401, 404, 405, 407, 410, 411, 413, 414, 415, 417, 426, 431]);

export function isSuccessStatus({ status }: ReadAnswer): boolean {
  return status >= 200 && status <= 299;
}

export function isClientError({ status }: ReadAnswer): boolean {
  return status >= 400 && status <= 499;
}

/** Whether the request may be sent again: nothing of it left, or the server said by HTTP that it did not begin. */
export function mayBeRepeated({ answer, read }: Exchanged): boolean {
  return answer.kind === 'failure' ? answer.notSent : read !== undefined && UNPROCESSED.has(read.status);
}

/** Whether a status that says "did not begin" came with a body that says yes. The status is believed. */
export function contradictsItself({ read, kind }: Exchanged, oracle: Oracle): boolean {
  if (read === undefined || !UNPROCESSED.has(read.status) || !isWriteKind(kind)) return false;
  return oracle.accepts(read, kind);
}

/** The codes that promise "nothing happened" and may stand for this last response to a write. */
export function definiteNo(exchanged: Exchanged, oracle: Oracle): readonly ErrorCode[] {
  const { answer, read, kind } = exchanged;
  if (answer.kind === 'failure') return answer.notSent ? ['unavailable'] : [];
  if (read === undefined || !isWriteKind(kind) || oracle.accepts(read, kind)) return [];
  const own = oracle.refuses(read);
  if (UNPROCESSED.has(read.status)) return [...own, 'rate_limited', 'unavailable'];
  if (MOVED.has(read.status)) return read.body.is === 'json' ? [] : ['unexpected_response'];
  const byStatus: readonly ErrorCode[] = TURNED_AWAY.has(read.status) ? ['unexpected_response'] : [];
  return own.length > 0 || !oracle.speaks(read) ? [...own, ...byStatus] : [];
}
