import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle } from './support/open-queue.ts';
import { openShop, request } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

/** What W3C Trace Context allows, written from its text: fields of hexadecimal digits, no zero id, no version ff. */
function isValid(text: string): boolean {
  const [version = '', traceId = '', parentId = '', flags = '', ...more] = text.split('-');
  const isHex = (field: string, length: number): boolean =>
    field.length === length && [...field].every((digit) => '0123456789abcdef'.includes(digit));
  const isZero = (field: string): boolean => [...field].every((digit) => digit === '0');
  return (
    more.length === 0 &&
    isHex(version, 2) &&
    version !== 'ff' &&
    isHex(traceId, 32) &&
    !isZero(traceId) &&
    isHex(parentId, 16) &&
    !isZero(parentId) &&
    isHex(flags, 2)
  );
}

describe.each(DATABASES)('a trace context on %s', { timeout: 60_000 }, (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('is kept with the cancellation, also once that is moved to its month', async () => {
    const schema = schemaOf(database);
    const { services } = openShop();
    {
      await using queue = await openQueue(database, { services, schema });
      await queue.enqueue(request('alpha', 'one'), { id: 'one', traceparent: TRACEPARENT });
      // Asked for again elsewhere, it is the same cancellation: the first context stays.
      const other = TRACEPARENT.replace('4b', '5c');
      expect(await queue.enqueue(request('alpha', 'one'), { id: 'one', traceparent: other })).toMatchObject({
        added: false,
      });
      await queue.enqueue(request('alpha', 'two'), { id: 'two' });
      await settle(queue, 'one', 'two');
      expect(await queue.get('one')).toMatchObject({ traceparent: TRACEPARENT });
      expect(await queue.get('two')).not.toHaveProperty('traceparent');
    }
    {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${schema}.cancellation SET updated_at = updated_at - interval '3 days'`);
    }
    await using queue = await openQueue(database, { services, schema });
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'requested', traceparent: TRACEPARENT });
  });

  it('that is not valid is refused, and nothing is enqueued', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    const bad = [
      '',
      'traceparent',
      TRACEPARENT.toUpperCase(),
      `${TRACEPARENT}-more`,
      `${TRACEPARENT}\n`,
      ` ${TRACEPARENT}`,
      TRACEPARENT.replace(/^00/, 'ff'),
      TRACEPARENT.replace('4bf92f3577b34da6a3ce929d0e0e4736', '0'.repeat(32)),
      TRACEPARENT.replace('00f067aa0ba902b7', '0'.repeat(16)),
      TRACEPARENT.repeat(1_000),
      7,
      null,
    ];
    for (const traceparent of bad) {
      for (const enqueued of [
        untyped(queue).enqueue(request('alpha', 'one'), { traceparent }),
        untyped(queue).enqueueMany([{ request: request('alpha', 'one'), traceparent }]),
      ]) {
        const error = await failureOf(enqueued);
        expect(error.code).toBe('invalid_request');
        expect(error.issues?.[0]?.path).toMatch(/^(?:options|items\.0)\.traceparent$/);
      }
    }
    expect(await queue.list()).toEqual([]);
  });
});

describe('the option traceparent of a call', () => {
  const hex = (length: number): fc.Arbitrary<string> =>
    fc.oneof(
      fc.constant('0'.repeat(length)),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefF'), minLength: length, maxLength: length }),
    );
  const nearly = fc
    .tuple(
      fc.oneof(fc.constantFrom('00', 'ff', '01'), hex(2)),
      hex(32),
      hex(16),
      hex(2),
      fc.constantFrom('', '', '-', ' '),
    )
    .map(([version, traceId, parentId, flags, end]) => `${version}-${traceId}-${parentId}-${flags}${end}`);

  it('takes what W3C Trace Context calls valid, and nothing else', async () => {
    const { services } = openShop();
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearly, fc.string()), async (traceparent) => {
        const { ok } = await services.safeCancel(request('alpha', 'one'), { traceparent });
        expect(ok).toBe(isValid(traceparent));
      }),
      { numRuns: 200 },
    );
  });
});
