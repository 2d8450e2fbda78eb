import { unreachable } from '../database/database-error.ts';
import { DatabaseFailure, type QueryClient, allInOrder } from '../database/database.ts';
import { type Due, type DueFor, type Room, claim, longestDue, noteStarts } from '../ledger/claim.ts';
import type { TakenJob } from '../ledger/jobs.ts';
import { recordStates } from '../ledger/record-states.ts';
import { giveBack, recoverExpired } from '../ledger/recovery.ts';
import { lastProvedNothing, tryAgainSoon } from '../ledger/rest.ts';
import { type Sent, markSent } from '../ledger/sent-marks.ts';
import { foldTally } from '../ledger/tally.ts';
import type { Claimed } from '../model/claimed.ts';
import { Lease } from '../model/lease.ts';
import type { Limit } from '../model/limits.ts';
import { Competition, type FoundRoom } from './competition.ts';
import { JobPicker } from './job-picker.ts';
import type { Outbox } from './outbox.ts';
import { Pulse } from './pulse.ts';
import { RunningCalls } from './running-calls.ts';
import { LEASE_MARGIN_MS, type WorkerContext, type WorkPlan } from './worker-context.ts';

/**
 * The cycles of a worker.
 *
 * One transaction a cycle does all of the bookkeeping: it writes what has ended, and claims what there is room for.
 * What it claims is written as `intent` when it commits, and only then is anything sent.
 */
export class WorkerCycle {
  readonly #context: WorkerContext;
  readonly #concurrency: number;
  readonly #id: string = crypto.randomUUID();
  readonly #pulse: Pulse = new Pulse(this.#id);
  readonly #calls: RunningCalls;
  readonly #picker: JobPicker;
  readonly #competition: Competition;
  #recoverAt = 0;
  #sweepAt = 0;
  // Jobs that have been taken for good and are still to be removed.
  #taken: readonly TakenJob[] = [];
  // Whether a claim may have been committed without this worker's knowing.
  #isUnsure = false;
  // Whether the last cycle left accounts out because other workers were claiming.
  #isContended = false;

  /** @param wake called when there is something to write down, and room for more. */
  constructor(context: WorkerContext, { concurrency }: Pick<WorkPlan, 'concurrency'>, wake: () => void) {
    this.#context = context;
    this.#concurrency = concurrency;
    this.#picker = new JobPicker(context);
    this.#competition = new Competition(context.schema);
    this.#calls = new RunningCalls(context, (account) => {
      this.#picker.expect(account);
      wake();
    });
  }

  /** Whether there are outcomes to write down. */
  get hasOutcomes(): boolean {
    return this.#calls.outbox.settled.length > 0;
  }

  /** Whether no call is in flight and every outcome is written down. */
  get isDone(): boolean {
    return this.#calls.running.size === 0 && !this.hasOutcomes;
  }

  /**
   * After how many milliseconds to try the accounts that the last cycle left out because other workers were claiming;
   * `undefined` if it left none out.
   */
  get retryInMs(): number | undefined {
    return this.#isContended ? this.#competition.retryInMs : undefined;
  }

  /** Whether this worker has met others lately that were claiming. */
  get isCompeting(): boolean {
    return this.#competition.isOn;
  }

  /** Something may be due. */
  expectAny(): void {
    this.#picker.expectAny();
  }

  /** The database has failed: whether a cycle was committed may not be known. */
  doubt(): void {
    this.#isUnsure = true;
  }

  /**
   * Does the next cycle.
   *
   * @param isStopping whether to start nothing more.
   * @returns how many were started
   * @throws DatabaseFailure
   */
  async next(isStopping: boolean): Promise<number> {
    this.#isContended = false;
    const isWorthClaiming = this.#free >= this.#competition.leastFree(this.#concurrency);
    const limits = isStopping || !isWorthClaiming ? [] : this.#limitsWithRoom();
    const isRecovering = !isStopping && performance.now() >= this.#recoverAt;
    if (this.#calls.outbox.isEmpty && limits.length === 0 && !isRecovering && !this.#isUnsure) return 0;
    const written = this.#calls.takeOutbox();
    const marks = this.#calls.sent.worthWriting();
    const tidied = this.#taken.length >= TIDY_AT ? this.#taken : [];
    // What the database says later than this is no longer sure to hold: leases count from here.
    const asked = performance.now();
    const lease = new Lease(this.#leaseMs - LEASE_MARGIN_MS);
    let takenUp;
    try {
      takenUp = await this.#context.database.transaction((client) =>
        this.#write(client, { written, marks, tidied, limits, isRecovering }),
      );
    } catch (error) {
      const isKept = !(error instanceof DatabaseFailure) || !isDataError(error);
      this.#calls.putBack(isKept ? written : written.withoutForeignWords());
      throw error;
    }
    this.#calls.sent.written(marks);
    this.#taken = [...(tidied.length > 0 ? [] : this.#taken), ...takenUp.taken];
    this.#isUnsure = false;
    this.#isContended = takenUp.isContended;
    if (takenUp.isSweeping) this.#sweepAt = asked + SWEEP_MS;
    if (isRecovering) {
      this.#pulse.committed();
      this.#recoverAt = asked + this.#context.pollMs * 2;
    }
    for (const { id } of written.settled) this.#context.onSettled(id);
    for (const one of takenUp.claimed) this.#calls.begin(one, lease);
    // In a transaction of its own, and last: what is claimed is in flight, whether or not this succeeds.
    if (isRecovering) await foldTally(this.#context.database, this.#context.schema);
    return takenUp.claimed.length;
  }

  /**
   * Notes that this worker has stopped, and removes what is left of its jobs. If that fails, it counts as alive for
   * some seconds, and the jobs are given out again one day and found to be done.
   */
  async tidyUp(): Promise<void> {
    const { database, schema, jobs, onError } = this.#context;
    try {
      await database.transaction(async (client) => {
        await this.#pulse.end(client, schema);
        await jobs.remove(client, this.#taken);
      });
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error;
      onError(unreachable(error));
    }
  }

  async #write(client: QueryClient, { written, marks, tidied, limits, isRecovering }: CycleWork): Promise<TakenUp> {
    const { schema, jobs } = this.#context;
    // Statements are sent in this order without waiting for the answers that the next one does not need.
    const recorded = allInOrder([
      markSent(client, schema, marks),
      recordStates(client, schema, jobs, written.settled, written.history),
      jobs.remove(client, tidied),
    ]);
    if (this.#isUnsure) {
      await recorded;
      // At any moment, what this worker claimed is running, is being written here, or has ended since.
      await giveBack(client, this.#context, this.#id, [...this.#calls.ids, ...written.settled.map(({ id }) => id)]);
    }
    if (isRecovering) {
      await recorded;
      await this.#pulse.beat(client, this.#context, Math.max(this.#context.pollMs * 6, LEAST_PULSE_MS));
      await recoverExpired(client, this.#context);
      if (this.#recoverAt === 0) {
        const accounts = [...this.#context.readable.keys()];
        await tryAgainSoon(client, schema, accounts);
        this.#calls.recallSilence(await lastProvedNothing(client, schema, accounts));
      }
    }
    const finding = this.#competition.lock(client, limits);
    await allInOrder([recorded, finding]);
    return await this.#takeUp(client, await finding);
  }

  #limitsWithRoom(): readonly Limit[] {
    const limits = this.#picker.limitsWithRoom(this.#calls.running.values());
    return limits.filter(({ account }) => this.#calls.spareOf(account) > 0);
  }

  async #takeUp(client: QueryClient, { limits, rooms, isContended }: FoundRoom): Promise<TakenUp> {
    const { schema } = this.#context;
    const spare = rooms.map(({ account, room }) => ({ account, room: Math.min(room, this.#calls.spareOf(account)) }));
    const isSweeping = spare.length > 0 && performance.now() >= this.#sweepAt;
    const overdue = isSweeping ? await this.#longestDue(client, spare, this.#free, OVERDUE) : [];
    const { taken, short } = await this.#picker.take(client, without(spare, overdue), this.#free - overdue.length);
    // No job is left of these accounts: what else is due has none, and readings of what is followed may begin.
    const left = this.#free - overdue.length - taken.length;
    const stranded = await this.#longestDue(client, short, left, STRANDED);
    const ids = [...overdue, ...taken, ...stranded].map(({ id }) => id);
    const claimed = await claim(client, schema, ids, this.#id, this.#leaseMs);
    await noteStarts(client, schema, limits, claimed);
    if (claimed.length >= this.#free) this.#competition.foundEnough();
    const started = new Set(claimed.map(({ id }) => id));
    await this.#picker.putOff(
      client,
      taken.map(({ id }) => id).filter((id) => !started.has(id)),
    );
    return { taken, claimed, isContended, isSweeping };
  }

  async #longestDue(client: QueryClient, rooms: readonly Room[], most: number, forMs: DueFor): Promise<readonly Due[]> {
    const due = await longestDue(client, this.#context.schema, rooms, forMs);
    return due.slice(0, Math.max(0, most));
  }

  get #free(): number {
    return this.#concurrency - this.#calls.running.size;
  }

  get #leaseMs(): number {
    return this.#context.deadlineMs + LEASE_MARGIN_MS;
  }
}

/** What one transaction writes, and what it looks for. */
interface CycleWork {
  readonly written: Outbox;
  readonly marks: readonly Sent[];
  /** Jobs that are done with. */
  readonly tidied: readonly TakenJob[];
  readonly limits: readonly Limit[];
  readonly isRecovering: boolean;
}

/** What one transaction takes up. */
interface TakenUp {
  readonly taken: readonly TakenJob[];
  readonly claimed: readonly Claimed[];
  /** Whether an account was left out because other workers were claiming. */
  readonly isContended: boolean;
  readonly isSweeping: boolean;
}

/** The room that is left. */
function without(rooms: readonly Room[], taken: readonly Due[]): readonly Room[] {
  return rooms.map(({ account, room }) => ({
    account,
    room: room - taken.filter((one) => one.account === account).length,
  }));
}

// What has been due for so long although no job is left has none.
const STRANDED: DueFor = { waiting: 2_000, followed: 0 };

// Where there are always jobs, what has waited for so long is looked for without them, at the start and every hour.
const OVERDUE: DueFor = { waiting: 3_600_000, followed: 3_600_000 };
const SWEEP_MS = 3_600_000;

// A worker that has been silent for so long is not alive any more.
const LEAST_PULSE_MS = 10_000;

// How many jobs are removed with one statement; the rest is removed at the end.
const TIDY_AT = 200;

/** Whether the database did not take a value: the provider's own words, which are the only ones not made here. */
function isDataError({ code }: DatabaseFailure): boolean {
  return /^(22|54)/.test(code);
}
