import type { Database, QueryClient } from '../database/database.ts';
import { encodingOf, lossySettings } from '../database/session-settings.ts';
import { versionsOf } from '../ledger/migrate.ts';
import { MIGRATIONS } from '../ledger/migrations.ts';
import { compareClocks } from './clock.ts';
import { failed, type Finding, ok, warning } from './finding.ts';

/** Looks at the tables of a queue, at its workers and at the settings of its database. Changes nothing. */
export async function examineTables(database: Database, schema: string): Promise<readonly Finding[]> {
  const version = Math.max(0, ...(await versionsOf(database, schema)));
  return [
    await examineDatabase(database),
    migrations(version, schema),
    ...(version === 0 ? [] : [await examineJobs(database, schema)]),
    // The table of workers came with the third version.
    version < 3 ? warning('worker', 'not checked: there are no tables yet') : await examineWorkers(database, schema),
    database.kind === 'pglite'
      ? ok('clock', 'the embedded database uses this machine’s clock')
      : await compareClocks(database),
    await examineDurability(database),
  ];
}

async function examineDatabase(database: Database): Promise<Finding> {
  const { rows } = await database.query(
    `SELECT current_setting('server_version') AS version, pg_is_in_recovery() AS standby`,
  );
  const [{ version, standby } = {}] = rows;
  const name = database.kind === 'pglite' ? 'embedded PostgreSQL' : 'PostgreSQL';
  const encoding = await encodingOf(database);
  if (encoding !== 'UTF8' && encoding !== 'SQL_ASCII') {
    return failed(
      'database',
      `its encoding is ${encoding}, which lacks characters`,
      'Use a database with the encoding UTF8.',
    );
  }
  if (standby === true) {
    return failed('database', `${name} ${String(version)} is a standby, which only reads`, 'Name the primary.');
  }
  return ok('database', `${name} ${String(version)} answers`);
}

function migrations(version: number, schema: string): Finding {
  const known = MIGRATIONS.length;
  const found = `the tables in the schema ${schema} have version ${version}, and this cancelkit knows ${known}`;
  if (version === known)
    return ok('migrations', `the tables in the schema ${schema} have version ${version}, as they should`);
  if (version > known)
    return failed('migrations', found, 'Update cancelkit here: workers of this version cannot use them.');
  if (version === 0) {
    return warning(
      'migrations',
      `there are no tables in the schema ${schema}`,
      'cancelkit queue add or work makes them.',
    );
  }
  return warning(
    'migrations',
    found,
    'Stop the workers of the older version; the next process that opens the queue migrates.',
  );
}

/** The jobs are pg-boss's own tables. Without them, nothing that is planned is ever taken up. */
async function examineJobs(client: QueryClient, schema: string): Promise<Finding> {
  const { rows } = await client.query('SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = $2', [
    `${schema}_jobs`,
    'job',
  ]);
  if (rows.length > 0) return ok('jobs', `the tables of pg-boss are in the schema ${schema}_jobs`);
  return failed(
    'jobs',
    `the tables of pg-boss are not in the schema ${schema}_jobs`,
    'The next process that opens the queue with the right to do so makes them. If they were dropped, see docs/queue-recovery.md on restored backups.',
  );
}

async function examineWorkers(client: QueryClient, schema: string): Promise<Finding> {
  // What lies in the future by this database's clock was written by another clock, and is no sign of life.
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE alive_until > clock_timestamp() AND seen_at <= clock_timestamp() + interval '1 second')::int AS alive,
       extract(epoch FROM clock_timestamp() - max(seen_at))::float8 AS ago FROM ${schema}.worker`,
  );
  const alive = Number(rows[0]?.['alive']);
  const ago = rows[0]?.['ago'];
  return workers(
    alive,
    typeof ago === 'number' ? `the last sign of one is ${Math.max(0, Math.round(ago))} seconds old` : undefined,
  );
}

/** What is said of so many workers that are alive. */
export function workers(alive: number, last?: string): Finding {
  if (alive > 0) return ok('worker', alive === 1 ? 'one worker is alive' : `${alive} workers are alive`);
  return warning(
    'worker',
    `no worker is alive${last === undefined ? '' : `; ${last}`}`,
    'Start one: cancelkit queue work. Without one, nothing in the queue is sent.',
  );
}

async function examineDurability(database: Database): Promise<Finding> {
  if (database.kind === 'pglite') {
    return warning(
      'durability',
      'the embedded database does not wait for the disk: it survives a kill, and may lose the last moments if the power fails',
      'Use PostgreSQL where that matters.',
    );
  }
  const lossy = await lossySettings(database);
  if (lossy.length > 0) {
    return failed(
      'durability',
      `the server runs with ${lossy.map((name) => `${name} = off`).join(' and ')}, so a power cut may lose or break what is in the queue`,
      'Set it to on.',
    );
  }
  // The queue's own transactions raise it, so the value of this session says nothing.
  const { rows } = await database.query(`SELECT reset_val FROM pg_settings WHERE name = 'synchronous_commit'`);
  const set = String(rows[0]?.['reset_val']);
  return ok(
    'durability',
    set === 'off'
      ? 'fsync and full_page_writes are on; synchronous_commit is off, and the queue raises it for its own transactions'
      : `fsync and full_page_writes are on, and synchronous_commit is ${set}`,
  );
}
