import { isProviderError } from '../../contract/provider-error.ts';
import type { StandardSchema } from '../../contract/standard-schema.ts';
import type { WhereToLook } from '../../contract/where-to-look.ts';
import { clearly } from '../database/database-error.ts';
import { type QueryClient, guarded } from '../database/database.ts';
import { makeDurable } from '../database/session-settings.ts';
import { invalidInput, checkInput } from '../input/check-input.ts';
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
import { approve } from '../ledger/approval.ts';
import { type NewCancellation, type PathOf, enqueue, fingerprintOf, toNew } from '../ledger/enqueue.ts';
import { exportSettled } from '../ledger/export-settled.ts';
import { readFeed } from '../ledger/feed.ts';
import { placeOrNone } from '../ledger/pinned-place.ts';
import { type Quarantined, quarantine, workersAlive } from '../ledger/quarantine.ts';
import type { QueuedCancellation, QueuedCancellationWithHistory } from '../ledger/record.ts';
import { resolve } from '../ledger/resolve.ts';
import { resume } from '../ledger/resume.ts';
import { retry } from '../ledger/retry.ts';
import type { QueueStats } from '../ledger/stats.ts';
import { withdraw } from '../ledger/withdraw.ts';
import type { QueueChanges } from '../model/change.ts';
import type { WorkerContext } from '../worker/worker-context.ts';
import { Workers } from '../worker/workers.ts';
import type { Announcements } from './announcements.ts';
import { type Asking, confirmNow, readBackNow } from './ask-provider.ts';
import { checkItems, type ToNew } from './check-items.ts';
import { QueueReads } from './queue-reads.ts';
import { QueueWrites } from './queue-writes.ts';
import { Waiting, unlessAborted } from './waiting.ts';
import { whereToLook } from './where-to-look.ts';

/** The queue behind its types: takes anything, and checks it. */
export class QueueCore {
  readonly #context: WorkerContext;
  readonly #workers = new Workers();
  readonly #waiting: Waiting;
  readonly #reads: QueueReads;
  readonly #writes: QueueWrites;
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
    this.#writes = new QueueWrites(context);
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
    this.#writes.checkOpen();
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
    const [own, by] = await decisionOn(id, decision, approvalSchema);
    const { services } = this.#context;
    const record = await this.#read().lookUp(own);
    const isKnown = record !== undefined && this.#context.readable.has(record.account);
    const place = isKnown ? await placeOrNone(record.account, services) : undefined;
    const fingerprint = isKnown ? await this.#fingerprintOf(record) : undefined;
    await this.#writes.decide(by, (client) => approve(client, this.#context, own, by, { fingerprint, place }));
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
    const [own, by] = await decisionOn(id, decision, retrySchema);
    await this.#writes.decide(by, (client) => retry(client, this.#context, own, by));
    this.#workers.notify();
  }

  async resolve(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = await decisionOn(id, decision, resolutionSchema);
    await this.#writes.decide(by, (client) => resolve(client, this.#context, own, by));
    this.#context.onSettled(own);
  }

  async confirm(id: unknown, decision: unknown): Promise<QueuedCancellation> {
    const [own, { token, ...by }] = await decisionOn(id, decision, confirmationSchema);
    return await confirmNow(this.#asking(), own, token, by);
  }

  async readBack(id: unknown, decision: unknown): Promise<QueuedCancellation> {
    const [own, by] = await decisionOn(id, decision, decisionSchema);
    return await readBackNow(this.#asking(), own, by);
  }

  async withdraw(id: unknown, decision: unknown): Promise<void> {
    const [own, by] = await decisionOn(id, decision, decisionSchema);
    await this.#writes.decide(by, (client) => withdraw(client, this.#context, own, by));
    this.#context.onSettled(own);
  }

  async resume(account: unknown): Promise<void> {
    if (typeof account !== 'string' || !this.#context.readable.has(account)) {
      throw invalidInput([{ path: 'account', expected: 'the name of an account' }]);
    }
    await this.#writes.write((client) => resume(client, this.#context, account));
    this.#workers.notify();
  }

  async quarantine(what: unknown): Promise<Quarantined> {
    const checked = await checkInput(quarantineSchema, what, 'quarantine');
    if (this.#workers.areAny) throw workersAlive('this process works on the queue');
    return await this.#writes.decide(checked, (client) => quarantine(client, this.#context, checked));
  }

  async exportSettled(what: unknown): Promise<{ readonly exported: number }> {
    const checked = await checkInput(exportSchema, what, 'export');
    this.#writes.checkOpen();
    const { database, schema } = this.#context;
    return { exported: await clearly(() => guarded(() => exportSettled(database, schema, checked))) };
  }

  async changes(options: unknown): Promise<QueueChanges> {
    const { after, limit = 100, signal } = await checkInput(changesSchema, options, 'options');
    this.#writes.checkOpen('status');
    const { database, schema } = this.#context;
    const read = (): Promise<QueueChanges> => clearly(() => readFeed(database, schema, { after, limit }), 'status');
    return await unlessAborted(read, signal, 'reading the changes was aborted.');
  }

  async stats(): Promise<QueueStats> {
    return await this.#read().stats();
  }

  close(): Promise<void> {
    this.#writes.close();
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
      this.#writes.checkOpen();
      const own: QueryClient = { query: (text, values) => guarded(() => transaction.query(text, values)) };
      return await clearly(async () => {
        if (!(await makeDurable(own))) throw invalidInput([NO_TRANSACTION]);
        return await put(own);
      });
    }
    const added = await this.#writes.write(put);
    this.#workers.notify();
    return added;
  }

  #read(): QueueReads {
    this.#writes.checkOpen('status');
    return this.#reads;
  }

  #asking(): Asking {
    return { context: this.#context, reads: this.#reads, writes: this.#writes, workers: this.#workers };
  }
}

/** The id of a cancellation, and a person's word on it. */
async function decisionOn<Decision>(
  id: unknown,
  decision: unknown,
  schema: StandardSchema<unknown, Decision>,
): Promise<readonly [id: string, decision: Decision]> {
  return [await checkInput(idSchema, id, 'id'), await checkInput(schema, decision, 'decision')];
}

const NO_TRANSACTION = {
  path: 'options.transaction',
  expected:
    'one client on which BEGIN has been run; a pool, or a client before BEGIN, would commit each statement alone',
};
