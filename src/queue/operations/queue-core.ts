import { isProviderError, ProviderError } from '../../contract/provider-error.ts';
import type { Announcements } from './announcements.ts';
import type { WhereToLook } from '../../contract/where-to-look.ts';
import { checkItems, type ToNew } from './check-items.ts';
import { clearly } from '../database/database-error.ts';
import { type QueryClient, guarded } from '../database/database.ts';
import { beginConfirmation, endConfirmation, unwrittenConfirmation } from '../ledger/confirmation.ts';
import { resolve, resume, retry, withdraw } from '../ledger/decisions.ts';
import { approve } from '../ledger/approval.ts';
import { type NewCancellation, type PathOf, enqueue, fingerprintOf, toNew } from '../ledger/enqueue.ts';
import { exportSettled } from '../ledger/export-settled.ts';
import { decideAs } from '../ledger/changes.ts';
import { readFeed } from '../ledger/feed.ts';
import { type NewEntry, toLine } from '../ledger/history.ts';
import { placeOrNone } from '../ledger/pinned-place.ts';
import { afterReadNow, beginReadNow, policyOf } from '../ledger/read-now.ts';
import { noteStarts } from '../ledger/claim.ts';
import { recordStates } from '../ledger/record-states.ts';
import { execute } from '../worker/execute.ts';
import { type Quarantined, quarantine, workersAlive } from '../ledger/quarantine.ts';
import {
  approvalSchema,
  confirmationSchema,
  decisionSchema,
  quarantineSchema,
  resolutionSchema,
  retrySchema,
} from '../input/decision-input.ts';
import { enqueueManySchema, enqueueSchema } from '../input/enqueue-input.ts';
import { changesSchema, exportSchema, idSchema, waitSchema, workSchema } from '../input/queue-input.ts';
import type { QueueChanges } from '../model/change.ts';
import { Lease, stopAtEndOf } from '../model/lease.ts';
import type { QueuedCancellation, QueuedCancellationWithHistory } from '../ledger/record.ts';
import { invalidInput, checkInput } from '../input/check-input.ts';
import { makeDurable } from '../database/session-settings.ts';
import type { QueueStats } from '../ledger/stats.ts';
import { QueueReads } from './queue-reads.ts';
import { Waiting, unlessAborted } from './waiting.ts';
import { whereToLook } from './where-to-look.ts';
import { LEASE_MARGIN_MS, type WorkerContext } from '../worker/worker-context.ts';
import { Workers } from '../worker/workers.ts';

/** The queue behind its types: takes anything, and checks it. */
export class QueueCore {
  readonly #context: WorkerContext;
  readonly #workers = new Workers();
  readonly #waiting: Waiting;
  readonly #reads: QueueReads;
  #closing: Promise<void> | undefined;

  readonly #announcements: Announcements;

  constructor({
    announcements,
    ...context
  }: Omit<WorkerContext, 'onSettled'> & { readonly announcements: Announcements }) {
    this.#announcements = announcements;
    this.#waiting = new Waiting(context.pollMs);
    this.#context = { ...context, onSettled: (id) => this.#waiting.wake(id) };
    this.#reads = new QueueReads(context);
  }

  async enqueue(request: unknown, options: unknown): Promise<{ readonly id: string; readonly added: boolean }> {
    const { transaction, ...placing } = await checkInput(enqueueSchema, options, 'options');
    const wanted = await this.#toNew()(request, placing);
    const added = await this.#enqueue([wanted], transaction, (_, part) => (part === 'id' ? 'options.id' : part));
    return { id: wanted.id, added: added === 1 };
  }

  async enqueueMany(
    items: unknown,
    options: unknown,
  ): Promise<{ readonly ids: readonly string[]; readonly added: number }> {
    const { transaction } = await checkInput(enqueueManySchema, options, 'options');
    const wanted = await checkItems(items, this.#toNew());
    const added = await this.#enqueue(
      wanted,
      transaction,
      (at, part) => `items.${at}.${part === 'id' ? part : `request.${part}`}`,
    );
    return { ids: wanted.map(({ id }) => id), added };
  }

  async work(options: unknown): Promise<void> {
    const { concurrency = 10, signal, stopWhenIdle = false } = await checkInput(workSchema, options, 'options');
    this.#open();
    await clearly(() => this.#workers.run(this.#context, { concurrency, signal, stopWhenIdle }));
  }

  async get(id: unknown): Promise<QueuedCancellationWithHistory | undefined> {
    return await this.#read().get(id);
  }

  async whereToLook(id: unknown): Promise<WhereToLook | undefined> {
    const own = await checkInput(idSchema, id, 'id');
    const record = await this.#read().lookUp(own);
    const { services, deadlineMs } = this.#context;
    return record === undefined ? undefined : await whereToLook(record, services, deadlineMs);
  }

  async list(filter: unknown): Promise<readonly QueuedCancellation[]> {
    return await this.#read().list(filter);
  }

  async wait(id: unknown, options: unknown): Promise<QueuedCancellation> {
    const own = await checkInput(idSchema, id, 'id');
    const checked = await checkInput(waitSchema, options, 'options');
    return await this.#waiting.wait(own, async () => await this.#read().lookUp(own), checked);
  }

  /** Plans a proposed cancellation. What is not the database's is found out before its transaction begins. */
  async approve(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = [await checkInput(idSchema, id, 'id'), await checkInput(approvalSchema, decision, 'decision')];
    const { services } = this.#context;
    const record = await this.#read().lookUp(own);
    const isKnown = record !== undefined && this.#context.readable.has(record.account);
    const place = isKnown ? await placeOrNone(record.account, services) : undefined;
    const fingerprint = isKnown ? await this.#fingerprintOf(record) : undefined;
    await this.#decide(by, (client) => approve(client, this.#context, own, by, { fingerprint, place }));
    this.#workers.notify();
  }

  /** The fingerprint of the request as it stands in the row; `undefined` if that is not valid any more. */
  async #fingerprintOf({ request }: QueuedCancellation): Promise<string | undefined> {
    try {
      return fingerprintOf(await this.#context.services.validate(request));
    } catch (error) {
      if (!isProviderError(error)) throw error;
      return undefined;
    }
  }

  async retry(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = [await checkInput(idSchema, id, 'id'), await checkInput(retrySchema, decision, 'decision')];
    await this.#decide(by, (client) => retry(client, this.#context, own, by));
    this.#workers.notify();
  }

  async resolve(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = [await checkInput(idSchema, id, 'id'), await checkInput(resolutionSchema, decision, 'decision')];
    await this.#decide(by, (client) => resolve(client, this.#context, own, by));
    this.#context.onSettled(own);
  }

  /** Passes a token on to the provider, for a cancellation that waits for it. The token is kept nowhere. */
  async confirm(id: unknown, decision: unknown): Promise<QueuedCancellation> {
    const own = await checkInput(idSchema, id, 'id');
    const { token, ...by } = await checkInput(confirmationSchema, decision, 'decision');
    const { services, deadlineMs } = this.#context;
    const leaseMs = deadlineMs + LEASE_MARGIN_MS;
    const lease = new Lease(deadlineMs);
    const claimed = await this.#decide(by, (client) => beginConfirmation(client, this.#context, own, leaseMs, by));
    const { place, traceparent } = claimed;
    const { when: _, ...request } = claimed.request;
    const options = { deadlineMs: Math.max(1, lease.remainingMs), place, traceparent, ...stopAtEndOf(lease) };
    const settled = await services.safeConfirm({ ...request, token }, options);
    const isDefinite = !settled.ok && settled.error.code !== 'outcome_unknown';
    let record: QueuedCancellation | undefined;
    try {
      await this.#decide(by, (client) => endConfirmation(client, this.#context, claimed, settled, by));
      if (!isDefinite) record = await this.#reads.lookUp(own);
    } catch (error) {
      // A ledger that cannot be reached says nothing about the token, which the lease now stands for.
      if (!isProviderError(error)) throw error;
    }
    if (isDefinite) throw settled.error;
    this.#context.onSettled(own);
    this.#workers.notify();
    if (record === undefined) throw unwrittenConfirmation(claimed);
    return record;
  }

  /** Reads a cancellation back now, in this process. */
  async readBack(id: unknown, decision: unknown): Promise<QueuedCancellation> {
    const [own, by] = [await checkInput(idSchema, id, 'id'), await checkInput(decisionSchema, decision, 'decision')];
    const { deadlineMs, jobs, schema, policy, limits } = this.#context;
    const reading = await this.#decide(by, async (client) => {
      const begun = await beginReadNow(client, this.#context, own, deadlineMs + LEASE_MARGIN_MS, by);
      await noteStarts(client, schema, limits, [begun.claimed]);
      return begun;
    });
    const lines: NewEntry[] = [];
    let failure: ProviderError | undefined;
    const next = await execute(
      reading.claimed,
      {
        deadlineMs,
        signal: new AbortController().signal,
        onEvent: (event) => {
          const line = toLine(own, event);
          if (line !== undefined) lines.push(line);
        },
        // One reading says nothing of what the account was let into before.
        access: { learn: () => false },
        onFailure: (error) => (failure = error),
      },
      { ...this.#context, policy: policyOf(reading, policy) },
    );
    const { id: _, claim, priority, task, request } = reading.claimed;
    const settled = { ...afterReadNow(reading, next), id: own, claim, priority, task, account: request.account };
    await this.#decide(by, (client) =>
      recordStates(client, schema, jobs, [{ ...settled, handedOver: undefined }], lines),
    );
    this.#context.onSettled(own);
    this.#workers.notify();
    // That there is no such service is an answer.
    if (failure !== undefined && failure.code !== 'not_found') throw failure;
    const record = await this.#reads.lookUp(own);
    if (record === undefined) throw invalidInput([{ path: 'id', expected: 'the id of a cancellation in the queue' }]);
    return record;
  }

  async withdraw(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = [await checkInput(idSchema, id, 'id'), await checkInput(decisionSchema, decision, 'decision')];
    await this.#decide(by, (client) => withdraw(client, this.#context, own, by));
    this.#context.onSettled(own);
  }

  async resume(account: unknown): Promise<void> {
    if (typeof account !== 'string' || !this.#context.readable.has(account)) {
      throw invalidInput([{ path: 'account', expected: 'the name of an account' }]);
    }
    await this.#write((client) => resume(client, this.#context, account));
    this.#workers.notify();
  }

  async quarantine(what: unknown): Promise<Quarantined> {
    const checked = await checkInput(quarantineSchema, what, 'quarantine');
    if (this.#workers.areAny) throw workersAlive('this process works on the queue');
    return await this.#decide(checked, (client) => quarantine(client, this.#context, checked));
  }

  async exportSettled(what: unknown): Promise<{ readonly exported: number }> {
    const checked = await checkInput(exportSchema, what, 'export');
    this.#open();
    const { database, schema } = this.#context;
    return { exported: await clearly(() => guarded(() => exportSettled(database, schema, checked))) };
  }

  async changes(options: unknown): Promise<QueueChanges> {
    const { after, limit = 100, signal } = await checkInput(changesSchema, options, 'options');
    this.#open('status');
    const { database, schema } = this.#context;
    const read = (): Promise<QueueChanges> => clearly(() => readFeed(database, schema, { after, limit }), 'status');
    return await unlessAborted(read, signal, 'reading the changes was aborted.');
  }

  async stats(): Promise<QueueStats> {
    return await this.#read().stats();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#workers.stop();
    await this.#announcements.close();
    await clearly(async () => {
      try {
        await this.#context.jobs.close();
      } finally {
        await this.#context.database.close();
      }
    });
  }

  /** Makes new cancellations, and asks but once where each account leads. */
  #toNew(): ToNew {
    const { services, whenAbsent } = this.#context;
    const places = new Map<string, Promise<string | undefined>>();
    return async (request, placing) => {
      const validated = await services.validate(request);
      const { account } = validated;
      const place = places.get(account) ?? placeOrNone(account, services);
      places.set(account, place);
      return toNew(validated, { ...placing, whenAbsent: placing.whenAbsent ?? whenAbsent }, await place);
    };
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
      return await clearly(async () => {
        if (!(await makeDurable(own))) throw invalidInput([NO_TRANSACTION]);
        return await put(own);
      });
    }
    const added = await this.#write(put);
    this.#workers.notify();
    return added;
  }

  #read(): QueueReads {
    this.#open('status');
    return this.#reads;
  }

  /** Writes what a person has decided; the changes that follow from it name that person. */
  async #decide<Value>({ by }: { readonly by: string }, work: (client: QueryClient) => Promise<Value>): Promise<Value> {
    return await this.#write(async (client) => {
      await decideAs(client, by);
      return await work(client);
    });
  }

  async #write<Value>(work: (client: QueryClient) => Promise<Value>): Promise<Value> {
    this.#open();
    return await clearly(() => this.#context.database.transaction(work));
  }

  #open(operation: 'queue' | 'status' = 'queue'): void {
    if (this.#closing === undefined) return;
    throw new ProviderError('not_configured', { operation, message: 'queue: it has been closed.' });
  }
}

const NO_TRANSACTION = {
  path: 'options.transaction',
  expected:
    'one client on which BEGIN has been run; a pool, or a client before BEGIN, would commit each statement alone',
};
