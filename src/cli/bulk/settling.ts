import { isWall } from '../../bulk/account-access.ts';
import { isForeign } from '../../call/error-notes.ts';
import type { ErrorCode } from '../../contract/error-code.ts';
import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import type { CancelResult, SafeResult } from '../../contract/result.ts';
import type { CancellationStatus, LastSeen } from '../../contract/vocabulary.ts';
import { NO_SUCH_SERVICE, confirmsCancellation } from '../../outcome/read-back.ts';
import { isLoginStatus } from '../../sending/judge-response.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import type { DoubtfulRow } from './check-rows.ts';
import type { DoubtfulState } from './earlier-run.ts';
import type { ValidRow } from './result-line.ts';

/**
 * Settles rows that an earlier run sent, or was about to send, without learning their outcome. They are never sent
 * again: they are read back, and what does not show the cancellation of the asked timing stays unknown. An account
 * whose credentials are refused, or that meets a login or a challenge, is not asked again, since providers ban; nor is
 * one whose provider did not answer three times in a row. A row that waits for a token waits on unless its cancellation
 * is found: no other token is asked for.
 */
export class Settling {
  readonly #services: OpenedServices['services'];
  readonly #closed = new Map<string, ProviderError>();
  /** How many read-backs in a row got no response. */
  readonly #silent = new Map<string, number>();
  /** By the number of the row. */
  readonly #tried = new Map<number, SafeResult<CancelResult>>();

  constructor({ services }: OpenedServices) {
    this.#services = services;
  }

  /**
   * Settles one row of each account before anything else is sent to it: refused credentials are then sent once, and not
   * also with the first row that is sent.
   */
  async tryAccess(rows: readonly DoubtfulRow[]): Promise<void> {
    await Promise.all(rows.map(async ({ row, state }) => this.#tried.set(row.row, await this.settle(row, state))));
  }

  /** Why nothing may be sent to an account, as its read-backs have shown. */
  refusalOf(account: string): ProviderError | undefined {
    const refusal = this.#closed.get(account);
    if (refusal === undefined) return undefined;
    const { code, provider, retryable, message } = refusal;
    const next = `A row of an earlier run could not be read back, so nothing was sent: ${message}`;
    return new ProviderError(code, { account, provider, retryable, message: next });
  }

  async settle({ row, request }: ValidRow, state: DoubtfulState): Promise<SafeResult<CancelResult>> {
    const tried = this.#tried.get(row);
    if (tried !== undefined) return tried;
    const { account, service, when } = request;
    const seen = this.#closed.get(account) ?? (await this.#read(request));
    const provider = this.#services.accounts[account]?.provider ?? '';
    const found = isProviderError(seen) ? undefined : confirmsCancellation(seen, when);
    if (found !== undefined) {
      const operationId = crypto.randomUUID();
      return { ok: true, result: { account, provider, service, when, ...found, attempts: 0, operationId } };
    }
    return this.#unsettled(request, state, nextStep(seen), lastSeenIn(seen));
  }

  /** The row of a run that was stopped before it could be read back. */
  leave({ request }: ValidRow, state: DoubtfulState): SafeResult<CancelResult> {
    return this.#unsettled(request, state, 'This run was stopped before it was read back: --resume reads it back.');
  }

  #unsettled(
    { account }: ValidRow['request'],
    state: DoubtfulState,
    next: string,
    lastSeen?: LastSeen,
  ): SafeResult<CancelResult> {
    const provider = this.#services.accounts[account]?.provider ?? '';
    if (state === 'confirmation_required') {
      const message = `${provider}: nothing is cancelled yet. ${PASS_ON} ${next}`;
      return { ok: false, error: new ProviderError(state, { account, provider, message }) };
    }
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
      const silent = error.code === 'unavailable' || error.code === 'rate_limited' || isForeign(error);
      const inARow = silent ? (this.#silent.get(account) ?? 0) + 1 : 0;
      this.#silent.set(account, inARow);
      if (CLOSING.includes(error.code) || isLoginStatus(error.providerStatus) || isWall(error) || inARow >= MOST_SILENT)
        this.#closed.set(account, error);
      return error;
    }
  }
}

const MOST_SILENT = 3;

const PASS_ON =
  'An earlier run asked for it, and the provider sent a token to a person: pass it on with `cancelkit confirm`. If it is ' +
  'lost, `cancelkit cancel` asks for another one.';

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
