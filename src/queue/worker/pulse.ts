import type { QueryClient } from '../database/database.ts';
import { type Jobs, toJobs } from '../ledger/jobs.ts';
import { FOLLOWED_STATES, OPEN_STATES, sqlList } from '../model/state.ts';

/** Where workers say that they are alive. */
export interface PulseContext {
  readonly schema: string;
  readonly jobs: Jobs;
  /** The accounts that there are here. */
  readonly readable: ReadonlyMap<string, unknown>;
}

interface Seen {
  /** The newest sign of life, of any worker, that lay in the future and has been dealt with. */
  readonly followed: number | undefined;
  /** The last sign of this worker. Both in milliseconds since the epoch, by the database's clock. */
  readonly last: number;
}

/** The signs of life of one worker, which also show that the database's clock was set back. */
export class Pulse {
  readonly #worker: string;
  #known: Seen = { followed: undefined, last: -Infinity };
  #written: Seen = this.#known;

  constructor(worker: string) {
    this.#worker = worker;
  }

  /**
   * Notes that the worker is alive, for so many milliseconds without another sign. If the database's clock was set back
   * since any worker did so, what was to end by the old time is brought to the new one: no rest and no lease gets
   * longer.
   */
  async beat(client: QueryClient, context: PulseContext, aliveForMs: number): Promise<void> {
    const { schema } = context;
    const { rows } = await client.query(
      `WITH last AS (
         SELECT max(seen_at) AS at FROM ${schema}.worker
       ), gone AS (
         DELETE FROM ${schema}.worker
         WHERE id <> $1 AND alive_until < clock_timestamp() - interval '1 day' AND seen_at < (SELECT at FROM last)
       ), own AS (
         INSERT INTO ${schema}.worker AS w (id, seen_at, alive_until)
         VALUES ($1, clock_timestamp(), clock_timestamp() + $2 * interval '1 millisecond')
         ON CONFLICT (id) DO UPDATE SET seen_at = EXCLUDED.seen_at, alive_until = EXCLUDED.alive_until
       )
       SELECT extract(epoch FROM at)::float8 * 1000 AS newest, extract(epoch FROM clock_timestamp())::float8 * 1000 AS now
       FROM last`,
      [this.#worker, aliveForMs],
    );
    const newest = Number(rows[0]?.['newest'] ?? -Infinity);
    const now = Number(rows[0]?.['now']);
    const isAhead = newest > now + TOLERANCE_MS;
    // That sign of life stays, for workers that have other accounts: each of them deals with its own.
    const { followed, last } = this.#known;
    if ((isAhead && newest !== followed) || last > now + TOLERANCE_MS) await followClock(client, context);
    this.#written = { followed: isAhead ? newest : undefined, last: now };
  }

  /** What was written with the last {@link beat} has been committed. */
  committed(): void {
    this.#known = this.#written;
  }

  /** The worker has stopped. The newest sign of life stays, since it tells when the clock is set back. */
  async end(client: QueryClient, schema: string): Promise<void> {
    await client.query(`UPDATE ${schema}.worker SET alive_until = seen_at WHERE id = $1`, [this.#worker]);
    await client.query(
      `DELETE FROM ${schema}.worker
       WHERE alive_until <= clock_timestamp() AND seen_at < (SELECT max(seen_at) FROM ${schema}.worker)`,
    );
  }
}

// Clocks are slewed all the time.
const TOLERANCE_MS = 1_000;

async function followClock(client: QueryClient, { schema, jobs, readable }: PulseContext): Promise<void> {
  const accounts = [...readable.keys()];
  // Each row says by when it was written, and so how far ahead of the clock its times are. A time that a caller named
  // is the caller's, and stays: only a row that has been taken up has other ones.
  const { rows } = await client.query(
    `WITH ahead AS (
       SELECT id, updated_at - clock_timestamp() AS by FROM ${schema}.cancellation
       WHERE updated_at > clock_timestamp()
         AND (state IN ${sqlList(OPEN_STATES)} OR (state IN ${sqlList(FOLLOWED_STATES)} AND not_before IS NOT NULL))
         AND account = ANY($1::text[]) FOR UPDATE
     )
     UPDATE ${schema}.cancellation c SET
       updated_at = c.updated_at - by, lease_until = c.lease_until - by, sent_at = c.sent_at - by,
       unknown_since = c.unknown_since - by, followed_since = c.followed_since - by, first_failed_at = c.first_failed_at - by,
       not_before = CASE WHEN c.tries > 0 THEN c.not_before - by ELSE c.not_before END
     FROM ahead WHERE c.id = ahead.id
     RETURNING c.id, c.account, c.priority, c.state, c.needs_person, c.not_before`,
    [accounts],
  );
  const waiting = rows.filter(
    ({ state, needs_person }) => (state === 'planned' || state === 'unknown') && needs_person === false,
  );
  await jobs.add(client, toJobs(waiting));
  await client.query(
    `UPDATE ${schema}.account SET paused_until = paused_until - (paused_at - clock_timestamp()), paused_at = clock_timestamp(),
       turned_away_since = LEAST(turned_away_since, clock_timestamp())
     WHERE paused_at > clock_timestamp()`,
  );
  await client.query(`UPDATE ${schema}.start SET at = clock_timestamp() WHERE at > clock_timestamp()`);
}
