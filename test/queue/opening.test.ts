import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCancelQueue } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lockDirectory } from '../../src/queue/database/directory-lock.ts';
import { loadPeer } from '../../src/queue/database/peer.ts';
import { migrate } from '../../src/queue/ledger/migrate.ts';
import { MIGRATIONS } from '../../src/queue/ledger/migrations.ts';
import { failureOf } from '../support/failure.ts';
import { DATABASES, startPglite, type TestDatabase } from './support/databases.ts';
import { freshSchema, openQueue, openTables, settle } from './support/open-queue.ts';
import { openShop, request, seen } from './support/shop.ts';

const OLD_ROWS = [
  { id: 'refused', account: 'alpha', state: 'refused', error: { code: 'rejected', message: 'no.' } },
  { id: 'unknown', account: 'blind', state: 'unknown', error: { code: 'outcome_unknown', message: '?' } },
  // In flight when the process ended.
  { id: 'left', account: 'beta', state: 'sent', worker: 'gone' },
];

describe.each(DATABASES)('opening a queue on %s', (kind, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('brings the tables of version 1 to the newest, and works on what is in them', async () => {
    const schema = freshSchema();
    {
      await using tables = await openTables(database);
      await migrate(tables, schema, MIGRATIONS.slice(0, 1));
      await tables.query(
        `INSERT INTO ${schema}.cancellation (id, fingerprint, account, provider, service_key, request, state, error,
           needs_person, worker, lease_until)
         SELECT id, 'of-' || id, account, 'shop', id, jsonb_build_object('account', account, 'service',
           jsonb_build_object('id', id), 'when', 'immediate'), state, error, account = 'blind', worker,
           CASE WHEN worker IS NOT NULL THEN clock_timestamp() END
         FROM jsonb_to_recordset($1::jsonb) AS x(id text, account text, state text, error jsonb, worker text)`,
        [JSON.stringify(OLD_ROWS)],
      );
      await tables.query(
        `INSERT INTO ${schema}.history (cancellation_id, at, type) VALUES ('refused', clock_timestamp(), 'enqueued')`,
      );
    }
    const shop = openShop({ left: { reads: [() => seen('completed')] } });
    // A limit by time needs the table that came with version 2.
    const limits = { alpha: { rate: { count: 5, perMs: 60_000 } } };
    await using queue = await openQueue(database, { services: shop.services, schema, limits });
    expect(await queue.list({ needsPerson: true })).toMatchObject([{ id: 'unknown', account: 'blind' }]);
    await queue.resolve('unknown', { by: 'ann', as: 'completed' });
    await queue.retry('refused', { by: 'ann' });
    const [refused, left] = await settle(queue, 'refused', 'left');
    expect(refused).toMatchObject({ state: 'requested', request: { service: { id: 'refused' } } });
    expect((await queue.get('refused'))?.history[0]?.type).toBe('enqueued');
    expect(left).toMatchObject({ state: 'completed', outcome: { result: { reconciled: true } } });
    expect([shop.writes('refused'), shop.writes()]).toEqual([1, 1]);
  });

  it('is refused, and lets the database go, if a newer version made the tables', async () => {
    const schema = freshSchema();
    {
      await using tables = await openTables(database);
      const future = [...MIGRATIONS, (own: string) => [`CREATE TABLE ${own}.future (id text)`]];
      await migrate(tables, schema, future);
    }
    const { services } = openShop();
    for (const _ of ['once', 'twice']) {
      const error = await failureOf(openQueue(database, { services, schema }));
      expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
      expect(error.message).toContain(`version ${MIGRATIONS.length + 1}`);
      expect(error.message).toContain('Update cancelkit.');
    }
    await using tables = await openTables(database);
    const { rows } = await tables.query(`SELECT number FROM ${schema}.version`);
    expect(rows).toEqual([{ number: MIGRATIONS.length + 1 }]);
  });

  it('changes nothing the second time, and keeps what is there', async () => {
    const schema = freshSchema();
    const { services } = openShop();
    const first = await openQueue(database, { services, schema });
    await first.enqueue(request('alpha', 'one'), { id: 'one' });
    const before = await first.get('one');
    await first.close();
    await using second = await openQueue(database, { services, schema });
    expect(await second.get('one')).toEqual(before);
  });

  // The embedded database serves one queue.
  it.each([kind].filter((one) => one === 'PostgreSQL'))(
    'makes the tables of %s once where several do it at the same moment',
    async () => {
      const schema = freshSchema();
      const shop = openShop();
      const queues = await Promise.all(
        Array.from({ length: 4 }, () => openQueue(database, { services: shop.services, schema })),
      );
      await queues[0]?.enqueue(request('alpha', 'one'), { id: 'one' });
      for (const queue of queues) expect(await queue.get('one')).toMatchObject({ state: 'planned' });
      await Promise.all(queues.map((queue) => queue.work({ stopWhenIdle: true })));
      expect(shop.writes()).toBe(1);
      await using tables = await openTables(database);
      expect((await tables.query(`SELECT number FROM ${schema}.version`)).rows).toEqual([
        { number: MIGRATIONS.length },
      ]);
      await Promise.all(queues.map((queue) => queue[Symbol.asyncDispose]()));
    },
  );
});

describe('the directory of an embedded queue', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startPglite();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  const { services } = openShop();
  const taken = { code: 'not_configured', operation: 'queue' } as const;

  it('is refused to a second queue of the same process until the first is closed', async () => {
    const first = await openQueue(database, { services });
    const error = await failureOf(openQueue(database, { services }));
    expect(error).toMatchObject(taken);
    expect(error.message).toMatch(/has the queue’s directory open.*move to PostgreSQL/);
    // The first one has not suffered.
    expect(await first.enqueue(request('alpha', 'one'))).toMatchObject({ added: true });
    await first.close();
    await (await openQueue(database, { services })).close();
  });

  it('is refused while another process holds it, and free as soon as that is killed', async () => {
    const child = await startHolder(database.address);
    try {
      expect(await failureOf(openQueue(database, { services }))).toMatchObject(taken);
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    await using queue = await openQueue(database, { services });
    expect(await queue.list()).toEqual([]);
  });

  it('is made if it is not there, and the failure is clear if it cannot be', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'queue-directory-'));
    try {
      await mkdir(join(directory, 'a'));
      (await lockDirectory(join(directory, 'a'))).release();
      (await lockDirectory(join(directory, 'a'))).release();
      await writeFile(join(directory, 'file'), '');
      const error = await failureOf(createCancelQueue({ services, database: join(directory, 'file', 'below') }));
      expect(error).toMatchObject({ code: 'unavailable', operation: 'queue', providerCode: 'ENOTDIR' });
      expect(await failureOf(lockDirectory(join(directory, 'b')))).toMatchObject(taken);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
});

describe('a queue that is not set up soundly', () => {
  const sound = { services: openShop().services, database: '/nowhere/at/all' };
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['no options', undefined, 'options'],
    ['no services', { database: 'x' }, 'options.services'],
    ['services that are none', { ...sound, services: { cancel: 'RECEIVED' } }, 'options.services'],
    ['an empty address', { ...sound, database: '' }, 'options.database'],
    ['an address that is none', { ...sound, database: new URL('file:///RECEIVED') }, 'options.database'],
    ['a schema that has to be quoted', { ...sound, schema: 'RECEIVED; --' }, 'options.schema'],
    ['a long schema', { ...sound, schema: 'x'.repeat(41) }, 'options.schema'],
    ['a limit of an account that there is not', { ...sound, limits: { gamma: {} } }, 'options.limits'],
    ['no concurrency', { ...sound, limits: { alpha: { concurrency: 0 } } }, 'options.limits.alpha.concurrency'],
    [
      'a rate without a time',
      { ...sound, limits: { alpha: { rate: { count: 1 } } } },
      'options.limits.alpha.rate.perMs',
    ],
    ['no time for a call', { ...sound, deadlineMs: 0 }, 'options.deadlineMs'],
    ['no time between looks', { ...sound, pollMs: -1 }, 'options.pollMs'],
    ['no reading', { ...sound, readBackAfterMs: [] }, 'options.readBackAfterMs'],
    ['readings out of order', { ...sound, readBackAfterMs: [20, 10] }, 'options.readBackAfterMs'],
    ['no time to give up', { ...sound, giveUpAfterMs: Number.NaN }, 'options.giveUpAfterMs'],
    ['a listener that is none', { ...sound, onError: 'RECEIVED' }, 'options.onError'],
    ['an option that there is not', { ...sound, workers: 'RECEIVED' }, 'options.workers'],
  ];
  it.each(cases)('is refused before anything is opened: %s', async (_, options, path) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
    const create = createCancelQueue as (options: unknown) => Promise<unknown>;
    const error = await failureOf(create(options));
    expect([error.code, error.issues?.[0]?.path]).toEqual(['invalid_request', path]);
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('RECEIVED');
  });

  it('says what to install if a library is missing', async () => {
    const missing = Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    const error = await failureOf(loadPeer('pg-boss', () => Promise.reject(missing)));
    expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
    expect(error.message).toBe('cancelkit/queue needs pg-boss, which is not installed. Run: npm install pg-boss');
  });

  it('says that a library could not be loaded, without its words', async () => {
    const error = await failureOf(loadPeer('pg', () => Promise.reject(new Error('RECEIVED'))));
    expect(error.message).toBe('cancelkit/queue needs pg, which could not be loaded. Run: npm install pg-boss pg');
    expect(await loadPeer('pg', () => Promise.resolve({ default: 7 }))).toEqual({ default: 7 });
  });

  it('is refused clearly if the package is not there at all', async () => {
    const absent = 'a-package-that-nobody-has-installed';
    const error = await failureOf(loadPeer(absent, () => import(/* @vite-ignore */ absent)));
    expect(error).toMatchObject({ code: 'not_configured' });
    expect(error.message).toMatch(new RegExp(`npm install (?:pg-boss )?${absent}$`));
  });
});

async function startHolder(directory: string): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('support/lock-holder.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', file, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  if (child.exitCode !== null) throw new Error('the process that was to hold the lock has ended');
  return child;
}
