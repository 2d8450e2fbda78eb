import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { scratchPath } from '../../support/scratch-directory.ts';
import { addressOf, freePort, postgresIn } from './postgres-server.ts';
import { copyTemplate, PREPARED } from './templates.ts';

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
  const directory = await mkdtemp(scratchPath('pglite'));
  await copyTemplate('pglite', join(directory, 'pgdata'));
  prepared.set(directory, [...PREPARED]);
  return {
    kind: 'pglite',
    address: directory,
    [Symbol.asyncDispose]: async () => {
      prepared.delete(directory);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The schemas that nobody has taken, by the addresses of the databases whose owner may use them. */
const prepared = new Map<string, string[]>();

/** A schema that no other test uses, in which the tables of a queue are made, as long as the database has any. */
export function takePrepared({ address }: TestDatabase): string | undefined {
  return prepared.get(address)?.shift();
}

/** Whether the database goes away as a whole, with whatever a test leaves in it. */
export function goesAway({ address }: TestDatabase): boolean {
  return prepared.has(address);
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

// Names another server, such as `postgres://user:password@host/database`, that the tests use instead of their own.
const GIVEN = process.env['CANCELKIT_TEST_POSTGRES'];

/** The server that the environment names, or one of the test's own. */
export async function startPostgres(): Promise<TestDatabase> {
  if (GIVEN !== undefined && GIVEN !== '')
    return { kind: 'postgres', address: GIVEN, [Symbol.asyncDispose]: () => Promise.resolve() };
  return await startPostgresServer();
}

/**
 * A PostgreSQL server of the test's own, on a free port of loopback.
 *
 * @param settings such as `fsync=off`. Left out: those of PostgreSQL, with everything it writes synced to the disk.
 */
export async function startPostgresServer(settings: readonly string[] = []): Promise<TestServer> {
  const databaseDir = `${scratchPath('postgres')}${crypto.randomUUID()}`;
  await copyTemplate('postgres', databaseDir);
  const port = await freePort();
  const address = addressOf(port);
  const server = postgresIn(databaseDir, port, settings);
  await server.start();
  prepared.set(address, [...PREPARED]);
  return {
    kind: 'postgres',
    address,
    stop: () => server.stop(),
    start: () => server.start(),
    [Symbol.asyncDispose]: async () => {
      prepared.delete(address);
      await server.stop();
      await rm(databaseDir, { recursive: true, force: true });
    },
  };
}
