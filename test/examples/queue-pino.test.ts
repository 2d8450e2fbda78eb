import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logChanges } from '../../examples/queue/pino.ts';
import { startPglite, type TestDatabase } from '../queue/support/databases.ts';
import { openQueue, settle } from '../queue/support/open-queue.ts';
import { lost, openShop, request, TOKEN } from '../queue/support/shop.ts';

describe('the example for pino', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await startPglite();
  }, 60_000);
  afterAll(() => database[Symbol.asyncDispose]());

  it('logs what is enqueued and settled, warns of what needs a person, and keeps the rest for debugging', async () => {
    const lines: string[] = [];
    const output = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const shop = openShop({ two: { writes: [lost] } });
    await using queue = await openQueue(database, {
      services: shop.services,
      onChange: logChanges(pino({ level: 'debug' }, output)),
    });
    await queue.enqueue({ ...request('alpha', 'one'), reason: 'a private matter' }, { id: 'one', by: 'ann' });
    await settle(queue, 'one');
    await queue.enqueue(request('blind', 'two'), { id: 'two' });
    await settle(queue, 'two');
    await queue.close();
    const logged = lines.map((line) => JSON.parse(line)).map(({ level, msg, component }) => [level, msg, component]);
    expect(logged).toEqual([
      [30, 'cancellation: new → planned', 'cancelkit'],
      [20, 'cancellation: planned → intent', 'cancelkit'],
      [30, 'cancellation: intent → requested', 'cancelkit'],
      [30, 'cancellation: new → planned', 'cancelkit'],
      [20, 'cancellation: planned → intent', 'cancelkit'],
      [40, 'cancellation needs a person: intent → unknown', 'cancelkit'],
    ]);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      cancellation: { id: 'two', account: 'blind', code: 'outcome_unknown', needsPerson: true },
    });
    for (const word of [TOKEN, 'a private matter']) expect(lines.join('')).not.toContain(word);
  });
});
