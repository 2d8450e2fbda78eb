import type { ErrorCode } from '../../contract/error-code.ts';
import type { ProviderError } from '../../contract/provider-error.ts';
import type { CancelResult, SafeResult } from '../../contract/result.ts';
import { whenText } from '../../contract/when.ts';
import type { RowOutcome } from './row-outcome.ts';
import type { ReadRow } from './row-request.ts';

/** A valid row. */
export type ValidRow = ReadRow & { readonly ok: true };

/** The outcome of a row, as a line of the results file. */
export function resultLine(row: ValidRow, settled: SafeResult<CancelResult>): object {
  return {
    ...lineHead(row, outcomeOf(settled)),
    account: row.request.account,
    service: row.request.service,
    when: whenText(row.request.when),
    ...(row.request.reference === undefined ? {} : { reference: row.request.reference }),
    ...(settled.ok ? ofResult(settled.result) : ofError(settled.error)),
  };
}

/** The beginning of every line of a valid row; alone, with `started`, it says that the row is being sent. */
export function lineHead({ row, line, fingerprint }: ValidRow, outcome: RowOutcome | 'started'): object {
  return { row, line, fingerprint, outcome, at: new Date().toISOString() };
}

/** What the row counts as. */
export function outcomeOf(settled: SafeResult<CancelResult>): RowOutcome {
  if (settled.ok) return settled.result.outcome;
  const { code } = settled.error;
  if (code === 'confirmation_required') return code;
  return code === 'outcome_unknown' ? 'unknown' : 'refused';
}

/** Whether the row was given back without a request of it: because the run was stopped, or because of its account. */
export function isNotTried(settled: SafeResult<CancelResult>): boolean {
  return !settled.ok && settled.error.attempts === 0 && OF_THE_ACCOUNT.includes(settled.error.code);
}

const OF_THE_ACCOUNT: readonly ErrorCode[] = [
  'aborted',
  'unauthorized',
  'forbidden',
  'unexpected_response',
  'rate_limited',
  'unavailable',
  'not_configured',
];

function ofResult(result: CancelResult): object {
  const { effectiveAt, providerReference, reconciled, warnings, attempts, operationId } = result;
  return {
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
    ...(providerReference === undefined ? {} : { providerReference }),
    ...(reconciled ? { reconciled } : {}),
    ...(warnings.length === 0 ? {} : { warnings }),
    attempts,
    operationId,
  };
}

function ofError(error: ProviderError): object {
  const { code, message, providerReference, reason, sentAt, lastSeen, retryAt, attempts, operationId } = error;
  return { code, message, providerReference, reason, sentAt, lastSeen, retryAt, attempts, operationId };
}
