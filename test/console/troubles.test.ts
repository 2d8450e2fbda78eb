import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ProviderError } from 'cancelkit';
import { createQueueConsole, type ConsoleQueue } from 'cancelkit/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveConsole } from '../../src/console/local-server.ts';
import { consoleOf, fieldIn, KIM, openConsoleSet, textOf, visit, type ConsoleSet } from './support/open-console.ts';

let set: ConsoleSet;
beforeAll(async () => {
  set = await openConsoleSet();
}, 60_000);
afterAll(() => set[Symbol.asyncDispose]());

const gone = (): never => {
  throw new ProviderError('unavailable', { operation: 'queue', message: 'queue: ECONNREFUSED. Nothing was written.' });
};

/** The queue with some of its methods replaced. */
const queueWith = (replaced: Partial<ConsoleQueue>): ConsoleQueue => {
  const { get, list, stats, approve, retry, resolve, withdraw, confirm, readBack, resume, whereToLook } = set.queue;
  const own = { get, list, stats, approve, retry, resolve, withdraw, confirm, readBack, resume, whereToLook };
  return { ...own, ...replaced };
};

const seenOf = async (id: string): Promise<string> => (await set.queue.get(id))?.updatedAt ?? '';

describe('a database that fails', () => {
  it('in the middle of a selection leaves a page that says what was recorded and what was not tried', async () => {
    const ids = ['part-1', 'part-2', 'part-3', 'part-4'];
    for (const id of ids) await set.addPlanned(id);
    const seen = await Promise.all(ids.map(seenOf));
    let tries = 0;
    let isGone = false;
    const queue = queueWith({
      withdraw: async (id, decision) => {
        tries += 1;
        isGone = id !== 'part-1';
        return isGone ? gone() : await set.queue.withdraw(id, decision);
      },
      stats: async () => (isGone ? gone() : await set.queue.stats()),
    });
    const item = ids.map((id, index) => `${seen[index]} ${id}`);
    const { status, text } = await visit(consoleOf(queue)).post('/decide-selected', { item, as: 'withdraw' });
    expect(status).toBe(200);
    expect(textOf(text)).toContain('1 recorded, 3 not');
    expect(textOf(text)).toMatch(/part-2 : queue: ECONNREFUSED\. Nothing was written\. part-3 : Not tried: /);
    expect(textOf(text)).toMatch(/part-1 : recorded/);
    expect(tries).toBe(2);
    expect((await set.queue.get('part-3'))?.state).toBe('planned');
  });

  it('while a decision is written does not hide that it may have been written', async () => {
    await set.addPlanned('perhaps');
    let isGone = false;
    const queue = queueWith({
      withdraw: () => {
        isGone = true;
        throw new ProviderError('outcome_unknown', {
          operation: 'queue',
          reason: 'connection_lost',
          message: 'queue: it may have been written.',
        });
      },
      stats: async () => (isGone ? gone() : await set.queue.stats()),
      get: async (id) => (isGone ? gone() : await set.queue.get(id)),
    });
    const { status, text } = await visit(consoleOf(queue)).decide('perhaps', { as: 'withdraw' });
    expect(status).toBe(503);
    expect(textOf(text)).toContain('queue: it may have been written.');
  });

  it('while a page is asked for says so, and is no fault', async () => {
    const faults: unknown[] = [];
    const options = { authorize: () => KIM, onError: (error: unknown) => faults.push(error) };
    const handler = createQueueConsole({ ...options, queue: queueWith({ stats: gone }) });
    const { status, text } = await visit(handler).get('/');
    expect([status, textOf(text)]).toEqual([503, expect.stringContaining('ECONNREFUSED. Nothing was written.')]);
    expect(faults).toEqual([]);
  });
});

describe('the words that something was done', () => {
  it('are not believed of an address', async () => {
    await set.addPlanned('linked');
    const kim = visit(consoleOf(set.queue));
    for (const done of ['recorded', 'read', 'confirmed', 'constructor', '__proto__']) {
      const { status, text } = await kim.get(`/cancellation?id=linked&done=${done}`);
      expect([status, text]).toEqual([200, expect.not.stringContaining('banner green')]);
    }
    const { location } = await kim.decide('linked', { as: 'withdraw' });
    expect(textOf((await kim.get(location)).text)).toContain('Recorded, with your name.');
    // Who did not record it follows the same link.
    const ann = visit(consoleOf(set.queue, { by: 'Ann', can: ['read'] }));
    expect((await ann.get(location)).text).not.toContain('banner green');
  });
});

describe('characters that nobody sees', () => {
  it('are named, so that no text looks like another', async () => {
    await set.addPlanned('turned', 'INV-\u202E9374\u202C');
    await set.addPlanned('split', '47\u200B11-8\u200D2');
    await set.addPlanned('family', 'a 👩‍👩‍👧 می‌خواهم');
    const kim = visit(consoleOf(set.queue));
    const { text } = await kim.get('/?show=all');
    expect(text).toContain('INV-[U+202E]9374[U+202C]');
    expect(text).toContain('47[U+200B]11-8[U+200D]2');
    expect(text).toContain('a 👩‍👩‍👧 می‌خواهم');
    expect((await kim.get('/cancellation?id=turned')).text).toContain('INV-[U+202E]9374[U+202C]');
  });

  it('stay in what a form sends', async () => {
    const id = 'id\u200B<"1">';
    await set.addPlanned(id);
    const kim = visit(consoleOf(set.queue));
    const page = await kim.get(`/cancellation?id=${encodeURIComponent(id)}`);
    expect(fieldIn(page.text, 'id')).toContain('\u200B');
    expect((await kim.decide(id, { as: 'withdraw', note: 'a\u200Bb' })).status).toBe(303);
    const item = await set.queue.get(id);
    expect(item?.history.at(-1)?.data).toMatchObject({ by: 'Kim', note: 'a\u200Bb' });
  });
});

it('a note of as many characters as its field takes is recorded, however a browser sends its lines', async () => {
  await set.addPlanned('lines');
  const note = `${'x\n'.repeat(499)}xx`;
  const { status } = await visit(consoleOf(set.queue)).decide('lines', {
    as: 'withdraw',
    note: note.replaceAll('\n', '\r\n'),
  });
  expect(status).toBe(303);
  expect((await set.queue.get('lines'))?.history.at(-1)?.data['note']).toBe(note);
});

it('a history of thousands of lines is shown with its newest, and says how many are left out', async () => {
  await set.addPlanned('long');
  const item = await set.queue.get('long');
  const [first] = item?.history ?? [];
  const history = Array.from({ length: 5_000 }, (_, index) => ({
    ...first!,
    type: 'retried',
    data: { by: `Operator ${index}.` },
  }));
  const queue = queueWith({ get: () => Promise.resolve(item === undefined ? undefined : { ...item, history }) });
  const kim = visit(consoleOf(queue));
  const { text } = await kim.get('/cancellation?id=long');
  expect(text).toContain('Operator 4999.');
  expect(text).not.toContain('Operator 4799.');
  expect(textOf(text)).toContain('4,800 earlier lines are in the JSON.');
  expect(text.length).toBeLessThan(200_000);
  expect((await kim.get('/cancellation.json?id=long')).text).toContain('Operator 0.');
});

it('a form that names no account of the queue is refused as such', async () => {
  const { status, text } = await visit(consoleOf(set.queue)).post('/resume', { account: '__proto__' });
  expect([status, textOf(text)]).toEqual([400, expect.stringContaining('expected the name of an account')]);
});

it('a browser that goes away in the middle of a form is no fault of the console', async () => {
  const faults: unknown[] = [];
  const { url, close } = await serveConsole({
    queue: set.queue,
    by: 'Kim',
    port: 0,
    onError: (error) => faults.push(error),
  });
  try {
    const opened = await fetch(url, { redirect: 'manual' });
    const cookie = opened.headers.get('set-cookie')?.split(';')[0] ?? '';
    const { host, port, origin } = new URL(url);
    const head = [
      'POST /decide HTTP/1.1',
      `Host: ${host}`,
      `Origin: ${origin}`,
      `Cookie: ${cookie}`,
      'Content-Type: application/x-www-form-urlencoded',
      'Content-Length: 500',
    ];
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`${head.join('\r\n')}\r\n\r\nid=linked`);
    await delay(200);
    socket.destroy();
    await delay(200);
    expect(faults).toEqual([]);
  } finally {
    await close();
  }
});
