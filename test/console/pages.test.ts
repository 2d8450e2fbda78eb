import { isProviderError } from 'cancelkit';
import { createQueueConsole } from 'cancelkit/console';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TABS } from '../../src/console/model/tabs.ts';
import { QUEUE_STATES } from '../../src/queue/model/state.ts';
import { failureOf } from '../support/failure.ts';
import {
  consoleOf,
  fieldIn,
  openConsoleSet,
  textOf,
  untypedConsole,
  visit,
  type ConsoleSet,
  type Visitor,
} from './support/open-console.ts';

let set: ConsoleSet;
let kim: Visitor;
let kvmId: string;
beforeAll(async () => {
  set = await openConsoleSet();
  kvmId = await set.addUnknown('list-unknown', 'invoice 7');
  await set.addDone('list-done', 'invoice 8');
  await set.addPlanned('list-planned', 'invoice 9');
  kim = visit(consoleOf(set.queue));
}, 60_000);
afterAll(() => set[Symbol.asyncDispose]());

const page = async (path: string): Promise<string> => textOf((await kim.get(path)).text);
const show = (id: string): Promise<string> => page(`/cancellation?id=${encodeURIComponent(id)}`);
const idsOn = (html: string): readonly string[] =>
  [...html.matchAll(/class="row-link main" href="\/cancellation\?([^"]+)"/g)].map(
    ([, query = '']) => new URLSearchParams(query.replaceAll('&amp;', '&')).get('id') ?? '',
  );

describe('the list', () => {
  it('shows all of an empty queue, and says that it is empty', async () => {
    await using empty = await openConsoleSet();
    const { text } = await visit(consoleOf(empty.queue)).get('/');
    expect(textOf(text)).toContain('The queue is empty.');
    expect(textOf(text)).not.toContain('No worker is running');
  });

  it('opens with what needs a person, and counts each state', async () => {
    const { text } = await kim.get('/');
    expect(idsOn(text)).toEqual(['list-unknown']);
    const shown = textOf(text);
    expect(shown).toContain(kvmId);
    expect(shown).toContain('Sent, and the connection broke off. It has not been read back so far.');
    const stats = await set.queue.stats();
    for (const { name, count } of TABS) expect(shown).toContain(`${name} ${count(stats)}`);
    expect(text).toContain(`<title>(${stats.needsPerson}) Cancellations · cancelkit</title>`);
  });

  it('has every state in one tab, and no state in two', () => {
    const states = TABS.flatMap(({ filter }) => filter.states ?? []);
    expect(states.toSorted()).toEqual([...QUEUE_STATES].toSorted());
  });

  it('shows the newest first, and what a tab, a search, an account and a timing leave of it', async () => {
    expect(idsOn((await kim.get('/?show=all')).text)).toEqual(['list-planned', 'list-done', 'list-unknown']);
    expect(idsOn((await kim.get('/?show=planned')).text)).toEqual(['list-planned']);
    expect(idsOn((await kim.get('/?show=done')).text)).toEqual(['list-done']);
    expect(idsOn((await kim.get('/?show=all&account=edis')).text)).toEqual(['list-unknown']);
    expect(idsOn((await kim.get('/?show=all&q=INVOICE+8')).text)).toEqual(['list-done']);
    expect(idsOn((await kim.get('/?show=all&q=list-pl')).text)).toEqual(['list-planned']);
    expect(idsOn((await kim.get('/?show=all&when=immediate')).text)).toEqual([]);
    expect(await page('/?show=all&q=nobody')).toContain('Nothing matches. Clear the filter');
    expect(idsOn((await kim.get('/?show=of-another-version')).text)).toHaveLength(3);
  });

  it('pages through more than fit, and says so', async () => {
    await using many = await openConsoleSet();
    const items = Array.from({ length: 120 }, (_, index) => ({
      id: `n${index}`,
      notBefore: '2100-01-01',
      request: { account: 'vpsbg', service: { serverId: 10_000 + index }, when: 'end_of_period' },
    })) satisfies Parameters<typeof many.queue.enqueueMany>[0];
    await many.queue.enqueueMany(items);
    const reader = visit(consoleOf(many.queue));
    const seen: string[] = [];
    let path: string | undefined = '/?show=all';
    for (let count = 0; path !== undefined && count < 10; count += 1) {
      const { text } = await reader.get(path);
      seen.push(...idsOn(text));
      path = /href="([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&');
    }
    expect(seen).toEqual(items.map(({ id }) => id).toReversed());
    expect((await reader.get('/?show=all&after=gone')).status).toBe(400);
  });
});

describe('a cancellation', () => {
  it('has its history in sentences, each of which opens its data', async () => {
    const { text } = await kim.get('/cancellation?id=list-unknown');
    const shown = textOf(text);
    for (const line of [
      'Ann asked for it.',
      'A worker took it up.',
      'The request was handed to the network.',
      'The connection broke off.',
      'The outcome is unknown. It waits for a person.',
    ]) {
      expect(shown).toContain(line);
    }
    expect(text).toMatch(/<details><summary>.*?The request was handed to the network\..*?<\/summary><pre[^>]*>\{/s);
    expect(shown).toContain('What to check at edis');
    expect(shown).toContain('Nothing more is done by itself: a person has to look.');
  });

  it('that needs a person has five answers', async () => {
    const { text } = await kim.get('/cancellation?id=list-unknown');
    expect([...text.matchAll(/type="radio" name="as" value="(\w+)"/g)].map(([, as]) => as)).toEqual([
      'scheduled',
      'requested',
      'completed',
      'refused',
      'retry',
    ]);
  });

  it('is given as JSON, too', async () => {
    const { text, headers } = await kim.get('/cancellation.json?id=list-unknown');
    expect(headers.get('content-type')).toContain('application/json');
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(await set.queue.get('list-unknown'))));
    expect((await kim.get('/cancellation.json?id=none')).status).toBe(404);
  });

  it('that is settled offers no decision', async () => {
    const { text } = await kim.get('/cancellation?id=list-done');
    expect(text).not.toContain('<form method="post"');
  });

  it.each(['none', '', '.', '..', '../accounts', '%2e%2e', 'a\0b', 'x'.repeat(200)])(
    'of the id %j is not found',
    async (id) => {
      const { status, text } = await kim.get(`/cancellation?id=${encodeURIComponent(id)}`);
      expect(status).toBe(404);
      expect(textOf(text)).toContain('There is no cancellation of that id in the queue.');
    },
  );

  it.each(['..', '../../accounts', 'a/b?c#d', 'ü&=+ %41', '"><b>', '.'])(
    'with the id %j has its page, and can be decided',
    async (id) => {
      await set.addPlanned(id);
      const { text } = await kim.get('/?show=planned');
      expect(idsOn(text)).toContain(id);
      expect(await show(id)).toContain('Take out of the queue');
      expect((await kim.decide(id, { as: 'withdraw' })).status).toBe(303);
      expect((await set.queue.get(id))?.state).toBe('refused');
    },
  );
});

describe('a decision', () => {
  it('records what was found, with the date, the note and the name of who is signed in', async () => {
    await set.addUnknown('decide-scheduled');
    const { status, location } = await kim.decide('decide-scheduled', {
      as: 'scheduled',
      effectiveAt: '2030-12-31',
      note: 'seen in the client area',
      by: 'somebody else',
    });
    expect({ status, location }).toEqual({ status: 303, location: '/cancellation?id=decide-scheduled&done=recorded' });
    const item = await set.queue.get('decide-scheduled');
    expect(item).toMatchObject({ state: 'scheduled', outcome: { result: { effectiveAt: { value: '2030-12-31' } } } });
    expect(item?.history.at(-1)).toMatchObject({
      type: 'resolved',
      data: { by: 'Kim', note: 'seen in the client area' },
    });
    const shown = await page(location);
    expect(shown).toContain('Recorded, with your name.');
    expect(shown).toContain('Kim recorded it as scheduled, ending on 2030-12-31.');
    expect(shown).toContain('“seen in the client area”');
  });

  it('to send it again needs the id typed, and sends nothing otherwise', async () => {
    const kvmId = await set.addUnknown('decide-again');
    for (const typed of ['', kvmId.slice(1), 'decide-again', kvmId.toUpperCase()]) {
      const { status, text } = await kim.decide('decide-again', { as: 'retry', typed, note: 'kept' });
      expect(status).toBe(409);
      expect(textOf(text)).toContain('The id was not typed correctly. Nothing was sent.');
      expect(text).toContain('kept</textarea>');
    }
    await set.work();
    expect(set.sandbox.edis.service(kvmId).timesCancelled).toBe(1);
    expect((await kim.decide('decide-again', { as: 'retry', typed: kvmId })).status).toBe(303);
    expect((await set.queue.get('decide-again'))?.state).toBe('planned');
    await set.work();
    expect((await set.queue.get('decide-again'))?.history.filter(({ type }) => type === 'intent')).toHaveLength(2);
  });

  it('on an old page is not taken, and says so', async () => {
    const kvmId = await set.addUnknown('decide-stale');
    const other = visit(consoleOf(set.queue, { by: 'Ben', can: ['read', 'decide', 'send_again'] }));
    const seen = fieldIn((await other.get('/cancellation?id=decide-stale')).text, 'seen') ?? '';
    expect((await kim.decide('decide-stale', { as: 'refused', note: 'the customer stays' })).status).toBe(303);
    const { status, text } = await other.post('/decide', { id: 'decide-stale', as: 'retry', typed: kvmId, seen });
    expect(status).toBe(409);
    expect(textOf(text)).toContain('It has changed since you opened the page.');
    await set.work();
    expect(set.sandbox.edis.service(kvmId).timesCancelled).toBe(1);
    expect((await set.queue.get('decide-stale'))?.state).toBe('refused');
  });

  it('without an answer, or with one of another kind, records nothing', async () => {
    await set.addUnknown('decide-none');
    for (const as of ['', 'planned', 'already_cancelled', 'constructor', 'approve']) {
      expect((await kim.decide('decide-none', { as })).status).toBe(409);
    }
    expect((await kim.decide('decide-none', { as: 'scheduled', effectiveAt: '2026-02-30' })).status).toBe(409);
    expect((await kim.decide('decide-none', { as: 'completed', note: 'x'.repeat(2000) })).status).toBe(409);
    expect((await set.queue.get('decide-none'))?.state).toBe('unknown');
    expect((await kim.decide('of-nobody', { as: 'refused' })).status).toBe(404);
  });

  it('withdraws a planned one', async () => {
    await set.addPlanned('decide-withdraw');
    expect((await kim.decide('decide-withdraw', { as: 'withdraw', note: 'too early' })).status).toBe(303);
    expect(await show('decide-withdraw')).toContain('Kim took it out of the queue. “too early”');
  });

  it('is taken for a whole selection, and says of each what happened', async () => {
    for (const id of ['bulk-1', 'bulk-2', 'bulk 3']) await set.addUnknown(id);
    const { text } = await kim.get('/?show=needs');
    const values = [...text.matchAll(/name="item" form="selection" value="([^"]+)"/g)].map(([, value = '']) => value);
    const chosen = values.filter((value) => value.includes('bulk'));
    expect(chosen).toHaveLength(3);
    expect((await kim.decide('bulk-2', { as: 'refused' })).status).toBe(303);
    const answered = await kim.post('/decide-selected', { as: 'requested', note: 'all there', item: chosen });
    expect(answered.status).toBe(200);
    const shown = textOf(answered.text);
    expect(shown).toContain('2 recorded, 1 not');
    expect(shown).toContain('bulk-2 : It has changed since you opened the page.');
    for (const id of ['bulk-1', 'bulk 3']) expect((await set.queue.get(id))?.state).toBe('requested');
    expect((await set.queue.get('bulk-2'))?.state).toBe('refused');
    expect(text).not.toMatch(/<option value="retry/);
    const again = await kim.post('/decide-selected', { as: 'retry', item: chosen });
    expect(textOf(again.text)).toContain('0 recorded, 3 not');
  });

  it('is taken for the first 200 of a larger selection, and says of the others that they were not tried', async () => {
    const item = Array.from({ length: 202 }, (_, index) => ` nobody-${index}`);
    const shown = textOf((await kim.post('/decide-selected', { as: 'refused', item })).text);
    expect(shown).toContain('0 recorded, 202 not');
    expect(shown).toMatch(/nobody-199 : queue: /);
    expect(shown).toMatch(/nobody-200 : Not tried: more than 200 were selected\. .*nobody-201 : Not tried/);
  });

  it('reads it back now', async () => {
    const { serverId } = set.sandbox.vpsbg.add();
    await set.queue.enqueue({ account: 'vpsbg', service: { serverId }, when: 'end_of_period' }, { id: 'read-now' });
    set.sandbox.vpsbg.fault({ kind: 'reset', executed: true, only: ({ method }) => method === 'POST' });
    set.sandbox.vpsbg.fault({ kind: 'reset', executed: false, times: 3, only: ({ method }) => method === 'GET' });
    await set.work();
    set.sandbox.vpsbg.clearFaults();
    expect((await set.queue.get('read-now'))?.state).toBe('unknown');
    const seen = fieldIn((await kim.get('/cancellation?id=read-now')).text, 'seen') ?? '';
    const { status, location } = await kim.post('/read-back', { id: 'read-now', seen });
    expect({ status, location }).toEqual({ status: 303, location: '/cancellation?id=read-now&done=read' });
    expect((await set.queue.get('read-now'))?.state).toBe('requested');
    expect(set.sandbox.vpsbg.service(serverId).timesCancelled).toBe(1);
  });

  it('passes a token on, which is in no page, address, history or row', async () => {
    const { serviceId } = set.sandbox.ovh.add();
    await set.queue.enqueue({ account: 'ovh', service: { serviceId }, when: 'immediate' }, { id: 'token' });
    await set.work();
    expect(await show('token')).toContain('Waits for the token that the provider sent');
    const token = set.sandbox.ovh.mailedToken(serviceId);
    const seen = fieldIn((await kim.get('/cancellation?id=token')).text, 'seen') ?? '';
    const wrong = await kim.post('/confirm', { id: 'token', seen, token: 'a-wrong-token-11' });
    const right = await kim.post('/confirm', {
      id: 'token',
      seen: fieldIn((await kim.get('/cancellation?id=token')).text, 'seen') ?? '',
      token,
    });
    expect([wrong.status, right.status]).toEqual([409, 303]);
    const item = await set.queue.get('token');
    expect(item?.state).not.toBe('unknown');
    const all = [
      wrong.text,
      right.location,
      await show('token'),
      JSON.stringify(item),
      (await kim.get(right.location)).text,
    ].join('\n');
    expect(all).not.toContain(token);
    expect(all).not.toContain('a-wrong-token-11');
  });
});

describe('the accounts', () => {
  it('show their states, their throughput and their limits', async () => {
    const shown = await page('/accounts');
    expect(shown).toMatch(/edis .* need a person/);
    expect(shown).toMatch(/up to \d+ concurrently/);
    const { text } = await kim.get('/accounts');
    expect(text).toMatch(/aria-label="Settled in the last 24 hours: [1-9]\d* cancelled/);
  });

  it('that are paused say why on every page, and go on when they are resumed', async () => {
    const { serverId } = set.sandbox.vpsbg.add();
    await set.queue.enqueue({ account: 'vpsbg', service: { serverId }, when: 'end_of_period' }, { id: 'paused' });
    set.sandbox.vpsbg.fault({ kind: 'rate_limit', retryAfter: 3000, times: Infinity });
    const stop = new AbortController();
    const working = set.queue.work({ signal: stop.signal });
    while ((await set.queue.stats()).accounts['vpsbg']?.pausedUntil === undefined)
      await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    await working;
    set.sandbox.vpsbg.clearFaults();
    for (const path of ['/', '/accounts'])
      expect(await page(path)).toMatch(/vpsbg is paused for \d+ min: the provider asked for a pause\./);
    expect((await kim.post('/resume', { account: 'vpsbg' })).location).toBe('/accounts');
    expect(await page('/accounts')).not.toContain('is paused');
    expect((await kim.post('/resume', { account: 'nobody' })).status).not.toBe(303);
  });
});

describe('a banner', () => {
  it('says that no worker is running and how long the oldest one has been due', async () => {
    await using idle = await openConsoleSet();
    await idle.queue.enqueue({ account: 'vpsbg', service: { serverId: 7301 }, when: 'end_of_period' }, { id: 'due' });
    const shown = textOf((await visit(consoleOf(idle.queue)).get('/')).text);
    expect(shown).toMatch(
      /No worker is running\. The oldest one has been due for \d+ s\. Start one: npx cancelkit queue work/,
    );
  });
});

describe('createQueueConsole', () => {
  const authorize = (): undefined => undefined;
  it.each([
    ['no queue', { authorize, queue: {} }, 'options.queue'],
    ['no authorize', {}, 'options.authorize'],
    ['a base path that ends with a slash', { authorize, basePath: '/ops/' }, 'options.basePath'],
    ['a misspelt option', { authorize, baseUrl: '/ops' }, 'options.baseUrl'],
  ])('does not take %s', async (_, options, path) => {
    const error = await failureOf((async () => untypedConsole({ queue: set.queue, ...options }))());
    expect(isProviderError(error, 'invalid_request') && error.issues?.[0]?.path).toBe(path);
  });

  it('serves the path that it is mounted at, and nothing else', async () => {
    const handler = createQueueConsole({
      queue: set.queue,
      authorize: () => ({ by: 'Kim', can: ['read'] }),
      basePath: '/ops/queue',
      label: 'production',
    });
    const { text, status } = await visit(handler, '/ops/queue').get('/?show=all');
    expect(status).toBe(200);
    expect(textOf(text)).toContain('production');
    for (const [, address = ''] of text.matchAll(/(?:href|action|src)="([^"]+)"/g))
      expect(address).toMatch(/^(?:\/ops\/queue\/|#|data:)/);
    expect((await visit(handler, '/ops/queue').get('')).status).toBe(200);
    for (const path of ['/', '/ops', '/ops/queues', '/ops/queue/nothing', '/ops/queue/decide'])
      expect([path, (await visit(handler).get(path)).status]).toEqual([path, 404]);
  });
});

it('the page of an unknown one says where to look at the provider', async () => {
  await set.addUnknown('look');
  const look = await set.queue.whereToLook('look');
  const { text } = await kim.get('/cancellation?id=look');
  for (const step of look?.steps ?? ['no step']) expect(textOf(text)).toContain(step);
  if (look?.url !== undefined && look.url.startsWith('https:'))
    expect(text).toContain(`target="_blank" rel="noreferrer noopener"`);
});
