import { driverOf, type Accounts, type OrderDetails } from './account.ts';
import { Call } from './call.ts';
import { cancelMany, type ManyItem } from './cancel-many.ts';
import { cancelOnce } from './cancel-operation.ts';
import { cancelRequestSchema, statusRequestSchema, type CheckedCancelRequest } from './cancel-request.ts';
import { checkOptions, concurrencyOf, type CancelManyOptions, type ServiceOptions } from './options.ts';
import {
  accountNameOf,
  CALL_OPTIONS,
  withPrepared,
  type AccountEntry,
  type AddressedRequest,
  type CallInput,
  type Prepared,
} from './prepare-call.ts';
import { previewOf } from './preview.ts';
import { isProviderError, type ProviderOperation } from './provider-error.ts';
import { composeReason } from './reason.ts';
import { readStatus } from './read-status.ts';
import type { CancelResult, PreviewedRequest, SafeResult } from './result.ts';
import type { CancellationStatus, Warning } from './vocabulary.ts';
import type { Capabilities } from './capabilities.ts';

const SERVICE_OPTIONS = ['fetch', 'deadlineMs', 'attemptTimeoutMs', 'concurrency'];
const MANY_OPTIONS = [...CALL_OPTIONS, 'concurrency'];

/** The service behind its types: takes anything, checks it, and answers in the vocabulary alone. */
export class ServiceCore {
  readonly #accounts: ReadonlyMap<string, AccountEntry>;
  readonly #options: ServiceOptions;

  constructor(accounts: Accounts, options: ServiceOptions) {
    this.#accounts = entriesOf(accounts);
    const issues = checkOptions(options, SERVICE_OPTIONS);
    if (issues.length > 0) {
      throw new Call('create').error({ code: 'invalid_request', message: 'the options are not sound', issues });
    }
    this.#options = { ...options };
  }

  descriptions(): Record<string, { readonly provider: string; readonly capabilities: Capabilities }> {
    return Object.fromEntries(
      [...this.#accounts].map(([name, { account }]) => [
        name,
        { provider: account.provider, capabilities: account.capabilities },
      ]),
    );
  }

  cancel(request: unknown, options: unknown): Promise<CancelResult> {
    return this.#run('cancel', { schema: cancelRequestSchema, request, options }, cancelPrepared);
  }

  async safeCancel(request: unknown, options: unknown): Promise<SafeResult<CancelResult>> {
    try {
      return { ok: true, result: await this.cancel(request, options) };
    } catch (error) {
      if (isProviderError(error)) return { ok: false, error };
      throw error;
    }
  }

  preview(request: unknown, options: unknown): Promise<PreviewedRequest> {
    return this.#run('preview', { schema: cancelRequestSchema, request, options }, async (prepared) => {
      const { details } = orderOf(prepared);
      return previewOf(prepared.service.cancel(details), prepared.call, prepared.route);
    });
  }

  status(request: unknown, options: unknown): Promise<CancellationStatus> {
    return this.#run('status', { schema: statusRequestSchema, request, options }, async ({ call, service, route }) => {
      if (service.status !== undefined) return readStatus(service.status(), call, route);
      const message = 'this provider’s API cannot read a cancellation back. Look it up in its client area.';
      throw call.error({ code: 'unsupported', message });
    });
  }

  async *cancelMany(requests: unknown, options: CancelManyOptions = {}): AsyncGenerator<ManyItem, void, undefined> {
    const issues = checkOptions(options, MANY_OPTIONS);
    if (!isSource(requests)) issues.push({ path: 'requests', expected: 'an iterable or an async iterable' });
    if (issues.length > 0 || !isSource(requests)) {
      throw new Call('cancel').error({ code: 'invalid_request', message: 'cancelMany cannot begin', issues });
    }
    const { concurrency, ...callOptions } = options;
    yield* cancelMany(requests, {
      laneOf: (request) => this.#laneOf(request),
      concurrencyOf: (lane) => concurrencyOf(lane, concurrency, this.#options.concurrency),
      cancel: (request) => this.safeCancel(request, callOptions),
    });
  }

  /** Requests that name no account fail without sending, and share a lane. */
  #laneOf(request: unknown): string {
    const named = accountNameOf(request);
    return named !== undefined && this.#accounts.has(named) ? named : '';
  }

  async #run<Request extends AddressedRequest, Value>(
    operation: ProviderOperation,
    input: CallInput<Request>,
    work: (prepared: Prepared<Request>) => Promise<Value>,
  ): Promise<Value> {
    const call = new Call(operation);
    try {
      return await withPrepared(this.#accounts, this.#options, call, input, work);
    } catch (error) {
      if (isProviderError(error) && error.operationId === call.operationId) throw error;
      // A fault of cancelkit or of an adapter. It may hold anything, so it is not passed on.
      const message = 'an internal fault. Please report it.';
      throw call.error({ code: 'unexpected_response', reason: 'provider_error', message });
    }
  }
}

async function cancelPrepared(prepared: Prepared<CheckedCancelRequest>): Promise<CancelResult> {
  const { call, entry, request, service, route } = prepared;
  const { details, warnings } = orderOf(prepared);
  const cancelled = await cancelOnce(service, details, call, route);
  return {
    account: entry.name,
    provider: entry.account.provider,
    service: request.service,
    when: request.when,
    ...cancelled,
    reconciled: false,
    warnings: [...warnings, ...cancelled.warnings],
    attempts: call.attempts,
    operationId: call.operationId,
  };
}

function orderOf({ entry, request }: Prepared<CheckedCancelRequest>): {
  readonly details: OrderDetails;
  readonly warnings: readonly Warning[];
} {
  const { reason, reference, when } = request;
  const { text, warnings } = composeReason(reason, reference, entry.account.capabilities.reason);
  const parts = typeof reason === 'string' ? { text: reason } : (reason ?? {});
  return { details: { when, reasonText: text, reason: parts, reference }, warnings };
}

function entriesOf(accounts: unknown): ReadonlyMap<string, AccountEntry> {
  const entries = new Map<string, AccountEntry>();
  const isObject = typeof accounts === 'object' && accounts !== null;
  for (const [name, account] of isObject ? Object.entries(accounts) : []) {
    const driver = driverOf(account);
    if (driver === undefined) throw notAccounts(name);
    // oxlint-disable-next-line no-unsafe-assignment -- what has a driver is an account
    entries.set(name, { name, account, driver });
  }
  if (!isObject) throw notAccounts('accounts');
  return entries;
}

function notAccounts(path: string): Error {
  const expected = 'an account, made by a provider’s factory';
  const message = `${path}: expected ${expected}`;
  return new Call('create').error({ code: 'invalid_request', message, issues: [{ path, expected }] });
}

function isSource(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value);
}
