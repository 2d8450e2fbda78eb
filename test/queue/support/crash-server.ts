import { spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { TestServer } from './databases.ts';

/** Ends a PostgreSQL server of this machine with `kill -9`, all of its processes concurrently, as a crash would. */
export async function crashServer({ address }: TestServer): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  // The connection does not outlive the server.
  client.on('error', () => undefined);
  await client.connect();
  const { rows } = await client.query<{ readonly pid: string }>(
    `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`,
  );
  const postmaster = Number(rows[0]?.pid);
  if (!Number.isSafeInteger(postmaster) || postmaster <= 1) throw new Error('the server has no process');
  // Its first process goes first, so that it starts none again.
  const family = [postmaster, ...childrenOf(postmaster)];
  for (const pid of family) kill(pid);
  while (family.some((pid) => isThere(pid))) await delay(10);
  await client.end().catch(() => undefined);
}

function childrenOf(parent: number): readonly number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([pid, ppid]) => (ppid === parent && pid !== undefined ? [pid] : []));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ESRCH';
}
