import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCancelQueue } from 'cancelkit/queue';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makePrivateDirectory } from '../../src/queue/database/private-directory.ts';
import { failureOf } from '../support/failure.ts';
import { startPglite, type TestDatabase } from './support/databases.ts';
import { openQueue } from './support/open-queue.ts';
import { closedGate, openShop, request } from './support/shop.ts';
import { startQueueChild, type QueueChild } from './support/start-child.ts';

const children: ChildProcess[] = [];
let database: TestDatabase;
let aside: string;
beforeEach(async () => {
  database = await startPglite();
  aside = await mkdtemp(join(tmpdir(), 'queue-aside-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await database[Symbol.asyncDispose]();
  await rm(aside, { recursive: true, force: true });
});

const taken = { code: 'not_configured', operation: 'queue' } as const;

describe('an embedded queue whose lock is lost', { timeout: 60_000 }, () => {
  it('by a copy that its own process made is refused to a second process, which sends nothing', async () => {
    const owner = await start();
    for (const id of ['one', 'two', 'three']) await owner.ask(`enqueue ${id}`);
    await owner.ask(`copy ${join(aside, 'backup')}`);
    const second = await start();
    expect(second.opened).toMatchObject({ code: 'not_configured' });
    expect(String(second.opened['message'])).toMatch(/has the queue’s directory open/);
    expect(await owner.ask('work')).toEqual({ done: true, writes: 3 });
    await end(owner);
    const third = await start();
    expect(third.opened).toEqual({ opened: true });
    expect(await third.ask('work')).toEqual({ done: true, writes: 0 });
  });

  it('leaves the copy free: it is nobody’s', async () => {
    const { services } = openShop();
    const owner = await openQueue(database, { services, schema: 'cancelkit' });
    await owner.enqueue(request('alpha', 'one'), { id: 'one' });
    const backup = join(aside, 'backup');
    cpSync(database.address, backup, { recursive: true });
    await owner.close();
    const restored = await createCancelQueue({ services, database: backup });
    expect(await restored.get('one')).toMatchObject({ state: 'planned' });
    await restored.close();
  });

  it('to another owner stops: it claims, writes and sends nothing more, and says so', async () => {
    const shop = openShop();
    const queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    takeOver(database.address);
    const before = snapshot(database.address);
    const calls = {
      work: () => queue.work({ stopWhenIdle: true }),
      enqueue: () => queue.enqueue(request('alpha', 'two')),
      withdraw: () => queue.withdraw('one', { by: 'ann' }),
      resume: () => queue.resume('alpha'),
      get: () => queue.get('one'),
      list: () => queue.list(),
      stats: () => queue.stats(),
      wait: () => queue.wait('one'),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await failureOf(call());
      expect([name, error.code]).toEqual([name, 'not_configured']);
      expect(error.message).toContain('This queue has stopped');
    }
    await queue.close();
    expect(shop.writes()).toBe(0);
    expect(snapshot(database.address)).toEqual(before);
    // What the other has written is the other's.
    expect(readFileSync(join(database.address, 'lock.owner'), 'utf8')).toContain('another');
  });

  it('while something is in flight leaves it to the next owner, which does not send it again', async () => {
    const gate = closedGate();
    const shop = openShop({ one: { writes: [() => gate.pass()] } });
    const queue = await openQueue(database, { services: shop.services, schema: 'cancelkit', deadlineMs: 100 });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.enqueue(request('alpha', 'two'), { id: 'two', notBefore: '2100-01-01' });
    const working = failureOf(queue.work());
    await gate.held(1);
    rmSync(join(database.address, 'lock.owner'));
    const error = await working;
    expect(error).toMatchObject({ code: 'outcome_unknown', operation: 'queue' });
    expect(error.message).toMatch(/This queue has stopped.*the next worker reads it back/);
    gate.open();
    await queue.close();
    const next = openShop();
    await using again = await openQueue(database, { services: next.services, schema: 'cancelkit' });
    expect(await again.get('one')).toMatchObject({ state: expect.stringMatching(/^(?:intent|sent)$/) });
    await again.work({ stopWhenIdle: true, signal: AbortSignal.timeout(500) });
    expect([shop.writes('one'), next.writes('one')]).toEqual([1, 0]);
  });
});

describe('the directory of an embedded queue', { timeout: 60_000 }, () => {
  it('is for its user alone, with all that is in it', async () => {
    const directory = join(aside, 'deep', 'queue');
    const queue = await createCancelQueue({ services: openShop().services, database: directory });
    for (const path of ['..', '.', 'pgdata']) expect([path, modeOf(join(directory, path))]).toEqual([path, 0o700]);
    for (const path of ['lock', 'lock.owner']) expect([path, modeOf(join(directory, path))]).toEqual([path, 0o600]);
    await queue.close();
    expect(existsSync(join(directory, 'lock.owner'))).toBe(false);
  });

  it('is refused if every user may write to it, and says what to run', () => {
    const directory = join(aside, 'open');
    mkdirSync(directory);
    chmodSync(directory, 0o777);
    symlinkSync(directory, join(aside, 'link'));
    for (const path of [directory, join(aside, 'link')]) {
      expect(() => makePrivateDirectory(path, join(path, 'pgdata'))).toThrow(
        expect.objectContaining({ ...taken, message: expect.stringContaining(`chmod 700 ${path}`) }),
      );
    }
  });

  it('causes a warning if other users may enter it, and keeps its data to itself', async () => {
    const directory = join(aside, 'enterable');
    mkdirSync(join(directory, 'pgdata'), { recursive: true });
    chmodSync(directory, 0o755);
    chmodSync(join(directory, 'pgdata'), 0o755);
    const warned = once(process, 'warning');
    makePrivateDirectory(directory, join(directory, 'pgdata'));
    const [warning] = await warned;
    expect(String(warning)).toContain(`chmod 700 ${directory}`);
    expect([modeOf(directory), modeOf(join(directory, 'pgdata'))]).toEqual([0o755, 0o700]);
  });
});

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

/** Writes the record of another owner, as one does that has got in. */
function takeOver(directory: string): void {
  const record = join(directory, 'lock.owner');
  writeFileSync(record, readFileSync(record, 'utf8').replace(/"token":"[^"]+"/, '"token":"another"'));
}

/** When the write-ahead log and the control file were last written. */
function snapshot(directory: string): readonly string[] {
  const log = readdirSync(join(directory, 'pgdata/pg_wal')).map((name) => `pgdata/pg_wal/${name}`);
  return ['pgdata/global/pg_control', ...log].map((path) => `${path} ${statSync(join(directory, path)).mtimeMs}`);
}

async function start(): Promise<QueueChild> {
  const child = await startQueueChild(database.address);
  children.push(child.child);
  return child;
}

async function end({ child }: QueueChild): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}
