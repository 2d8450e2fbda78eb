import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { steadyConduct } from './crash/conduct.ts';
import { runTeam, type TeamPlan, type TeamTally } from './crash/worker-team.ts';
import { startPostgres, type TestDatabase } from './support/databases.ts';
import { freshSchema, openTables } from './support/open-queue.ts';

const JOBS = 60;
const LATENCY_MS = 20;
// Time to do wrong in: several looks for what is due.
const ROUNDS_MS = 500;

describe('worker processes on one PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startPostgres();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  async function run(plan: Omit<TeamPlan, 'database' | 'schema' | 'jobs' | 'concurrency'>): Promise<TeamTally> {
    const schema = freshSchema();
    const tally = await runTeam({ database: database.address, schema, jobs: JOBS, concurrency: 2, ...plan });
    await using tables = await openTables(database);
    await tables.query(`DROP SCHEMA ${schema}, ${schema}_jobs CASCADE`);
    return tally;
  }

  /**
   * The provider answers the first request, since a worker sends one alone until the account has answered. It holds the
   * others until so many are there concurrently, and for a while more.
   */
  async function runHeld(workers: number, atOnce: number): Promise<TeamTally> {
    const { promise: heldUntil, resolve: open } = Promise.withResolvers<void>();
    let asked = 0;
    return await run({
      workers,
      limit: { concurrency: 4 },
      conductOf: () => {
        asked += 1;
        return { ...steadyConduct(LATENCY_MS)(), ...(asked === 1 ? {} : { heldUntil }) };
      },
      meanwhile: async (provider) => {
        await provider.atOnce(atOnce);
        await delay(ROUNDS_MS);
        open();
      },
    });
  }

  const once = { jobs: JOBS, executed: JOBS, duplicates: 0, sentTwice: 0, lost: 0, wrong: 0 };

  it('run no more concurrently than one of them may, if there is one', async () => {
    const { verdict, mostAtOnce } = await runHeld(1, 2);
    expect(mostAtOnce).toBe(2);
    expect(verdict).toMatchObject(once);
  }, 60_000);

  it('run more concurrently if there are three, up to the limit of the account and never more', async () => {
    const { verdict, mostAtOnce } = await runHeld(3, 4);
    expect(mostAtOnce).toBe(4);
    expect(verdict).toMatchObject(once);
  }, 60_000);

  it('start no more in any time than the account allows, all together', async () => {
    const rate = { count: 20, perMs: 1_500 };
    const { verdict, begunAt } = await run({
      workers: 3,
      limit: { concurrency: 6, rate },
      conductOf: steadyConduct(LATENCY_MS),
    });
    expect(verdict).toMatchObject(once);
    expect(begunAt).toHaveLength(JOBS);
    // By the ledger's own clock: what the provider sees comes over the network, and two that were started far enough
    // apart may arrive closer together.
    const tooSoon = begunAt.filter((at, index) => at - (begunAt[index - rate.count] ?? -Infinity) < rate.perMs - 1);
    expect(tooSoon).toEqual([]);
  }, 60_000);
});
