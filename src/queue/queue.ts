import type { AccountsOf } from '../contract/account.ts';
import type { WhereToLook } from '../contract/where-to-look.ts';
import type { AccountKey, CancelRequest } from '../contract/request.ts';
import type { ProviderError } from '../contract/provider-error.ts';
import type { CancelService } from '../service/service.ts';
import type { FollowOption } from './model/follow-plan.ts';
import type { WhenAbsent, QueueState, Resolution } from './model/state.ts';
import type { QueryClient } from './database/database.ts';
import type { QueueChange, QueueChanges } from './model/change.ts';
import type { AccountLimit } from './model/limits.ts';
import type { Quarantined } from './ledger/quarantine.ts';
import type { QueuedCancellation, QueuedCancellationWithHistory } from './ledger/record.ts';
import type { QueueStats } from './ledger/stats.ts';

/** Options of `createCancelQueue`. */
export interface QueueOptions<A extends AccountsOf<A>> {
  /** What `createCancelService` returned. Rows and jobs name its accounts by their keys, and hold no credentials. */
  readonly services: CancelService<A>;
  /**
   * A directory for the embedded database (PGlite): one process, which may be killed, but not lose its power. Or a
   * `postgres://` URL: any number of processes. Default `.cancelkit`, a directory.
   */
  readonly database?: string | undefined;
  /**
   * Schema of the ledger; the jobs are in `<schema>_jobs`. Lower-case letters, digits, underscores. Default
   * `cancelkit`.
   */
  readonly schema?: string | undefined;
  /** The limits of each account, over all processes. Every process has to be given the same ones. */
  readonly limits?: { readonly [K in AccountKey<A>]?: AccountLimit } | undefined;
  /** Milliseconds for one cancellation or one read-back. Default 30,000. */
  readonly deadlineMs?: number | undefined;
  /** How often the database is asked for what other processes have added, in milliseconds. Default 500. */
  readonly pollMs?: number | undefined;
  /**
   * When an unknown one is read back: milliseconds after it became unknown, ascending. What is still absent at the last
   * one is `refused`, so the last one has to outlast the provider's own processing. Default: 30 seconds, 2 and 10
   * minutes, 1, 6 and 24 hours.
   */
  readonly readBackAfterMs?: readonly number[] | undefined;
  /** For how long one that the provider did not take is tried again, in milliseconds. Default 24 hours. */
  readonly giveUpAfterMs?: number | undefined;
  /**
   * What happens to an unknown one that the last read-back does not find: `refuse` settles it, `send_again` plans it
   * again, once. See docs/queue.md for which to choose. Each `enqueue` may say otherwise. Default `refuse`.
   */
  readonly whenAbsent?: WhenAbsent | undefined;
  /**
   * Whether, and when, what the provider accepted (`requested`, `scheduled`) is read again until its service is over. What
   * the working process is given applies; each `enqueue` may say otherwise. Default: a day later, 7 and 3 days before its date, a day after it,
   * and then daily for a week, where the provider can be asked. See docs/queue.md.
   */
  readonly follow?: FollowOption | undefined;
  /**
   * How many days a settled cancellation is kept after it was settled, with its history; a month is dropped as a whole
   * once all of it is older. Open ones are always kept. Default 400; `forever` drops nothing.
   */
  readonly keepSettledFor?: number | 'forever' | undefined;
  /**
   * A directory that each month is exported to (JSONL, for this user alone) before it is dropped. Default: not
   * exported.
   */
  readonly exportSettledTo?: string | undefined;
  /**
   * Called with each change of a state or of `needsPerson` that this process has made, once it is committed. Not
   * called for changes of other processes, for what `enqueue` puts into a transaction of the caller's, and if the process
   * ends first: `changes` never misses one. What it throws is reported to `onError`, and stops nothing.
   */
  readonly onChange?: ((change: QueueChange) => void) | undefined;
  /** Called if the database fails while a worker runs. Default: a warning of the process, at most one a minute. */
  readonly onError?: ((error: ProviderError) => void) | undefined;
}

/** Where a cancellation is put in the queue. */
export interface Placing {
  /**
   * Makes it idempotent: the same request with the same id is there once, however often it is enqueued. 1 to 128
   * characters. Default: a new UUID.
   */
  readonly id?: string | undefined;
  /** Not taken up before this time: a `Date`, or ISO 8601 with its zone (`2026-05-01T10:00Z`) or a day (in UTC). */
  readonly notBefore?: Date | string | undefined;
  /** From -1000 to 1000; the higher comes first, within its account. Default 0. */
  readonly priority?: number | undefined;
  /** Who asks for it, for the audit trail. */
  readonly by?: string | undefined;
  /** What happens if it becomes unknown and the last read-back does not find it. Default: the queue's. */
  readonly whenAbsent?: WhenAbsent | undefined;
  /**
   * The trace context that asks for it (`traceparent` of W3C Trace Context). Kept in the row, and given to the call that
   * carries it out, so that a tracer can link the two. Default: none.
   */
  readonly traceparent?: string | undefined;
  /** Whether, and when, it is read again once the provider has accepted it. Default: as the queue that works on it. */
  readonly follow?: FollowOption | undefined;
  /**
   * Only proposes it: no worker takes it before another person than `by`, which is required, approves it. Default `false`.
   */
  readonly propose?: boolean | undefined;
}

/** Options of `enqueue` and `enqueueMany`. */
export interface TransactionOption {
  /**
   * A transaction of the caller's own in the same PostgreSQL database, as a client of `pg`: enqueued if and when it is
   * committed. It has to be rolled back if the call throws.
   */
  readonly transaction?: QueryClient | undefined;
}

/** A person's word. */
export interface Decision {
  /** Who decides, for the audit trail. */
  readonly by: string;
  readonly note?: string | undefined;
}

/** A person's word on one cancellation. */
export interface Choice extends Decision {
  /**
   * The `updatedAt` of the cancellation as the person saw it: if it has changed since, nothing is done, and the call
   * throws `invalid_request` (`hasChanged`). Default: it is not compared.
   */
  readonly ifUpdatedAt?: string | undefined;
}

/** What `approve` is given. */
export interface Approval extends Choice {
  /** The `fingerprint` of the cancellation that was looked at: another one is not approved. */
  readonly fingerprint?: string | undefined;
}

/** What `quarantine` is given. */
export interface Quarantine extends Decision {
  /** Since when requests may have been sent that this ledger does not know of: a `Date`, or ISO 8601 as `notBefore`. */
  readonly since: Date | string;
  /** Sets what happens to those that the last read-back does not find. Default: unchanged. */
  readonly whenAbsent?: WhenAbsent | undefined;
}

/** What `exportSettled` is given. */
export interface ExportSettled {
  readonly file: string;
  /** A `Date`, or ISO 8601 as `notBefore`. Default: all. */
  readonly before?: Date | string | undefined;
}

/** Which cancellations `list` returns: those to which all of it applies. */
export interface ListFilter<Account extends string = string> {
  readonly state?: QueueState | undefined;
  /** In one of these states. */
  readonly states?: readonly QueueState[] | undefined;
  readonly account?: Account | undefined;
  readonly needsPerson?: boolean | undefined;
  /**
   * A part of its id, of its reference or of a value of its service, such as a host name; upper and lower case are the
   * same, and every character stands for itself. A text of one or two characters is found at the beginning of these only.
   */
  readonly text?: string | undefined;
  /** Who asked for it, as `by` of `enqueue`. */
  readonly by?: string | undefined;
  /** Its timing; `date` for any date. */
  readonly when?: 'immediate' | 'end_of_period' | 'end_of_term' | 'earliest' | 'date' | undefined;
  /** Enqueued at this time or later: a `Date`, or ISO 8601 as `notBefore`. */
  readonly since?: Date | string | undefined;
  /** Enqueued before this time. */
  readonly until?: Date | string | undefined;
  /** In the order in which they were enqueued, or the other way round. Default `oldest`. */
  readonly order?: 'oldest' | 'newest' | undefined;
  /** At most so many, up to 10,000. Default 100. */
  readonly limit?: number | undefined;
  /** The id of the last one of the page before, in the same order. */
  readonly after?: string | undefined;
}

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
   * @param decision `by`: another person than the one who proposed it. Names are compared without case, and however they
   * are spaced; that they are true is for the caller to see to.
   * @throws ProviderError `invalid_request` for one in another state, by the same person, whose request is not the one that
   * was proposed or looked at, or whose account leads to another place now. Nothing was approved.
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
   * Reads an `unknown` one back now, in this process, and settles it if the provider shows it. An absence settles it only
   * if a reading was due; otherwise the readings that are planned go on as before.
   *
   * @returns the cancellation as it is then; what was seen is in its history.
   * @throws ProviderError `invalid_request` for one in another state, or whose provider cannot be asked; `unavailable`
   * while its account rests; as `CancelService.status` if it could not be read.
   */
  readBack(id: string, decision: Choice): Promise<QueuedCancellation>;

  /**
   * Passes on the token that the provider sent to a person, for one that waits for it (`unknown`, with an outcome of the
   * code `confirmation_required`), and records the outcome. The token is kept nowhere.
   *
   * @returns the cancellation as it is then; `unknown` without a need for a person is being read back.
   * @throws ProviderError `invalid_request` for one that does not wait for a token, or whose token is being passed on;
   * `unavailable` while its account rests, as it does after `unauthorized` or `rate_limited` here; as
   * `CancelService.confirm` if nothing happened: it waits as before; `outcome_unknown` only if the outcome could not be
   * written: it is read back later.
   */
  confirm(id: string, decision: Choice & { readonly token: string }): Promise<QueuedCancellation>;

  /**
   * Takes a proposed or planned one out of the queue: it is `refused`, with the code `aborted`; `rejected` if it was sent before
   * without a known outcome.
   *
   * @throws ProviderError `invalid_request` for one that is neither any more.
   */
  withdraw(id: string, decision: Choice): Promise<void>;

  /**
   * Lets an account go on that rests, such as after its credentials were refused, with what was held, or not read, because
   * it led to another place: that is compared anew.
   */
  resume(account: AccountKey<A>): Promise<void>;

  /**
   * After a failover or a restored backup, before a worker starts: turns every open cancellation of these accounts that
   * may have been sent since a time into `unknown`, so that it is read back first. See docs/queue.md.
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
   * @param options `after`: the cursor to continue from, of a change or of the last call; `latest` returns no changes, and
   * the cursor behind the newest one; default: from the oldest that is kept. `limit`: at most so many, default 100.
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
