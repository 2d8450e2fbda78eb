import { setTimeout as delay } from 'node:timers/promises';
import { isProviderError, ProviderError } from '../provider-error.ts';
import type { CancelEvent } from '../events.ts';
import type { Claimed } from './claimed.ts';
import { unreachable } from './database-error.ts';
import { DatabaseFailure, type Database, type QueryClient } from './database.ts';
import type { Limit } from './limits.ts';
import { claim, isAnythingDue, lockClaims, markSent, noteStarts, roomOf, settle } from './ledger.ts';
import { Outbox } from './outbox.ts';
import { giveBack, readAgain, recoverExpired, sendAgain, type Recovery } from './recovery.ts';
import type { TakenJob } from './jobs.ts';
import type { QueueServices } from './services.ts';
import { afterFailedReading, afterReading, afterSend, type Settlement } from './settlement.ts';

/** What a worker works with. */
export interface WorkerContext extends Recovery {
  readonly database: Database;
  readonly services: QueueServices;
  readonly limits: readonly Limit[];
  /** Milliseconds for one cancellation or one read-back. */
  readonly deadlineMs: number;
  /** How often the database is asked for what is due while nothing else happens. */
  readonly pollMs: number;
  /** Told of each settlement once it is in the ledger. */
  readonly onSettled: (id: string) => void;
  /** Told of a failing database. */
  readonly onError: (error: ProviderError) => void;
}

/** How one run of a worker is bounded. */
export interface WorkPlan {
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  readonly stopWhenIdle: boolean;
}

// A lease outlasts the call that it is for by this much: the call is over before anybody else may act.
const LEASE_MARGIN_MS = 5_000;

// About half a minute.
const TRIES_WHILE_STOPPING = 14;

// Jobs are removed so many at once, and the rest at the end.
const TIDY_AT = 200;

// A request that is answered sooner is not worth a mark of its own that it was sent.
const MARK_AFTER_MS = 200;

// A call that has less time left than this is not begun.
const SHORTEST_CALL_MS = 500;

/** A request that has been handed to the network. */
interface Sent {
  readonly id: string;
  readonly claim: number;
  /** ISO 8601. */
  readonly at: string;
  /** Whether the ledger says so. */
  isMarked: boolean;
}

/** What one transaction does. */
interface Round {
  readonly written: Outbox;
  readonly marks: readonly Sent[];
  /** Jobs that are done with. */
  readonly tidied: readonly TakenJob[];
  readonly limits: readonly Limit[];
  readonly isRecovering: boolean;
  /** Receives the jobs that are taken. */
  readonly takenNow: TakenJob[];
}

/**
 * Takes cancellations up, sends or reads them back, and writes down what came of it.
 *
 * One transaction a round does all of the bookkeeping: it writes what has ended, and claims what there is room for. What
 * it claims is written as `intent` when it commits, and only then is anything sent.
 */
export class Worker {
  readonly #context: WorkerContext;
  readonly #plan: WorkPlan;
  readonly #id: string = crypto.randomUUID();
  readonly #running = new Map<string, Claimed>();
  readonly #quietUntil = new Map<string, number>();
  #outbox = new Outbox();
  readonly #sent = new Map<string, Sent>();
  #wake = Promise.withResolvers<void>();
  #recoverAt = 0;
  // Jobs that have been taken for good and are still to be removed.
  #taken: readonly TakenJob[] = [];
  // Whether a claim may have been committed without this worker's knowing.
  #isUnsure = false;

  constructor(context: WorkerContext, plan: WorkPlan) {
    this.#context = context;
    this.#plan = plan;
  }

  /** Something may be due. */
  notify(): void {
    this.#quietUntil.clear();
    this.#wake.resolve();
  }

  /** Works until the signal aborts, or until nothing is due; what has been begun is seen through and written down. */
  async run(): Promise<void> {
    const stop = (): void => this.#wake.resolve();
    this.#plan.signal?.addEventListener('abort', stop, { once: true });
    let failures = 0;
    try {
      for (;;) {
        this.#wake = Promise.withResolvers<void>();
        const isStopping = this.#plan.signal?.aborted === true;
        if (isStopping && this.#isDone) break;
        try {
          const begun = await this.#round(isStopping);
          failures = 0;
          if (this.#plan.stopWhenIdle && begun === 0 && this.#isDone && !(await this.#isAnythingDue())) break;
        } catch (error) {
          if (!(error instanceof DatabaseFailure)) throw error;
          failures += 1;
          this.#isUnsure = true;
          const trouble = unreachable(error);
          this.#context.onError(trouble);
          // What is not written down is recovered from its lease by the next worker.
          if (isStopping && failures >= TRIES_WHILE_STOPPING) throw trouble;
          await delay(Math.min(100 * 2 ** failures, 3_000));
          continue;
        }
        await this.#rest();
      }
      await this.#tidyUp();
    } finally {
      this.#plan.signal?.removeEventListener('abort', stop);
    }
  }

  get #isDone(): boolean {
    return this.#running.size === 0 && this.#outbox.settled.length === 0;
  }

  /** Removes what is left of the jobs. Where that fails, they are given out again one day, and seen through. */
  async #tidyUp(): Promise<void> {
    const { database, jobs, onError } = this.#context;
    if (this.#taken.length === 0) return;
    try {
      await database.transaction((client) => jobs.remove(client, this.#taken));
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error;
      onError(unreachable(error));
    }
  }

  #marksWorthWriting(): readonly Sent[] {
    const before = Date.now() - MARK_AFTER_MS;
    return [...this.#sent.values()].filter(({ isMarked, at }) => !isMarked && Date.parse(at) <= before);
  }

  /** Whether anything waits for nothing but a worker. */
  async #isAnythingDue(): Promise<boolean> {
    const { database, schema, limits } = this.#context;
    return await isAnythingDue(
      database,
      schema,
      limits.map(({ account }) => account),
    );
  }

  /** Waits until something has ended, is due, or may be due. */
  async #rest(): Promise<void> {
    if (this.#outbox.settled.length > 0) return;
    const timer = setTimeout(() => this.#wake.resolve(), this.#context.pollMs);
    await this.#wake.promise;
    clearTimeout(timer);
    // What ends in the same moment is written in the same round.
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
  }

  /** @returns how many were begun */
  async #round(isStopping: boolean): Promise<number> {
    const limits = isStopping ? [] : this.#limitsWithRoom();
    const isRecovering = !isStopping && performance.now() >= this.#recoverAt;
    if (this.#outbox.isEmpty && limits.length === 0 && !isRecovering && !this.#isUnsure) return 0;
    const written = this.#outbox;
    this.#outbox = new Outbox();
    const marks = this.#marksWorthWriting();
    const tidied = this.#taken.length >= TIDY_AT ? this.#taken : [];
    const takenNow: TakenJob[] = [];
    // What the database says later than this is no longer sure to hold: leases count from here.
    const asked = performance.now();
    let claimed;
    try {
      claimed = await this.#context.database.transaction((client) =>
        this.#write(client, { written, marks, tidied, limits, isRecovering, takenNow }),
      );
    } catch (error) {
      const isKept = !(error instanceof DatabaseFailure) || !isDataError(error);
      this.#outbox = (isKept ? written : written.withoutForeignWords()).followedBy(this.#outbox);
      throw error;
    }
    for (const mark of marks) mark.isMarked = true;
    this.#taken = [...(tidied.length > 0 ? [] : this.#taken), ...takenNow];
    this.#isUnsure = false;
    if (isRecovering) this.#recoverAt = asked + this.#context.pollMs * 2;
    for (const { id } of written.settled) this.#context.onSettled(id);
    for (const one of claimed) this.#begin(one, asked + this.#leaseMs);
    return claimed.length;
  }

  async #write(
    client: QueryClient,
    { written, marks, tidied, limits, isRecovering, takenNow }: Round,
  ): Promise<readonly Claimed[]> {
    const { schema, jobs } = this.#context;
    await markSent(client, schema, marks);
    await settle(client, schema, jobs, written.settled, written.history);
    await jobs.remove(client, tidied);
    if (this.#isUnsure) {
      // At any moment, what is in hand is running, is being written here, or has ended since.
      const ended = [...written.settled, ...this.#outbox.settled].map(({ id }) => id);
      await giveBack(client, this.#context, this.#id, [...this.#running.keys(), ...ended]);
    }
    if (isRecovering) await recoverExpired(client, this.#context);
    return await this.#claim(client, limits, takenNow);
  }

  get #leaseMs(): number {
    return this.#context.deadlineMs + LEASE_MARGIN_MS;
  }

  /** The accounts of which this worker could take more, as far as it knows itself. */
  #limitsWithRoom(): readonly Limit[] {
    if (this.#running.size >= this.#plan.concurrency) return [];
    const now = performance.now();
    const running = Map.groupBy(this.#running.values(), ({ request }) => request.account);
    return this.#context.limits.filter(
      ({ account, concurrency }) =>
        (running.get(account)?.length ?? 0) < concurrency && now >= (this.#quietUntil.get(account) ?? 0),
    );
  }

  async #claim(client: QueryClient, limits: readonly Limit[], takenNow: TakenJob[]): Promise<readonly Claimed[]> {
    if (limits.length === 0) return [];
    const { schema, jobs, pollMs } = this.#context;
    await lockClaims(client, schema);
    let free = this.#plan.concurrency - this.#running.size;
    // In no fixed order, so that none always comes last where there is not enough for all.
    for (const { account, room } of shuffled(await roomOf(client, schema, limits))) {
      const wanted = Math.min(room, free);
      const taken = wanted === 0 ? [] : await jobs.take(client, account, wanted);
      free -= taken.length;
      takenNow.push(...taken);
      if (room === 0 || taken.length < wanted) this.#quietUntil.set(account, performance.now() + pollMs);
    }
    const claimed = await claim(
      client,
      schema,
      takenNow.map(({ id }) => id),
      this.#id,
      this.#leaseMs,
    );
    await noteStarts(client, schema, limits, claimed);
    return claimed;
  }

  #begin(claimed: Claimed, leaseEnds: number): void {
    this.#running.set(claimed.id, claimed);
    const rest = leaseEnds - LEASE_MARGIN_MS - performance.now();
    const deadlineMs = Math.min(this.#context.deadlineMs, Math.floor(rest));
    const work =
      deadlineMs < Math.min(SHORTEST_CALL_MS, this.#context.deadlineMs / 2)
        ? Promise.resolve(claimed.task === 'read' ? readAgain(claimed, Date.now()) : sendAgain(claimed))
        : this.#carryOut(claimed, deadlineMs);
    void work.then((settlement) => {
      const { id, claim: number, priority, task, request } = claimed;
      this.#running.delete(id);
      const sentAt = this.#sent.get(id)?.at;
      this.#sent.delete(id);
      this.#outbox.settled.push({ ...settlement, id, claim: number, priority, task, account: request.account, sentAt });
      this.#quietUntil.delete(request.account);
      this.#wake.resolve();
    });
  }

  async #carryOut(claimed: Claimed, deadlineMs: number): Promise<Settlement> {
    const { services, policy, readable } = this.#context;
    const { request } = claimed;
    const options = { deadlineMs, onEvent: (event: CancelEvent): void => this.#note(claimed, event) };
    if (claimed.task === 'send') {
      const sent = await services.safeCancel(request, options);
      return afterSend(claimed, sent, readable.get(request.account) === true, policy, Date.now());
    }
    try {
      const seen = await services.status({ account: request.account, service: request.service }, options);
      return afterReading(claimed, seen, policy, Date.now());
    } catch (error) {
      const failure = isProviderError(error) ? error : new ProviderError('unexpected_response', FAULT);
      return afterFailedReading(claimed, failure, policy, Date.now());
    }
  }

  #note({ id, claim: number, task }: Claimed, { at, type, ...event }: CancelEvent): void {
    if (type === 'outcome') return;
    const { account: _account, provider: _provider, serviceKey: _key, operation: _operation, ...data } = event;
    this.#outbox.history.push({ id, at, type, data });
    const isWrite = type === 'attempt' && 'effect' in event && event.effect === 'write';
    if (task !== 'send' || !isWrite) return;
    this.#sent.set(id, { id, claim: number, at, isMarked: false });
  }
}

const FAULT = {
  operation: 'status',
  message: 'queue: an internal fault while reading back. Please report it.',
} as const;

/** Whether the database did not take a value: the provider's own words, which are the only ones not made here. */
function isDataError({ code }: DatabaseFailure): boolean {
  return /^(22|54)/.test(code);
}

function shuffled<Value>(values: readonly Value[]): readonly Value[] {
  const keyed = values.map((value) => ({ value, key: Math.random() }));
  return keyed.toSorted((one, other) => one.key - other.key).map(({ value }) => value);
}
