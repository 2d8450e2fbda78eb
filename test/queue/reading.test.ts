import { getEventListeners } from 'node:events';
import type { CancelResult, SafeResult } from 'cancelkit';
import type { QueuedCancellation } from 'cancelkit/queue';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { json } from '../support/fetch.ts';
import { DATABASES, type TestDatabase } from './support/databases.ts';
import { openQueue, schemaOf, settle } from './support/open-queue.ts';
import { away, busy, closedGate, lost, openShop, refuses, request, says, seen, type Script } from './support/shop.ts';
import { untyped } from './support/untyped.ts';

describe.each(DATABASES)('what is read of a queue on %s', (_, open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(() => database[Symbol.asyncDispose]());

  it('says of each the same as cancel does', async () => {
    const effectiveAt = { value: '2999-05-01', precision: 'date', source: 'provider' } as const;
    const earlier = { when: 'end_of_period', effectiveAt, requestedAt: '2026-01-01', reason: 'Gone' } as const;
    const same = { ...earlier, when: 'immediate' } as const;
    const duplicate = { verdict: 'duplicate', ambiguous: false, message: 'there is one.', providerCode: 'E7' } as const;
    const refused = { verdict: 'refused', code: 'rejected', message: 'no.', providerMessage: 'Ünpaid — 5 €' } as const;
    const warnings = [{ code: 'side_effect', message: 'The domain stays.' }] as const;
    const yes = { verdict: 'accepted', providerReference: 'R-1', warnings } as const;
    const scripts: Readonly<Record<string, Script>> = {
      requested: { writes: [() => says({ ...yes, outcome: 'requested' }, 202)] },
      scheduled: { writes: [() => says({ ...yes, outcome: 'scheduled', effectiveAt })] },
      completed: { writes: [() => says({ ...yes, outcome: 'completed' })] },
      already: { writes: [() => says(duplicate)], reads: [() => seen('scheduled', same)] },
      conflict: { writes: [() => says(duplicate)], reads: [() => seen('scheduled', earlier)] },
      reconciled: { writes: [lost], reads: [() => seen('scheduled', same)] },
      refused: { writes: [() => says(refused, 409)] },
      missing: { writes: [() => refuses('not_found')] },
      unknown: { writes: [lost] },
      unclear: { writes: [() => says({ verdict: 'unclear', reason: 'provider_error', message: 'hm.' })] },
      html: { writes: [() => new Response('<h1>503</h1>', { status: 503 })] },
      odd: { writes: [() => json({ verdict: 'accepted', outcome: 'requested', note: ['😀', null, 1.5, { a: 'é' }] })] },
    };
    const ids = Object.keys(scripts);
    const direct = openShop(scripts);
    const expected = new Map<string, SafeResult<CancelResult>>();
    for (const id of ids) expected.set(id, await direct.services.safeCancel(detailed(id)));
    expect(new Set([...expected.values()].map((one) => (one.ok ? one.result.outcome : one.error.code)))).toEqual(
      new Set([
        'requested',
        'scheduled',
        'completed',
        'already_cancelled',
        'timing_conflict',
        'rejected',
        'not_found',
        'outcome_unknown',
      ]),
    );

    const shop = openShop(scripts);
    await using queue = await openQueue(database, { services: shop.services, readBackAfterMs: [3_600_000] });
    await queue.enqueueMany(ids.map((id) => ({ id, request: detailed(id) })));
    await queue.work({ stopWhenIdle: true });
    for (const id of ids) {
      const record = await queue.get(id);
      expect([id, comparable(record?.outcome)]).toEqual([id, comparable(expected.get(id))]);
      expect(record?.request).toEqual(detailed(id));
    }
  });

  it('leaves out a response that is too long to be kept, and nothing else', async () => {
    const long = {
      verdict: 'accepted',
      outcome: 'requested',
      providerReference: 'R-1',
      pad: 'x'.repeat(17_000),
    } as const;
    const earlier = (): Response => json({ state: 'requested', when: 'immediate', revocable: false, pad: long.pad });
    const duplicate = { verdict: 'duplicate', ambiguous: false, message: 'there is one.' } as const;
    const shop = openShop({
      long: { writes: [() => json(long)] },
      short: { writes: [() => json({ ...long, pad: 'x'.repeat(16_000) })] },
      already: { writes: [() => says(duplicate)], reads: [earlier] },
    });
    await using queue = await openQueue(database, { services: shop.services });
    await queue.enqueueMany(['long', 'short', 'already'].map((id) => ({ id, request: request('alpha', id) })));
    const [large, small, already] = (await settle(queue, 'long', 'short', 'already')).map(resultOf);
    expect(large).toMatchObject({ outcome: 'requested', providerReference: 'R-1', raw: 'too long to be kept' });
    expect(small).toMatchObject({ raw: { status: 200, body: { pad: 'x'.repeat(16_000) } } });
    expect(already).toMatchObject({ outcome: 'already_cancelled', existing: { raw: 'too long to be kept' } });
  });

  it('is nothing if there is nothing of that id', async () => {
    await using queue = await openQueue(database, { services: openShop().services });
    expect(await queue.get('one')).toBeUndefined();
    for (const id of ['', 5, undefined, 'x'.repeat(129)]) {
      expect(await failureOf(untyped(queue).get(id))).toMatchObject({
        code: 'invalid_request',
        issues: [{ path: 'id' }],
      });
      expect(await failureOf(untyped(queue).wait(id))).toMatchObject({ code: 'invalid_request' });
    }
    expect(await failureOf(queue.wait('one'))).toMatchObject({ code: 'invalid_request', issues: [{ path: 'id' }] });
  });

  it('is listed in pages, oldest first, and by state, account and whether a person is needed', async () => {
    const shop = openShop({ 'service-3': { writes: [() => refuses('rejected')] }, 'service-4': { writes: [lost] } });
    await using queue = await openQueue(database, { services: shop.services });
    const accounts = ['alpha', 'beta', 'blind'] as const;
    const ids = Array.from({ length: 11 }, (_, index) => `id-${index}`);
    const at = (index: number): (typeof accounts)[number] => accounts[index % 3] ?? 'alpha';
    for (const [index, id] of ids.entries()) {
      const notBefore = index > 8 ? { notBefore: '2100-01-01' } : {};
      // The response of the fifth is lost, where nobody can be asked.
      await queue.enqueue(request(index === 4 ? 'blind' : at(index), `service-${index}`), { id, ...notBefore });
    }
    await settle(queue, ...ids.slice(0, 9));
    expect(await idsOf(queue.list())).toEqual(ids);
    const paged: string[] = [];
    for (let after: string | undefined; ; after = paged.at(-1)) {
      const page = await idsOf(queue.list({ limit: 3, ...(after === undefined ? {} : { after }) }));
      expect(page.length).toBeLessThanOrEqual(3);
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(ids);
    expect(await idsOf(queue.list({ account: 'alpha' }))).toEqual(['id-0', 'id-3', 'id-6', 'id-9']);
    expect(await idsOf(queue.list({ state: 'refused' }))).toEqual(['id-3']);
    expect(await idsOf(queue.list({ state: 'planned' }))).toEqual(['id-9', 'id-10']);
    expect(await idsOf(queue.list({ needsPerson: true }))).toEqual(['id-4']);
    expect(await idsOf(queue.list({ needsPerson: false, account: 'blind' }))).toEqual(['id-2', 'id-5', 'id-8']);
    expect(await idsOf(queue.list({ state: 'requested', account: 'alpha', limit: 1, after: 'id-0' }))).toEqual([
      'id-6',
    ]);
    expect((await queue.list())[0]).not.toHaveProperty('history');
    const own = { inFlight: 0, limit: { concurrency: 4 }, hours: expect.any(Array) };
    expect(await queue.stats()).toEqual({
      states: {
        proposed: 0,
        planned: 2,
        intent: 0,
        sent: 0,
        requested: 7,
        scheduled: 0,
        completed: 0,
        already_cancelled: 0,
        refused: 1,
        unknown: 1,
        lapsed: 0,
        overdue: 0,
      },
      needsPerson: 1,
      accounts: {
        alpha: { ...own, states: { planned: 1, requested: 2, refused: 1 }, needsPerson: 0, settledLastHour: 3 },
        beta: { ...own, states: { planned: 1, requested: 2 }, needsPerson: 0, settledLastHour: 2 },
        blind: { ...own, states: { requested: 3, unknown: 1 }, needsPerson: 1, settledLastHour: 3 },
      },
      workers: [],
    });
    for (const [filter, path] of [
      [{ state: 'RECEIVED' }, 'filter.state'],
      [{ account: 5 }, 'filter.account'],
      [{ needsPerson: 'RECEIVED' }, 'filter.needsPerson'],
      [{ limit: 0 }, 'filter.limit'],
      [{ limit: 10_001 }, 'filter.limit'],
      [{ after: '' }, 'filter.after'],
      [{ order: 'RECEIVED' }, 'filter.order'],
      ['RECEIVED', 'filter'],
    ] as const) {
      const error = await failureOf(untyped(queue).list(filter));
      expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path }] });
      expect(error.message).not.toContain('RECEIVED');
    }
  });

  it('is waited for until it is settled, however many wait', async () => {
    const gate = closedGate();
    const shop = openShop({ one: { writes: [() => gate.pass()] } });
    // A caller that waits is notified of the new state; the next poll of the database would be far off.
    await using queue = await openQueue(database, { services: shop.services, pollMs: 600_000 });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const { signal } = new AbortController();
    const waiting = Promise.all([queue.wait('one', { signal }), queue.wait('one')]);
    const working = queue.work({ stopWhenIdle: true });
    await gate.held(1);
    gate.open();
    const [first, second] = await waiting;
    expect(first).toMatchObject({ id: 'one', state: 'requested', outcome: { ok: true } });
    expect(second).toEqual(first);
    expect(await queue.wait('one')).toEqual(first);
    await working;
  });

  it('is waited for no longer than asked, and leaves nothing on the signal', async () => {
    const shop = openShop({ one: { writes: [away] } });
    await using queue = await openQueue(database, { services: shop.services, pollMs: 5 });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    const stop = new AbortController();
    const { signal } = stop;
    const late = await failureOf(queue.wait('one', { timeoutMs: 50, signal }));
    expect(late).toMatchObject({ code: 'unavailable', operation: 'status' });
    // An error that escapes from a route must not make a customer order it again: it goes on.
    expect(late.toPublic().error).toContain('The state of the cancellation could not be looked up now.');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const aborted = failureOf(queue.wait('one', { signal }));
    stop.abort(new Error('RECEIVED'));
    expect(await aborted).toMatchObject({ code: 'aborted', operation: 'status' });
    expect((await aborted).publicMessage).toBe(late.publicMessage);
    expect((await aborted).message).not.toContain('RECEIVED');
    expect(await failureOf(queue.wait('one', { signal }))).toMatchObject({ code: 'aborted' });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    // It goes on all the same.
    await queue.work({ stopWhenIdle: true });
    expect(await queue.get('one')).toMatchObject({ state: 'planned', tries: 1 });
    for (const [options, path] of [
      [{ timeoutMs: 0 }, 'options.timeoutMs'],
      [{ signal: 'RECEIVED' }, 'options.signal'],
      [{ forMs: 5 }, 'options.forMs'],
    ] as const) {
      expect(await failureOf(untyped(queue).wait('one', options))).toMatchObject({ issues: [{ path }] });
    }
  });

  it('is closed to every caller from the moment of close, which lets started cancellations finish', async () => {
    const gate = closedGate();
    const shop = openShop({ one: { writes: [() => gate.pass()] }, two: { writes: [() => busy(429, 3_600)] } });
    const schema = schemaOf(database);
    const queue = await openQueue(database, { services: shop.services, schema });
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await queue.enqueue(request('beta', 'two'), { id: 'two' });
    const working = queue.work();
    const waiting = ['one', 'two'].map((id) => failureOf(queue.wait(id)));
    await gate.held(1);
    const closing = [queue.close(), queue.close()];
    const closed = { code: 'not_configured', message: 'queue: it has been closed.' };
    const calls = {
      enqueue: () => queue.enqueue(request('alpha', 'three')),
      enqueueMany: () => queue.enqueueMany([{ request: request('alpha', 'three') }]),
      work: () => queue.work(),
      get: () => queue.get('one'),
      list: () => queue.list(),
      wait: () => queue.wait('one'),
      retry: () => queue.retry('one', { by: 'ann' }),
      resolve: () => queue.resolve('one', { by: 'ann', as: 'completed' }),
      withdraw: () => queue.withdraw('one', { by: 'ann' }),
      resume: () => queue.resume('alpha'),
      stats: () => queue.stats(),
    };
    for (const [name, call] of Object.entries(calls)) {
      const error = await failureOf(call());
      expect([name, error.code, error.message]).toEqual([name, closed.code, closed.message]);
    }
    gate.open();
    await Promise.all([...closing, working]);
    await queue.close();
    expect(await Promise.all(waiting)).toMatchObject([closed, closed]);
    // Every started cancellation finished and was written down.
    await using again = await openQueue(database, { services: shop.services, schema });
    expect(await again.get('one')).toMatchObject({ state: 'requested' });
    expect(shop.writes('one')).toBe(1);
  });
});

function detailed(id: string): ReturnType<typeof request<'alpha'>> & { reason: { text: string }; reference: string } {
  return { ...request('alpha', id), reason: { text: 'Gone' }, reference: `order-${id}` };
}

function resultOf({ outcome }: QueuedCancellation): CancelResult | undefined {
  return outcome?.ok === true ? outcome.result : undefined;
}

async function idsOf(records: Promise<readonly QueuedCancellation[]>): Promise<readonly string[]> {
  return (await records).map(({ id }) => id);
}

/** An outcome without what is another at each call. */
function comparable(outcome: SafeResult<CancelResult> | undefined): unknown {
  if (outcome === undefined) return undefined;
  const { operationId, ...rest } = outcome.ok ? outcome.result : outcome.error.toJSON();
  const sentAt = 'sentAt' in rest ? { sentAt: typeof rest.sentAt } : {};
  return { ok: outcome.ok, operationId: typeof operationId, ...rest, ...sentAt };
}
