import { openPostgres } from '../../../src/queue/database/postgres.ts';
import { startChild } from './child.ts';
import { randomConduct } from './conduct.ts';
import type { KillPlan, KillTally } from './kill-campaign.ts';
import { killRepeatedly } from './kills.ts';
import type { NaiveOptions } from './naive-process.ts';
import { startRecordingProvider } from './recording-provider.ts';
import { judgeControl } from './verdict.ts';

/** The same kills for a worker that delivers at least once, to show that they hit something. On PostgreSQL. */
export async function runControl({
  database,
  kills,
  jobs: count,
  seed,
}: Omit<KillPlan, 'schema'>): Promise<Omit<KillTally, 'onceInTheEnd' | 'followed'>> {
  const conductOf = randomConduct(seed);
  await using provider = await startRecordingProvider((id, time) => {
    const conduct = conductOf(id, time);
    // Answers are lost by kills alone here: what is sent twice is sent twice because of them.
    return conduct.answers ? conduct : { ...conduct, execution: 'at_once', answers: true };
  });
  const jobs = Array.from({ length: count }, (_, index) => `naive-${index}`);
  const tables = await openPostgres(database);
  await tables.query(
    'CREATE TABLE public.naive_job (id text PRIMARY KEY, done boolean DEFAULT false, expires_at timestamptz)',
  );
  await tables.query('INSERT INTO public.naive_job (id) SELECT * FROM unnest($1::text[])', [jobs]);
  const options: NaiveOptions = { database, url: provider.url, concurrency: 16, untilSettled: false };
  const hit = await killRepeatedly(provider, kills, seed, () => startChild('naive-process.ts', options));
  const leftAtLastKill = count - provider.executions.size;
  await using last = startChild('naive-process.ts', { ...options, concurrency: 60, untilSettled: true });
  await last.ended;
  await provider.settled();
  const { rows } = await tables.query('SELECT id FROM public.naive_job WHERE done');
  await tables.close();
  const done = rows.map(({ id }) => String(id));
  return { kills: hit, leftAtLastKill, verdict: judgeControl(jobs, done, provider) };
}
