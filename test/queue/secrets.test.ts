import { createCancelQueue } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closedOrigin } from '../../src/conformance/loopback.ts';
import type { QueryClient } from '../../src/queue/database/database.ts';
import { ENCODINGS } from '../support/encodings.ts';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { leaks } from './support/leaks.ts';
import { openQueue, openTables, schemaOf } from './support/open-queue.ts';
import { lost, openShop, request, says, seen, type Own, type Script } from './support/shop.ts';

const KINDS = Object.keys(echoing('')).length;

// A part that no innocent text has, between characters that an encoding treats in a way of its own.
const SECRET = 'p&"ü \\<%+qZ7xW9/é\'=€?';

describe.each(DATABASES)('a secret, on %s,', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('is in no row of any table and in nothing that comes out, whatever the provider echoes', async () => {
    const schema = schemaOf(database);
    const scripts = Object.fromEntries(
      ENCODINGS.flatMap(({ encode }, index) =>
        Object.entries(echoing(encode(SECRET))).map(([kind, script]) => [`${kind}-${index}`, script]),
      ),
    );
    const ids = Object.keys(scripts);
    const shop = openShop(scripts, SECRET);
    const errors: unknown[] = [];
    const limits = { alpha: { concurrency: 20 }, beta: { concurrency: 20 }, blind: { concurrency: 20 } };
    // Each way to end is met at each account.
    const accountOf = (index: number): keyof Own =>
      (['alpha', 'beta', 'blind'] as const)[(index + Math.floor(index / KINDS)) % 3] ?? 'alpha';
    const queue = await openQueue(database, {
      services: shop.services,
      schema,
      limits,
      readBackAfterMs: [1, 600_000],
      onError: (error) => errors.push(error),
    });
    await queue.enqueueMany(ids.map((id, index) => ({ id, by: 'ann', request: request(accountOf(index), id) })));
    // An account rests after three in a row that prove nothing.
    do {
      for (const account of ['alpha', 'beta', 'blind'] as const) await queue.resume(account);
      await queue.work({ stopWhenIdle: true, concurrency: 60 });
    } while ((await queue.list({ states: ['planned'], limit: 1 })).length > 0);
    const listed = await queue.list({ limit: 10_000 });
    const got = await Promise.all(ids.map((id) => queue.get(id)));
    const thrown = await Promise.all(ids.slice(0, 3).map((id) => failureOf(queue.withdraw(id, { by: 'ann' }))));
    expect(leaks([listed, got, thrown, errors, await queue.stats(), queue], SECRET)).toEqual([]);
    const ends = new Set(listed.map(({ state, outcome }) => `${state} ${String(outcome?.ok)}`));
    expect(ends).toEqual(
      new Set(['requested true', 'already_cancelled true', 'scheduled true', 'refused false', 'unknown false']),
    );
    expect(JSON.stringify(listed).match(/\[REDACTED\]/g)?.length).toBeGreaterThan(ids.length);
    await queue.close();

    await using tables = await openTables(database);
    const dumped = await dump(tables, [schema, `${schema}_jobs`]);
    expect([...dumped.keys()]).toEqual(
      expect.arrayContaining([`${schema}.cancellation`, `${schema}.history`, `${schema}_jobs.job_common`]),
    );
    expect(dumped.get(`${schema}.cancellation`)).toHaveLength(ids.length);
    expect(dumped.get(`${schema}.history`)?.length).toBeGreaterThan(4 * ids.length);
    for (const [table, rows] of dumped) {
      expect([table, leaks([rows, rows.map(parsed)], SECRET)]).toEqual([table, []]);
      expect([table, rows.some((row) => row.includes('qZ7xW9'))]).toEqual([table, false]);
    }
  });
});

it('would be found in every encoding', () => {
  const all = ENCODINGS.map(({ encode }) => encode(SECRET));
  const names = ENCODINGS.map(({ name }) => name);
  expect(leaks(new Error(all.join(' ')), SECRET)).toEqual(names);
  expect(leaks(parsed(JSON.stringify([{ [all.join(' ')]: 1 }])), SECRET)).toEqual(names);
});

describe('the password of a PostgreSQL server', () => {
  const PASSWORD = 'pa$$qZ7xW9w0rd';

  it.each([
    ['nobody listens', 'unavailable', (origin: string) => `${origin}/queue`],
    ['the address is none', 'invalid_request', () => '127.0.0.1:999999/queue'],
    ['a file of the address is not there', 'unavailable', (origin: string) => `${origin}/queue?sslrootcert=/not/there`],
  ])('is in nothing that is thrown if %s', async (_, code, addressOf) => {
    const { services } = openShop();
    const { host } = new URL(await closedOrigin());
    const url = `postgres://ann:${encodeURIComponent(PASSWORD)}@${addressOf(host)}`;
    const error = await failureOf(createCancelQueue({ services, database: url }));
    expect(error).toMatchObject({ code, operation: 'queue' });
    expect(error.message).toMatch(
      /Check the host and the port|file or socket that the address names|expected a directory, or a postgres:\/\/ URL/,
    );
    expect(leaks(error, PASSWORD)).toEqual([]);
  });
});

/** What a provider says that repeats what it should not, for each way in which a cancellation can end. */
function echoing(echo: string): Readonly<Record<string, Script>> {
  const words = { message: `of ${echo}`, providerCode: echo, providerMessage: `wrong: ${echo}` } as const;
  const effectiveAt = { value: echo, precision: 'date', source: 'provider' } as const;
  const status = { when: 'immediate', reason: echo, requestedAt: echo, effectiveAt, raw: { [echo]: [echo] } } as const;
  const accepted = {
    verdict: 'accepted',
    providerReference: echo,
    warnings: [{ code: 'side_effect', message: echo }],
  } as const;
  return {
    requested: { writes: [() => says({ ...accepted, outcome: 'requested' })] },
    scheduled: { writes: [() => says({ ...accepted, outcome: 'scheduled', effectiveAt })] },
    refused: { writes: [() => says({ verdict: 'refused', code: 'rejected', ...words })] },
    duplicate: {
      writes: [() => says({ verdict: 'duplicate', ambiguous: false, ...words })],
      reads: [() => seen('requested', status)],
    },
    unclear: { writes: [() => says({ verdict: 'unclear', reason: 'provider_error', ...words })] },
    found: { writes: [lost], reads: [() => seen('none', status), () => seen('scheduled', status)] },
    doubtful: { writes: [lost], reads: [() => seen('unknown', status)] },
    page: { writes: [() => new Response(echo, { status: 502 })], reads: [() => new Response(echo, { status: 200 })] },
    broken: {
      writes: [() => Promise.reject(Object.assign(new TypeError(echo), { cause: new Error(echo), code: echo }))],
      reads: [() => Promise.reject(new TypeError(echo, { cause: { request: { headers: { authorization: echo } } } }))],
    },
  };
}

/** Every row of every table, as JSON text. */
async function dump(client: QueryClient, schemas: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows: tables } = await client.query(
    `SELECT table_schema || '.' || quote_ident(table_name) AS name FROM information_schema.tables
     WHERE table_schema = ANY($1::text[]) AND table_type = 'BASE TABLE' ORDER BY 1`,
    [schemas],
  );
  const dumped = new Map<string, readonly string[]>();
  for (const { name } of tables) {
    const { rows } = await client.query(`SELECT row_to_json(t)::text AS row FROM ${String(name)} t`);
    dumped.set(
      String(name),
      rows.map(({ row }) => String(row)),
    );
  }
  return dumped;
}

function parsed(row: string): unknown {
  return JSON.parse(row);
}
