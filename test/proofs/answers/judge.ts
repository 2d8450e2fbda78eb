import type { CancellationStatus, CancelResult, RevokeResult, SafeResult } from '../../../src/index.ts';
import { objectIn, type ReadAnswer } from './answer.ts';
import type { Exchanged } from './exchange.ts';
import { namesOrder } from './oracle-edis.ts';
import { definiteNo, mayBeRepeated, type Oracle } from './oracle.ts';

/** What is wrong with the end of a call, given the responses that it got; `undefined` if nothing is. */
export type Violation = string | undefined;

/** A cancellation claims no more than its last response and the reads after it; any "no" is a documented one. */
export function judgeCancel(end: SafeResult<CancelResult>, exchanges: readonly Exchanged[], oracle: Oracle): Violation {
  const { again, last, after } = writesIn(exchanges);
  if (again) return 'a write was sent again that may have been carried out';
  const states = oracle.states(after);
  if (!end.ok) {
    const { code } = end.error;
    if (code === 'outcome_unknown') return undefined;
    const answer = last?.read;
    if (last === undefined || answer === undefined) return noProof(code, last, oracle);
    const isThere = states.has('requested') || states.has('scheduled') || states.has('completed');
    const isAbsent = states.has('none') || states.has('failed');
    if (oracle.isDuplicate(answer)) {
      if (code === 'timing_conflict' && isThere) return undefined;
      if (code === 'not_cancellable' && (isAbsent || oracle.duplicateIsAmbiguous)) return undefined;
    }
    if (code === 'rejected' && oracle.accepts(answer, 'cancel') && states.has('failed')) return undefined;
    if (code === 'rejected' && oracle.isOpen(answer) && states.has('none')) return undefined;
    return noProof(code, last, oracle);
  }
  const { outcome, reconciled, effectiveAt, providerReference } = end.result;
  const answer = last?.read;
  if (outcome === 'already_cancelled') {
    if (answer === undefined || !oracle.isDuplicate(answer)) return 'already_cancelled without the documented words';
    if (oracle.duplicateIsAmbiguous && states.size === 1) return 'already_cancelled without a state that says so';
  } else if (reconciled) {
    if (!states.has(outcome)) return `reconciled as ${outcome} without a state that says so`;
  } else if (answer === undefined || !oracle.accepts(answer, 'cancel')) {
    return `${outcome} without the documented yes`;
  } else if (outcome !== 'requested' && !states.has(outcome)) {
    return `${outcome} without a state that says so`;
  }
  if (outcome === 'scheduled' && effectiveAt === undefined) return 'scheduled without a date';
  if (providerReference !== undefined && !holds([answer], providerReference)) return 'a reference that nobody gave';
  return date(effectiveAt, exchanges);
}

/** A state that is read is one that its responses stand for. */
export function judgeStatus(
  end: SafeResult<CancellationStatus>,
  exchanges: readonly Exchanged[],
  oracle: Oracle,
): Violation {
  if (!end.ok) return end.error.code === 'outcome_unknown' ? 'a read with an unknown outcome' : undefined;
  if (exchanges.some(({ isWrite }) => isWrite)) return 'a read that wrote';
  const { state, effectiveAt } = end.result;
  if (!oracle.states(exchanges).has(state)) return `the state ${state} without its marker`;
  return state === 'scheduled' && effectiveAt === undefined ? 'scheduled without a date' : date(effectiveAt, exchanges);
}

/** An undo is done only once no cancellation is left. */
export function judgeRevoke(end: SafeResult<RevokeResult>, exchanges: readonly Exchanged[], oracle: Oracle): Violation {
  const { again, last, after, before } = writesIn(exchanges);
  if (again) return 'a write was sent again that may have been carried out';
  if (!end.ok) {
    if (end.error.code === 'outcome_unknown') return last === undefined ? 'unknown, and nothing was sent' : undefined;
    return last === undefined ? undefined : noProof(end.error.code, last, oracle);
  }
  const { outcome } = end.result;
  if (!oracle.states(before).has(end.result.before.state))
    return `before: ${end.result.before.state}, without its marker`;
  if (outcome === 'nothing_to_revoke') return last === undefined ? undefined : 'nothing to revoke, and yet it wrote';
  if (outcome === 'revoked') return oracle.states(after).has('none') ? undefined : 'revoked, and not read to be gone';
  return last?.read !== undefined && oracle.accepts(last.read, 'undo')
    ? undefined
    : 'queued without the documented yes';
}

/** An order's end: `ordered` with its ids, or `not_provisioned` in the documented words. */
export function judgeOrder(
  end: SafeResult<{ readonly result: { readonly outcome: 'ordered' | 'not_provisioned' } }>,
  exchanges: readonly Exchanged[],
  oracle: Oracle,
): Violation {
  const { again, last } = writesIn(exchanges);
  if (again) return 'an order was sent again that may have been carried out';
  if (!end.ok) return end.error.code === 'outcome_unknown' ? undefined : noProof(end.error.code, last, oracle);
  const answer = last?.read;
  if (answer === undefined || !oracle.accepts(answer, 'order')) return 'an order without the documented response';
  if (end.result.result.outcome === 'ordered') return namesOrder(answer) ? undefined : 'an order without its ids';
  return objectIn(answer)?.['status'] === 'failed' ? undefined : 'not provisioned without the documented word';
}

function writesIn(exchanges: readonly Exchanged[]): {
  readonly again: boolean;
  readonly last: Exchanged | undefined;
  readonly before: readonly Exchanged[];
  readonly after: readonly Exchanged[];
} {
  const writes = exchanges.filter(({ isWrite }) => isWrite);
  const at = exchanges.findLastIndex(({ isWrite }) => isWrite);
  return {
    again: writes.slice(0, -1).some((write) => !mayBeRepeated(write)),
    last: writes.at(-1),
    before: exchanges.slice(0, exchanges.findIndex(({ isWrite }) => isWrite) < 0 ? undefined : at),
    after: exchanges.slice(at + 1),
  };
}

function noProof(code: string, last: Exchanged | undefined, oracle: Oracle): Violation {
  if (last === undefined) return `${code}, and nothing was sent`;
  return definiteNo(last, oracle).some((one) => one === code) ? undefined : `${code} without a documented no`;
}

/** A date is one that the provider gave. */
function date(effectiveAt: { readonly value: string } | undefined, exchanges: readonly Exchanged[]): Violation {
  if (effectiveAt === undefined) return undefined;
  return holds(
    exchanges.map(({ read }) => read),
    effectiveAt.value.slice(0, 10),
  )
    ? undefined
    : 'a date that nobody gave';
}

function holds(answers: readonly (ReadAnswer | undefined)[], text: string): boolean {
  return answers.some(
    (answer) =>
      answer?.body.is === 'json' && JSON.stringify(answer.body.value).includes(JSON.stringify(text).slice(1, -1)),
  );
}
