import { createConnection, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderError } from 'cancelkit';
import { createCancelQueue, openQueueReader } from 'cancelkit/queue';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { listen } from '../support/listen.ts';
import { crashServer } from './support/crash-server.ts';
import { startPostgresServer, type TestServer } from './support/databases.ts';
import { freshSchema, openQueue, settle } from './support/open-queue.ts';
import { closedGate, lost, openShop, request, seen, type Shop } from './support/shop.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgresServer();
});
afterAll(() => server[Symbol.asyncDispose]());

let users = 0;

/** A user of its own, with settings of its own; the address of the database as that user. */
async function userWith(
  settings: Readonly<Record<string, string>>,
  more = '',
): Promise<{ name: string; address: string }> {
  users += 1;
  const name = `user_${users}`;
  await asOwner(
    `CREATE ROLE ${name} LOGIN PASSWORD 'password-of-the-user' ${more}`,
    `GRANT CREATE ON DATABASE queue TO ${name}`,
    ...Object.entries(settings).map(([setting, value]) => `ALTER ROLE ${name} SET ${setting} = ${value}`),
  );
  const address = new URL(server.address);
  [address.username, address.password] = [name, 'password-of-the-user'];
  return { name, address: address.href };
}

async function asOwner(...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: server.address });
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query<Record<string, unknown>>(statement));
    return rows;
  } finally {
    await client.end();
  }
}

describe('what is acknowledged', () => {
  it('survives a crash of the server though synchronous_commit is off for its user', { timeout: 60_000 }, async () => {
    // Written to the disk as late as the server can: what is not synced by its own commit is lost.
    await asOwner('ALTER SYSTEM SET wal_writer_delay = 10000', 'SELECT pg_reload_conf()');
    const { address } = await userWith({ synchronous_commit: 'off' });
    const queue = await createCancelQueue({
      services: openShop().services,
      database: address,
      schema: 'durable',
      onError: () => undefined,
    });
    const ids = Array.from({ length: 20 }, (_, index) => `id-${index}`);
    const client = new pg.Client({ connectionString: address });
    client.on('error', () => undefined);
    await client.connect();
    for (const [index, id] of ids.entries()) {
      const isOwn = index % 2 === 1;
      if (isOwn) await client.query('BEGIN');
      await queue.enqueue(request('alpha', id), { id, ...(isOwn ? { transaction: client } : {}) });
      if (isOwn) await client.query('COMMIT');
    }
    await crashServer(server);
    await queue.close().catch(() => undefined);
    await client.end().catch(() => undefined);
    await server.start();
    await using again = await openQueue({ ...server, address }, { services: openShop().services, schema: 'durable' });
    expect((await again.list()).map(({ id }) => id)).toEqual(ids);
  });

  it(
    'by a worker’s claim survives it too: what may have been sent is not planned any more',
    { timeout: 60_000 },
    async () => {
      await asOwner('ALTER SYSTEM SET wal_writer_delay = 10000', 'SELECT pg_reload_conf()');
      const { address } = await userWith({ synchronous_commit: 'off' });
      const gate = closedGate();
      const shop = openShop({ one: { writes: [() => gate.pass()] } });
      const own = { ...server, address };
      // A listener that throws does not stop the worker.
      const onError = (): never => {
        throw new Error('RECEIVED');
      };
      await using queue = await openQueue(own, { services: shop.services, onError });
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
      const stop = new AbortController();
      const working = queue.work({ signal: stop.signal });
      await gate.held(1);
      await crashServer(server);
      await server.start();
      await using other = await openQueue(own, { services: shop.services, schema: queue.schema });
      expect((await other.get('one'))?.state).toMatch(/^(?:intent|sent)$/);
      gate.open();
      expect(await queue.wait('one', { timeoutMs: 30_000 })).toMatchObject({ state: 'requested' });
      stop.abort();
      await working;
      expect(shop.writes('one')).toBe(1);
    },
  );

  it('is reported to be at risk if the server does not sync at all', async () => {
    await asOwner('ALTER SYSTEM SET full_page_writes = off', 'SELECT pg_reload_conf()');
    const warnings: string[] = [];
    const listen = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', listen);
    try {
      await (await openQueue(server, { services: openShop().services })).close();
      await new Promise(setImmediate);
      expect(warnings.join('\n')).toContain('full_page_writes = off');
    } finally {
      process.off('warning', listen);
      await asOwner('ALTER SYSTEM RESET full_page_writes', 'SELECT pg_reload_conf()');
    }
  });

  it.each(['local', 'remote_write', 'remote_apply', 'on'])(
    'keeps synchronous_commit = %s in a transaction of the caller’s own',
    async (setting) => {
      const { address } = await userWith({ synchronous_commit: setting });
      await using queue = await openQueue({ ...server, address }, { services: openShop().services });
      const client = new pg.Client({ connectionString: address });
      await client.connect();
      await client.query('BEGIN');
      await queue.enqueue(request('alpha', 'one'), { id: 'one', transaction: client });
      expect((await client.query('SHOW synchronous_commit')).rows).toEqual([{ synchronous_commit: setting }]);
      await client.query('COMMIT');
      await client.end();
      expect(await queue.get('one')).toMatchObject({ state: 'planned' });
    },
  );
});

describe('a user whose settings are others', { timeout: 60_000 }, () => {
  const cases: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['DateStyle German', { DateStyle: "'German, DMY'" }],
    ['DateStyle SQL', { DateStyle: "'SQL, DMY'" }],
    ['DateStyle Postgres, far from UTC', { DateStyle: "'Postgres, DMY'", TimeZone: "'Pacific/Kiritimati'" }],
    [
      'intervals and bytes',
      { IntervalStyle: "'sql_standard'", bytea_output: "'escape'", standard_conforming_strings: 'off' },
    ],
    ['an empty search_path', { search_path: "''" }],
    ['reading alone', { default_transaction_read_only: 'on' }],
    ['serializable', { default_transaction_isolation: "'serializable'", default_transaction_deferrable: 'on' }],
    [
      'short limits',
      {
        statement_timeout: "'100ms'",
        lock_timeout: "'1ms'",
        idle_in_transaction_session_timeout: "'5ms'",
        transaction_timeout: "'5ms'",
      },
    ],
    ['another encoding', { client_encoding: "'LATIN1'" }],
  ];
  it.each(cases)('is served all the same: %s', async (_, settings) => {
    const { address } = await userWith(settings);
    const shop = openShop();
    await using queue = await openQueue({ ...server, address }, { services: shop.services });
    const before = Date.now();
    await queue.enqueue({ ...request('alpha', 'one'), reason: { text: 'Zu teuer: 5 €' } }, { id: 'one' });
    await queue.enqueue(request('alpha', 'two'), { id: 'two', notBefore: '2100-02-01T10:00Z' });
    const [one] = await settle(queue, 'one');
    expect(one).toMatchObject({ state: 'requested', request: { reason: { text: 'Zu teuer: 5 €' } } });
    expect(Math.abs(Date.parse(String(one?.createdAt)) - before)).toBeLessThan(60_000);
    expect(await queue.get('two')).toMatchObject({
      notBefore: '2100-02-01T10:00:00.000Z',
      history: [{ type: 'enqueued' }],
    });
    expect(await queue.list({ state: 'planned' })).toMatchObject([{ id: 'two' }]);
    await queue.withdraw('two', { by: 'ann' });
    expect(await queue.stats()).toMatchObject({ states: { refused: 1, requested: 1 } });
    expect(shop.writes()).toBe(1);
  });

  it.each(cases.slice(0, 5))('may enqueue in a transaction of its own all the same: %s', async (_, settings) => {
    const { address } = await userWith(settings);
    await using queue = await openQueue({ ...server, address }, { services: openShop().services });
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    await client.query('BEGIN');
    const options = { id: 'one', notBefore: '2100-02-01T10:00Z', transaction: client };
    await queue.enqueue(request('alpha', 'one'), options);
    await client.query('COMMIT');
    await client.end();
    expect(await queue.get('one')).toMatchObject({ notBefore: '2100-02-01T10:00:00.000Z', state: 'planned' });
  });

  it('finds no function of another’s in the place of the server’s own', async () => {
    await asOwner(
      'CREATE SCHEMA evil',
      `CREATE FUNCTION evil.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT '1990-01-01Z'::timestamptz $$`,
      'GRANT USAGE ON SCHEMA evil TO PUBLIC',
    );
    const { address } = await userWith({ search_path: 'evil, pg_catalog' });
    await using queue = await openQueue({ ...server, address }, { services: openShop().services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    expect((await queue.get('one'))?.createdAt).not.toMatch(/^1990/);
  });
});

describe('a user with few rights', () => {
  it('may be allowed one connection', { timeout: 60_000 }, async () => {
    const { address } = await userWith({}, 'CONNECTION LIMIT 1');
    const shop = openShop();
    await using queue = await openQueue({ ...server, address }, { services: shop.services });
    await Promise.all(
      Array.from({ length: 8 }, (_, index) => queue.enqueue(request('alpha', `s-${index}`), { id: `id-${index}` })),
    );
    await Promise.all([settle(queue, 'id-0', 'id-7'), queue.list(), queue.stats(), queue.get('id-3')]);
    expect(shop.writes()).toBeGreaterThan(1);
  });

  it('names the limit if even that one is taken', { timeout: 60_000 }, async () => {
    const { address } = await userWith({}, 'CONNECTION LIMIT 1');
    const client = new pg.Client({ connectionString: address });
    await client.connect();
    const error = await failureOf(openQueue({ ...server, address }, { services: openShop().services }));
    await client.end();
    expect(error).toMatchObject({ code: 'unavailable', operation: 'queue', providerCode: '53300' });
    expect(error.message).toContain('CONNECTION LIMIT');
  });

  it('needs none to make schemas if they are there', async () => {
    const { name, address } = await userWith({});
    const schema = freshSchema();
    await asOwner(
      `REVOKE CREATE ON DATABASE queue FROM ${name}`,
      `CREATE SCHEMA ${schema} AUTHORIZATION ${name}`,
      `CREATE SCHEMA ${schema}_jobs AUTHORIZATION ${name}`,
    );
    await works(address, schema);
  });

  it('needs none to make tables if they are there', async () => {
    const { name, address } = await userWith({});
    const schema = freshSchema();
    await (await openQueue(server, { services: openShop().services, schema })).close();
    await asOwner(
      `REVOKE CREATE ON DATABASE queue FROM ${name}`,
      ...[schema, `${schema}_jobs`].flatMap((own) => [
        `GRANT USAGE ON SCHEMA ${own} TO ${name}`,
        `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${own} TO ${name}`,
      ]),
    );
    await works(address, schema);
  });

  it('says what to run if they are not', async () => {
    const { name, address } = await userWith({});
    await asOwner(`REVOKE CREATE ON DATABASE queue FROM ${name}`);
    const error = await failureOf(openQueue({ ...server, address }, { services: openShop().services }));
    expect(error).toMatchObject({ code: 'not_configured', operation: 'queue', providerCode: '42501' });
    expect(error.message).toContain('CREATE SCHEMA cancelkit AUTHORIZATION');
  });

  it('needs none to write to read the queue', async () => {
    const { name, address } = await userWith({});
    const schema = freshSchema();
    await using queue = await openQueue(server, { services: openShop().services, schema });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await asOwner(
      `REVOKE CREATE ON DATABASE queue FROM ${name}`,
      `GRANT USAGE ON SCHEMA ${schema} TO ${name}`,
      `GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${name}`,
    );
    const reader = await openQueueReader({ services: openShop().services, database: address, schema });
    expect(await reader.get('one')).toMatchObject({ state: 'planned', history: [{ type: 'enqueued' }] });
    expect(await reader.list()).toHaveLength(1);
    expect(await reader.stats()).toMatchObject({ states: { planned: 1 } });
    await reader.close();
    await reader.close();
  });

  it('makes nothing by reading where there is no queue', async () => {
    const schema = freshSchema();
    const options = { services: openShop().services, database: server.address, schema };
    const error = await failureOf(openQueueReader(options));
    expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
    expect(error.message).toContain(`no queue in the schema ${schema}`);
    expect(await asOwner(`SELECT FROM pg_namespace WHERE nspname LIKE '${schema}%'`)).toEqual([]);
  });

  it('reads no tables of another version', async () => {
    const schema = freshSchema();
    const options = { services: openShop().services, database: server.address, schema };
    await (await openQueue(server, { services: openShop().services, schema })).close();
    for (const [change, words] of [
      ['- 1', 'older version'],
      ['+ 2', 'Update cancelkit'],
    ]) {
      await asOwner(`UPDATE ${schema}.version SET number = number ${change}`);
      const error = await failureOf(openQueueReader(options));
      expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
      expect(error.message).toContain(words);
    }
  });

  async function works(address: string, schema: string): Promise<void> {
    const shop: Shop = openShop();
    await using queue = await openQueue({ ...server, address }, { services: shop.services, schema });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    expect(await settle(queue, 'one')).toMatchObject([{ state: 'requested' }]);
  }
});

describe('a row that this version does not understand', () => {
  it('fails with an error of the queue, whatever reads it', async () => {
    await using queue = await openQueue(server, { services: openShop().services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await asOwner(`UPDATE ${queue.schema}.cancellation SET request = '"RECEIVED"', provider = 'RECEIVED'`);
    const calls = {
      get: () => queue.get('one'),
      list: () => queue.list(),
      wait: () => queue.wait('one'),
      withdraw: () => queue.withdraw('one', { by: 'ann' }),
      work: () => queue.work({ stopWhenIdle: true }),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await failureOf(call());
      expect([name, error.code]).toEqual([name, 'unexpected_response']);
      expect(`${error.message}${error.stack}`).not.toContain('RECEIVED');
    }
  });
});

describe('a program that reads the types of PostgreSQL in its own way', () => {
  const TYPES = [16, 20, 21, 23, 114, 701, 1114, 1184, 1700, 3802];
  const kept = new Map(TYPES.map((type) => [type, pg.types.getTypeParser(type)]));
  afterEach(() => {
    for (const [type, parser] of kept) pg.types.setTypeParser(type, parser);
  });

  it.each([
    ['text', (value: string) => value],
    ['objects', (value: string) => ({ value })],
    ['big integers, where that is possible', (value: string) => (/^\d+$/.test(value) ? BigInt(value) : value)],
  ])('has its queue all the same: %s', { timeout: 60_000 }, async (_, parser) => {
    for (const type of TYPES) pg.types.setTypeParser(type, parser);
    const shop = openShop({ lost: { writes: [lost], reads: [() => seen('requested')] } });
    await using queue = await openQueue(server, { services: shop.services, readBackAfterMs: [20, 40] });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.enqueue(request('alpha', 'lost'), { id: 'lost' });
    await queue.enqueue(request('alpha', 'later'), { id: 'later', notBefore: '2100-02-01T10:00Z', priority: 3 });
    const client = new pg.Client({ connectionString: server.address });
    await client.connect();
    await client.query('BEGIN');
    const own = { id: 'own', notBefore: '2100-02-01T10:00Z', transaction: client };
    expect(await queue.enqueue(request('alpha', 'own'), own)).toEqual({ id: 'own', added: true });
    expect(await queue.enqueue(request('alpha', 'own'), own)).toEqual({ id: 'own', added: false });
    await client.query('COMMIT');
    await client.end();
    expect((await settle(queue, 'one', 'lost')).map(({ state }) => state)).toEqual(['requested', 'requested']);
    for (const id of ['later', 'own']) {
      expect(await queue.get(id)).toMatchObject({ state: 'planned', notBefore: '2100-02-01T10:00:00.000Z' });
    }
    expect(await queue.list({ limit: 1 })).toMatchObject([{ id: 'one', needsPerson: false, priority: 0 }]);
    expect(await queue.stats()).toMatchObject({ states: { requested: 2, planned: 2 } });
    expect([shop.writes('one'), shop.writes('lost'), shop.writes()]).toEqual([1, 1, 2]);
  });
});

describe('a connection that ended while nobody used it', { timeout: 60_000 }, () => {
  it('is replaced, if that shows only when it is used', async () => {
    const target = new URL(server.address);
    const ended = new Set<Socket>();
    const open = new Set<Socket>();
    let replaced = 0;
    const proxy = createServer((client) => {
      open.add(client);
      const upstream = createConnection(Number(target.port), target.hostname);
      for (const socket of [client, upstream]) socket.on('error', () => undefined);
      upstream.on('data', (data) => client.write(data));
      upstream.on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
      client.on('data', (data) => {
        if (!ended.has(client)) return void upstream.write(data);
        replaced += 1;
        client.destroy();
      });
    });
    const port = await listen(proxy);
    const address = Object.assign(new URL(server.address), { port: String(port) }).href;
    const options = { services: openShop().services, schema: freshSchema() };
    await using queue = await openQueue({ ...server, address }, options);
    for (const round of ['one', 'two', 'three']) {
      for (const client of open) ended.add(client);
      expect(await queue.enqueue(request('alpha', round), { id: round })).toEqual({ id: round, added: true });
    }
    expect(replaced).toBeGreaterThanOrEqual(3);
    expect(await queue.list()).toHaveLength(3);
    proxy.close();
  });

  it('does not end the process, whenever the server ends it', async () => {
    const { name, address } = await userWith({});
    await using queue = await openQueue({ ...server, address }, { services: openShop().services });
    const terminate = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${name}'`;
    // An error that nobody listens to fails the run.
    for (let round = 0; round < 30; round += 1) {
      const read = queue.list().then(
        () => 'read',
        ({ code }: ProviderError) => code,
      );
      const [list] = await Promise.all([read, delay(round / 3).then(() => asOwner(terminate))]);
      expect(list).toMatch(/^(?:read|unavailable)$/);
    }
  });
});

describe('an address that is wrong', () => {
  const cases: readonly (readonly [string, (url: URL) => void, string])[] = [
    ['the password', (url) => (url.password = 'other'), 'refuses the user or the password'],
    ['the user', (url) => (url.username = 'nobody-of-this-name'), 'refuses the user or the password'],
    ['the database', (url) => (url.pathname = '/missing'), 'no database of this name'],
    ['the port', (url) => (url.port = '1'), 'Check the host and the port'],
    ['the host', (url) => (url.hostname = 'missing.invalid'), 'cannot be resolved'],
  ];
  it.each(cases)('is named: %s', async (_, change, words) => {
    const url = new URL(server.address);
    change(url);
    const error = await failureOf(openQueue({ ...server, address: url.href }, { services: openShop().services }));
    expect(error.message).toContain(words);
    expect(error.message).not.toContain('schemas');
  });

  it.each([
    ['order', 'a word that SQL keeps'],
    ['pg_queue', 'begin with pg_'],
    ['foreign', 'not those of a queue'],
  ])('names the schema %s', async (schema, words) => {
    if (schema === 'foreign') await asOwner('CREATE SCHEMA foreign_', 'CREATE TABLE foreign_.version (of text)');
    const name = schema === 'foreign' ? 'foreign_' : schema;
    const error = await failureOf(openQueue(server, { services: openShop().services, schema: name }));
    expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
    expect(error.message).toContain(words);
  });

  it('names an encoding that lacks characters, before anything is made', async () => {
    await asOwner(`CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`);
    const url = Object.assign(new URL(server.address), { pathname: '/latin' });
    const error = await failureOf(openQueue({ ...server, address: url.href }, { services: openShop().services }));
    expect(error).toMatchObject({ code: 'not_configured', operation: 'queue' });
    expect(error.message).toContain('UTF8');
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    expect((await client.query(`SELECT FROM pg_namespace WHERE nspname LIKE 't_%'`)).rows).toEqual([]);
    await client.end();
  });
});
