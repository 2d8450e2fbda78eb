import type { AccountsOf } from '../contract/account.ts';
import type { AccountKey, CancelRequest } from '../contract/request.ts';
import type { WhereToLook } from '../contract/where-to-look.ts';
import type { Approval, Choice, Quarantine } from './input/decision-input.ts';
import type { Placing, TransactionOption } from './input/enqueue-input.ts';
import type { ExportSettled, ListFilter } from './input/queue-input.ts';
import type { Quarantined } from './ledger/quarantine.ts';
import type { QueuedCancellation, QueuedCancellationWithHistory } from './ledger/record.ts';
import type { QueueStats } from './ledger/stats.ts';
import type { QueueChanges } from './model/change.ts';
import type { Resolution } from './model/state.ts';

/** Durable cancellations: what is in the queue survives the process, and is sent at most once. */
export interface CancelQueue<A extends AccountsOf<A>> {
  /**
   * Puts a cancellation into the queue.
   *
   * @returns its id, and whether it is new.
   * @throws ProviderError `invalid_request`, `unknown_account`, `unsupported`; `invalid_request` too for an id that
   * belongs to another request, and for a service of which another cancellation is open. `unavailable`: the database
   * could not be reached, nothing is enqueued. `outcome_unknown`: the connection broke off; the same id may be enqueued
   * again.
   */
  enqueue(
    request: CancelRequest<A>,
    options?: Placing & TransactionOption,
  ): Promise<{ readonly id: string; readonly added: boolean }>;

  /**
   * Puts many cancellations into the queue: all of them, or none if one is not valid.
   *
   * @returns their ids, in order, and how many are new.
   * @throws ProviderError as `enqueue`, with an issue for each that is not valid.
   */
  enqueueMany(
    items:
      | Iterable<Placing & { readonly request: CancelRequest<A> }>
      | AsyncIterable<Placing & { readonly request: CancelRequest<A> }>,
    options?: TransactionOption,
  ): Promise<{ readonly ids: readonly string[]; readonly added: number }>;

  /**
   * Works on the queue until the signal aborts, or with `stopWhenIdle` until nothing is due. Started cancellations
   * finish and are written down first.
   *
   * @param options `concurrency`: how many cancellations this process runs concurrently, over all accounts; default 10.
   * @throws ProviderError `unavailable` if the database cannot be reached for half a minute after the signal.
   */
  work(options?: {
    readonly concurrency?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly stopWhenIdle?: boolean | undefined;
  }): Promise<void>;

  /** One cancellation with its history, or `undefined`. */
  get(id: string): Promise<QueuedCancellationWithHistory | undefined>;

  /**
   * Where a person finds the service of a cancellation at its provider, as `CancelService.whereToLook`. Sends nothing.
   *
   * @returns `undefined` if it is not known, if there is no such cancellation, or if its account is not configured here
   * or leads to another place than the cancellation was enqueued for.
   */
  whereToLook(id: string): Promise<WhereToLook | undefined>;

  /**
   * Cancellations without their history.
   *
   * @throws ProviderError `invalid_request` also if there is no cancellation with the id `after`.
   */
  list(filter?: ListFilter<AccountKey<A>>): Promise<readonly QueuedCancellation[]>;

  /**
   * Waits until a cancellation is settled, or needs a person.
   *
   * @throws ProviderError `invalid_request` if none has that id; `aborted` by the signal; `unavailable` after
   * `timeoutMs` milliseconds. The cancellation goes on in each case.
   */
  wait(
    id: string,
    options?: { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number | undefined },
  ): Promise<QueuedCancellation>;

  /**
   * Approves a `proposed` one: it is planned, and carried out.
   *
   * @param decision `by`: another person than the one who proposed it. Names are compared without regard to case and
   * spacing. The caller makes sure that they are true.
   * @throws ProviderError `invalid_request` for one in another state, by the same person, whose request is not the one
   * that was proposed or looked at, or whose account leads to another place now. Nothing was approved.
   */
  approve(id: string, decision: Approval): Promise<void>;

  /**
   * Plans one again that is `refused`, held, `lapsed` or `overdue`, or `unknown` if a person has found that it did not
   * take effect: **it is sent again**.
   *
   * @param decision `acceptPlace`: send it to the place that the account was seen to lead to (`otherPlace`), instead of
   * the one that it was enqueued for.
   * @throws ProviderError `invalid_request` for one in another state.
   */
  retry(id: string, decision: Choice & { readonly acceptPlace?: boolean | undefined }): Promise<void>;

  /**
   * Settles an `unknown`, `lapsed` or `overdue` one by a person's word. As `requested` or `scheduled` it is followed
   * anew.
   *
   * @param decision `effectiveAt`: with `scheduled`, the day on which it takes effect (`2026-12-31`), if the person has
   * seen it.
   * @throws ProviderError `invalid_request` for one in another state.
   */
  resolve(
    id: string,
    decision: Choice & { readonly as: Resolution; readonly effectiveAt?: string | undefined },
  ): Promise<void>;

  /**
   * Reads an `unknown` one back now, in this process, and settles it if the provider shows it. An absence settles it
   * only if a reading was due; otherwise the readings that are planned go on as before.
   *
   * @returns the cancellation as it is then; what was seen is in its history.
   * @throws ProviderError `invalid_request` for one in another state, or whose provider cannot be asked; `unavailable`
   * while its account rests; as `CancelService.status` if it could not be read.
   */
  readBack(id: string, decision: Choice): Promise<QueuedCancellation>;

  /**
   * Passes on the token that the provider sent to a person, for a cancellation that waits for it (`unknown`, with an
   * outcome of the code `confirmation_required`), and records the outcome. The token is kept nowhere.
   *
   * @returns the cancellation as it is then; `unknown` without a need for a person is being read back.
   * @throws ProviderError `invalid_request` for one that does not wait for a token, or whose token is being passed on;
   * `unavailable` while its account rests, as it does after `unauthorized` or `rate_limited` here; as
   * `CancelService.confirm` if nothing happened: it waits as before; `outcome_unknown` only if the outcome could not be
   * written: it is read back later.
   */
  confirm(id: string, decision: Choice & { readonly token: string }): Promise<QueuedCancellation>;

  /**
   * Takes a proposed or planned one out of the queue: it is `refused`, with the code `aborted`; `rejected` if it was
   * sent before without a known outcome.
   *
   * @throws ProviderError `invalid_request` for one that is neither any more.
   */
  withdraw(id: string, decision: Choice): Promise<void>;

  /**
   * Ends the rest of an account, such as after its credentials were refused. Cancellations that were held or not read
   * because it led to another place are compared anew.
   */
  resume(account: AccountKey<A>): Promise<void>;

  /**
   * After a failover or a restored backup, before a worker starts: turns every open cancellation of these accounts that
   * may have been sent since a time into `unknown`, so that it is read back first. See docs/queue-recovery.md.
   *
   * @throws ProviderError `invalid_request` for a time in the future; `unavailable` while a worker is alive, as far as
   * this database knows.
   */
  quarantine(what: Quarantine): Promise<Quarantined>;

  /**
   * Writes the settled cancellations with their history into a new file that only this user can read: JSONL, each line
   * as `get` returns it, in the order in which they were enqueued.
   *
   * @param what `file`: a file that does not exist; `before`: only those settled before this time.
   * @returns how many.
   * @throws ProviderError `invalid_request` if the file exists; `unavailable` if it cannot be written.
   */
  exportSettled(what: ExportSettled): Promise<{ readonly exported: number }>;

  /**
   * The feed: every change of a state or of `needsPerson`, by any process, exactly once and in the order in which they
   * were committed. Returns what there is, and does not wait. Changes are kept for `keepSettledFor` days.
   *
   * @param options `after`: the cursor to continue from, of a change or of the last call; `latest` returns no changes,
   * and the cursor behind the newest one; default: from the oldest that is kept. `limit`: at most so many, default 100.
   * @throws ProviderError `invalid_request` for a cursor behind which changes have been dropped, and for one that the
   * database does not know, as after a restored backup or a failover; `aborted` by the signal; `unavailable`.
   */
  changes(options?: {
    readonly after?: string | undefined;
    readonly limit?: number | undefined;
    readonly signal?: AbortSignal | undefined;
  }): Promise<QueueChanges>;

  /** How many there are in each state, and how each account stands. */
  stats(): Promise<QueueStats>;

  /** Stops the workers of this queue, and closes the database. */
  close(): Promise<void>;
}
