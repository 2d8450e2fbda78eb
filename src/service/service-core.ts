import { type AccountEntry, entriesOf } from '../accounts/account-entry.ts';
import type { Accounts } from '../contract/account.ts';
import { Call } from '../call/call.ts';
import {
  type CheckedCancelRequest,
  cancelRequestSchema,
  confirmRequestSchema,
  revokeRequestSchema,
  statusRequestSchema,
} from '../call/check-request.ts';
import type { OutcomeEvent } from '../contract/event.ts';
import { runCall, safely } from '../call/run-call.ts';
import type { CancelManyOptions } from '../contract/bulk.ts';
import type { ManyItem, BulkDependencies } from '../bulk/plan.ts';
import { checkOptions } from '../call/check-options.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import { type CallInput, checkedRequest, openCall } from '../accounts/prepare-call.ts';
import type { AddressedRequest, ReadyCall } from '../accounts/run-checked.ts';
import type * as Operations from './prepared-operations.ts';
import type { CancellationOptions, CancellationStatus, ProviderOperation } from '../contract/vocabulary.ts';
import { checkedOrThrow, invalid, checkCallOptions } from '../call/check-input.ts';
import type { CancelResult, PreviewedRequest, RevokeResult, SafeResult, ValidatedRequest } from '../contract/result.ts';
import type { Capabilities } from '../contract/capabilities.ts';

const SERVICE_OPTIONS = ['fetch', 'proxy', 'deadlineMs', 'attemptTimeoutMs', 'concurrency', 'onEvent'];
const CALL_OPTIONS = ['signal', 'deadlineMs', 'onEvent'];
const PLACED_OPTIONS = [...CALL_OPTIONS, 'place'];
const CANCEL_OPTIONS = [...PLACED_OPTIONS, 'verify'];
const MANY_OPTIONS = [...CALL_OPTIONS, 'verify', 'concurrency', 'maxPauseMs', 'batch', 'total', 'onProgress'];

/** The service behind its types: takes anything, checks it, and answers in the vocabulary alone. */
export class ServiceCore {
  readonly #accounts: ReadonlyMap<string, AccountEntry>;
  readonly #options: ServiceOptions;

  constructor(accounts: Accounts, options: ServiceOptions) {
    this.#accounts = entriesOf(accounts);
    const issues = checkOptions(options, SERVICE_OPTIONS, [...this.#accounts.keys()]);
    if (issues.length > 0) {
      throw new Call('create').error(invalid(issues));
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
    const input = { schema: cancelRequestSchema, request, options, knownOptions: CANCEL_OPTIONS };
    return this.#run(
      'cancel',
      input,
      async (prepared) => (await loadOperations()).cancelPrepared(prepared),
      ({ outcome }) => outcome,
    );
  }

  safeCancel(request: unknown, options: unknown): Promise<SafeResult<CancelResult>> {
    return safely(() => this.cancel(request, options));
  }

  confirm(request: unknown, options: unknown): Promise<CancelResult> {
    const input = { schema: confirmRequestSchema, request, options, knownOptions: CANCEL_OPTIONS };
    return this.#run(
      'confirm',
      input,
      async (prepared) => (await loadOperations()).confirmPrepared(prepared),
      ({ outcome }) => outcome,
    );
  }

  safeConfirm(request: unknown, options: unknown): Promise<SafeResult<CancelResult>> {
    return safely(() => this.confirm(request, options));
  }

  options(request: unknown, options: unknown): Promise<CancellationOptions> {
    const input = { schema: revokeRequestSchema, request, options, knownOptions: PLACED_OPTIONS };
    return this.#run('options', input, async (prepared) => (await loadOperations()).optionsPrepared(prepared));
  }

  preview(request: unknown, options: unknown): Promise<PreviewedRequest> {
    const input = { schema: cancelRequestSchema, request, options, knownOptions: PLACED_OPTIONS };
    return this.#run('preview', input, async (prepared) => (await loadOperations()).previewPrepared(prepared));
  }

  /** Checks all that can be checked without the configuration. */
  async validate(request: unknown): Promise<ValidatedRequest> {
    const call = new Call('validate');
    const { entry, checked } = await checkedRequest(this.#accounts, { schema: cancelRequestSchema, request }, call);
    const bound = await checkedOrThrow(entry.driver.bind(checked.service), call, 'service');
    const { checkDetails } = await import('../accounts/check-details.ts');
    await checkDetails(entry, checked, call);
    return {
      account: entry.name,
      provider: entry.account.provider,
      service: checked.service,
      serviceKey: bound.key,
      when: checked.when,
      ...(checked.reason === undefined ? {} : { reason: checked.reason }),
      ...(checked.reference === undefined ? {} : { reference: checked.reference }),
      ...(checked.extras === undefined ? {} : { extras: checked.extras }),
    };
  }

  /** Reads an account's configuration, and tells where it leads. */
  async place(account: unknown, options: unknown): Promise<string> {
    const call = new Call('place');
    const sound = checkCallOptions(options, ['signal', 'deadlineMs'], call);
    const { findPlace } = await import('../accounts/find-place.ts');
    return await findPlace(this.#accounts, account, sound, this.#options, call);
  }

  status(request: unknown, options: unknown): Promise<CancellationStatus> {
    const input = { schema: statusRequestSchema, request, options, knownOptions: PLACED_OPTIONS };
    return this.#run(
      'status',
      input,
      async (prepared) => (await loadOperations()).statusPrepared(prepared),
      ({ state }) => state,
    );
  }

  revoke(request: unknown, options: unknown): Promise<RevokeResult> {
    const input = { schema: revokeRequestSchema, request, options, knownOptions: PLACED_OPTIONS };
    return this.#run(
      'revoke',
      input,
      async (prepared) => (await loadOperations()).revokePrepared(prepared),
      ({ outcome }) => outcome,
    );
  }

  async *cancelMany(requests: unknown, options: CancelManyOptions = {}): AsyncGenerator<ManyItem, void, undefined> {
    const issues = checkOptions(options, MANY_OPTIONS, [...this.#accounts.keys()]);
    if (issues.length === 0 && options.batch !== undefined) {
      const { checkBatch } = await import('../bulk/options.ts');
      issues.push(...checkBatch(options.batch, this.#accounts));
    }
    if (!isSource(requests)) issues.push({ path: 'requests', expected: 'an iterable or an async iterable' });
    if (issues.length > 0 || !isSource(requests)) {
      throw new Call('cancel').error(invalid(issues));
    }
    const surroundings: BulkDependencies = {
      accounts: this.#accounts,
      options: this.#options,
      cancel: (request, callOptions) => this.safeCancel(request, callOptions),
      cancelTogether: (several, callOptions) => this.#cancelTogether(several, callOptions),
    };
    const [{ cancelMany }, { planMany }] = await Promise.all([
      import('../bulk/cancel-many.ts'),
      import('../bulk/plan.ts'),
    ]);
    yield* cancelMany(requests, planMany(surroundings, options));
  }

  /** Cancels what may share a request; each is checked, traced and answered as one of its own. */
  async #cancelTogether(
    requests: readonly unknown[],
    options: CallOptions,
  ): Promise<readonly SafeResult<CancelResult>[]> {
    const { CancelBatch } = await import('../bulk/batch.ts');
    const { cancelPrepared } = await loadOperations();
    const batch = new CancelBatch(requests.length);
    const cancel = (request: unknown): Promise<CancelResult> => {
      const input = { schema: cancelRequestSchema, request, options, knownOptions: CANCEL_OPTIONS };
      let isReady = false;
      const work = (prepared: ReadyCall<CheckedCancelRequest>): Promise<CancelResult> => {
        isReady = true;
        return cancelPrepared(prepared, (cancellation, verify) => batch.join(cancellation, verify));
      };
      return this.#run('cancel', input, work, ({ outcome }) => outcome).finally(() => {
        if (!isReady) batch.miss();
      });
    };
    return await Promise.all(requests.map((request) => safely(() => cancel(request))));
  }

  #run<Request extends AddressedRequest, Value>(
    operation: ProviderOperation,
    input: CallInput<Request>,
    work: (prepared: ReadyCall<Request>) => Promise<Value>,
    outcomeOf: (value: Value) => OutcomeEvent['outcome'] = () => undefined,
  ): Promise<Value> {
    const call = new Call(operation, this.#options.onEvent);
    return runCall(call, () => openCall(this.#accounts, this.#options, call, input, work), outcomeOf);
  }
}

// What a call needs once it has passed its checks is most of cancelkit, and loaded then.
let operations: typeof Operations | undefined;

async function loadOperations(): Promise<typeof Operations> {
  return (operations ??= await import('./prepared-operations.ts'));
}

function isSource(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return [Symbol.asyncIterator, Symbol.iterator].some((key) => typeof Reflect.get(value, key) === 'function');
  } catch {
    // What cannot be read is no source.
    return false;
  }
}
