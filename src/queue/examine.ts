import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isProviderError } from '../contract/provider-error.ts';
import type { NotLocked } from '../platform/file-lock.ts';
import { notOpened } from './database/database-error.ts';
import { DEFAULT_DATABASE, placeOfDatabase } from './database/database-place.ts';
import type { Database } from './database/database.ts';
import { openPglite } from './database/pglite.ts';
import { openPostgres } from './database/postgres.ts';
import { failed, type Finding, ok, warning } from './examination/finding.ts';
import { examineTables, workers } from './examination/tables.ts';
import { checkInput } from './input/check-input.ts';
import { queueOptionsSchema } from './input/queue-options.ts';
import { RemoteReader } from './reader/reader.ts';

export { failed, type Finding, ok, warning } from './examination/finding.ts';

/**
 * Looks at the queue of these options without making, migrating or sending anything. A server is only read. An embedded
 * database that another process has open is read through that process; else it is opened for a moment.
 *
 * @param options as of `createCancelQueue`, not checked.
 * @returns what was found; nothing that failed is thrown, and no secret is in it
 */
export async function examineQueue(options: object): Promise<readonly Finding[]> {
  try {
    const checked = await checkInput(queueOptionsSchema, { database: DEFAULT_DATABASE, ...options }, 'options');
    const { database, schema = 'cancelkit' } = checked;
    return placeOfDatabase(database) === 'server'
      ? await examineOpened(() => openPostgres(database, 'READ ONLY'), schema)
      : await examineDirectory(database, schema);
  } catch (error) {
    return unusable(error);
  }
}

async function examineDirectory(directory: string, schema: string): Promise<readonly Finding[]> {
  const path = resolve(directory);
  const data = join(directory, 'pgdata');
  // What may not be looked at is not absent: that throws.
  if (statSync(data, { throwIfNoEntry: false }) === undefined) {
    return [
      warning('database', `there is no queue in ${path}`, 'cancelkit queue add or work makes one. Nothing was made.'),
      ...notChecked(),
    ];
  }
  const files = examineModes(directory, data);
  // Opening it would change the modes, the owner of its files, and a directory that is not complete.
  const reason = isOfOther(directory, data)
    ? 'it belongs to another user'
    : files.level === 'failed'
      ? 'other users may enter it'
      : existsSync(join(data, 'PG_VERSION'))
        ? undefined
        : 'its data is not complete';
  if (reason !== undefined) {
    return [files, warning('database', `the queue in ${path} was not opened: ${reason}`), ...notChecked()];
  }
  try {
    return [files, ...(await examineOpened(() => openPglite(directory), schema, 'taken'))];
  } catch {
    return [files, ...(await examineThere(directory, schema))];
  }
}

/** An embedded queue that another process has open. */
async function examineThere(directory: string, schema: string): Promise<readonly Finding[]> {
  try {
    const stats = await new RemoteReader(directory, schema).stats();
    // An older version of the other process does not have it.
    const alive: unknown = stats.workers;
    return [
      ok('database', 'another process has the embedded database open, and answers'),
      warning('migrations', 'not checked: the other process has the tables'),
      Array.isArray(alive)
        ? workers(alive.length)
        : warning('worker', 'not checked: the other process does not say whether it works'),
      ok('clock', 'the embedded database uses the clock of the machine'),
      warning('durability', 'the embedded database does not wait for the disk'),
    ];
  } catch (error) {
    return unusable(error);
  }
}

/**
 * Opens, looks and closes.
 *
 * @param passOn a reason for not opening it that is thrown.
 */
async function examineOpened(
  open: () => Promise<Database>,
  schema: string,
  passOn?: NotLocked,
): Promise<readonly Finding[]> {
  let database: Database | undefined;
  try {
    database = await open().catch(notOpened);
    return await examineTables(database, schema).catch(notOpened);
  } catch (error) {
    if (passOn !== undefined && isProviderError(error) && error.providerCode === passOn) throw error;
    return unusable(error);
  } finally {
    // What was found stands, however the connection ends.
    await database?.close().catch(() => undefined);
  }
}

/** A message of cancelkit's own; what anything else says may hold the address. */
function unusable(error: unknown): readonly Finding[] {
  const what = isProviderError(error) ? error.message.replace(/^queue: /, '') : 'it could not be opened';
  return [failed('database', what), ...notChecked()];
}

function notChecked(): readonly Finding[] {
  return ['migrations', 'worker', 'clock', 'durability'].map((check) => warning(check, 'not checked'));
}

function examineModes(directory: string, data: string): Finding {
  if (process.platform === 'win32') return warning('files', 'not checked: Windows has no modes');
  const [outer, inner] = [statSync(directory), statSync(data)];
  const path = resolve(directory);
  const next = `chmod 700 ${path} ${join(path, 'pgdata')}`;
  if (isOfOther(directory, data)) {
    // Root can open it, and its worker could no longer: what root makes in it is root's.
    return process.getuid?.() === 0
      ? warning('files', `${path} belongs to another user`, 'Run cancelkit doctor as that user.')
      : failed('files', `${path} belongs to another user`, 'Use a directory of your own.');
  }
  if ((inner.mode & 0o077) !== 0 || (outer.mode & 0o022) !== 0) {
    return failed('files', `other users may enter or change what is in ${path}`, next);
  }
  if ((outer.mode & 0o077) !== 0) return warning('files', `other users may see the names in ${path}`, next);
  return ok('files', `${path} is for its owner alone`);
}

/** Whether a directory is neither this user's nor the system's. */
function isOfOther(...paths: readonly string[]): boolean {
  const self = process.getuid?.();
  return self !== undefined && paths.map((path) => statSync(path)).some(({ uid }) => uid !== self && uid !== 0);
}
