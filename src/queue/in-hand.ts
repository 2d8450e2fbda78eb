import type { CancelEvent } from '../events.ts';
import { carryOut } from './carry-out.ts';
import type { Claimed } from './claimed.ts';
import { Outbox } from './outbox.ts';
import { readAgain, sendAgain } from './recovery.ts';
import { SentMarks } from './sent-marks.ts';
import type { WorkerContext } from './worker-context.ts';

/** What a worker has in hand: the calls that it has begun, and what they came to until that is written down. */
export class InHand {
  readonly sent: SentMarks = new SentMarks();
  readonly #context: Pick<WorkerContext, 'services' | 'policy' | 'readable' | 'deadlineMs'>;
  readonly #onEnd: (account: string) => void;
  readonly #running = new Map<string, Claimed>();
  #outbox = new Outbox();

  /** @param onEnd told of the account of each call that has ended. */
  constructor(
    context: Pick<WorkerContext, 'services' | 'policy' | 'readable' | 'deadlineMs'>,
    onEnd: (account: string) => void,
  ) {
    this.#context = context;
    this.#onEnd = onEnd;
  }

  /** The calls under way, by the ids of their cancellations. */
  get running(): ReadonlyMap<string, Claimed> {
    return this.#running;
  }

  /** What is to be written down. */
  get outbox(): Outbox {
    return this.#outbox;
  }

  /** The ids of all that are under way, or have ended and are to be written down. */
  get ids(): readonly string[] {
    return [...this.#running.keys(), ...this.#outbox.settled.map(({ id }) => id)];
  }

  /** Hands over what is to be written down. */
  takeOutbox(): Outbox {
    const outbox = this.#outbox;
    this.#outbox = new Outbox();
    return outbox;
  }

  /** Takes back what could not be written down. */
  putBack(outbox: Outbox): void {
    this.#outbox = outbox.followedBy(this.#outbox);
  }

  /** Begins the call that is claimed, unless too little is left of the time (`performance.now`) until it has to end. */
  begin(claimed: Claimed, endsBy: number): void {
    this.#running.set(claimed.id, claimed);
    const rest = endsBy - performance.now();
    const deadlineMs = Math.min(this.#context.deadlineMs, Math.floor(rest));
    const work =
      deadlineMs < Math.min(SHORTEST_CALL_MS, this.#context.deadlineMs / 2)
        ? Promise.resolve(claimed.task === 'read' ? readAgain(claimed, Date.now()) : sendAgain(claimed))
        : carryOut(claimed, deadlineMs, this.#context, (event) => this.#note(claimed, event));
    void work.then((settlement) => {
      const { id, claim: number, priority, task, request } = claimed;
      this.#running.delete(id);
      const sentAt = this.sent.forget(id);
      this.#outbox.settled.push({ ...settlement, id, claim: number, priority, task, account: request.account, sentAt });
      this.#onEnd(request.account);
    });
  }

  #note({ id, claim: number, task }: Claimed, { at, type, ...event }: CancelEvent): void {
    if (type === 'outcome') return;
    const { account: _account, provider: _provider, serviceKey: _key, operation: _operation, ...data } = event;
    this.#outbox.history.push({ id, at, type, data });
    const isWrite = type === 'attempt' && 'effect' in event && event.effect === 'write';
    if (task !== 'send' || !isWrite) return;
    this.sent.note({ id, claim: number, at });
  }
}

// A call that has less time left than this is not begun.
const SHORTEST_CALL_MS = 500;
