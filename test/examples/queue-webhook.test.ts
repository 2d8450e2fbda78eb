import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ProviderError } from 'cancelkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cursorIn, deliverChanges, keyOf, signatureOf } from '../../examples/queue/webhook.ts';
import { startPglite, type TestDatabase } from '../queue/support/databases.ts';
import { freshSchema, openQueue, settle, type TestQueue } from '../queue/support/open-queue.ts';
import { openShop, request, type Own } from '../queue/support/shop.ts';
import { failureOf } from '../support/failure.ts';
import { listen } from '../support/listen.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

interface Received {
  readonly id: string;
  readonly body: { readonly type: string; readonly data: { readonly id: string; readonly to: string } };
  readonly taken: boolean;
}

/** A receiver that checks each signature with code of its own, and gives the responses that a test names. */
interface Receiver extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** Answers the next deliveries so; a function does something else with them. 204 after that. */
  readonly answers: (number | ((response: ServerResponse) => void))[];
}

async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: Receiver['answers'] = [];
  const receive = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await text(message);
    const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) =>
      String(message.headers[`webhook-${name}`]),
    );
    const expected = createHmac('sha256', Buffer.alloc(32, 7)).update(`${id}.${timestamp}.${body}`).digest();
    const [version, given = ''] = signature?.split(',') ?? [];
    const isOurs = version === 'v1' && timingSafeEqual(expected, Buffer.from(given, 'base64'));
    const isRecent = Math.abs(Number(timestamp) - Date.now() / 1_000) < 300;
    if (!isOurs || !isRecent || message.headers['content-type'] !== 'application/json') {
      response.writeHead(401).end();
      return;
    }
    const answer = answers.shift() ?? 204;
    const taken = typeof answer === 'number' && answer < 300;
    received.push({ id: id ?? '', body: JSON.parse(body), taken });
    if (typeof answer === 'number') response.writeHead(answer, { location: '/elsewhere' }).end();
    else answer(response);
  };
  const server = createServer((message, response) => void receive(message, response));
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answers,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('the example of a webhook', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  let folder: string;
  beforeAll(async () => {
    database = await startPglite();
  }, 60_000);
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'webhook-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Delivers until the receiver has taken so many. */
  async function deliver(
    queue: Pick<TestQueue<Own>, 'changes'>,
    receiver: Receiver,
    isEnough: () => boolean | Promise<boolean>,
  ): Promise<readonly string[]> {
    const stop = new AbortController();
    const failures: string[] = [];
    const delivering = deliverChanges(queue, {
      url: receiver.url,
      secret: SECRET,
      cursor: cursorIn(join(folder, 'cursor')),
      signal: stop.signal,
      pollMs: 5,
      pauseMs: 5,
      onFailure: (_change, why) => void failures.push(why),
    });
    try {
      await expect.poll(isEnough).toBe(true);
    } finally {
      stop.abort();
    }
    await delivering;
    return failures;
  }

  const toldBy = ({ received }: Receiver): readonly string[] =>
    received.filter(({ taken }) => taken).map(({ body }) => `${body.data.id} ${body.data.to}`);

  it.each(['unavailable', 'outcome_unknown'] as const)('goes on when the database is back (%s)', async (code) => {
    await using receiver = await startReceiver();
    await using queue = await openQueue(database, { services: openShop().services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    let failures = 3;
    const changes: typeof queue.changes = async (options) => {
      failures -= 1;
      if (failures >= 0) throw new ProviderError(code, { message: 'the database is restarted' });
      return await queue.changes(options);
    };
    expect(await deliver({ changes }, receiver, () => receiver.received.length === 1)).toEqual(
      Array.from({ length: 3 }, () => 'the database cannot be reached'),
    );
    expect(toldBy(receiver)).toEqual(['one planned']);
  });

  it('delivers each change, signed and in order', async () => {
    await using receiver = await startReceiver();
    await using queue = await openQueue(database, { services: openShop().services });
    await queue.enqueue({ ...request('alpha', 'one'), reason: 'a private matter' }, { id: 'one', by: 'ann' });
    await settle(queue, 'one');
    expect(await deliver(queue, receiver, () => receiver.received.length === 3)).toEqual([]);
    expect(toldBy(receiver)).toEqual(['one planned', 'one intent', 'one requested']);
    const { changes } = await queue.changes();
    expect(receiver.received.map(({ id }) => id)).toEqual(changes.map(({ changeId }) => changeId));
    expect(receiver.received[0]?.body).toEqual({
      type: 'cancellation.changed',
      timestamp: changes[0]?.at,
      data: { id: 'one', account: 'alpha', to: 'planned', needsPerson: false, by: 'ann' },
    });
  });

  it('repeats a delivery under the same id until the receiver has taken it, and none after it before', async () => {
    await using receiver = await startReceiver();
    await using queue = await openQueue(database, { services: openShop().services });
    for (const id of ['one', 'two']) await queue.enqueue(request('alpha', id), { id, notBefore: '2999-01-01' });
    receiver.answers.push(500, 302, 404, (response) => void response.destroy(), 429, 200);
    const failures = await deliver(queue, receiver, () => toldBy(receiver).length === 2);
    expect(failures).toEqual([
      'it answered 500',
      'it answered 302',
      'it answered 404',
      'no connection',
      'it answered 429',
    ]);
    expect(receiver.received.map(({ body }) => body.data.id)).toEqual([
      ...Array.from({ length: 6 }, () => 'one'),
      'two',
    ]);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2);
  });

  it('goes on after a restart where it was, also if the receiver was down meanwhile', async () => {
    const schema = freshSchema();
    const { services } = openShop();
    await using receiver = await startReceiver();
    {
      await using queue = await openQueue(database, { services, schema });
      for (const id of ['one', 'two', 'three'])
        await queue.enqueue(request('alpha', id), { id, notBefore: '2999-01-01' });
      receiver.answers.push(200, ...Array.from({ length: 1_000 }, () => 503));
      await deliver(queue, receiver, () => receiver.received.length >= 3);
      expect(toldBy(receiver)).toEqual(['one planned']);
    }
    receiver.answers.length = 0;
    await using queue = await openQueue(database, { services, schema });
    await queue.enqueue(request('alpha', 'four'), { id: 'four', notBefore: '2999-01-01' });
    const { cursor } = await queue.changes({ after: 'latest' });
    // What the receiver has taken counts once its response is here.
    await deliver(queue, receiver, async () => (await readFile(join(folder, 'cursor'), 'utf8')) === cursor);
    expect(toldBy(receiver)).toEqual(['one planned', 'two planned', 'three planned', 'four planned']);
    if (process.platform !== 'win32') expect((await stat(join(folder, 'cursor'))).mode & 0o077).toBe(0);
  });

  it('stops, and says why, if the feed does not know its cursor', async () => {
    await using receiver = await startReceiver();
    await using queue = await openQueue(database, { services: openShop().services });
    await writeFile(join(folder, 'cursor'), `7-${crypto.randomUUID()}`);
    const delivering = deliverChanges(queue, {
      url: receiver.url,
      secret: SECRET,
      cursor: cursorIn(join(folder, 'cursor')),
      signal: new AbortController().signal,
    });
    expect(await failureOf(delivering)).toMatchObject({ code: 'invalid_request', issues: [{ path: 'options.after' }] });
    expect(receiver.received).toEqual([]);
  });

  it('signs as Standard Webhooks has it', () => {
    // The example of the specification's libraries.
    const key = keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    const signature = signatureOf(key, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1_614_265_330, '{"test": 2432232314}');
    expect(signature).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it.each(['', 'whsec_', 'secret', `whsec_${Buffer.alloc(8).toString('base64')}`, 'whsec_%%%'])(
    'refuses %j as a secret',
    (secret) => {
      expect(() => keyOf(secret)).toThrow(/whsec_/);
    },
  );
});
