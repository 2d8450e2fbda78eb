import { AccountAccess } from '../../bulk/account-access.ts';
import type { OperationEvent } from '../../contract/event.ts';
import { type NewEntry, toLine } from '../ledger/history.ts';
import { notBegun } from '../ledger/recovery.ts';
import { MARK_AFTER_MS, SentMarks } from '../ledger/sent-marks.ts';
import type { Claimed } from '../model/claimed.ts';
import { type Lease, stopAtEndOf } from '../model/lease.ts';
import { execute } from './execute.ts';
import { Outbox } from './outbox.ts';
import type { WorkerContext } from './worker-context.ts';

/** The calls that a worker has started, and their outcomes until these are written down. */
export class RunningCalls {
  readonly sent: SentMarks = new SentMarks();
  readonly #context: Pick<
    WorkerContext,
    'database' | 'schema' | 'services' | 'policy' | 'readable' | 'follow' | 'deadlineMs'
  >;
  readonly #onEnd: (account: string) => void;
  // By claim: a clock that was set ahead can end a lease early, and the same cancellation be claimed once more.
  readonly #running = new Set<Claimed>();
  // Lines of the calls in flight that are not written down.
  #lines: NewEntry[] = [];
  readonly #access = new Map<string, AccountAccess>();
  #outbox = new Outbox();

  /** @param onEnd called with the account of each call that has ended. */
  constructor(
    context: Pick<WorkerContext, 'database' | 'schema' | 'services' | 'policy' | 'readable' | 'follow' | 'deadlineMs'>,
    onEnd: (account: string) => void,
  ) {
    this.#context = context;
    this.#onEnd = onEnd;
  }

  /** The claims of the calls in flight. */
  get running(): ReadonlySet<Claimed> {
    return this.#running;
  }

  /** The outcomes to be written down. */
  get outbox(): Outbox {
    return this.#outbox;
  }

  /** What the calls of this worker have shown of an account. */
  #accessOf(account: string): AccountAccess {
    const access = this.#access.get(account) ?? new AccountAccess();
    this.#access.set(account, access);
    return access;
  }

  /** Notes which accounts rested lately because of requests that proved nothing. */
  recallSilence(accounts: readonly string[]): void {
    for (const account of accounts) this.#accessOf(account).recallSilence();
  }

  /**
   * How many more calls of an account may start now, as far as its answers say: one in all while nothing is known of
   * it, or after it was turned away, so that wrong credentials are sent once.
   */
  spareOf(account: string): number {
    if (!this.#accessOf(account).isInDoubt) return Infinity;
    return [...this.#running].some(({ request }) => request.account === account) ? 0 : 1;
  }

  /** The ids of the calls in flight, and of those that have ended and are to be written down. */
  get ids(): readonly string[] {
    return [...this.#running, ...this.#outbox.settled].map(({ id }) => id);
  }

  /**
   * Hands over what is to be written down. The lines of a call in flight are written with its outcome, unless that
   * is late.
   */
  takeOutbox(): Outbox {
    const outbox = this.#outbox;
    const before = performance.now() - MARK_AFTER_MS;
    const running = new Set([...this.#running].map(({ id }) => id));
    const isDue = ({ id, happened = 0 }: NewEntry): boolean => !running.has(id) || happened <= before;
    outbox.history.push(...this.#lines.filter(isDue));
    this.#lines = this.#lines.filter((line) => !isDue(line));
    this.#outbox = new Outbox();
    return outbox;
  }

  /** Takes back what could not be written down. */
  putBack(outbox: Outbox): void {
    this.#outbox = outbox.followedBy(this.#outbox);
  }

  /** Begins the call that is claimed, unless too little is left of its lease. */
  begin(claimed: Claimed, lease: Lease): void {
    this.#running.add(claimed);
    const deadlineMs = Math.min(this.#context.deadlineMs, Math.floor(lease.remainingMs));
    const stop = stopAtEndOf(lease);
    const onEvent = (event: OperationEvent): void => {
      stop.onEvent(event);
      this.#note(claimed, event, stop.signal.aborted);
    };
    const access = this.#accessOf(claimed.request.account);
    const work =
      deadlineMs < Math.min(SHORTEST_CALL_MS, this.#context.deadlineMs / 2)
        ? Promise.resolve(notBegun(claimed))
        : execute(claimed, { deadlineMs, signal: stop.signal, onEvent, access }, this.#context);
    void work.then((next) => {
      const { id, claim: number, priority, task, request } = claimed;
      this.#running.delete(claimed);
      const handedOver = this.sent.forget(claimed);
      const { account } = request;
      this.#outbox.settled.push({ ...next, id, claim: number, priority, task, account, handedOver });
      this.#onEnd(request.account);
    });
  }

  #note({ id, claim: number, task }: Claimed, event: OperationEvent, isStopped: boolean): void {
    const line = toLine(id, event);
    if (line === undefined) return;
    const { happened } = line;
    this.#lines.push(line);
    const isWrite = event.type === 'attempt' && event.effect === 'write';
    if (task !== 'send' || !isWrite || isStopped) return;
    this.sent.note({ id, claim: number, at: happened });
  }
}

// A call that has less time left than this is not started.
const SHORTEST_CALL_MS = 500;
