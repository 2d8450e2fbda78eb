import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FeedChange } from 'cancelkit/queue';
import { expect, it } from 'vitest';
import { startPostgres } from './support/databases.ts';
import { openQueue } from './support/open-queue.ts';
import { startPooler } from './support/pooler.ts';
import { openShop, refuses, request } from './support/shop.ts';

const fileOf = (name: string): string => fileURLToPath(new URL(`support/${name}`, import.meta.url));

it('a slow reader that is killed again and again misses nothing behind a pooler, while three queues write', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'cancelkit-feed-'));
  await using server = await startPostgres();
  await using pooler = await startPooler(server, 8);
  const ids = Array.from({ length: 60 }, (_one, index) => `id-${index}`);
  const shop = openShop({ 'id-7': { writes: [() => refuses('rejected')] } });
  const own = { ...server, address: pooler.address };
  await using queue = await openQueue(own, { services: shop.services });
  await using second = await openQueue(own, { services: shop.services, schema: queue.schema });
  await using third = await openQueue(server, { services: shop.services, schema: queue.schema });
  const [file, words] = [
    join(directory, 'changes'),
    [fileOf('feed-reader.ts'), pooler.address, queue.schema, directory],
  ];
  const kept = (): readonly FeedChange[] =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line): FeedChange => JSON.parse(line))
      : [];
  const start = (): ChildProcess =>
    spawn(process.execPath, ['--no-warnings', '--import', fileOf('from-source.ts'), ...words], { stdio: 'inherit' });
  let kills = 0;
  let reader = start();
  try {
    const stop = new AbortController();
    const working = [queue, second, third].map((one) => one.work({ signal: stop.signal }));
    const put = ids.map((id, index) => ([queue, second][index % 3] ?? third).enqueue(request('alpha', id), { id }));
    await Promise.all(put);
    for (; kills < 3; kills += 1) {
      const before = kept().length;
      await expect.poll(() => kept().length, { timeout: 60_000, interval: 3 }).toBeGreaterThan(before + 10);
      reader.kill('SIGKILL');
      await once(reader, 'exit');
      reader = start();
    }
    await Promise.all(ids.map((id) => queue.wait(id, { timeoutMs: 60_000 })));
    await queue.retry('id-7', { by: 'Kim' });
    stop.abort();
    await Promise.all(working);
    const last = (await queue.changes({ limit: 1_000 })).changes;
    await expect.poll(() => kept().at(-1)?.changeId, { timeout: 60_000 }).toBe(last.at(-1)?.changeId);
    const seen = kept();
    const first = seen.filter((one, at) => seen.findIndex(({ changeId }) => changeId === one.changeId) === at);
    expect(first).toEqual(last);
    // What was read and not acknowledged is read again: one change for each kill.
    expect(seen.length - first.length).toBeLessThanOrEqual(kills);
    const positions = last.map(({ cursor }) => Number.parseInt(cursor, 10));
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
    expect(new Set(positions).size).toBe(positions.length);
    for (const id of ids) {
      const chain = first.filter((each) => each.id === id);
      expect(chain.map(({ from }) => from)).toEqual([undefined, ...chain.slice(0, -1).map(({ to }) => to)]);
    }
    expect(pooler.switches()).toBeGreaterThan(0);
  } finally {
    reader.kill('SIGKILL');
    rmSync(directory, { recursive: true, force: true });
  }
}, 240_000);
