import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdtemp, open as openFile, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeHistory } from '../../src/queue/ledger/history.ts';
import { migrate } from '../../src/queue/ledger/migrate.ts';
import { MIGRATIONS } from '../../src/queue/ledger/migrations.ts';
import { COLUMNS } from '../../src/queue/ledger/settled.ts';
import { QUEUE_STATES, SETTLED_STATES } from '../../src/queue/model/state.ts';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { freshSchema, openQueue, openTables, settle } from './support/open-queue.ts';
import { openShop, request, TOKEN } from './support/shop.ts';

// Those of the version before the one that moves what is settled.
const STATES = QUEUE_STATES.filter((state) => !['proposed', 'lapsed', 'overdue'].includes(state));
const SETTLED = STATES.filter((state) => SETTLED_STATES.includes(state));

describe.each(DATABASES)('what is settled, on %s', { timeout: 60_000 }, (name, open) => {
  let database: TestDatabase;
  let folder: string;
  let schema: string;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    schema = freshSchema();
    folder = await mkdtemp(join(tmpdir(), 'queue-export-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Lets so many days pass for everything in the ledger. */
  async function age(days: number): Promise<void> {
    await using tables = await openTables(database);
    await tables.query(
      `UPDATE ${schema}.cancellation SET updated_at = updated_at - $1 * interval '1 day',
         created_at = created_at - $1 * interval '1 day'`,
      [days],
    );
  }

  /** The month, such as `2026-05`, in which the oldest was settled. */
  async function settledMonth(): Promise<string> {
    await using tables = await openTables(database);
    const { rows } = await tables.query(
      `SELECT to_char(min(updated_at) AT TIME ZONE 'UTC', 'YYYY-MM') AS month FROM ${schema}.cancellation`,
    );
    return String(rows[0]?.['month']);
  }

  async function count(table: string): Promise<number> {
    await using tables = await openTables(database);
    const { rows } = await tables.query(`SELECT count(*)::int AS count FROM ${schema}.${table}`);
    return Number(rows[0]?.['count']);
  }

  it('is moved out of the way after a day, and is found, listed, waited for and counted as before', async () => {
    const shop = openShop();
    let before;
    {
      await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
      for (const id of ['one', 'two', 'three']) await queue.enqueue(request('alpha', id), { id });
      await settle(queue, 'one', 'two', 'three');
      await queue.enqueue(request('alpha', 'open'), { id: 'open', notBefore: '2999-01-01' });
      before = await queue.get('two');
    }
    await age(3);
    {
      await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
      await queue.work({ stopWhenIdle: true });
    }
    expect([await count('cancellation'), await count('settled')]).toEqual([1, 3]);
    await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
    expect(await queue.get('two')).toMatchObject({ id: 'two', state: 'requested', history: before?.history });
    expect((await queue.list()).map(({ id }) => id)).toEqual(['one', 'two', 'three', 'open']);
    expect((await queue.list({ limit: 2, after: 'one' })).map(({ id }) => id)).toEqual(['two', 'three']);
    expect(await queue.wait('three')).toMatchObject({ state: 'requested' });
    expect((await queue.stats()).states).toMatchObject({ requested: 3, planned: 1 });
  });

  it('keeps its id, and leaves its service free', async () => {
    const shop = openShop();
    {
      await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      await settle(queue, 'one');
    }
    await age(3);
    await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.enqueue(request('alpha', 'one'), { id: 'one' })).toEqual({ id: 'one', added: false });
    const other = await failureOf(queue.enqueue(request('alpha', 'other'), { id: 'one' }));
    expect(other).toMatchObject({ code: 'invalid_request', issues: [{ path: 'options.id' }] });
    await queue.work({ stopWhenIdle: true });
    expect(shop.writes()).toBe(1);
    expect(await queue.enqueue(request('alpha', 'one'), { id: 'again' })).toEqual({ id: 'again', added: true });
  });

  it('comes back when a refused one is retried, and answers other decisions with its state', async () => {
    const shop = openShop();
    {
      await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
      await queue.enqueue(request('alpha', 'one'), { id: 'one', notBefore: '2999-01-01' });
      await queue.withdraw('one', { by: 'ann' });
    }
    await age(3);
    {
      await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
      await queue.work({ stopWhenIdle: true });
    }
    expect(await count('settled')).toBe(1);
    await using queue = await openQueue(database, { services: shop.services, schema, follow: false });
    const withdrawn = await failureOf(queue.withdraw('one', { by: 'ann' }));
    expect(withdrawn.issues?.[0]?.expected).toMatch(/it is refused/);
    await queue.retry('one', { by: 'ann' });
    const [record] = await settle(queue, 'one');
    expect(record).toMatchObject({ state: 'requested' });
    const types = (await queue.get('one'))?.history.map(({ type }) => type) ?? [];
    expect(types.slice(0, 4)).toEqual(['enqueued', 'withdrawn', 'retried', 'intent']);
    expect(shop.writes()).toBe(1);
  });

  it('is dropped by months once it is older than keepSettledFor; what is open stays, however old', async () => {
    await fillWithEveryState(schema, 500);
    const { services } = openShop();
    {
      await using queue = await openQueue(database, { services, schema, keepSettledFor: 'forever' });
      await queue.work({ stopWhenIdle: true, concurrency: 1 });
      expect(await queue.get('completed')).toMatchObject({ state: 'completed' });
    }
    {
      await using queue = await openQueue(database, { services, schema, keepSettledFor: 600 });
      await queue.work({ stopWhenIdle: true });
      expect(await queue.get('completed')).toMatchObject({ state: 'completed' });
    }
    await using queue = await openQueue(database, { services, schema });
    await queue.work({ stopWhenIdle: true });
    const left = (await queue.list()).map(({ id }) => id);
    expect(left.toSorted()).toEqual(STATES.filter((state) => !SETTLED.includes(state)).toSorted());
  });

  it('is exported before it is dropped, and kept if that fails', async () => {
    await fillWithEveryState(schema, 500);
    const { services } = openShop();
    const errors: string[] = [];
    const blocked = join(folder, 'blocked');
    writeFileSync(blocked, '');
    {
      const options = { services, schema, onError: ({ code }: { code: string }) => void errors.push(code) };
      await using queue = await openQueue(database, { ...options, exportSettledTo: join(blocked, 'sub') });
      await queue.work({ stopWhenIdle: true });
      expect(await queue.get('completed')).toMatchObject({ state: 'completed' });
    }
    expect(errors).toEqual(['unavailable']);
    const exported = join(folder, 'exported');
    await using queue = await openQueue(database, { services, schema, exportSettledTo: exported });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('completed')).toBeUndefined();
    const [file = ''] = readdirSync(exported);
    expect(file).toMatch(new RegExp(`^${schema}-\\d{4}-\\d{2}\\.jsonl$`));
    expect(linesOf(join(exported, file)).map(({ id }) => id)).toEqual([...SETTLED]);
    if (process.platform !== 'win32') {
      expect(statSync(exported).mode & 0o777).toBe(0o700);
      expect(statSync(join(exported, file)).mode & 0o777).toBe(0o600);
    }
  });

  it.runIf(process.platform !== 'win32')('is exported beside a symbolic link that leads nowhere', async () => {
    await fillWithEveryState(schema, 500);
    const { services } = openShop();
    const errors: string[] = [];
    const name = `${schema}-${await settledMonth()}.jsonl`;
    symlinkSync(join(folder, 'nowhere'), join(folder, name));
    const onError = ({ message }: { message: string }): void => void errors.push(message);
    await using queue = await openQueue(database, { services, schema, onError, exportSettledTo: folder });
    await queue.work({ stopWhenIdle: true });
    expect(errors).toEqual([]);
    expect(readdirSync(folder).toSorted()).toEqual([name.replace('.jsonl', '-2.jsonl'), name]);
  });

  it.runIf(process.platform !== 'win32')(
    'is not exported to where everybody may write, and warns of others',
    async () => {
      await fillWithEveryState(schema, 500);
      const { services } = openShop();
      const errors: string[] = [];
      const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
      const onError = ({ message }: { message: string }): void => void errors.push(message);
      const options = { services, schema, onError, exportSettledTo: folder };
      chmodSync(folder, 0o777);
      try {
        {
          await using queue = await openQueue(database, options);
          await queue.work({ stopWhenIdle: true });
          expect(await queue.get('completed')).toMatchObject({ state: 'completed' });
        }
        expect(errors).toEqual([expect.stringContaining(`other users may write to ${folder}`)]);
        chmodSync(folder, 0o750);
        await using queue = await openQueue(database, options);
        await queue.work({ stopWhenIdle: true });
        expect(readdirSync(folder)).toHaveLength(1);
        expect(warned.mock.calls.map(([warning]) => String(warning))).toContainEqual(
          expect.stringContaining(`other users may enter ${folder}`),
        );
      } finally {
        warned.mockRestore();
      }
    },
  );

  it('is exported on demand with its history and no secret, into a file that does not exist yet', async () => {
    const { services } = openShop();
    await using queue = await openQueue(database, { services, schema, follow: false });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await settle(queue, 'one');
    await queue.enqueue(request('alpha', 'open'), { id: 'open', notBefore: '2999-01-01' });
    const file = join(folder, 'settled.jsonl');
    expect(await queue.exportSettled({ file })).toEqual({ exported: 1 });
    expect(linesOf(file)).toEqual([JSON.parse(JSON.stringify(await queue.get('one')))]);
    expect(readFileSync(file, 'utf8')).not.toContain(TOKEN);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await failureOf(queue.exportSettled({ file }))).toMatchObject({ code: 'invalid_request' });
    expect(await queue.exportSettled({ file: `${file}.none`, before: '2020-01-01' })).toEqual({ exported: 0 });
    mkdirSync(join(folder, 'directory'));
    const missing = await failureOf(queue.exportSettled({ file: join(folder, 'missing', 'settled.jsonl') }));
    expect(missing).toMatchObject({ code: 'unavailable', providerCode: 'ENOENT' });
    expect(readdirSync(folder).toSorted()).toEqual(['directory', 'settled.jsonl', 'settled.jsonl.none']);
  });

  it.runIf(process.platform !== 'win32')('has its export, and the name of it, on the disk', async () => {
    const { services } = openShop();
    await using queue = await openQueue(database, { services, schema });
    const synced: string[] = [];
    await using handle = await openFile(folder, 'r');
    const handles: Pick<FileHandle, 'sync'> = Object.getPrototypeOf(handle);
    const sync = vi.spyOn(handles, 'sync').mockImplementation(async function (this: FileHandle) {
      const isDirectory = (await this.stat()).isDirectory();
      synced.push(isDirectory ? `directory with ${readdirSync(folder).join()}` : 'file');
    });
    try {
      await queue.exportSettled({ file: join(folder, 'settled.jsonl') });
    } finally {
      sync.mockRestore();
    }
    expect(synced).toEqual(['file', 'directory with settled.jsonl']);
  });

  it('takes a late line of history after it was moved', async () => {
    await fillWithEveryState(schema, 3);
    const { services } = openShop();
    {
      await using queue = await openQueue(database, { services, schema });
      await queue.work({ stopWhenIdle: true });
    }
    {
      await using tables = await openTables(database);
      const late = { type: 'late_outcome', data: {} };
      await writeHistory(tables, schema, [
        { id: 'planned', ...late },
        { id: 'completed', ...late },
      ]);
    }
    await using queue = await openQueue(database, { services, schema });
    for (const id of ['planned', 'completed']) {
      expect([id, (await queue.get(id))?.history.at(-1)?.type]).toEqual([id, 'late_outcome']);
    }
  });

  // An embedded database has one connection, so nobody else can be reading it.
  it.each(name === 'PGlite' ? [] : [name])('is moved while %s is read for long, as by a backup', async () => {
    const { services } = openShop();
    await fillWithEveryState(schema, 3);
    await using queue = await openQueue(database, { services, schema });
    await using tables = await openTables(database);
    await tables.transaction(async (backup) => {
      await backup.query(`LOCK TABLE ${schema}.cancellation, ${schema}.settled IN ACCESS SHARE MODE`);
      await queue.work({ stopWhenIdle: true });
      expect(await count('settled')).toBe(SETTLED.length);
    });
  });

  it('has the columns of what is at hand', async () => {
    const { services } = openShop();
    await (await openQueue(database, { services, schema })).close();
    await using tables = await openTables(database);
    for (const [table, more] of [
      ['cancellation', []],
      ['settled', ['history']],
    ] as const) {
      const { rows } = await tables.query(
        'SELECT column_name AS name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2',
        [schema, table],
      );
      expect(rows.map(({ name }) => String(name)).toSorted()).toEqual([...COLUMNS, ...more].toSorted());
    }
  });

  it('does not change its tables while a worker of the older version is at them', async () => {
    const { services } = openShop();
    {
      await using tables = await openTables(database);
      await migrate(tables, schema, MIGRATIONS.slice(0, 4));
      await tables.query(
        `INSERT INTO ${schema}.worker (id, seen_at, alive_until)
         VALUES ('old', clock_timestamp(), clock_timestamp() + interval '10 seconds')`,
      );
    }
    const refused = await failureOf(openQueue(database, { services, schema }));
    expect(refused).toMatchObject({ code: 'unavailable' });
    expect(refused.message).toMatch(/Stop all processes of the older version/);
  });

  /** Makes the tables of the version before, with a cancellation in every state, last changed so many days ago. */
  async function fillWithEveryState(into: string, days: number): Promise<void> {
    await using tables = await openTables(database);
    await migrate(tables, into, MIGRATIONS.slice(0, 4));
    const rows = STATES.map((state) => ({
      id: state,
      state,
      // A worker that has other accounts is at these.
      account: state === 'intent' || state === 'sent' ? 'elsewhere' : 'alpha',
    }));
    await tables.query(
      `INSERT INTO ${into}.cancellation (id, fingerprint, account, provider, service_key, request, state, not_before,
         lease_until, worker, needs_person, updated_at)
       SELECT id, 'of-' || id, account, 'shop', id, jsonb_build_object('account', account, 'service',
         jsonb_build_object('id', id), 'when', 'immediate'), state,
         CASE state WHEN 'planned' THEN timestamptz '2999-01-01' END,
         CASE WHEN state IN ('intent', 'sent') THEN clock_timestamp() + interval '1 hour' END,
         CASE WHEN state IN ('intent', 'sent') THEN 'elsewhere' END, state = 'unknown',
         date_trunc('month', clock_timestamp() - $2 * interval '1 day') + interval '1 hour'
       FROM jsonb_to_recordset($1::jsonb) AS x(id text, account text, state text)`,
      [JSON.stringify(rows), days],
    );
    await tables.query(
      `INSERT INTO ${into}.history (cancellation_id, at, type) SELECT id, updated_at, 'enqueued' FROM ${into}.cancellation`,
    );
    if (days < 31)
      await tables.query(`UPDATE ${into}.cancellation SET updated_at = clock_timestamp() - interval '3 days'`);
  }
});

function linesOf(file: string): readonly Readonly<Record<string, unknown>>[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
}
