import { ProviderError } from '../provider-error.ts';
import { DatabaseFailure } from './database.ts';

/**
 * Runs what a caller has asked for, and says what is known of it where the database fails.
 *
 * @throws ProviderError instead of a failure of the database
 */
export async function clearly<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    const { committed, code, message } = error;
    if (committed === 'no') {
      const what = `queue: ${message}. Nothing was written.`;
      throw new ProviderError('unavailable', { operation: 'queue', providerCode: code, message: what });
    }
    const what = `queue: ${message} while it was writing: it may have been written. The same call with the same id is safe.`;
    throw new ProviderError('outcome_unknown', {
      operation: 'queue',
      reason: 'connection_lost',
      providerCode: code,
      message: what,
    });
  }
}

/** What a worker tells of a database that fails it. */
export function unreachable({ message, code }: DatabaseFailure): ProviderError {
  const what = `queue: ${message}. Nothing new is begun until it can be reached; what has ended is written down then.`;
  return new ProviderError('unavailable', { operation: 'queue', message: what, providerCode: code });
}

/** @throws ProviderError instead of a failure of the database that is to be opened */
export function notOpened(error: unknown): never {
  if (!(error instanceof DatabaseFailure)) throw error;
  const message = `queue: ${error.message}. Check that it is there, and that the user may create schemas and tables in it.`;
  throw new ProviderError(isMisconfigured(error.code) ? 'not_configured' : 'unavailable', {
    operation: 'queue',
    providerCode: error.code,
    message,
  });
}

/** PostgreSQL's classes 28 (the user or the password is refused) and 3D (no such database): waiting does not mend them. */
function isMisconfigured(code: string | undefined): boolean {
  return code !== undefined && /^(?:28|3D)[0-9A-Z]{3}$/.test(code);
}

/** What is told of pg-boss, where it has failed by itself. */
export function jobsFailed(error: unknown): ProviderError {
  const { message, code } = new DatabaseFailure(error, 'no');
  return new ProviderError('unavailable', { operation: 'queue', providerCode: code, message: `queue: ${message}.` });
}
