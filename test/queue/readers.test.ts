import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isProviderError } from 'cancelkit';
import { createCancelQueue, openQueueReader } from 'cancelkit/queue';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { startPglite, startPostgres, type TestDatabase } from './support/databases.ts';
import { freshSchema, openQueue, settle } from './support/open-queue.ts';
import { openShop, refuses, request } from './support/shop.ts';
import { startQueueChild } from './support/start-child.ts';

const { services } = openShop();
let database: TestDatabase;
let aside: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  database = await startPglite();
  aside = await mkdtemp(join(tmpdir(), 'queue-aside-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await database[Symbol.asyncDispose]();
  await rm(aside, { recursive: true, force: true });
});

describe('a reader of an embedded queue that is open elsewhere', { timeout: 60_000 }, () => {
  it('is shown the same as its owner', async () => {
    const shop = openShop({ two: { writes: [() => refuses('not_found')] } });
    await using queue = await openQueue(database, { services: shop.services });
    for (const id of ['one', 'two']) await queue.enqueue(request('alpha', id), { id });
    await queue.enqueue(request('beta', 'three'), { id: 'three', notBefore: '2100-01-01', by: 'ann', priority: 5 });
    await settle(queue, 'one', 'two');
    const reader = await openQueueReader({ services, database: database.address, schema: queue.schema });
    expect(Object.keys(reader).toSorted()).toEqual(['close', 'get', 'list', 'stats']);
    expect(await reader.list()).toEqual(await queue.list());
    expect(await reader.list({ state: 'refused' })).toEqual(await queue.list({ state: 'refused' }));
    for (const id of ['one', 'two', 'three']) expect(await reader.get(id)).toEqual(await queue.get(id));
    expect(await reader.get('four')).toBeUndefined();
    expect(await reader.stats()).toEqual(await queue.stats());
    const outcome = (await reader.get('two'))?.outcome;
    expect(outcome?.ok === false && isProviderError(outcome.error, 'not_found')).toBe(true);
    expect(await failureOf(reader.list({ limit: 0 }))).toMatchObject({
      code: 'invalid_request',
      issues: [{ path: 'filter.limit' }],
    });
    await reader.close();
  });

  it('reads what belongs to the schema that it names, or is refused', async () => {
    await using queue = await openQueue(database, { services });
    const error = await failureOf(openQueueReader({ services, database: database.address, schema: freshSchema() }));
    expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
    expect(error.message).toContain('another schema');
    expect(await queue.list()).toEqual([]);
  });

  it('reads through a process of its own user, and by itself once that is gone', async () => {
    const { child, opened, ask } = await startQueueChild(database.address);
    children.push(child);
    expect(opened).toEqual({ opened: true });
    await ask('enqueue one');
    const reader = await openQueueReader({ services, database: database.address });
    expect(await reader.list()).toMatchObject([{ id: 'one', state: 'planned' }]);
    const stale = dirname(recordIn(database.address).address);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await failureOf(reader.list())).toMatchObject({ code: 'unavailable', operation: 'status' });
    const again = await openQueueReader({ services, database: database.address });
    expect(await again.list()).toMatchObject([{ id: 'one' }]);
    // What the killed process has left is removed.
    expect(existsSync(stale)).toBe(false);
    await again.close();
  });

  it('is an error if its owner does not answer', { timeout: 60_000 }, async () => {
    const { child } = await startQueueChild(database.address);
    children.push(child);
    child.kill('SIGSTOP');
    const error = await failureOf(openQueueReader({ services, database: database.address }));
    expect(error).toMatchObject({ code: 'unavailable', operation: 'status' });
    expect(error.message).toContain('does not answer readers');
  });

  it('makes no queue if none exists', async () => {
    const missing = join(aside, 'missing');
    expect(await failureOf(openQueueReader({ services, database: missing }))).toMatchObject({ code: 'not_configured' });
    expect(existsSync(missing)).toBe(false);
  });

  it('reads a server as a queue does', async () => {
    await using server = await startPostgres();
    await using queue = await openQueue(server, { services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const reader = await openQueueReader({ services, database: server.address, schema: queue.schema });
    expect(await reader.list()).toEqual(await queue.list());
    await reader.close();
  });
});

describe('the socket for readers', { timeout: 60_000 }, () => {
  it('is this user’s alone, and not in the directory, which can be copied while it is open', async () => {
    await using queue = await openQueue(database, { services });
    const { address } = recordIn(database.address);
    expect([statSync(dirname(address)), statSync(address)].map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600]);
    expect(statSync(join(database.address, 'lock.reader')).mode & 0o777).toBe(0o600);
    await cp(database.address, join(aside, 'backup'), { recursive: true });
    await queue.close();
    expect([
      existsSync(address),
      existsSync(dirname(address)),
      existsSync(join(database.address, 'lock.reader')),
    ]).toEqual([false, false, false]);
  });

  it('of the original goes on where a copy of the directory is opened', async () => {
    await using queue = await openQueue(database, { services });
    cpSync(database.address, join(aside, 'copy'), { recursive: true });
    const { address } = recordIn(database.address);
    await (await createCancelQueue({ services, database: join(aside, 'copy'), schema: queue.schema })).close();
    expect(existsSync(address)).toBe(true);
    const reader = await openQueueReader({ services, database: database.address, schema: queue.schema });
    expect(await reader.list()).toEqual([]);
  });

  it('has a short path however long that of the directory is', async () => {
    const long = join(aside, 'x'.repeat(120), 'y'.repeat(120));
    const queue = await createCancelQueue({ services, database: long });
    const reader = await openQueueReader({ services, database: long });
    expect(await reader.list()).toEqual([]);
    await queue.close();
  });

  it('writes nothing, whatever is sent to it, and tells nothing without the token', async () => {
    await using queue = await openQueue(database, { services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const before = await queue.get('one');
    const { address, token } = recordIn(database.address);
    const sound = { version: 1, token, schema: queue.schema };
    const lines: readonly (readonly [unknown, RegExp])[] = [
      [{ ...sound, read: 'withdraw', of: 'one' }, /^$/],
      [{ ...sound, read: 'enqueue', of: request('alpha', 'two') }, /^$/],
      [{ ...sound, read: 'close' }, /^$/],
      [{ ...sound, read: 'constructor' }, /^$/],
      [{ ...sound, read: 'list', of: { state: `'; DROP TABLE x; --` } }, /invalid_request/],
      [{ ...sound, read: 'get', of: { id: 'one' } }, /invalid_request/],
      [{ ...sound, read: 'list', more: true }, /^$/],
      [{ ...sound, version: 2, read: 'list' }, /another version/],
      [{ ...sound, token: 'another', read: 'list' }, /does not have the token/],
      [{ ...sound, read: 'list', of: { pad: 'x'.repeat(20_000) } }, /^$/],
      ['RECEIVED', /^$/],
    ];
    for (const [line, expected] of lines) {
      const answer = await send(address, `${JSON.stringify(line)}\n`);
      expect(answer).toMatch(expected);
      expect(answer).not.toContain('"one"');
    }
    expect(await send(address, `${JSON.stringify({ ...sound, read: 'get', of: 'one' })}\n`)).toContain('"one"');
    expect(await queue.get('one')).toEqual(before);
    expect(await queue.list()).toHaveLength(1);
  });

  it('is not needed: a queue opens if none can be made', async () => {
    writeFileSync(join(aside, 'file'), '');
    const given = process.env['TMPDIR'];
    process.env['TMPDIR'] = join(aside, 'file');
    try {
      await using queue = await openQueue(database, { services });
      expect(await queue.list()).toEqual([]);
    } finally {
      if (given === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = given;
    }
  });
});

const recordSchema = v.object({ address: v.string(), token: v.string() });

function recordIn(directory: string): v.InferOutput<typeof recordSchema> {
  return v.parse(recordSchema, JSON.parse(readFileSync(join(directory, 'lock.reader'), 'utf8')));
}

/** Sends a text, and returns all that comes back until the other side ends. */
async function send(address: string, text: string): Promise<string> {
  const socket = createConnection(address);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  // Cut off in the middle of what it sends.
  socket.on('error', () => undefined);
  socket.write(text);
  await once(socket, 'close');
  return Buffer.concat(chunks).toString('utf8');
}
