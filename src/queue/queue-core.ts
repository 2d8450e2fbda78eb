import { isProviderError, ProviderError, type Issue } from '../provider-error.ts';
import type { ValidatedRequest } from '../validated-request.ts';
import { DatabaseFailure, guarded, type QueryClient } from './database.ts';
import { resolve, resume, retry, withdraw } from './decisions.ts';
import { enqueue, toNew, type NewCancellation, type PathOf } from './enqueue.ts';
import {
  decisionSchema,
  enqueueManySchema,
  enqueueSchema,
  idSchema,
  itemSchema,
  listSchema,
  resolutionSchema,
  waitSchema,
  workSchema,
} from './queue-input.ts';
import { toEntry, toRecord, type QueuedCancellation, type QueuedCancellationWithHistory } from './record.ts';
import { invalidInput, sound } from './sound-input.ts';
import { SETTLED_STATES } from './state.ts';
import { readStats, type QueueStats } from './stats.ts';
import { Worker, type WorkerContext } from './worker.ts';

/** The queue behind its types: takes anything, and checks it. */
export class QueueCore {
  readonly #context: WorkerContext;
  readonly #workers = new Map<Worker, { readonly stop: AbortController; readonly done: Promise<void> }>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #closing: Promise<void> | undefined;

  constructor(context: Omit<WorkerContext, 'onSettled'>) {
    this.#context = { ...context, onSettled: (id) => this.#waiting.get(id)?.forEach((wake) => wake()) };
  }

  async enqueue(request: unknown, options: unknown): Promise<{ readonly id: string; readonly added: boolean }> {
    const { transaction, ...placing } = await sound(enqueueSchema, options, 'options');
    const wanted = toNew(await this.#context.services.validate(request), placing);
    const added = await this.#enqueue([wanted], transaction, (_, part) => (part === 'id' ? 'options.id' : part));
    return { id: wanted.id, added: added === 1 };
  }

  async enqueueMany(
    items: unknown,
    options: unknown,
  ): Promise<{ readonly ids: readonly string[]; readonly added: number }> {
    const { transaction } = await sound(enqueueManySchema, options, 'options');
    if (!isIterable(items)) throw invalidInput([{ path: 'items', expected: 'an iterable or an async iterable' }]);
    const wanted: NewCancellation[] = [];
    const issues: Issue[] = [];
    let index = 0;
    for await (const item of items) {
      const checked = await this.#checkItem(item, `items.${index}`);
      if ('issues' in checked) issues.push(...checked.issues);
      else wanted.push(checked);
      index += 1;
    }
    if (issues.length > 0) throw invalidInput(issues);
    const added = await this.#enqueue(
      wanted,
      transaction,
      (at, part) => `items.${at}.${part === 'id' ? part : `request.${part}`}`,
    );
    return { ids: wanted.map(({ id }) => id), added };
  }

  async work(options: unknown): Promise<void> {
    const { concurrency = 10, signal, stopWhenIdle = false } = await sound(workSchema, options, 'options');
    this.#open();
    const stop = new AbortController();
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
    const worker = new Worker(this.#context, { concurrency, signal: either, stopWhenIdle });
    const done = worker.run();
    this.#workers.set(worker, { stop, done });
    try {
      await done;
    } finally {
      this.#workers.delete(worker);
    }
  }

  async get(id: unknown): Promise<QueuedCancellationWithHistory | undefined> {
    const own = await sound(idSchema, id, 'id');
    const record = await this.#find(own);
    if (record === undefined) return undefined;
    const { rows } = await this.#read(
      `SELECT at, type, data FROM ${this.#context.schema}.history WHERE cancellation_id = $1 ORDER BY at, seq`,
      [own],
    );
    return { ...record, history: rows.map(toEntry) };
  }

  async list(filter: unknown): Promise<readonly QueuedCancellation[]> {
    const { state, account, needsPerson, limit = 100, after } = await sound(listSchema, filter, 'filter');
    const { schema } = this.#context;
    const { rows } = await this.#read(
      `SELECT * FROM ${schema}.cancellation
       WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR account = $2)
         AND ($3::boolean IS NULL OR needs_person = $3)
         AND ($4::text IS NULL OR number > (SELECT number FROM ${schema}.cancellation WHERE id = $4))
       ORDER BY number LIMIT $5`,
      [state ?? null, account ?? null, needsPerson ?? null, after ?? null, limit],
    );
    return rows.map(toRecord);
  }

  async wait(id: unknown, options: unknown): Promise<QueuedCancellation> {
    const own = await sound(idSchema, id, 'id');
    const { signal, timeoutMs } = await sound(waitSchema, options, 'options');
    const until = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs;
    for (;;) {
      const woken = this.#wakeUp(own, Math.min(this.#context.pollMs, until - performance.now()), signal);
      try {
        const record = await this.#find(own);
        if (record === undefined)
          throw invalidInput([{ path: 'id', expected: 'the id of a cancellation in the queue' }]);
        if (record.needsPerson || SETTLED_STATES.includes(record.state)) return record;
        if (signal?.aborted === true) throw stoppedWaiting('aborted', 'the wait was aborted');
        if (performance.now() >= until) throw stoppedWaiting('unavailable', `it is still ${record.state}`);
        await woken.promise;
      } finally {
        woken.cancel();
      }
    }
  }

  async retry(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = [await sound(idSchema, id, 'id'), await sound(decisionSchema, decision, 'decision')];
    await this.#write((client) => retry(client, this.#context, own, by));
    this.#notify();
  }

  async resolve(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = [await sound(idSchema, id, 'id'), await sound(resolutionSchema, decision, 'decision')];
    await this.#write((client) => resolve(client, this.#context, own, by));
    this.#context.onSettled(own);
  }

  async withdraw(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = [await sound(idSchema, id, 'id'), await sound(decisionSchema, decision, 'decision')];
    await this.#write((client) => withdraw(client, this.#context, own, by));
    this.#context.onSettled(own);
  }

  async resume(account: unknown): Promise<void> {
    if (typeof account !== 'string' || !this.#context.readable.has(account)) {
      throw invalidInput([{ path: 'account', expected: 'the name of an account' }]);
    }
    await this.#write((client) => resume(client, this.#context, account));
    this.#notify();
  }

  async stats(): Promise<QueueStats> {
    this.#open();
    return await clear(() => readStats(this.#context.database, this.#context.schema));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const { stop } of this.#workers.values()) stop.abort();
    // What a worker could not write down is told to whoever called `work`.
    await Promise.allSettled([...this.#workers.values()].map(({ done }) => done));
    await this.#context.jobs.close();
    await this.#context.database.close();
  }

  async #enqueue(
    wanted: readonly NewCancellation[],
    transaction: QueryClient | undefined,
    pathOf: PathOf,
  ): Promise<number> {
    const { schema, jobs } = this.#context;
    const put = (client: QueryClient): Promise<number> => enqueue(client, schema, jobs, wanted, pathOf);
    if (transaction !== undefined) {
      this.#open();
      const own: QueryClient = { query: (text, values) => guarded(() => transaction.query(text, values)) };
      return await clear(() => put(own));
    }
    const added = await this.#write(put);
    this.#notify();
    return added;
  }

  async #checkItem(item: unknown, path: string): Promise<NewCancellation | { readonly issues: readonly Issue[] }> {
    try {
      const { request, ...placing } = await sound(itemSchema, item, path);
      const validated: ValidatedRequest = await this.#context.services.validate(request);
      return toNew(validated, placing);
    } catch (error) {
      if (!isProviderError(error)) throw error;
      const issues = error.issues ?? [{ path: 'request', expected: `another one (${error.code})` }];
      return {
        issues: issues.map((issue) => ({
          ...issue,
          path: issue.path.startsWith(path) ? issue.path : `${path}.${withinRequest(issue.path)}`,
        })),
      };
    }
  }

  async #find(id: string): Promise<QueuedCancellation | undefined> {
    const { rows } = await this.#read(`SELECT * FROM ${this.#context.schema}.cancellation WHERE id = $1`, [id]);
    return rows.map(toRecord).at(0);
  }

  #read(text: string, values: unknown[]): Promise<{ readonly rows: Readonly<Record<string, unknown>>[] }> {
    this.#open();
    return clear(() => this.#context.database.query(text, values));
  }

  async #write<Value>(work: (client: QueryClient) => Promise<Value>): Promise<Value> {
    this.#open();
    return await clear(() => this.#context.database.transaction(work));
  }

  #open(): void {
    if (this.#closing === undefined) return;
    throw new ProviderError('not_configured', { operation: 'queue', message: 'queue: it has been closed.' });
  }

  #notify(): void {
    for (const worker of this.#workers.keys()) worker.notify();
  }

  #wakeUp(id: string, ms: number, signal: AbortSignal | undefined): { promise: Promise<void>; cancel: () => void } {
    const { promise, resolve: wake } = Promise.withResolvers<void>();
    const timer = setTimeout(wake, Math.max(0, ms));
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(wake));
    const onAbort = (): void => wake();
    signal?.addEventListener('abort', onAbort, { once: true });
    const cancel = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(id);
    };
    return { promise, cancel };
  }
}

/** The service's own paths begin at the request. */
function withinRequest(path: string): string {
  return path === 'request' ? path : `request.${path}`;
}

/** @throws ProviderError instead of a failure of the database */
async function clear<Value>(work: () => Promise<Value>): Promise<Value> {
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

function stoppedWaiting(code: 'aborted' | 'unavailable', what: string): ProviderError {
  return new ProviderError(code, { operation: 'queue', message: `queue: ${what}. The cancellation goes on.` });
}

function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value);
}
