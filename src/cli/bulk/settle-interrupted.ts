import { isProviderError, ProviderError } from '../../provider-error.ts';
import { foundAsWanted } from '../../reconcile-unknown.ts';
import type { CancelResult, SafeResult } from '../../result.ts';
import type { CancellationStatus } from '../../vocabulary.ts';
import type { OpenedServices } from '../open-services.ts';
import type { SoundRow } from './result-line.ts';

/**
 * Settles a row that an earlier run sent, or was about to send, without learning what became of it. It is never sent
 * again: it is read back, and where that shows no cancellation of the asked timing, it stays unknown.
 */
export async function settleInterrupted(
  { request }: SoundRow,
  state: 'started' | 'unknown',
  { services }: OpenedServices,
): Promise<SafeResult<CancelResult>> {
  const { account, service, when } = request;
  const seen = await read(request, services);
  const provider = services.accounts[account]?.provider ?? '';
  const found = seen === undefined ? undefined : foundAsWanted(seen, when);
  if (found !== undefined) {
    return {
      ok: true,
      result: { account, provider, service, when, ...found, attempts: 0, operationId: crypto.randomUUID() },
    };
  }
  const where = services.accounts[account]?.capabilities.readBack
    ? 'Read it back later, or look it up at the provider'
    : 'Look it up at the provider';
  const message = `${provider}: ${EARLIER[state]}. ${where}; it is not sent again.`;
  const lastSeen = seen === undefined ? {} : { lastSeen: seen.state };
  return {
    ok: false,
    error: new ProviderError('outcome_unknown', { account, provider, message, reason: 'connection_lost', ...lastSeen }),
  };
}

const EARLIER = {
  started: 'an earlier run was interrupted while it sent this',
  unknown: 'what became of it is not known since an earlier run',
} as const;

async function read(
  { account, service }: SoundRow['request'],
  services: OpenedServices['services'],
): Promise<CancellationStatus | undefined> {
  try {
    return await services.status({ account, service });
  } catch (error) {
    if (isProviderError(error)) return undefined;
    throw error;
  }
}
