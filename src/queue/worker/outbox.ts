import { ProviderError } from '../../contract/provider-error.ts';
import type { CancelResult } from '../../contract/result.ts';
import type { NewEntry } from '../ledger/history.ts';
import type { RecordedState } from '../ledger/record-states.ts';

/** What a worker has to write down. It is kept until a transaction that holds it has been committed. */
export class Outbox {
  readonly settled: RecordedState[] = [];
  readonly history: NewEntry[] = [];

  get isEmpty(): boolean {
    return this.settled.length + this.history.length === 0;
  }

  /** The same outcomes without what the provider said: that they are written down matters more. */
  withoutForeignWords(): Outbox {
    const bare = new Outbox();
    for (const { result, error, ...settled } of this.settled) {
      bare.settled.push({
        ...settled,
        ...(result === undefined ? {} : { result: withoutRaw(result) }),
        ...(error === undefined ? {} : { error: withoutWords(error) }),
      });
    }
    return bare;
  }

  /** The two in one, this one first. */
  followedBy(later: Outbox): Outbox {
    this.settled.push(...later.settled);
    this.history.push(...later.history);
    return this;
  }
}

function withoutRaw({ existing: _existing, providerReference: _reference, ...result }: CancelResult): CancelResult {
  return { ...result, warnings: result.warnings.map(({ code }) => ({ code, message: code })), raw: undefined };
}

function withoutWords({
  code,
  account,
  provider,
  reason,
  sentAt,
  lastSeen,
  attempts,
  operationId,
}: ProviderError): ProviderError {
  const message = `${provider}: ${code}. What the provider said could not be kept.`;
  return new ProviderError(code, {
    message,
    account,
    provider,
    operation: 'cancel',
    reason,
    sentAt,
    lastSeen,
    attempts,
    operationId,
  });
}
