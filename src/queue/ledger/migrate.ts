import { ProviderError } from '../../contract/provider-error.ts';
import type { Database, QueryClient } from '../database/database.ts';
import { mendFeed } from './feed.ts';
import { MIGRATIONS, type Migration } from './migrations.ts';
import { recount } from './tally.ts';

/**
 * Brings the ledger's tables to the newest version, under a lock, so that several processes may start concurrently.
 *
 * @throws ProviderError `not_configured` if a newer version of the package made them; `unavailable` if they are of an
 * older version and a worker is at them
 */
export async function migrate(
  database: Database,
  schema: string,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  await database.transaction(async (client) => {
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`cancelkit migrate ${schema}`]);
    await makeSchema(client, schema);
    const versions = await versionsOf(client, schema);
    const found = Math.max(0, ...versions);
    if (found > migrations.length) throw tooNew(found, migrations.length);
    // A user who may not change tables works with those that are up to date.
    if (found === migrations.length) {
      // Two, if the data alone was restored into tables that existed: then everything was counted twice.
      if (versions.length > 1) {
        await recount(client, schema);
        await mendFeed(client, schema);
        await writeVersion(client, schema, found);
      }
      return;
    }
    if (found >= 3) await checkNoWorker(client, schema);
    for (const statements of migrations.slice(found)) {
      for (const step of statements(schema)) await (typeof step === 'string' ? client.query(step) : step(client));
    }
    await client.query(`CREATE TABLE IF NOT EXISTS ${schema}.version (number integer NOT NULL)`);
    await writeVersion(client, schema, migrations.length);
  });
}

async function writeVersion(client: QueryClient, schema: string, version: number): Promise<void> {
  await client.query(`DELETE FROM ${schema}.version`);
  await client.query(`INSERT INTO ${schema}.version (number) VALUES ($1)`, [version]);
}

/**
 * Checks that the tables are of this version, and changes nothing.
 *
 * @throws ProviderError `not_configured`
 */
export async function checkVersion(client: QueryClient, schema: string): Promise<void> {
  const found = Math.max(0, ...(await versionsOf(client, schema)));
  if (found === MIGRATIONS.length) return;
  if (found > MIGRATIONS.length) throw tooNew(found, MIGRATIONS.length);
  const message =
    found === 0
      ? `queue: there is no queue in the schema ${schema} of this database. Nothing was made.`
      : 'queue: the tables are of an older version. Let a process of this version that may change them open the queue first. Nothing was changed.';
  throw new ProviderError('not_configured', { operation: 'queue', message });
}

/**
 * A worker of an older version does not know where the rows of the newer one are.
 *
 * @throws ProviderError `unavailable` while a worker is alive
 */
async function checkNoWorker(client: QueryClient, schema: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT 1 FROM ${schema}.worker WHERE alive_until > clock_timestamp()
       AND seen_at <= clock_timestamp() + interval '1 second' LIMIT 1`,
  );
  if (rows.length === 0) return;
  const message =
    'queue: the tables are of an older version, and a worker of that version was at them a moment ago. Stop all ' +
    'processes of the older version, wait a minute, and open the queue again. Nothing was changed.';
  throw new ProviderError('unavailable', { operation: 'queue', message });
}

/**
 * Makes a schema if it does not exist. `IF NOT EXISTS` alone asks for the right to make schemas, also if there is
 * nothing to make.
 */
export async function makeSchema(client: QueryClient, schema: string): Promise<void> {
  const { rows } = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  if (rows.length === 0) await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
}

/** The version of the tables: one, or none before they are made. */
export async function versionsOf(client: QueryClient, schema: string): Promise<readonly number[]> {
  const { rows: tables } = await client.query('SELECT 1 FROM pg_tables WHERE schemaname = $1 AND tablename = $2', [
    schema,
    'version',
  ]);
  if (tables.length === 0) return [];
  const { rows } = await client.query(`SELECT number FROM ${schema}.version`);
  return rows.map(({ number }) => Number(number));
}

function tooNew(found: number, known: number): ProviderError {
  const message = `queue: the database has version ${found} of the queue’s tables, and this cancelkit knows ${known}. Update cancelkit.`;
  return new ProviderError('not_configured', { operation: 'queue', message });
}
