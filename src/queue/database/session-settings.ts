import type { QueryClient } from './database.ts';

/**
 * What the queue relies on, whatever is set for the server, the database or the role. Set for one transaction at a
 * time: a pooler may give each transaction another connection, and a caller's connection stays as it was.
 */
const NEEDED = {
  // Times are read in this form alone.
  datestyle: 'ISO, MDY',
  timezone: 'UTC',
  intervalstyle: 'postgres',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  // No user's function can shadow the server's own.
  search_path: 'pg_catalog, pg_temp',
  // The driver's own limits bound each statement.
  statement_timeout: '30s',
  lock_timeout: '0',
  idle_in_transaction_session_timeout: '60s',
} as const;

/**
 * What is off is raised to `on`: what is acknowledged has to survive a crash of the server. `local`, `remote_write` and
 * `remote_apply` wait for the disk already, and are left alone.
 */
const DURABLE = `CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END`;

// Not every version has it.
const UNBOUNDED = `CASE WHEN current_setting('transaction_timeout', true) IS NOT NULL THEN set_config('transaction_timeout', '0', true) END`;

const settings = Object.entries(NEEDED).map(([name, value]) => `set_config('${name}', '${value}', true)`);

/** Begins a transaction with the settings that the queue needs. Two statements. A standby refuses to write. */
export function beginWith(access: 'READ WRITE' | 'READ ONLY'): string {
  return `BEGIN ISOLATION LEVEL READ COMMITTED, ${access}; SELECT ${[...settings, DURABLE, UNBOUNDED].join(', ')}`;
}

/**
 * Has the commit of a caller's own transaction wait for the disk, as those of the queue do. Ends with the transaction,
 * and lowers nothing.
 *
 * @returns whether the client is in a transaction. A pool is not, nor is a client before BEGIN: there each statement is
 * committed by itself, and what was set is forgotten before the next one.
 */
export async function makeDurable(client: QueryClient): Promise<boolean> {
  const mark = crypto.randomUUID();
  await client.query(
    `SELECT pg_catalog.set_config('cancelkit.mark', $1, true), CASE pg_catalog.current_setting('synchronous_commit')
       WHEN 'off' THEN pg_catalog.set_config('synchronous_commit', 'on', true) END`,
    [mark],
  );
  const { rows } = await client.query(`SELECT pg_catalog.current_setting('cancelkit.mark', true) AS mark`);
  return rows[0]?.['mark'] === mark;
}

/** Has the one connection of an embedded database keep the settings that the queue needs. */
export const SETTLE: string = `SELECT ${settings.map((setting) => setting.replace(/, true\)$/, ', false)')).join(', ')},
  set_config('synchronous_commit', 'on', false)`;

/** The settings of a server with which a power cut may lose what was acknowledged. They cannot be set from here. */
export async function lossySettings(client: QueryClient): Promise<readonly string[]> {
  const { rows } = await client.query(
    `SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off' ORDER BY name`,
  );
  return rows.map(({ name }) => String(name));
}

/** In which encoding a server stores text. */
export async function encodingOf(client: QueryClient): Promise<string> {
  const { rows } = await client.query(`SELECT current_setting('server_encoding') AS encoding`);
  return String(rows[0]?.['encoding']);
}
