import { isWall } from '../../bulk/account-access.ts';
import type { ErrorCode } from '../../contract/error-code.ts';
import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import { NO_SUCH_SERVICE, confirmsCancellation } from '../../outcome/reconcile-unknown.ts';
import type { CancelResult, SafeResult } from '../../contract/result.ts';
import type { CancellationStatus, LastSeen } from '../../contract/vocabulary.ts';
import { isLoginStatus } from '../../sending/judge-status.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import type { ValidRow } from './result-line.ts';

/**
 * Settles rows that an earlier run sent, or was about to send, without learning their outcome. They are never sent
 * again: they are read back, and what does not show the cancellation of the asked timing stays unknown. An account whose
 * credentials are refused, or that meets a login or a challenge, is not asked again, since providers ban; nor is one
 * that did not answer three times in a row.
 */
export class Settling {
  readonly #services: OpenedServices['services'];
  readonly #closed = new Map<string, ProviderError>();
  /** How many read-backs in a row got no answer. */
  readonly #silent = new Map<string, number>();

  constructor({ services }: OpenedServices) {
    this.#services = services;
  }

  async settle({ request }: ValidRow, state: 'started' | 'unknown'): Promise<SafeResult<CancelResult>> {
    const { account, service, when } = request;
    const seen = this.#closed.get(account) ?? (await this.#read(request));
    const provider = this.#services.accounts[account]?.provider ?? '';
    const found = isProviderError(seen) ? undefined : confirmsCancellation(seen, when);
    if (found !== undefined) {
      const operationId = crypto.randomUUID();
      return { ok: true, result: { account, provider, service, when, ...found, attempts: 0, operationId } };
    }
    return this.#unknown(request, state, nextStep(seen), lastSeenIn(seen));
  }

  /** The row of a run that was stopped before it could be read back. */
  leave({ request }: ValidRow, state: 'started' | 'unknown'): SafeResult<CancelResult> {
    return this.#unknown(request, state, 'This run was stopped before it was read back: --resume reads it back.');
  }

  #unknown(
    { account }: ValidRow['request'],
    state: 'started' | 'unknown',
    next: string,
    lastSeen?: LastSeen,
  ): SafeResult<CancelResult> {
    const provider = this.#services.accounts[account]?.provider ?? '';
    const message = `${provider}: ${EARLIER[state]}. ${next} It is not sent again.`;
    const error = new ProviderError('outcome_unknown', {
      account,
      provider,
      message,
      reason: 'connection_lost',
      ...(lastSeen === undefined ? {} : { lastSeen }),
    });
    return { ok: false, error };
  }

  async #read({ account, service }: ValidRow['request']): Promise<CancellationStatus | ProviderError> {
    try {
      const status = await this.#services.status({ account, service });
      this.#silent.set(account, 0);
      return status;
    } catch (error) {
      if (!isProviderError(error)) throw error;
      const silent = error.code === 'unavailable' || error.code === 'rate_limited';
      const inARow = silent ? (this.#silent.get(account) ?? 0) + 1 : 0;
      this.#silent.set(account, inARow);
      if (CLOSING.includes(error.code) || isLoginStatus(error.providerStatus) || isWall(error) || inARow >= MOST_SILENT)
        this.#closed.set(account, error);
      return error;
    }
  }
}

const MOST_SILENT = 3;

const CLOSING: readonly ErrorCode[] = ['unauthorized', 'forbidden', 'not_configured'];

const EARLIER = {
  started: 'an earlier run was interrupted while it sent this',
  unknown: 'its outcome has been unknown since an earlier run',
} as const;

/** A provider that has no such service has answered the question, if not whether the cancellation ended it. */
function lastSeenIn(seen: CancellationStatus | ProviderError): LastSeen | undefined {
  if (!isProviderError(seen)) return seen.state;
  return seen.code === 'not_found' ? 'absent' : undefined;
}

function nextStep(seen: CancellationStatus | ProviderError): string {
  if (!isProviderError(seen)) return `Read back: ${seen.state}. Read it back later, or look it up at the provider.`;
  if (seen.code === 'not_found') return NO_SUCH_SERVICE;
  if (seen.code === 'unsupported') return 'It cannot be read back: look it up at the provider.';
  return `It could not be read back (${seen.code}): ${seen.message}`;
}
