import * as v from 'valibot';
import type { ProviderError } from '../../contract/provider-error.ts';
import type { CancelResult, SafeResult } from '../../contract/result.ts';
import type { LastSeen } from '../../contract/vocabulary.ts';
import type { Row } from '../database/database.ts';
import type { StoredRequest } from '../model/claimed.ts';
import type { FollowEnd } from '../model/follow-plan.ts';
import { isFollowedState, type WhenAbsent, WHEN_ABSENT, QUEUE_STATES, type QueueState } from '../model/state.ts';
import { count, storedRequest } from './claimed-row.ts';
import type { HistoryEntry } from './history.ts';
import type { NextFollow } from './next-state.ts';
import { storedError, storedResult } from './stored-outcome.ts';

/** A cancellation in the queue, as `get` and `list` show it. */
export interface QueuedCancellation {
  readonly id: string;
  readonly account: string;
  readonly provider: string;
  /** The same for two requests that ask for the same, whatever their ids: what an approval is bound to. */
  readonly fingerprint: string;
  /** As it was enqueued. */
  readonly request: StoredRequest;
  readonly state: QueueState;
  /**
   * Whether nothing more is done by itself, and a person has to decide with `resolve` or `retry`. A planned one is held
   * because its account leads to another place: see `lastError`, `place` and `otherPlace`. With `lapsed` and `overdue`,
   * see `follow.finding`.
   */
  readonly needsPerson: boolean;
  /**
   * Its outcome, in the form of `safeCancel` and `cancelMany`. Not set while it is planned or in flight; with
   * `unknown`, an error with the code `outcome_unknown`; with `lapsed` and `overdue`, what the provider had accepted.
   */
  readonly outcome?: SafeResult<CancelResult>;
  /** While it is planned: why it has not been taken yet, if it was tried. */
  readonly lastError?: ProviderError;
  /**
   * Where its requests may go: provider and addresses, read when it was enqueued or first taken up. Left out: not known
   * yet.
   */
  readonly place?: string;
  /** The trace context that it was enqueued in. */
  readonly traceparent?: string;
  /** Where its account leads instead, with `needsPerson`; of one that is followed, where it was not read. */
  readonly otherPlace?: string;
  /** What happens if the last read-back does not find it. */
  readonly whenAbsent: WhenAbsent;
  readonly priority: number;
  /** Who asked for it. */
  readonly askedBy?: string;
  /** How it is followed, since the provider accepted it. Left out: it is not. */
  readonly follow?: FollowRecord;
  /** When it is taken up, or taken up again (ISO 8601), to be sent or read back. Left out: immediately. */
  readonly notBefore?: string;
  /** When a request of it was last handed to the network (ISO 8601). */
  readonly sentAt?: string;
  /** How often it has been taken up, to be sent or to be read back. */
  readonly tries: number;
  /** ISO 8601. */
  readonly createdAt: string;
  /**
   * When it was last changed, with microseconds: `2026-05-01T10:00:00.123456Z`. Two changes never have the same one, so
   * a decision can be bound to it (`ifUpdatedAt`).
   */
  readonly updatedAt: string;
}

/** How a cancellation is followed until its service is over. */
export interface FollowRecord {
  /** Since when (ISO 8601). */
  readonly since: string;
  /** When it is read next (ISO 8601). Left out: never; the service is over, a person decides, or it has `ended`. */
  readonly nextAt?: string;
  /** When it was read last (ISO 8601), and what that showed; `absent`: the provider has no such service. */
  readonly readAt?: string;
  readonly lastSeen?: LastSeen;
  /** With `lapsed` and `overdue`: what was found, in words for an operator. */
  readonly finding?: string;
  /** The readings ended without showing that the service is over, and why. */
  readonly ended?: FollowEnd;
}

/** A cancellation with all that has happened to it, oldest first. */
export interface QueuedCancellationWithHistory extends QueuedCancellation {
  readonly history: readonly HistoryEntry[];
}

const iso = v.pipe(
  v.date(),
  v.transform((date) => date.toISOString()),
);

/** Columns for a record, besides its own: when it was changed, to the microsecond, which a `Date` does not hold. */
export const UPDATED: string = `to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated`;

/**
 * The time of a change, never that of the change before: the clock of the embedded database counts milliseconds. What
 * lies further ahead was written before the clock was set back, and says nothing of now.
 *
 * @param updatedAt the column.
 */
export function changedAt(updatedAt = 'updated_at'): string {
  return `CASE WHEN ${updatedAt} >= clock_timestamp() AND ${updatedAt} < clock_timestamp() + interval '1 millisecond'
    THEN ${updatedAt} + interval '1 microsecond' ELSE clock_timestamp() END`;
}

const schema = v.object({
  id: v.string(),
  account: v.string(),
  provider: v.string(),
  fingerprint: v.string(),
  request: storedRequest,
  state: v.picklist(QUEUE_STATES),
  needs_person: v.boolean(),
  priority: v.number(),
  place: v.nullable(v.string()),
  other_place: v.nullable(v.string()),
  traceparent: v.nullable(v.string()),
  when_absent: v.picklist(WHEN_ABSENT),
  asked_by: v.nullable(v.string()),
  not_before: v.nullable(iso),
  sent_at: v.nullable(iso),
  tries: count,
  created_at: iso,
  updated: v.string(),
  result: v.nullable(storedResult),
  error: v.nullable(storedError),
  followed_since: v.nullable(iso),
  follow_read_at: v.nullable(iso),
  following: v.nullable(v.custom<NextFollow>((value) => typeof value === 'object' && value !== null)),
});

type ParsedRow = v.InferOutput<typeof schema>;

/** A cancellation out of its row. */
export function toRecord(row: Row): QueuedCancellation {
  const parsed = v.parse(schema, row);
  const { id, account, provider, fingerprint, request, state, priority, tries, result, error } = parsed;
  const isOpen = UNSETTLED.has(state);
  const follow = followOf(parsed);
  return {
    id,
    account,
    provider,
    fingerprint,
    request,
    state,
    needsPerson: parsed.needs_person,
    ...(isOpen ? {} : outcomeOf(result, error)),
    ...(isOpen && error !== null ? { lastError: error } : {}),
    ...(parsed.place === null ? {} : { place: parsed.place }),
    ...(parsed.traceparent === null ? {} : { traceparent: parsed.traceparent }),
    ...(parsed.other_place === null ? {} : { otherPlace: parsed.other_place }),
    whenAbsent: parsed.when_absent,
    priority,
    ...(parsed.asked_by === null ? {} : { askedBy: parsed.asked_by }),
    ...(follow === undefined ? {} : { follow }),
    ...(parsed.not_before === null || isFollowedState(state) ? {} : { notBefore: parsed.not_before }),
    ...(parsed.sent_at === null ? {} : { sentAt: parsed.sent_at }),
    tries,
    createdAt: parsed.created_at,
    updatedAt: parsed.updated,
  };
}

const UNSETTLED: ReadonlySet<QueueState> = new Set(['proposed', 'planned', 'intent', 'sent']);

function followOf({
  followed_since,
  follow_read_at,
  following,
  not_before,
  state,
}: ParsedRow): FollowRecord | undefined {
  if (followed_since === null) return undefined;
  const { seen, finding, ended } = following ?? {};
  return {
    since: followed_since,
    ...(not_before === null || !isFollowedState(state) ? {} : { nextAt: not_before }),
    ...(follow_read_at === null ? {} : { readAt: follow_read_at }),
    ...(seen === undefined ? {} : { lastSeen: seen }),
    ...(finding === undefined ? {} : { finding }),
    ...(ended === undefined ? {} : { ended }),
  };
}

function outcomeOf(
  result: CancelResult | null,
  error: ProviderError | null,
): { readonly outcome?: SafeResult<CancelResult> } {
  if (result !== null) return { outcome: { ok: true, result } };
  return error === null ? {} : { outcome: { ok: false, error } };
}

const entrySchema = v.object({
  at: v.pipe(
    v.string(),
    v.transform((time) => new Date(time).toISOString()),
  ),
  type: v.string(),
  data: v.record(v.string(), v.unknown()),
});

/** A line of history out of the JSON of the database. */
export function toStoredEntry(entry: unknown): HistoryEntry {
  return v.parse(entrySchema, entry);
}
