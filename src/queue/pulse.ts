import type { QueryClient } from './database.ts';
import { toJob, type Jobs } from './jobs.ts';

/** Where workers say that they are alive. */
export interface PulseContext {
  readonly schema: string;
  readonly jobs: Jobs;
  /** The accounts that there are here. */
  readonly readable: ReadonlyMap<string, unknown>;
}

/**
 * Notes that a worker is alive, for so many milliseconds without another word of it. Also notices a clock of the
 * database that was set back since a worker last did so, and brings what was to end by the old time to the new one: no
 * rest and no lease gets longer.
 */
export async function pulse(
  client: QueryClient,
  context: PulseContext,
  worker: string,
  aliveForMs: number,
): Promise<void> {
  const { schema } = context;
  const { rows } = await client.query(
    `WITH last AS (
       SELECT max(seen_at) AS at FROM ${schema}.worker
     ), gone AS (
       DELETE FROM ${schema}.worker
       WHERE alive_until < clock_timestamp() - interval '1 day' AND seen_at < (SELECT at FROM last)
     ), own AS (
       INSERT INTO ${schema}.worker AS w (id, seen_at, alive_until)
       VALUES ($1, clock_timestamp(), clock_timestamp() + $2 * interval '1 millisecond')
       ON CONFLICT (id) DO UPDATE SET seen_at = EXCLUDED.seen_at, alive_until = EXCLUDED.alive_until
     )
     SELECT COALESCE(at > clock_timestamp() + interval '1 second', false) AS went_back FROM last`,
    [worker, aliveForMs],
  );
  if (rows[0]?.['went_back'] === true) await followClock(client, context);
}

/** A worker has stopped. The newest sign of life stays, since it tells when the clock is set back. */
export async function endPulse(client: QueryClient, schema: string, worker: string): Promise<void> {
  await client.query(`UPDATE ${schema}.worker SET alive_until = seen_at WHERE id = $1`, [worker]);
  await client.query(
    `DELETE FROM ${schema}.worker WHERE alive_until <= clock_timestamp() AND seen_at < (SELECT max(seen_at) FROM ${schema}.worker)`,
  );
}

async function followClock(client: QueryClient, { schema, jobs, readable }: PulseContext): Promise<void> {
  // Each row says by when it was written, and so how far ahead of the clock its times are. A time that a caller named is
  // the caller's, and stays: only a row that has been taken up has other ones.
  const { rows } = await client.query(
    `WITH ahead AS (
       SELECT id, updated_at - clock_timestamp() AS by FROM ${schema}.cancellation
       WHERE updated_at > clock_timestamp() AND state IN ('planned', 'intent', 'sent', 'unknown') FOR UPDATE
     )
     UPDATE ${schema}.cancellation c SET
       updated_at = c.updated_at - by, lease_until = c.lease_until - by, sent_at = c.sent_at - by,
       unknown_since = c.unknown_since - by, first_failed_at = c.first_failed_at - by,
       not_before = CASE WHEN c.tries > 0 THEN c.not_before - by ELSE c.not_before END
     FROM ahead WHERE c.id = ahead.id
     RETURNING c.id, c.account, c.priority, c.state, c.needs_person, c.not_before`,
  );
  const waiting = rows.filter(
    ({ account, state, needs_person }) =>
      (state === 'planned' || state === 'unknown') && needs_person === false && readable.has(String(account)),
  );
  await jobs.add(client, waiting.map(toJob));
  await client.query(
    `UPDATE ${schema}.account SET paused_until = paused_until - (paused_at - clock_timestamp()), paused_at = clock_timestamp()
     WHERE paused_at > clock_timestamp()`,
  );
  await client.query(`UPDATE ${schema}.start SET at = clock_timestamp() WHERE at > clock_timestamp()`);
  await client.query(`DELETE FROM ${schema}.worker WHERE seen_at > clock_timestamp()`);
}
