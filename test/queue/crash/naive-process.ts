/**
 * The control: a worker that delivers at least once, as job queues do. It takes jobs, sends, and marks them as done
 * afterwards; what a killed worker had taken is taken again once its time is over.
 */
import pg from 'pg';
import { endWithParent } from './end-with-parent.ts';

/** Its options, as JSON on its command line. */
export interface NaiveOptions {
  readonly url: string;
  readonly database: string;
  readonly concurrency: number;
  readonly untilSettled: boolean;
}

const { url, database, concurrency, untilSettled }: NaiveOptions = JSON.parse(process.argv[2] ?? '{}');
endWithParent();
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const client = new pg.Client({ connectionString: database });
await client.connect();
while (!stop.signal.aborted) {
  const { rows } = await client.query<{ readonly id: string }>(
    `UPDATE public.naive_job SET expires_at = clock_timestamp() + interval '2 seconds'
     WHERE id IN (SELECT id FROM public.naive_job WHERE NOT done AND (expires_at IS NULL OR expires_at < clock_timestamp())
       LIMIT $1 FOR UPDATE SKIP LOCKED) RETURNING id`,
    [concurrency],
  );
  await Promise.all(
    rows.map(async ({ id }) => {
      const { ok } = await fetch(`${url}/services/${id}`, { method: 'DELETE' });
      if (ok) await client.query('UPDATE public.naive_job SET done = true WHERE id = $1', [id]);
    }),
  );
  const { rowCount } = await client.query('SELECT 1 FROM public.naive_job WHERE NOT done LIMIT 1');
  if (untilSettled && rowCount === 0) break;
}
await client.end();
