import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import { REPORT_IT } from '../../contract/report-it.ts';
import { adviceFor, isMisconfigured } from './database-advice.ts';
import { DatabaseFailure } from './database.ts';

/**
 * Runs what a caller has asked for, and says what is known of it if the database fails.
 *
 * @param operation `status` for what only reads: its failure says nothing of the cancellation.
 * @throws ProviderError instead of a failure of the database, and instead of anything else that is thrown
 */
export async function clearly<Value>(
  work: () => Promise<Value>,
  operation: 'queue' | 'status' = 'queue',
): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw isProviderError(error) ? error : fault(operation);
    const { committed, code } = error;
    if (committed === 'no') {
      const what = `queue: ${described(error)} Nothing was written.`;
      throw new ProviderError('unavailable', { operation, providerCode: code, message: what });
    }
    const what = `queue: ${error.message} while it was writing: it may have been written. The same call with the same id is safe; if it had none, look for it with list first.`;
    throw new ProviderError('outcome_unknown', {
      operation,
      reason: 'connection_lost',
      providerCode: code,
      message: what,
    });
  }
}

/** What a worker reports of a database that fails. */
export function unreachable(failure: DatabaseFailure): ProviderError {
  const what = `queue: ${described(failure)} Nothing new is started until it can be reached; what has ended is written down then.`;
  return new ProviderError('unavailable', { operation: 'queue', message: what, providerCode: failure.code });
}

/** What is reported if `onChange` throws. What it threw may hold anything. */
export function handlerFailed(): ProviderError {
  return new ProviderError('invalid_request', {
    operation: 'queue',
    message: 'queue: onChange threw. The change is committed, and in the feed that changes() reads.',
  });
}

/** What is reported if listeners of the database could not be notified of changes. */
export function notNotified(error: unknown): ProviderError {
  const failure = error instanceof DatabaseFailure ? error : new DatabaseFailure(error, 'no');
  const what = `queue: listeners could not be notified of changes: ${described(failure)} The changes are committed, and in the feed.`;
  return new ProviderError('unavailable', { operation: 'queue', message: what, providerCode: failure.code });
}

/** What a worker reports if the upkeep of settled cancellations fails. */
export function notKeptUp(error: unknown): ProviderError {
  if (isProviderError(error)) return error;
  const failure = error instanceof DatabaseFailure ? error : new DatabaseFailure(error, 'no');
  const what = `queue: settled cancellations could not be moved, exported or dropped: ${described(failure)} They are kept, and it is tried again in an hour.`;
  return new ProviderError('unavailable', { operation: 'queue', message: what, providerCode: failure.code });
}

/** Why a worker has ended that cannot go on, and whether that leaves open what it had sent. */
export function stopped(error: unknown, isDone: boolean): ProviderError {
  const reason = isProviderError(error) ? error : fault();
  if (isDone) return reason;
  return new ProviderError('outcome_unknown', {
    operation: 'queue',
    reason: 'connection_lost',
    message: `${reason.message} What this worker had in flight is not written down: the next worker reads it back.`,
  });
}

/** @throws ProviderError instead of whatever failed while the database was opened */
export function notOpened(error: unknown): never {
  if (!(error instanceof DatabaseFailure)) throw isProviderError(error) ? error : fault();
  const { code } = error;
  const what =
    adviceFor(code) === undefined
      ? `${error.message}. Check the address, that the server runs, and that the user may create schemas and tables.`
      : described(error);
  throw new ProviderError(isMisconfigured(code) ? 'not_configured' : 'unavailable', {
    operation: 'queue',
    providerCode: code,
    message: `queue: ${what}`,
  });
}

/** The error if pg-boss itself failed. */
export function jobsFailed(error: unknown): ProviderError {
  if (isProviderError(error)) return error;
  const failure = error instanceof DatabaseFailure ? error : new DatabaseFailure(error, 'no');
  return new ProviderError('unavailable', {
    operation: 'queue',
    providerCode: failure.code,
    message: `queue: ${described(failure)}`,
  });
}

function described({ message, code }: DatabaseFailure): string {
  const advice = adviceFor(code);
  return advice === undefined ? `${message}.` : `${message}. ${advice}.`;
}

/** What was thrown may hold values of the rows, and is not shown. */
function fault(operation: 'queue' | 'status' = 'queue'): ProviderError {
  return new ProviderError('unexpected_response', {
    operation,
    message:
      'queue: an internal fault, or a row that this version does not understand. Nothing was written. ' + REPORT_IT,
  });
}
