import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ProviderError } from '../../contract/provider-error.ts';
import type { QueryClient } from '../database/database.ts';
import { toRecord, toStoredEntry, UPDATED } from './record.ts';
import { COLUMNS, ENTRY, IS_SETTLED } from './settled.ts';

/** What is exported, and where to. */
export interface Export {
  /** A file that does not exist yet. */
  readonly file: string;
  /** Only what was settled at or after this time (ISO 8601). */
  readonly from?: string | undefined;
  /** Only what was settled before this time (ISO 8601). */
  readonly before?: string | undefined;
}

/**
 * Writes settled cancellations with their history into a file that only this user can read: JSONL, one a line, oldest
 * first. The file stays empty until everything is written.
 *
 * @returns how many
 * @throws ProviderError `invalid_request` if the file exists
 */
export async function exportSettled(client: QueryClient, schema: string, wanted: Export): Promise<number> {
  const { file } = wanted;
  await reserve(file);
  const draft = `${file}.${crypto.randomUUID()}`;
  try {
    const count = await writePages(client, schema, wanted, draft);
    await rename(draft, file);
    await keepName(file);
    return count;
  } catch (error) {
    await Promise.all([rm(draft, { force: true }), rm(file, { force: true })]);
    throw error;
  }
}

/** Takes the name, empty until everything is written. */
async function reserve(file: string): Promise<void> {
  try {
    await (await open(file, 'wx', 0o600)).close();
  } catch (error) {
    throw isExisting(error) ? fileExists() : error;
  }
}

/** What is exported may be dropped next: a power cut must not take its file's name. Windows syncs no directories. */
async function keepName(file: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await open(dirname(file), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function writePages(client: QueryClient, schema: string, wanted: Export, draft: string): Promise<number> {
  const handle = await open(draft, 'wx', 0o600);
  let count = 0;
  try {
    for (let after: unknown = 0; ;) {
      const rows = await page(client, schema, wanted, after);
      const last = rows.at(-1);
      if (last === undefined) break;
      await handle.appendFile(rows.map(toLine).join(''));
      count += rows.length;
      after = last['number'];
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return count;
}

async function page(
  client: QueryClient,
  schema: string,
  { from, before }: Export,
  after: unknown,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const columns = COLUMNS.join(', ');
  const { rows } = await client.query(
    `SELECT *, ${UPDATED} FROM (
       SELECT ${columns}, history FROM ${schema}.settled
       UNION ALL
       SELECT ${columns}, (SELECT jsonb_agg(${ENTRY} ORDER BY seq) FROM ${schema}.history WHERE cancellation_id = id) AS history
       FROM ${schema}.cancellation WHERE ${IS_SETTLED}
     ) c
     WHERE number > $1 AND ($2::timestamptz IS NULL OR updated_at >= $2) AND ($3::timestamptz IS NULL OR updated_at < $3)
     ORDER BY number LIMIT ${AT_ONCE}`,
    [after, from ?? null, before ?? null],
  );
  return rows;
}

const AT_ONCE = 500;

function toLine(row: Readonly<Record<string, unknown>>): string {
  const entries: readonly unknown[] = Array.isArray(row['history']) ? row['history'] : [];
  return `${JSON.stringify({ ...toRecord(row), history: entries.map(toStoredEntry) })}\n`;
}

function isExisting(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST';
}

function fileExists(): ProviderError {
  return new ProviderError('invalid_request', {
    operation: 'queue',
    message: 'queue: the file exists. Name one that does not. Nothing was exported.',
    issues: [{ path: 'export.file', expected: 'a file that does not exist' }],
  });
}
