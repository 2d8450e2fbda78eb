import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, openTables, schemaOf, settle, type TestQueue } from './support/open-queue.ts';
import {
  accepted,
  closedGate,
  lost,
  openShop,
  refuses,
  request,
  says,
  seen,
  type Own,
  type Script,
} from './support/shop.ts';
import { untyped } from './support/untyped.ts';

describe.each(DATABASES)('a person’s decision on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  const decisions = ['retry', 'resolve', 'withdraw'] as const;
  const allowed = {
    planned: ['withdraw'],
    sending: [],
    requested: [],
    scheduled: [],
    completed: [],
    already_cancelled: [],
    refused: ['retry'],
    unknown: ['retry', 'resolve'],
    doubtful: ['retry', 'resolve'],
    reading: [],
  } as const satisfies Readonly<Record<string, readonly Decided[]>>;

  it('is taken in the states if it means something, and in no other', async () => {
    const gate = closedGate();
    const effectiveAt = { value: '2999-05-01', precision: 'date', source: 'provider' } as const;
    const scripts: Readonly<Record<keyof typeof allowed, Script> & Record<string, Script>> = {
      planned: {},
      sending: { writes: [() => gate.pass()] },
      requested: {},
      scheduled: { writes: [() => says({ verdict: 'accepted', outcome: 'scheduled', effectiveAt })] },
      completed: { writes: [() => says({ verdict: 'accepted', outcome: 'completed' })] },
      already_cancelled: {
        writes: [() => says({ verdict: 'duplicate', ambiguous: false, message: 'again.' })],
        reads: [() => seen('requested', { when: 'immediate' })],
      },
      refused: { writes: [() => refuses('rejected')] },
      unknown: { writes: [lost] },
      doubtful: { writes: [lost] },
      reading: { writes: [lost], reads: [() => seen('none'), () => gate.pass(() => seen('completed'))] },
    };
    const ids = Object.keys(allowed).flatMap((state) => decisions.map((decision) => `${state}-${decision}`));
    const shop = openShop(Object.fromEntries(ids.map((id) => [id, scripts[id.split('-')[0] ?? ''] ?? {}])));
    const limits = { alpha: { concurrency: 20 }, beta: { concurrency: 20 } };
    await using queue = await openQueue(database, { services: shop.services, limits, readBackAfterMs: [20, 600_000] });
    const stop = new AbortController();
    const working = queue.work({ signal: stop.signal, concurrency: 50 });
    // A worker sends one request of an account until it has answered.
    await queue.enqueue(request('alpha', 'first'), { id: 'first' });
    await queue.wait('first', { timeoutMs: 45_000 });
    await queue.enqueueMany(
      ids.map((id) => {
        const account = id.startsWith('doubtful') ? 'blind' : id.startsWith('planned') ? 'beta' : 'alpha';
        const notBefore = id.startsWith('planned') ? { notBefore: '2100-01-01' } : {};
        return { id, request: request(account, id), ...notBefore };
      }),
    );
    try {
      // Three are being sent, and three are being read back.
      await gate.held(6);
      const settled = ids.filter((id) => !/^(?:planned|sending|unknown|reading)/.test(id));
      await Promise.all(settled.map((id) => queue.wait(id, { timeoutMs: 45_000 })));
      await readTwice(
        queue,
        ids.filter((id) => id.startsWith('unknown')),
      );
      const states = await Promise.all(Object.keys(allowed).map((state) => queue.get(`${state}-retry`)));
      expect(states.map((record) => record?.state)).toEqual([
        'planned',
        expect.stringMatching(/^(?:intent|sent)$/),
        'requested',
        'scheduled',
        'completed',
        'already_cancelled',
        'refused',
        'unknown',
        'unknown',
        'unknown',
      ]);
      for (const [state, ok] of Object.entries<readonly Decided[]>(allowed)) {
        for (const decision of decisions) {
          const id = `${state}-${decision}`;
          const before = await queue.get(id);
          const made = decide(queue, decision, id);
          if (ok.includes(decision)) {
            await made;
            expect([id, (await queue.get(id))?.history.map(({ type }) => type)]).toEqual([
              id,
              expect.arrayContaining([PAST[decision]]),
            ]);
          } else {
            const error = await failureOf(made);
            expect([id, error.code, error.issues?.map(({ path }) => path)]).toEqual([id, 'invalid_request', ['id']]);
            const after = await queue.get(id);
            expect([id, after?.outcome]).toEqual([id, before?.outcome]);
            expect([id, after?.history.some(({ type }) => type === PAST[decision])]).toEqual([id, false]);
          }
        }
      }
    } finally {
      stop.abort();
      gate.open();
      await working;
    }
  });

  it('to settle it as scheduled carries the day that the person has seen', async () => {
    const shop = openShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await settle(queue, 'one');
    for (const wrong of [
      { as: 'completed', effectiveAt: '2999-12-31' },
      { as: 'refused', effectiveAt: '2999-12-31' },
      { as: 'scheduled', effectiveAt: '2999-02-30' },
      { as: 'scheduled', effectiveAt: '2999-12-31T00:00:00Z' },
      { as: 'scheduled', effectiveAt: '2026-01-01' },
      { as: 'scheduled', effectiveAt: new Date() },
    ]) {
      const error = await failureOf(untyped(queue).resolve('one', { by: 'ann', ...wrong }));
      expect([wrong, error.code, error.issues?.[0]?.path]).toEqual([wrong, 'invalid_request', 'decision.effectiveAt']);
    }
    await queue.resolve('one', { by: 'ann', as: 'scheduled', effectiveAt: '2999-12-31' });
    const { state, outcome, history = [] } = (await queue.get('one')) ?? {};
    expect(state).toBe('scheduled');
    expect(outcome).toMatchObject({
      ok: true,
      result: { effectiveAt: { value: '2999-12-31', precision: 'date', source: 'provider' } },
    });
    expect(history.at(-1)?.data).toEqual({ by: 'ann', as: 'scheduled', effectiveAt: '2999-12-31' });
  });

  it('to retry has it sent again, once, with its priority and who decided', async () => {
    const shop = openShop({
      refused: { writes: [() => refuses('not_found'), accepted] },
      doubtful: { writes: [lost, accepted] },
    });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'refused'), { id: 'refused', priority: 5, by: 'ann' });
    await queue.enqueue(request('blind', 'doubtful'), { id: 'doubtful' });
    await settle(queue, 'refused', 'doubtful');
    await queue.retry('refused', { by: 'bob', note: 'it is there now' });
    await queue.retry('doubtful', { by: 'bob' });
    const retried = await queue.get('refused');
    expect(retried).toMatchObject({ state: 'planned', needsPerson: false, priority: 5, askedBy: 'ann' });
    expect(retried).not.toHaveProperty('outcome');
    expect(retried).not.toHaveProperty('lastError');
    expect(retried).not.toHaveProperty('sentAt');
    expect(await queue.get('doubtful')).toMatchObject({ state: 'planned', needsPerson: false });
    await queue.work({ stopWhenIdle: true });
    await queue.work({ stopWhenIdle: true });
    for (const id of ['refused', 'doubtful']) {
      expect(await queue.get(id)).toMatchObject({ state: 'requested', tries: 2, outcome: { ok: true } });
      expect(shop.writes(id)).toBe(2);
    }
    const { history = [] } = (await queue.get('refused')) ?? {};
    const sending = ['intent', 'attempt', 'answer', 'settled'];
    expect(history.map(({ type }) => type)).toEqual(['enqueued', ...sending, 'retried', ...sending]);
    expect(history.find(({ type }) => type === 'retried')?.data).toEqual({ by: 'bob', note: 'it is there now' });
  });

  it('to retry is refused while another cancellation of the service is open', async () => {
    const shop = openShop({ one: { writes: [() => refuses('rejected')] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'first' });
    await settle(queue, 'first');
    await queue.enqueue(request('alpha', 'one'), { id: 'second', notBefore: '2100-01-01' });
    expect(await failureOf(queue.retry('first', { by: 'ann' }))).toMatchObject({ code: 'invalid_request' });
    expect(await queue.get('first')).toMatchObject({ state: 'refused' });
    await queue.withdraw('second', { by: 'ann' });
    await queue.retry('first', { by: 'ann' });
    expect(await queue.get('first')).toMatchObject({ state: 'planned' });
  });

  it('to resolve settles it, sends nothing, and says whose word that is', async () => {
    const words = ['requested', 'scheduled', 'completed', 'refused'] as const;
    const shop = openShop(Object.fromEntries(words.map((as) => [as, { writes: [lost] }])));
    await using queue = await openQueue(database, { services: shop.services });
    for (const as of words) {
      // Three in a row that prove nothing would let the account rest.
      await queue.enqueue(request('blind', as), { id: as });
      await settle(queue, as);
      const doubt = (await queue.get(as))?.outcome;
      await queue.resolve(as, { by: 'ann', note: 'asked by phone', as });
      const record = await queue.get(as);
      expect(record).toMatchObject({ state: as, needsPerson: false });
      const origin = {
        account: 'blind',
        provider: 'shop',
        operationId: doubt?.ok === false ? doubt.error.operationId : 'none',
      };
      const result = {
        ...origin,
        service: { id: as },
        when: 'immediate',
        outcome: as,
        reconciled: true,
        warnings: [{ code: 'resolved_by_person' }],
      };
      expect(record?.outcome).toMatchObject(
        as === 'refused' ? { ok: false, error: { ...origin, code: 'rejected' } } : { ok: true, result },
      );
      expect(record?.history.at(-1)).toMatchObject({
        type: 'resolved',
        data: { by: 'ann', note: 'asked by phone', as },
      });
      expect(await queue.wait(as)).toMatchObject({ state: as });
    }
    await queue.work({ stopWhenIdle: true });
    expect(words.map((as) => shop.writes(as))).toEqual([1, 1, 1, 1]);
    // The services are free again.
    expect(await queue.enqueue(request('blind', 'completed'))).toMatchObject({ added: true });
  });

  it('to withdraw takes it out of the queue before anything is sent', async () => {
    const shop = openShop();
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const waiting = queue.wait('one');
    await queue.withdraw('one', { by: 'ann', note: 'the customer has paid' });
    const expected = { state: 'refused', outcome: { ok: false, error: { code: 'aborted', retryable: false } } };
    expect(await waiting).toMatchObject(expected);
    await queue.work({ stopWhenIdle: true });
    const record = await queue.get('one');
    expect(record).toMatchObject(expected);
    expect(record?.history.map(({ type, data }) => [type, data])).toEqual([
      ['enqueued', {}],
      ['withdrawn', { by: 'ann', note: 'the customer has paid' }],
    ]);
    expect(shop.writes()).toBe(0);
    expect(await queue.enqueue(request('alpha', 'one'), { id: 'again' })).toMatchObject({ added: true });
  });

  it('to withdraw does not say that nothing was sent of one that was planned to be sent again', async () => {
    const schema = schemaOf(database);
    const options = { services: openShop().services, schema };
    {
      await using queue = await openQueue(database, options);
      await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    }
    {
      await using tables = await openTables(database);
      await tables.query(`UPDATE ${schema}.cancellation SET sent_again = true`);
    }
    await using queue = await openQueue(database, options);
    await queue.withdraw('one', { by: 'ann' });
    const { outcome } = (await queue.get('one')) ?? {};
    const message = outcome?.ok === false ? outcome.error.message : '';
    expect(message).toContain('was sent once before');
    expect(message).not.toContain('Nothing was sent');
    expect(outcome?.ok === false && outcome.error.toPublic().error).not.toContain('before it was sent');
  });

  it.each([
    ['of one that was unknown until a person planned it again', [lost, accepted], 'blind', 'was sent once before'],
    ['of one that the provider refused until then', [() => refuses('rejected')], 'alpha', 'Nothing happened'],
  ] as const)('to withdraw does not say that nothing was sent %s', async (_, writes, account, expected) => {
    const shop = openShop({ one: { writes: [...writes] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request(account, 'one'), { id: 'one' });
    await settle(queue, 'one');
    await queue.retry('one', { by: 'ann' });
    await queue.withdraw('one', { by: 'ann' });
    const { outcome } = (await queue.get('one')) ?? {};
    const error = outcome?.ok === false ? outcome.error : undefined;
    expect(error?.message).toContain(expected);
    expect(error?.message).not.toContain('Nothing was sent');
    expect(shop.writes()).toBe(1);
  });

  it('is one decision if two are made at the same moment', async () => {
    const shop = openShop({ one: { writes: [lost, accepted] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await settle(queue, 'one');
    const both = await Promise.allSettled([
      queue.resolve('one', { by: 'ann', as: 'completed' }),
      queue.resolve('one', { by: 'bob', as: 'refused' }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { history = [] } = (await queue.get('one')) ?? {};
    expect(history.filter(({ type }) => type === 'resolved')).toHaveLength(1);
  });

  it('is refused if it does not say who decides, or on what', async () => {
    const shop = openShop({ one: { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueue(request('blind', 'one'), { id: 'one' });
    await settle(queue, 'one');
    const before = await queue.get('one');
    const cases: readonly (readonly [unknown, string])[] = [
      [undefined, 'decision'],
      ['RECEIVED', 'decision'],
      [{ as: 'completed' }, 'decision.by'],
      [{ by: '', as: 'completed' }, 'decision.by'],
      [{ by: 'ann', as: 'completed', note: 'RECEIVED'.repeat(200) }, 'decision.note'],
      [{ by: 'ann', as: 'completed', note: 'RECEIVED\0' }, 'decision.note'],
      [{ by: 'ann', as: 'RECEIVED' }, 'decision.as'],
      [{ by: 'ann', as: 'completed', why: 'RECEIVED' }, 'decision.why'],
    ];
    for (const [decision, path] of cases) {
      const error = await failureOf(untyped(queue).resolve('one', decision));
      expect([error.code, error.issues?.map((issue) => issue.path)]).toEqual(['invalid_request', [path]]);
      expect(JSON.stringify(error)).not.toContain('RECEIVED');
    }
    for (const id of ['another', '', 5]) {
      for (const decision of ['retry', 'withdraw'] as const) {
        const error = await failureOf(untyped(queue)[decision](id, { by: 'ann' }));
        expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'id' }] });
      }
    }
    expect(await queue.get('one')).toEqual(before);
  });
});

type Decided = keyof typeof PAST;

/** What the history calls them. */
const PAST = { retry: 'retried', resolve: 'resolved', withdraw: 'withdrawn' } as const;

function decide(queue: TestQueue<Own>, decision: Decided, id: string): Promise<void> {
  const by = { by: 'ann' };
  return decision === 'resolve' ? queue.resolve(id, { ...by, as: 'completed' }) : queue[decision](id, by);
}

/** Waits until each has been read back by the queue, and waits for its next reading. */
async function readTwice(queue: TestQueue<Own>, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const isRead = async (): Promise<boolean> => {
      const { history = [] } = (await queue.get(id)) ?? {};
      return history.filter(({ type }) => type === 'settled').length === 2;
    };
    while (!(await isRead())) await delay(10);
  }
}
