import { type AccountEntry, entriesOf } from '../accounts/account-entry.ts';
import { type CallInput, checkDay, checkedRequest, openCall } from '../accounts/open-call.ts';
import type { AddressedRequest, ReadyCall } from '../accounts/ready-call.ts';
import type { CancelDependencies, ManyItem, StatusDependencies } from '../bulk/plan.ts';
import type * as Plan from '../bulk/plan.ts';
import type * as RunMany from '../bulk/run-many.ts';
import { Call } from '../call/call.ts';
import {
  cancelOptionsSchema,
  checkOptions,
  placedOptionsSchema,
  readOptionsSchema,
  serviceOptionsSchema,
  timedOptionsSchema,
  optionsOrThrow,
} from '../call/check-options.ts';
import {
  type CheckedCancelRequest,
  cancelRequestSchema,
  confirmRequestSchema,
  revokeRequestSchema,
  statusRequestSchema,
} from '../call/check-request.ts';
import { checkedOrThrow, invalid } from '../call/check-schema.ts';
import { runCall, safely } from '../call/run-call.ts';
import type { Accounts } from '../contract/account.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { OutcomeEvent } from '../contract/event.ts';
import type { FindResult } from '../contract/find.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import type { CancelResult, PreviewedRequest, RevokeResult, SafeResult, ValidatedRequest } from '../contract/result.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import type { CancellationOptions, CancellationStatus, ProviderOperation } from '../contract/vocabulary.ts';
import type { WhereToLook } from '../contract/where-to-look.ts';
import { loadPart } from '../platform/load-part.ts';
import type * as Operations from './operations.ts';

/** The service behind its types: takes anything, checks it, and answers in the vocabulary alone. */
export class ServiceCore {
  readonly #accounts: ReadonlyMap<string, AccountEntry>;
  readonly #options: ServiceOptions;

  constructor(accounts: Accounts, options: ServiceOptions) {
    this.#accounts = entriesOf(accounts);
    const schema = serviceOptionsSchema([...this.#accounts.keys()]);
    this.#options = optionsOrThrow(schema, options, new Call('create'));
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
    const input = { schema: cancelRequestSchema, request, options, optionsSchema: cancelOptionsSchema };
    return this.#run('cancel', input, async (ready) => (await loadOperations()).cancel(ready), outcomeOf);
  }

  safeCancel(request: unknown, options: unknown): Promise<SafeResult<CancelResult>> {
    return safely(() => this.cancel(request, options));
  }

  confirm(request: unknown, options: unknown): Promise<CancelResult> {
    const input = { schema: confirmRequestSchema, request, options, optionsSchema: cancelOptionsSchema };
    return this.#run('confirm', input, async (ready) => (await loadOperations()).confirm(ready), outcomeOf);
  }

  safeConfirm(request: unknown, options: unknown): Promise<SafeResult<CancelResult>> {
    return safely(() => this.confirm(request, options));
  }

  options(request: unknown, options: unknown): Promise<CancellationOptions> {
    const input = { schema: revokeRequestSchema, request, options, optionsSchema: readOptionsSchema };
    return this.#run('options', input, async (ready) => (await loadOperations()).options(ready));
  }

  preview(request: unknown, options: unknown): Promise<PreviewedRequest> {
    const input = { schema: cancelRequestSchema, request, options, optionsSchema: readOptionsSchema };
    return this.#run('preview', input, async (ready) => (await loadOperations()).preview(ready));
  }

  /** Checks all that can be checked without the configuration. */
  async validate(request: unknown): Promise<ValidatedRequest> {
    const call = new Call('validate');
    const { entry, checked } = await checkedRequest(this.#accounts, { schema: cancelRequestSchema, request }, call);
    checkDay(checked.when, call);
    const bound = checkedOrThrow(await entry.internals.bind(checked.service), call, 'service');
    const { checkDetails } = await import('../accounts/ready-call.ts');
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
    const checked = optionsOrThrow(timedOptionsSchema, options, call);
    const { findPlace } = await import('../accounts/find-place.ts');
    return await findPlace(this.#accounts, account, checked, this.#options, call);
  }

  /** Where a person finds a service at its provider. */
  async whereToLook(request: unknown, options: unknown): Promise<WhereToLook | undefined> {
    const call = new Call('where');
    const checked = optionsOrThrow(placedOptionsSchema, options, call);
    const { findWhereToLook } = await import('../accounts/find-where-to-look.ts');
    return await findWhereToLook(this.#accounts, request, checked, this.#options, call);
  }

  status(request: unknown, options: unknown): Promise<CancellationStatus> {
    const input = { schema: statusRequestSchema, request, options, optionsSchema: readOptionsSchema };
    return this.#run(
      'status',
      input,
      async (ready) => (await loadOperations()).status(ready),
      ({ state }) => state,
    );
  }

  find(request: unknown, options: unknown): Promise<FindResult> {
    const call = new Call('find', this.#options.onEvent);
    const run = async (): Promise<FindResult> =>
      await (await loadPart(import('./find.ts'))).find(this.#accounts, this.#options, call, request, options);
    return runCall(call, run);
  }

  revoke(request: unknown, options: unknown): Promise<RevokeResult> {
    const input = { schema: revokeRequestSchema, request, options, optionsSchema: readOptionsSchema };
    return this.#run('revoke', input, async (ready) => (await loadOperations()).revoke(ready), outcomeOf);
  }

  async *cancelMany(requests: unknown, options: unknown): AsyncGenerator<ManyItem<CancelResult>, void, undefined> {
    const { manyOptionsSchema } = await import('../bulk/options.ts');
    const { source, own } = this.#checkedRun('cancel', requests, manyOptionsSchema(this.#accounts), options);
    const dependencies: CancelDependencies = {
      accounts: this.#accounts,
      options: this.#options,
      cancel: (request, callOptions) => this.safeCancel(request, callOptions),
      cancelBatch: (several, callOptions) => this.#cancelBatch(several, callOptions),
    };
    const [{ runMany }, { planCancels }] = await loadBulk();
    yield* runMany(source, planCancels(dependencies, own));
  }

  async *statusMany(
    requests: unknown,
    options: unknown,
  ): AsyncGenerator<ManyItem<CancellationStatus>, void, undefined> {
    const { statusManyOptionsSchema } = await import('../bulk/options.ts');
    const { source, own } = this.#checkedRun('status', requests, statusManyOptionsSchema(this.#accounts), options);
    const dependencies: StatusDependencies = {
      accounts: this.#accounts,
      options: this.#options,
      status: (request, readOptions) => safely(() => this.status(request, readOptions)),
    };
    const [{ runMany }, { planReads }] = await loadBulk();
    yield* runMany(source, planReads(dependencies, own));
  }

  /** @throws ProviderError `invalid_request` if the source or an option is not valid */
  #checkedRun<Options extends object>(
    operation: 'cancel' | 'status',
    requests: unknown,
    schema: StandardSchema<unknown, Options>,
    options: unknown,
  ): { readonly source: Iterable<unknown> | AsyncIterable<unknown>; readonly own: Options } {
    const checked = checkOptions(schema, options);
    if (checked.ok && isSource(requests)) return { source: requests, own: checked.value };
    const source = isSource(requests) ? [] : [{ path: 'requests', expected: 'an iterable or an async iterable' }];
    throw new Call(operation).error(invalid([...(checked.ok ? [] : checked.issues), ...source]));
  }

  /** Cancels what may share a request; each is checked, traced and answered as one of its own. */
  async #cancelBatch(requests: readonly unknown[], options: CallOptions): Promise<readonly SafeResult<CancelResult>[]> {
    const { CancelBatch } = await import('../bulk/batch.ts');
    const { cancel } = await loadOperations();
    const batch = new CancelBatch(requests.length);
    const cancelMember = (request: unknown): Promise<CancelResult> => {
      const input = { schema: cancelRequestSchema, request, options, optionsSchema: cancelOptionsSchema };
      let isReady = false;
      const work = (ready: ReadyCall<CheckedCancelRequest>): Promise<CancelResult> => {
        isReady = true;
        return cancel(ready, (cancellation, verify) => batch.join(cancellation, verify));
      };
      return this.#run('cancel', input, work, outcomeOf).finally(() => {
        if (!isReady) batch.miss();
      });
    };
    return await Promise.all(requests.map((request) => safely(() => cancelMember(request))));
  }

  #run<Request extends AddressedRequest, Value>(
    operation: ProviderOperation,
    input: CallInput<Request>,
    work: (ready: ReadyCall<Request>) => Promise<Value>,
    outcome?: (value: Value) => OutcomeEvent['outcome'],
  ): Promise<Value> {
    const call = new Call(operation, this.#options.onEvent);
    const run = async (): Promise<Value> => work(await openCall(this.#accounts, this.#options, call, input));
    return runCall(call, run, outcome);
  }
}

function outcomeOf({ outcome }: CancelResult | RevokeResult): OutcomeEvent['outcome'] {
  return outcome;
}

// What a call needs once it has passed its checks is most of cancelkit, and loaded then.
let operations: typeof Operations | undefined;

async function loadOperations(): Promise<typeof Operations> {
  return (operations ??= await loadPart(import('./operations.ts')));
}

function loadBulk(): Promise<readonly [typeof RunMany, typeof Plan]> {
  return Promise.all([import('../bulk/run-many.ts'), import('../bulk/plan.ts')]);
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
