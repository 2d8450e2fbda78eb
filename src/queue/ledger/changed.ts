import { isProviderError, ProviderError } from '../../contract/provider-error.ts';

/**
 * Checks that a cancellation is as a person saw it.
 *
 * @param seen its `updatedAt` at that time; left out: nothing is compared.
 * @throws ProviderError `invalid_request`
 */
export function checkUnchanged(seen: string | undefined, updatedAt: unknown, state: unknown): void {
  if (seen === undefined || seen === updatedAt) return;
  throw new ProviderError('invalid_request', {
    operation: 'queue',
    message:
      `queue: it has changed since it was seen: it is ${String(state)} since ${String(updatedAt)}. ` +
      'Look at it again, and decide then. Nothing was done.',
    providerCode: CHANGED,
    issues: [{ path: 'decision.ifUpdatedAt', expected: `the updatedAt of what is there now, ${String(updatedAt)}` }],
  });
}

/** Whether a decision was refused since the cancellation has changed after the person saw it (`ifUpdatedAt`). */
export function hasChanged(error: unknown): error is ProviderError {
  return isProviderError(error, 'invalid_request') && error.providerCode === CHANGED;
}

const CHANGED = 'changed';
