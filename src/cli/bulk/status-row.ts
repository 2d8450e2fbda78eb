import type { ErrorCode } from '../../contract/error-code.ts';
import type { SafeResult } from '../../contract/result.ts';
import type { CancellationState, CancellationStatus } from '../../contract/vocabulary.ts';
import { whenText } from '../../contract/when.ts';
import { hasPassed } from '../../outcome/past-date.ts';
import { writtenService } from '../setup/parse-service.ts';
import type { AddressedRow } from './row-address.ts';

/**
 * The end of a row of `status --list`: the state that was read, or
 *
 * - `unsupported`: the provider, or this service, cannot be read
 * - `unread`: it could not be read this time, whatever the error code
 * - `bad`: the row names no service
 * - `not_begun`: it was not read, because the run stopped before its turn or its account cannot be used
 */
export type StatusOutcome = CancellationState | 'unsupported' | 'unread' | 'bad' | 'not_begun';

/** Every {@link StatusOutcome}, in the order in which they are shown. */
export const STATUS_OUTCOMES: readonly StatusOutcome[] = [
  'none',
  'requested',
  'scheduled',
  'completed',
  'failed',
  'unknown',
  'unsupported',
  'unread',
  'bad',
  'not_begun',
];

/**
 * Whether a service is still paid for: `yes` (it is not cancelled), `until_end` (it is cancelled and goes on until its
 * date, or until the provider acts), `no` (it is over), or `unknown`.
 */
export type PaidFor = 'yes' | 'until_end' | 'no' | 'unknown';

/** A row with what was read of it. */
export interface ReadStatus {
  readonly row: AddressedRow;
  readonly outcome: StatusOutcome;
  readonly paidFor: PaidFor;
  /** Left out for a row that is not valid. */
  readonly settled?: SafeResult<CancellationStatus>;
}

/** What a row counts as. */
export function readStatusOf(row: AddressedRow, settled: SafeResult<CancellationStatus> | undefined): ReadStatus {
  if (settled === undefined) return { row, outcome: 'bad', paidFor: 'unknown' };
  if (settled.ok) return { row, outcome: settled.result.state, paidFor: paidForOf(settled.result), settled };
  const { code, attempts } = settled.error;
  const isLeft = attempts === 0 && OF_THE_ACCOUNT.includes(code);
  const outcome = code === 'unsupported' ? code : isLeft ? 'not_begun' : 'unread';
  return { row, outcome, paidFor: 'unknown', settled };
}

const OF_THE_ACCOUNT: readonly ErrorCode[] = [
  'aborted',
  'unauthorized',
  'forbidden',
  'rate_limited',
  'unavailable',
  'unexpected_response',
  'not_configured',
];

function paidForOf({ state, effectiveAt }: CancellationStatus): PaidFor {
  switch (state) {
    case 'none':
    case 'failed':
      return 'yes';
    case 'completed':
      return 'no';
    case 'requested':
    case 'scheduled':
      // Past its date, and the provider does not say that it is over.
      return hasPassed(effectiveAt, { status: 200, headers: {}, body: { kind: 'empty' } }) ? 'unknown' : 'until_end';
    case 'unknown':
      return 'unknown';
  }
}

/** The columns of the CSV form. */
export const STATUS_COLUMNS: readonly string[] = [
  'line',
  'account',
  'service',
  'reference',
  'state',
  'paid_for',
  'when',
  'effective_at',
  'requested_at',
  'reason',
  'code',
  'message',
];

/** A row in the CSV form: an empty cell for what is not known. */
export function statusCells({ row, outcome, paidFor, settled }: ReadStatus): readonly string[] {
  const status = settled?.ok === true ? settled.result : undefined;
  const error = settled?.ok === false ? settled.error : undefined;
  return [
    String(row.line),
    row.ok ? row.request.account : '',
    row.ok ? writtenService(row.request.service, Object.keys(row.request.service).length === 1) : '',
    row.reference ?? '',
    outcome,
    paidFor,
    status?.when === undefined ? '' : whenText(status.when),
    status?.effectiveAt?.value ?? '',
    status?.requestedAt ?? '',
    status?.reason ?? '',
    row.ok ? (error?.code ?? '') : 'invalid_request',
    row.ok ? (error?.message ?? '') : row.problem,
  ];
}

/** The same as an object, for JSONL: what is not known is left out, and so are the provider's own words. */
export function statusObject({ row, outcome, paidFor, settled }: ReadStatus): object {
  const error = settled?.ok === false ? settled.error : undefined;
  const { raw: _, ...status } = settled?.ok === true ? settled.result : { raw: undefined };
  return {
    row: row.row,
    line: row.line,
    ...(row.ok ? row.request : {}),
    ...(row.reference === undefined ? {} : { reference: row.reference }),
    ...status,
    state: outcome,
    paidFor,
    ...(error === undefined ? {} : { code: error.code, message: error.message, retryAt: error.retryAt }),
    ...(row.ok ? {} : { code: 'invalid_request', message: row.problem }),
  };
}
