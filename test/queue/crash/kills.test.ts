import { describe, expect, it } from 'vitest';
import { startPglite, startPostgres } from '../support/databases.ts';
import { freshSchema, openTables } from '../support/open-queue.ts';
import { runKills } from './kill-campaign.ts';

const KILLS = 8;
const JOBS = 500;

const CLOCKS = [
  ['right', 0],
  ['30 minutes ahead and behind in turn', 30 * 60_000],
] as const;
// Only the processes that are killed open the directory.
const DATABASES = [
  ['PGlite', startPglite],
  ['PostgreSQL', startPostgres],
] as const;
const CASES = CLOCKS.flatMap(([clocks, clocksOffMs]) =>
  DATABASES.map(([name, open]) => ({ name, open, clocks, clocksOffMs })),
);

// Two hundred times each, with a control, is `npm run test:crash`.
describe('a worker that is killed at random moments', () => {
  it.concurrent.each(CASES)(
    'loses no cancellation on $name, carries none out twice, and says of none what is not so; clocks are $clocks',
    async ({ open, clocksOffMs }) => {
      await using database = await open();
      const schema = freshSchema();
      const { kills, leftAtLastKill, verdict, followed, onceInTheEnd } = await runKills({
        database: database.address,
        schema,
        kills: KILLS,
        jobs: JOBS,
        seed: 'npm test',
        clocksOffMs,
      });
      expect(kills.opening + kills.working + kills.stopping).toBe(KILLS);
      // Where nothing is in flight, a kill proves nothing.
      expect(kills.requestsHit).toBeGreaterThan(0);
      expect(leftAtLastKill).toBeGreaterThan(0);
      expect(verdict).toMatchObject({ jobs: JOBS, duplicates: 0, sentTwice: 0, lost: 0, wrong: 0, examples: [] });
      // Two of three accounts can be read; what a read-back found over already is not followed.
      expect(followed).toBeGreaterThan(JOBS / 4);
      expect(onceInTheEnd).toBe(JOBS);
      await using tables = await openTables(database);
      await tables.query(`DROP SCHEMA ${schema}, ${schema}_jobs CASCADE`);
    },
    300_000,
  );
});
