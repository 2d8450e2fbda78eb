import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { notKeptUp } from '../database/database-error.ts';
import { type QueryClient, guarded } from '../database/database.ts';
import { checkDirectory } from '../database/private-directory.ts';
import { exportSettled } from '../ledger/export-settled.ts';
import { dropChanges } from '../ledger/feed.ts';
import {
  type Month,
  boundsOf,
  countOf,
  dropMonth,
  makeMonth,
  monthsOf,
  moveSettled,
  oldestMonthToMove,
} from '../ledger/settled.ts';
import type { WorkerContext } from './worker-context.ts';

/** The upkeep of what is settled: moves it into the partition of its month, and drops the months that have ended. */
export class Retention {
  readonly #context: Pick<WorkerContext, 'database' | 'schema' | 'onError' | 'retention'>;
  #dueAt = 0;

  constructor(context: Pick<WorkerContext, 'database' | 'schema' | 'onError' | 'retention'>) {
    this.#context = context;
  }

  /** Does a piece of the upkeep if it is time for it. A failure is reported, and stops no worker. */
  async next(): Promise<void> {
    if (performance.now() < this.#dueAt) return;
    let moved = 0;
    try {
      for (let more = -1; more !== 0 && moved < AT_ONCE; moved += more) more = await this.#move();
      if (moved < AT_ONCE) await this.#dropEnded();
      await this.#dropChanges();
    } catch (error) {
      this.#context.onError(notKeptUp(error));
    }
    this.#dueAt = performance.now() + (moved < AT_ONCE ? LATER_MS : SOON_MS);
  }

  /** @returns how many were moved into the oldest month that there is anything for */
  async #move(): Promise<number> {
    const { database, schema } = this.#context;
    return await database.transaction(async (client) => {
      const month = (await isAlone(client, schema)) ? await oldestMonthToMove(client, schema) : undefined;
      if (month === undefined) return 0;
      if (!(await monthsOf(client, schema)).includes(month)) await makeMonth(client, schema, month);
      return await moveSettled(client, schema, month, AT_ONCE);
    });
  }

  async #dropEnded(): Promise<void> {
    const { database, schema, retention } = this.#context;
    const { keepSettledFor, exportSettledTo } = retention;
    if (keepSettledFor === 'forever') return;
    for (const month of await this.#ended(keepSettledFor)) {
      // Not in the transaction: it takes as long as the month is large, and workers have to write meanwhile.
      const exported =
        exportSettledTo === undefined
          ? undefined
          : await guarded(() => exportMonth(database, schema, month, exportSettledTo));
      await database.transaction(async (client) => {
        if (!(await isAlone(client, schema)) || !(await monthsOf(client, schema)).includes(month)) return;
        // It waits for its readers, and every other statement would wait behind it.
        await client.query(`SELECT set_config('lock_timeout', '2s', true)`);
        // What was moved into it since then is exported with the next attempt.
        if (exported !== undefined && (await countOf(client, schema, month)) !== exported) return;
        await dropMonth(client, schema, month);
      });
    }
  }

  /** Drops the changes of the feed that are old enough, in short transactions. */
  async #dropChanges(): Promise<void> {
    const { database, schema, retention } = this.#context;
    const { keepSettledFor } = retention;
    if (keepSettledFor === 'forever') return;
    for (let dropped = AT_ONCE; dropped === AT_ONCE;) {
      dropped = await database.transaction((client) => dropChanges(client, schema, keepSettledFor, AT_ONCE));
    }
  }

  async #ended(days: number): Promise<readonly Month[]> {
    const { database, schema } = this.#context;
    const months = await monthsOf(database, schema);
    const { rows } = await database.query(
      `SELECT month FROM jsonb_to_recordset($1::jsonb) AS x(month text, ends timestamptz)
       WHERE ends <= clock_timestamp() - $2 * interval '1 day' ORDER BY month`,
      [JSON.stringify(months.map((month) => ({ month, ends: boundsOf(month)[1] }))), days],
    );
    return rows.map(({ month }) => String(month));
  }
}

/** A month that ends again, since something of it was moved late, gets a file of its own. */
async function exportMonth(client: QueryClient, schema: string, month: Month, directory: string): Promise<number> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  checkDirectory(directory);
  const [from, before] = boundsOf(month);
  const name = join(directory, `${schema}-${month.replace('_', '-')}`);
  let file = `${name}.jsonl`;
  for (let count = 2; isTaken(file); count += 1) file = `${name}-${count}.jsonl`;
  return await exportSettled(client, schema, { file, from, before });
}

/** Also by a symbolic link that leads nowhere, which no file can be made through. */
function isTaken(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

/** One process at a time does the upkeep; the others leave it to that one. */
async function isAlone(client: QueryClient, schema: string): Promise<boolean> {
  const { rows } = await client.query('SELECT pg_try_advisory_xact_lock(hashtext($1)) AS locked', [
    `cancelkit retention ${schema}`,
  ]);
  return rows[0]?.['locked'] === true;
}

const AT_ONCE = 1_000;
const SOON_MS = 1_000;
const LATER_MS = 3_600_000;
