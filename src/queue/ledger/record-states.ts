import { CANCEL_OUTCOMES } from '../../contract/outcome.ts';
import { groupBy } from '../../platform/deferred.ts';
import type { QueryClient } from '../database/database.ts';
import { FOLLOWED_STATES, isFollowedState, sqlList } from '../model/state.ts';
import { msSince, writeHistory, type NewEntry } from './history.ts';
import type { Job, Jobs } from './jobs.ts';
import { toJsonb } from './jsonb.ts';
import { type NextState, seenOf } from './next-state.ts';
import { changedAt } from './record.ts';
import { letRest } from './rest.ts';
import { bringBack, REFUSED_FOR_ABSENCE } from './settled.ts';

/** The state of a cancellation on its way into the ledger. */
export interface RecordedState extends NextState {
  readonly id: string;
  readonly account: string;
  readonly claim: number;
  readonly priority: number;
  /** `send`: a yes is the provider's own, see {@link LATE_YES}. */
  readonly task: 'send' | 'read' | 'follow';
  /** When a request was last handed to the network (`performance.now`). */
  readonly handedOver: number | undefined;
}

/** Writes the new states, the history that led to them, and the jobs that follow from them. */
export async function recordStates(
  client: QueryClient,
  schema: string,
  jobs: Jobs,
  settled: readonly RecordedState[],
  history: readonly NewEntry[] = [],
): Promise<void> {
  // One statement changes a row once, and would choose between two outcomes by itself.
  const seen = new Set<string>();
  const repeated = settled.filter(({ id }) => seen.has(id) || !seen.add(id));
  if (repeated.length > 0) {
    await recordStates(
      client,
      schema,
      jobs,
      settled.filter((one) => !repeated.includes(one)),
      history,
    );
    return await recordStates(client, schema, jobs, repeated);
  }
  const lines = groupBy(history, ({ id }) => id);
  const written = await update(client, schema, settled, lines);
  if (written.size < settled.length) {
    // A worker that was cut off for days reports on what has been moved to its month.
    const late = settled.filter(({ id, task, result }) => task === 'send' && result !== undefined && !written.has(id));
    const ids = late.map(({ id }) => id);
    const back = await bringBack(client, schema, ids, REFUSED_FOR_ABSENCE);
    const found = late.filter(({ id }) => back.has(id));
    for (const [id, next] of await update(client, schema, found, lines)) written.set(id, next);
    await keepYes(
      client,
      schema,
      late.filter(({ id }) => !written.has(id)),
    );
  }
  const tooLate = settled.filter(({ id }) => !written.has(id)).map((one) => settledLine(one, 'late_outcome'));
  await writeHistory(client, schema, [...history.filter(({ id }) => !written.has(id)), ...tooLate]);
  await jobs.add(
    client,
    settled.filter(({ id }) => written.has(id)).flatMap((one) => jobsOf(one, written.get(one.id))),
  );
}

/**
 * Writes settlements and their lines of history in one statement.
 *
 * @returns those that were written, and when each is taken up again
 */
async function update(
  client: QueryClient,
  schema: string,
  settled: readonly RecordedState[],
  lines: ReadonlyMap<string, readonly NewEntry[]>,
): Promise<Map<string, Date | undefined>> {
  if (settled.length === 0) return new Map();
  // States are compared within CASE so that the planner, which knows nothing of a new table, finds the rows by their
  // ids, and does not read all that are in a state.
  const { rows } = await client.query(
    `WITH clock AS MATERIALIZED (
       SELECT date_trunc('milliseconds', clock_timestamp()) AS now
     ), given AS (
       SELECT clock.now, x.*,
         date_trunc('milliseconds', clock.now + x."nextInMs" * interval '1 millisecond') AS next,
         clock.now - x."sentAgoMs" * interval '1 millisecond' AS "sentAt"
       FROM clock, jsonb_to_recordset($1::jsonb) AS x(id text, account text, claim bigint, task text, state text,
         result jsonb, error jsonb, "nextInMs" float8, "retryInMs" float8, "sentAgoMs" float8, "hasFailed" boolean,
         "readBackAttempts" integer, "needsPerson" boolean, "pauseMs" float8, "pauseBecause" text, "isTurnedAway" boolean, "isLetIn" boolean, "isSentAgain" boolean,
         "otherPlace" text, "sentTo" text, follow jsonb, lines jsonb)
     ), paused AS (
       ${letRest(
         schema,
         `SELECT account, now, max("pauseMs") AS "pauseMs", bool_or("isTurnedAway") AS "isTurnedAway",
            (array_agg("pauseBecause" ORDER BY "pauseMs" DESC))[1] AS "pauseBecause"
          FROM given WHERE "pauseMs" IS NOT NULL GROUP BY account, now ORDER BY account`,
       )}
     ), let_in AS (
       UPDATE ${schema}.account a SET turned_away = 0, turned_away_since = NULL
       WHERE a.turned_away > 0 AND a.name IN (SELECT account FROM given WHERE "isLetIn")
         AND a.name NOT IN (SELECT account FROM given WHERE "pauseMs" IS NOT NULL)
     ), changed AS (
     UPDATE ${schema}.cancellation c SET
       state = x.state, needs_person = x."needsPerson", readings = x."readBackAttempts",
       error = x.error || jsonb_strip_nulls(jsonb_build_object(
         'retryAt', ${iso(`x.now + x."retryInMs" * interval '1 millisecond'`)},
         'sentAt', CASE WHEN x.error->'sentAt' IS NOT NULL THEN ${iso('COALESCE(x."sentAt", c.sent_at)')} END)),
       not_before = x.next, lease_until = NULL, worker = NULL, updated_at = ${changedAt('c.updated_at')},
       unknown_since = CASE x.state WHEN 'unknown' THEN COALESCE(c.unknown_since, x.now) END,
       first_failed_at = CASE x.state WHEN 'planned' THEN
         CASE WHEN x."hasFailed" THEN COALESCE(c.first_failed_at, x.now) ELSE c.first_failed_at END END,
       sent_at = CASE x.state WHEN 'planned' THEN NULL ELSE COALESCE(x."sentAt", c.sent_at) END,
       sent_again = c.sent_again OR COALESCE(x."isSentAgain", false), other_place = x."otherPlace",
       following = COALESCE(x.follow - '{begins,isRead}'::text[], c.following),
       followed_since = CASE WHEN x.follow->'begins' IS NOT NULL THEN x.now ELSE c.followed_since END,
       follow_read_at = CASE WHEN x.follow->'isRead' IS NOT NULL THEN x.now ELSE c.follow_read_at END,
       result = CASE WHEN x.result IS NULL AND c.state IN ('intent', 'sent') THEN c.result ELSE x.result END
     FROM given x
     WHERE c.id = ANY($2::text[]) AND c.id = x.id AND CASE c.state
         WHEN 'unknown' THEN c.claim = x.claim OR ${LATE_YES}
         WHEN 'refused' THEN c.readings > 0 AND ${LATE_YES}
         WHEN 'planned' THEN ${LATE_YES}
         WHEN 'intent' THEN c.claim = x.claim
         WHEN 'sent' THEN c.claim = x.claim
         WHEN 'requested' THEN ${FOLLOWED}
         WHEN 'scheduled' THEN ${FOLLOWED}
         ELSE false
       END
     RETURNING c.id, c.not_before, x.lines, x.result IS NULL AND c.result IS NOT NULL AS was_taken
     ), told AS (
       INSERT INTO ${schema}.history (cancellation_id, at, type, data)
       SELECT changed.id, clock_timestamp() - line.ago * interval '1 millisecond', line.type, CASE
         WHEN line.type IN ('settled', 'followed') THEN line.data || jsonb_strip_nulls(jsonb_build_object('next', ${iso('changed.not_before')}))
         ELSE line.data END
       FROM changed, ROWS FROM (jsonb_to_recordset(changed.lines) AS (ago float8, type text, data jsonb))
         WITH ORDINALITY AS line(ago, type, data, position)
       ORDER BY changed.id, line.position
     )
     SELECT id, not_before, was_taken FROM changed`,
    [toJsonb(settled.map((one) => toRow(one, lines.get(one.id)))), settled.map(({ id }) => id)],
  );
  const taken = rows.filter(({ was_taken }) => was_taken === true).map(({ id }) => String(id));
  if (taken.length > 0) {
    const own = settled.filter(({ id }) => taken.includes(id));
    await takeYes(client, schema, own);
  }
  return new Map(rows.map(({ id, not_before }) => [String(id), not_before instanceof Date ? not_before : undefined]));
}

/**
 * Keeps the yes to an earlier request while another request of the same cancellation is in flight: in the column of the
 * result, which is otherwise empty then.
 */
export async function keepYes(
  client: QueryClient,
  schema: string,
  late: readonly Pick<RecordedState, 'id' | 'task' | 'state' | 'result' | 'sentTo'>[],
): Promise<void> {
  if (late.length === 0) return;
  await client.query(
    `UPDATE ${schema}.cancellation c SET result = x.result
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, task text, state text, result jsonb, "sentTo" text)
     WHERE c.id = ANY($2::text[]) AND c.id = x.id
       AND CASE c.state WHEN 'intent' THEN c.result IS NULL WHEN 'sent' THEN c.result IS NULL ELSE false END
       AND ${LATE_YES}`,
    [
      toJsonb(late.map(({ id, task, state, result, sentTo }) => ({ id, task, state, result, sentTo }))),
      late.map(({ id }) => id),
    ],
  );
}

/** Settles, by the yes to an earlier request, what the request in flight did not end with a yes. */
export async function takeYes(
  client: QueryClient,
  schema: string,
  taken: readonly Pick<RecordedState, 'id' | 'followInMs'>[],
): Promise<void> {
  const { rows } = await client.query(
    `UPDATE ${schema}.cancellation c SET state = c.result->>'outcome', error = NULL, needs_person = false, readings = 0,
       unknown_since = NULL, first_failed_at = NULL, other_place = NULL, not_before = x.next, claim = c.claim + 1,
       lease_until = NULL, worker = NULL, updated_at = ${changedAt('c.updated_at')},
       followed_since = CASE WHEN x.next IS NULL THEN c.followed_since ELSE c.updated_at END,
       following = CASE WHEN x.next IS NULL THEN c.following ELSE '{}' END
     FROM (
       SELECT own.id, CASE WHEN own.result->>'outcome' IN ${sqlList(FOLLOWED_STATES)} THEN
         date_trunc('milliseconds', own.updated_at + given."followInMs" * interval '1 millisecond') END AS next
       FROM ${schema}.cancellation own JOIN jsonb_to_recordset($1::jsonb) AS given(id text, "followInMs" float8) USING (id)
       WHERE own.id = ANY($2::text[])
     ) x
     WHERE c.id = ANY($2::text[]) AND c.id = x.id RETURNING c.id, c.state`,
    [JSON.stringify(taken.map(({ id, followInMs }) => ({ id, followInMs }))), taken.map(({ id }) => id)],
  );
  await writeHistory(
    client,
    schema,
    rows.map(({ id, state }) => ({ id: String(id), type: 'settled', data: { state, needsPerson: false } })),
  );
}

/**
 * The provider's own yes to the process that sent it, from the place that the cancellation is still for. It ends
 * `unknown`, every plan to send it again, and a refusal that followed the lost outcome: after the last read-back, of a
 * later request, or because it was withdrawn. A person's `resolve` is left alone: it empties `readings`.
 */
const LATE_YES = `(x.task = 'send' AND x.state IN ${sqlList(CANCEL_OUTCOMES)}
  AND (x."sentTo" IS NULL OR c.place IS NULL OR x."sentTo" = c.place))`;

/** A reading by the claim that is at it: written once, whatever the worker repeats. */
const FOLLOWED = `(x.task = 'follow' AND c.claim = x.claim AND c.lease_until IS NOT NULL)`;

/** A time as `toISOString` writes it. */
function iso(time: string): string {
  return `to_char((${time}) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** The job that takes a cancellation up again, if it is to be. */
function jobsOf({ id, account, priority, state, needsPerson }: RecordedState, next: Date | undefined): readonly Job[] {
  if (needsPerson || (state !== 'planned' && state !== 'unknown')) return [];
  return [{ id, account, priority, startAfter: next?.toISOString() }];
}

function toRow(settled: RecordedState, lines: readonly NewEntry[] = []): Readonly<Record<string, unknown>> {
  const { handedOver, pause, priority: _priority, seen: _seen, followInMs: _followInMs, ...row } = settled;
  const own = [settledLine(settled, 'settled')];
  if (settled.isSentAgain === true) own.push({ id: settled.id, type: 'sent_again', data: {} });
  return {
    ...row,
    ...(handedOver === undefined ? {} : { sentAgoMs: msSince(handedOver) }),
    ...(pause === undefined
      ? {}
      : { pauseMs: pause.forMs, pauseBecause: pause.because, isTurnedAway: pause.isTurnedAway }),
    lines: [...lines, ...own].map(({ type, data, happened }) => ({ type, data, ago: msSince(happened) })),
  };
}

/** The line of history for a settlement. When it is taken up again is added where it is written. */
function settledLine(settled: RecordedState, type: 'settled' | 'late_outcome'): NewEntry {
  const { id, state, task, error, needsPerson, result, otherPlace } = settled;
  if (task === 'follow') return followedLine(settled, type);
  const seen = seenIn(settled);
  return {
    id,
    type,
    data: { state, code: error?.code, needsPerson, reconciled: result?.reconciled, otherPlace, seen },
  };
}

/** The same for a reading of one that is followed. */
function followedLine(
  { id, state, needsPerson, follow = {}, seen, otherPlace }: RecordedState,
  type: 'settled' | 'late_outcome',
): NewEntry {
  const { doubt, doubts, ended } = follow;
  const isStill = isFollowedState(state) && type === 'settled';
  const found = { state, seen, doubt, doubts, ended, otherPlace };
  return isStill ? { id, type: 'followed', data: found } : { id, type, data: { ...found, needsPerson } };
}

/** What was seen at the provider: by a read-back, or by the one that a call made itself. */
function seenIn({ task, state, seen, error, result }: RecordedState): RecordedState['seen'] {
  if (task === 'read') return seen;
  if (state === 'planned') return undefined;
  const existing = result?.existing ?? error?.existing;
  if (existing !== undefined) return seenOf(existing);
  if (error?.lastSeen !== undefined) return { state: error.lastSeen };
  return undefined;
}
