import { groupBy } from '../../platform/deferred.ts';
import { type Database, DatabaseFailure, type QueryClient, type Row } from '../database/database.ts';
import { loadPeer } from '../database/peer.ts';
import { isFollowedState } from '../model/state.ts';
import { makeSchema } from './migrate.ts';

/** When a cancellation is to be taken up. */
export interface Job {
  /** The id of the cancellation. */
  readonly id: string;
  readonly account: string;
  readonly priority: number;
  /** ISO 8601; left out: now. */
  readonly startAfter: string | undefined;
}

/**
 * The jobs of rows of the ledger, at the times that the rows name. A followed cancellation has no job: the ledger
 * itself says when it is read, and a job would be kept for months until then.
 */
export function toJobs(rows: readonly Row[]): readonly Job[] {
  return rows
    .filter(({ state }) => !isFollowedState(String(state)))
    .map(({ id, account, priority, not_before }) => ({
      id: String(id),
      account: String(account),
      priority: Number(priority),
      // Rounded up: a job that comes early finds a row that is not due yet.
      startAfter: not_before instanceof Date ? new Date(not_before.getTime() + 1).toISOString() : undefined,
    }));
}

/** A job that has been taken. */
export interface TakenJob {
  /** The id of the job itself. */
  readonly job: string;
  /** The id of the cancellation. */
  readonly id: string;
  readonly account: string;
}

/** The jobs of a queue: which cancellation is due, in which order. What is to be done with it, the ledger knows. */
export interface Jobs {
  /** Adds jobs within a transaction. */
  add(client: QueryClient, jobs: readonly Job[]): Promise<void>;

  /**
   * Takes up to `count` due jobs of an account, within a transaction. Once that is committed, no other worker is given
   * them; they are there until they are removed.
   */
  take(client: QueryClient, account: string, count: number): Promise<readonly TakenJob[]>;

  /** Removes jobs that were taken. One that is not removed is handed out again later; the ledger recognizes it. */
  remove(client: QueryClient, jobs: readonly TakenJob[]): Promise<void>;

  close(): Promise<void>;
}

// A job waits for as long as it has to: a cancellation for next year is not to vanish.
const TEN_YEARS = 315_360_000;

// What goes in one statement.
const AT_ONCE = 1_000;

/** Opens the jobs, which pg-boss keeps in a schema of their own. */
export async function openJobs(
  database: Database,
  schema: string,
  accounts: readonly string[],
  onError: (error: unknown) => void,
): Promise<Jobs> {
  const { PgBoss } = await loadPeer('pg-boss', () => import('pg-boss'));
  const start = async (): Promise<InstanceType<typeof PgBoss>> => {
    const boss = new PgBoss({
      db: executorOf(database),
      schema,
      backend: database.kind,
      // The schema is there: pg-boss would ask for the right to make schemas all the same.
      createSchema: false,
      schedule: false,
      registerInstance: false,
      openTelemetry: { enabled: false },
    });
    boss.on('error', onError);
    try {
      await database.transaction((client) => makeSchema(client, schema));
      await boss.start();
      for (const account of accounts) await boss.createQueue(queueOf(account), { retentionSeconds: TEN_YEARS });
    } catch (error) {
      await boss.stop({ graceful: false, close: false });
      throw error;
    }
    return boss;
  };
  const boss = await unlessMadeElsewhere(start);
  return {
    add: async (client, jobs) => {
      const db = executorOf(client);
      for (const [account, own] of groupBy(jobs, (job) => job.account)) {
        const rows = own.map(({ id, priority, startAfter }) => ({
          data: { id },
          priority,
          ...(startAfter === undefined ? {} : { startAfter }),
        }));
        for (let start = 0; start < rows.length; start += AT_ONCE) {
          await boss.insert(queueOf(account), rows.slice(start, start + AT_ONCE), { db });
        }
      }
    },
    take: async (client, account, count) => {
      const db = executorOf(client);
      const taken = await boss.fetch<{ readonly id: string }>(queueOf(account), { batchSize: count, db });
      return taken.map(({ id: job, data }) => ({ job, id: data.id, account }));
    },
    remove: async (client, jobs) => {
      const db = executorOf(client);
      for (const [account, own] of groupBy(jobs, (job) => job.account)) {
        const ids = own.map(({ job }) => job);
        await boss.deleteJob(queueOf(account), ids, { db });
      }
    },
    close: () => boss.stop({ graceful: false, close: false }),
  };
}

/**
 * pg-boss fails if another process makes its tables at the same moment. That has made them once it has failed, so it
 * is started again. A lock around it would need a second connection, which not every server gives.
 */
async function unlessMadeElsewhere<Value>(start: () => Promise<Value>): Promise<Value> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await start();
    } catch (error) {
      const failure = error instanceof DatabaseFailure ? error : new DatabaseFailure(error, 'no');
      if (failures >= STARTS || !MADE_ELSEWHERE.test(failure.code)) throw failure;
    }
  }
}

// Duplicate objects and keys, and what is seen of tables that come or go meanwhile.
const MADE_ELSEWHERE = /^(?:23505|42710|42P0[67]|42723|22012|40P01|XX000)$/;
const STARTS = 5;

/** pg-boss allows fewer characters in a queue's name than an account's name may have. */
function queueOf(account: string): string {
  return /^[\w.-]{1,64}$/.test(account) ? `account/${account}` : `hex/${Buffer.from(account).toString('hex')}`;
}

interface Executor {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: object[] }>;
}

function executorOf(client: QueryClient | Database): Executor {
  return {
    executeSql: async (text, values) => {
      const isScript = (values === undefined || values.length === 0) && 'script' in client;
      const result = await (isScript ? client.script(text) : client.query(text, values));
      return isScript ? result : { rows: result.rows };
    },
  };
}
