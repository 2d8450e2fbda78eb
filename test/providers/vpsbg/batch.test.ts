import { createCancelService, type OperationEvent } from 'cancelkit';
import type { Fault } from 'cancelkit/sandbox';
import { vpsbg } from 'cancelkit/vpsbg';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { advance, collecting, rest, stopTheClock } from '../../bulk/set-up.ts';
import { recordingFetch, writesOf } from '../../support/fetch.ts';
import { toResponse } from '../answering.ts';
import { endOf, idsIn, requestOf, setUpBatch, type BatchSetUp, type Request } from './batch-set-up.ts';
import { answers, server } from './fixtures.ts';

const UNKNOWN_ID = 999_999;

let own: BatchSetUp;
beforeEach(async () => {
  own = await setUpBatch();
  return () => own[Symbol.asyncDispose]();
});

const timesCancelled = (ids: readonly number[]): number[] =>
  ids.map((id) => own.sandbox.vpsbg.service(id).timesCancelled);
const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);
/** How many of the batches each id was in. */
const sendsOf = (ids: readonly number[]): number[] =>
  ids.map((id) => own.batches().filter((batch) => batch.includes(id)).length);
const byFirst = ([a = 0]: readonly number[], [b = 0]: readonly number[]): number => a - b;
const ascending = (a: number, b: number): number => a - b;
const onlyWrites = { only: ({ method }: { readonly method: string }) => method === 'POST' };

describe('servers that are cancelled together at VPSBG', () => {
  it('share one request, and each is read back', async () => {
    const ids = own.add(10);
    const events: OperationEvent[] = [];
    const onEvent = (event: OperationEvent): void => void events.push(event);
    const reason = 'Project ended';
    const items = await own.run(
      ids.map((id) => requestOf(id, { reason })),
      { onEvent },
    );
    expect(own.batches()).toEqual([ids]);
    expect(own.reads()).toEqual(ids);
    for (const [index, item] of items.entries()) {
      expect(item).toMatchObject({
        index,
        ok: true,
        result: {
          outcome: 'scheduled',
          service: { serverId: ids[index] },
          when: 'end_of_period',
          effectiveAt: { value: '2026-04-10T08:00:00.000Z', source: 'provider' },
          existing: { state: 'scheduled', reason },
          reconciled: false,
          warnings: [],
          attempts: 2,
        },
      });
    }
    expect(timesCancelled(ids)).toEqual(times(10, 1));
    const ended = events.filter(({ type }) => type === 'outcome').map(({ operationId }) => operationId);
    expect(new Set(ended)).toEqual(new Set(items.map((item) => item.ok && item.result.operationId)));
    expect(new Set(ended).size).toBe(10);
    expect(events.filter((event) => event.type === 'attempt' && event.effect === 'write')).toHaveLength(1);
  });

  it('are no more in a request than the option says', async () => {
    const ids = own.add(25);
    const items = await own.run(ids.map((id) => requestOf(id)));
    expect(
      own
        .batches()
        .map((batch) => batch.length)
        .toSorted(ascending),
    ).toEqual([5, 10, 10]);
    expect(own.batches().flat().toSorted(ascending)).toEqual(ids);
    expect(items.map(endOf)).toEqual(times(25, 'scheduled'));
  });

  it('are alike in the timing and in the text that is sent', async () => {
    const ids = own.add(8);
    const details: readonly Parameters<typeof requestOf>[1][] = [
      { reason: 'Project ended' },
      { reason: 'Too slow' },
      { reason: 'Project ended' },
      { reason: { text: 'Project ended' } },
      { reason: 'Project ended', reference: 'order-1' },
      { when: 'immediate', reason: 'Project ended' },
      { reason: 'Too slow' },
      {},
    ];
    const items = await own.run(ids.map((id, index) => requestOf(id, details[index])));
    const places = own.batches().map((batch) => batch.map((id) => ids.indexOf(id)));
    expect(places.toSorted(byFirst)).toEqual([[0, 2], [1, 6], [3], [4], [5], [7]]);
    for (const [index, id] of ids.entries()) {
      const { cancellation } = own.sandbox.vpsbg.service(id);
      expect(cancellation?.when).toBe(details[index]?.when ?? 'end_of_period');
      expect(items[index]).toMatchObject({ ok: true });
    }
  });

  it('are sent alone when immediate, unless that is asked for', async () => {
    const ids = own.add(4);
    const requests = ids.map((id) => requestOf(id, { when: 'immediate' }));
    await own.run(requests, { batch: { vpsbg: { size: 10 } } });
    expect(own.batches().toSorted(byFirst)).toEqual(ids.map((id) => [id]));
    const more = own.add(4);
    own.sandbox.vpsbg.clearRequests();
    const items = await own.run(
      more.map((id) => requestOf(id, { when: 'immediate' })),
      { batch: { vpsbg: { size: 10, immediate: true } } },
    );
    expect(own.batches()).toEqual([more]);
    for (const item of items) {
      expect(item).toMatchObject({ result: { outcome: 'requested', warnings: [{ code: 'immediate_deferred' }] } });
    }
  });

  it('are never in the company of addons and floating IPs', async () => {
    const ids = own.add(2);
    const { serverId, addons } = own.sandbox.vpsbg.add();
    const { floatingIpId } = own.sandbox.vpsbg.addFloatingIp();
    const requests: Request[] = [
      requestOf(ids[0] ?? 0),
      { account: 'vpsbg', service: { serverId, addonId: addons[0]?.addonId ?? 0 }, when: 'end_of_period' },
      { account: 'vpsbg', service: { floatingIpId }, when: 'end_of_period' },
      requestOf(ids[1] ?? 0),
    ];
    const items = await own.run(requests);
    expect(own.batches()).toEqual([ids]);
    expect(items.map(endOf)).toEqual(['scheduled', 'requested', 'requested', 'scheduled']);
  });

  it('are one request each if the option is not there', async () => {
    const ids = own.add(5);
    const items = await own.run(
      ids.map((id) => requestOf(id)),
      { batch: undefined },
    );
    expect(own.batches().toSorted(byFirst)).toEqual(ids.map((id) => [id]));
    expect(own.reads()).toEqual([]);
    expect(items.map(endOf)).toEqual(times(5, 'requested'));
  });

  it('are in a batch once, however often they are asked for', async () => {
    const [id = 0, other = 0] = own.add(2);
    const items = await own.run([requestOf(id), requestOf(id), requestOf(other)]);
    expect(own.batches()).toEqual([[id, other], [id]]);
    expect(items.map(endOf)).toEqual(times(3, 'scheduled'));
  });

  it('do not wait for one whose reference is wrong', async () => {
    const [id = 0, other = 0] = own.add(2);
    const items = await own.run([requestOf(id), requestOf(-1), requestOf(other)]);
    expect(items.map(endOf)).toEqual(['scheduled', 'invalid_request', 'scheduled']);
    expect(own.batches()).toEqual([[id, other]]);
  });

  it('have a warning if the API does not show the timing', async () => {
    own.sandbox.vpsbg.configure({ cancelRequest: 'flag' });
    const items = await own.run(own.add(2).map((id) => requestOf(id)));
    for (const item of items) {
      expect(item).toMatchObject({ result: { outcome: 'requested', warnings: [{ code: 'timing_unknown' }] } });
    }
  });
});

describe('a batch that VPSBG accepts', () => {
  it('is a success for those alone that are seen to be cancelled', async () => {
    own.sandbox.vpsbg.configure({ partlyBadList: 'skipped' });
    const [good = 0, locked = 0] = own.add(2);
    own.sandbox.vpsbg.lock(locked);
    const items = await own.run([requestOf(good), requestOf(locked), requestOf(UNKNOWN_ID)]);
    expect(items.map(endOf)).toEqual(['scheduled', 'outcome_unknown, none', 'outcome_unknown, absent']);
    expect(own.batches()).toHaveLength(1);
    for (const item of items.slice(1)) {
      expect(item).toMatchObject({ error: { reason: 'provider_error', sentAt: expect.any(String), retryable: false } });
    }
  });

  it('is in doubt for one that has an earlier cancellation with another timing', async () => {
    own.sandbox.vpsbg.configure({ partlyBadList: 'skipped', repeatedCancel: 'refused' });
    const { serverId } = own.sandbox.vpsbg.seeded.cancelled;
    const [good = 0] = own.add(1);
    const when = 'immediate';
    const items = await own.run([requestOf(good, { when }), requestOf(serverId, { when })], {
      batch: { vpsbg: { size: 10, immediate: true } },
    });
    expect(items.map(endOf)).toEqual(['requested', 'outcome_unknown, scheduled']);
    expect(items[1]).toMatchObject({ error: { existing: { when: 'end_of_period' } } });
  });

  it('leaves in doubt what cannot be read back', async () => {
    const ids = own.add(3);
    own.sandbox.vpsbg.fault({
      kind: 'server_error',
      executed: false,
      times: Infinity,
      only: ({ method, path }) => method === 'GET' && path.endsWith(String(ids[1])),
    });
    const items = await own.run(ids.map((id) => requestOf(id)));
    expect(items.map(endOf)).toEqual(['scheduled', 'outcome_unknown', 'scheduled']);
    expect(own.batches()).toEqual([ids]);
  });
});

describe('a batch whose response is lost', () => {
  const faults: readonly [string, Fault][] = [
    ['never comes', { kind: 'hang', executed: true }],
    ['is a reset', { kind: 'reset', executed: true }],
    ['is a 500', { kind: 'server_error', executed: true }],
    ['is a web page', { kind: 'html', executed: true }],
    ['is cut off', { kind: 'cut_body' }],
  ];
  it.each(faults)('and %s is read back, and none of it is sent again', async (_, fault) => {
    own.sandbox.vpsbg.fault({ ...fault, ...onlyWrites });
    const ids = own.add(4);
    const items = await own.run(ids.map((id) => requestOf(id)));
    expect(own.batches()).toEqual([ids]);
    for (const item of items) expect(item).toMatchObject({ result: { outcome: 'scheduled', reconciled: true } });
    expect(timesCancelled(ids)).toEqual(times(4, 1));
  });

  it.each<Fault>([
    { kind: 'hang', executed: false },
    { kind: 'reset', executed: false },
    { kind: 'server_error', executed: false },
  ])('is in doubt for each if none is found after %j', async (fault) => {
    own.sandbox.vpsbg.fault({ ...fault, ...onlyWrites });
    const ids = own.add(4);
    const items = await own.run(ids.map((id) => requestOf(id)));
    expect(items.map(endOf)).toEqual(times(4, 'outcome_unknown, none'));
    expect(own.batches()).toEqual([ids]);
    const operations = items.map((item) => !item.ok && item.error.operationId);
    expect(new Set(operations).size).toBe(4);
  });

  it('because one server is locked is in doubt for each, since a 423 has been seen to land later', async () => {
    const ids = own.add(3);
    own.sandbox.vpsbg.lock(ids[1] ?? 0, { landing: true });
    const items = await own.run(ids.map((id) => requestOf(id)));
    expect(items.map(endOf)).toEqual(times(3, 'outcome_unknown, none'));
    own.sandbox.clock.advance({ minutes: 1 });
    expect(own.batches()).toEqual([ids]);
  });
});

describe('a batch that VPSBG refuses because of one server', () => {
  it.each(['not_found', 'invalid'] as const)(
    'since it does not exist (%s) cancels every other once, and says so of that one',
    async (unknownServer) => {
      own.sandbox.vpsbg.configure({ unknownServer });
      const ids = own.add(7);
      const all = ids.toSpliced(4, 0, UNKNOWN_ID);
      const items = await own.run(all.map((id) => requestOf(id)));
      expect(items.map(endOf)).toEqual(all.map((id) => (id === UNKNOWN_ID ? 'not_found' : 'scheduled')));
      expect(timesCancelled(ids)).toEqual(times(7, 1));
      // One list with the bad one, and the rest in halves.
      expect(own.batches().map((batch) => batch.length)).toEqual([8, 4, 3]);
    },
  );

  it('is halved until that one is alone, and read back before each half', async () => {
    const bad = 3;
    const cancelled = new Set<number>();
    const log: string[] = [];
    const { fetch } = recordingFetch(({ method, url, body }) => {
      if (method === 'GET') {
        const id = Number(url.split('/').at(-1));
        log.push(`? ${id}`);
        return toResponse(server({ id, cancel_request: cancelled.has(id) ? { now: false } : null }));
      }
      const ids = idsIn(body);
      log.push(`! ${ids.join(' ')}`);
      if (ids.includes(bad)) return toResponse(answers.invalid);
      for (const id of ids) cancelled.add(id);
      return toResponse(answers.accepted);
    });
    const service = createCancelService({ vpsbg: vpsbg({ token: 'a-token' }) }, { fetch });
    const requests = [1, 2, 3, 4, 5].map((id) => requestOf(id));
    const { items, done } = collecting(service.cancelMany(requests, { batch: { vpsbg: 10 } }));
    await done;
    const asked = (...ids: readonly number[]): string[] => ids.map((id) => `? ${id}`);
    expect(log).toEqual([
      '! 1 2 3 4 5',
      ...asked(1, 2, 3, 4, 5),
      '! 1 2 3',
      ...asked(1, 2, 3),
      '! 1 2',
      ...asked(1, 2),
      '! 3',
      '! 4 5',
      ...asked(4, 5),
    ]);
    expect(items.toSorted((a, b) => a.index - b.index).map((item) => [item.index, endOf(item)])).toEqual([
      [0, 'scheduled'],
      [1, 'scheduled'],
      [2, 'rejected'],
      [3, 'scheduled'],
      [4, 'scheduled'],
    ]);
  });

  it('is halved in the same way if the bad one can be read', async () => {
    const ids = own.add(7);
    const { serverId: cancelled } = own.sandbox.vpsbg.add();
    own.sandbox.vpsbg.configure({ repeatedCancel: 'refused' });
    await own.run([requestOf(cancelled)]);
    own.sandbox.vpsbg.clearRequests();
    const items = await own.run([...ids, cancelled].map((id) => requestOf(id)));
    expect(items.map(endOf)).toEqual(times(8, 'scheduled'));
    expect(items.at(-1)).toMatchObject({ result: { reconciled: true } });
    // The one that is there already is in the first list alone.
    expect(sendsOf([cancelled])).toEqual([1]);
    expect(timesCancelled([...ids, cancelled])).toEqual(times(8, 1));
  });

  it('but was carried out for the others is not sent again for them', async () => {
    own.sandbox.vpsbg.configure({ partlyBadList: 'partly_executed' });
    const ids = own.add(6);
    const items = await own.run([...ids, UNKNOWN_ID].map((id) => requestOf(id)));
    expect(items.map(endOf)).toEqual([...times(6, 'scheduled'), 'not_found']);
    expect(sendsOf(ids)).toEqual(times(6, 1));
    expect(timesCancelled(ids)).toEqual(times(6, 1));
  });

  it('leaves in doubt what cannot be read back, and does not send it again', async () => {
    const ids = own.add(4);
    const [hidden = 0] = ids;
    own.sandbox.vpsbg.fault({
      kind: 'server_error',
      executed: false,
      times: Infinity,
      only: ({ method, path }) => method === 'GET' && path.endsWith(String(hidden)),
    });
    const items = await own.run([...ids, UNKNOWN_ID].map((id) => requestOf(id)));
    expect(items.map(endOf)).toEqual(['outcome_unknown', 'scheduled', 'scheduled', 'scheduled', 'not_found']);
    expect(sendsOf([hidden])).toEqual([1]);
  });

  it('is a timing_conflict for one that is there with another timing, which is left unchanged', async () => {
    const { serverId } = own.sandbox.vpsbg.seeded.cancelled;
    const [good = 0] = own.add(1);
    const requests = [good, serverId, UNKNOWN_ID].map((id) => requestOf(id, { when: 'immediate' }));
    const items = await own.run(requests, { batch: { vpsbg: { size: 10, immediate: true } } });
    expect(items.map(endOf)).toEqual(['requested', 'timing_conflict', 'not_found']);
    expect(items[1]).toMatchObject({ error: { existing: { state: 'scheduled', when: 'end_of_period' } } });
    expect(own.sandbox.vpsbg.service(serverId)).toMatchObject({
      timesCancelled: 1,
      cancellation: { when: 'end_of_period' },
    });
  });
});

describe('a batch that VPSBG refuses as a whole', () => {
  it('because of the credentials is not halved, and nothing more is sent', async () => {
    const service = createCancelService({
      vpsbg: vpsbg({ ...own.sandbox.settings.vpsbg, token: 'a-wrong-token' }),
    });
    const requests = own.add(40).map((id) => requestOf(id));
    const { items, done } = collecting(service.cancelMany(requests, { batch: { vpsbg: 10 } }));
    await done;
    expect(items.map((item) => !item.ok && item.error.code)).toEqual(times(40, 'unauthorized'));
    // Two batches were in flight concurrently.
    expect(own.batches().length).toBeLessThanOrEqual(2);
    expect(own.reads()).toEqual([]);
  });

  it('because of what the token may do is not halved', async () => {
    await using readOnly = await setUpBatch('vpsbgReadOnly');
    const ids = readOnly.add(10);
    const items = await readOnly.run(ids.map((id) => requestOf(id)));
    expect(items.map(endOf)).toEqual(times(10, 'forbidden'));
    expect([readOnly.batches(), readOnly.reads()]).toEqual([[ids], []]);
  });

  it('because the call is not there any more is not halved', async () => {
    const { fetch, requests } = recordingFetch(() => toResponse(answers.noRoute));
    const service = createCancelService({ vpsbg: vpsbg({ token: 'a-token' }) }, { fetch });
    const { items, done } = collecting(
      service.cancelMany(
        [1, 2, 3].map((id) => requestOf(id)),
        { batch: { vpsbg: 10 } },
      ),
    );
    await done;
    expect(items.map((item) => !item.ok && item.error.code)).toEqual(times(3, 'unexpected_response'));
    expect(requests).toHaveLength(1);
  });
});

describe('a batch that meets too many requests', () => {
  beforeEach(stopTheClock);
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is sent again after the pause, and read back only then', async () => {
    let isLimited = true;
    const { fetch, requests } = recordingFetch(({ method, url }) => {
      if (isLimited) return toResponse({ ...answers.rateLimited, headers: { 'retry-after': '60' } });
      const id = Number(url.split('/').at(-1));
      return toResponse(method === 'GET' ? server({ id, cancel_request: { now: false } }) : answers.accepted);
    });
    const service = createCancelService({ vpsbg: vpsbg({ token: 'a-token' }) }, { fetch });
    const list = [1, 2, 3].map((id) => requestOf(id));
    const { items, done } = collecting(service.cancelMany(list, { batch: { vpsbg: 3 } }));
    await rest();
    expect(requests).toHaveLength(1);
    isLimited = false;
    await advance(61_000);
    await done;
    expect(items.map((item) => item.ok && item.result.outcome)).toEqual(times(3, 'scheduled'));
    expect(writesOf(requests)).toHaveLength(2);
    expect(requests).toHaveLength(5);
  });

  it('waits at most 50 milliseconds for a batch to fill, and not at all once the source has ended', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
    const { fetch, requests } = recordingFetch(({ method, url }) => {
      const id = Number(url.split('/').at(-1));
      return toResponse(method === 'GET' ? server({ id, cancel_request: { now: false } }) : answers.accepted);
    });
    const service = createCancelService({ vpsbg: vpsbg({ token: 'a-token' }) }, { fetch });
    const more = Promise.withResolvers<void>();
    async function* source() {
      yield requestOf(1);
      yield requestOf(2);
      await more.promise;
      yield requestOf(3);
      yield requestOf(4);
    }
    const { items, done } = collecting(service.cancelMany(source(), { batch: { vpsbg: 10 } }));
    await rest();
    expect(requests).toEqual([]);
    await advance(51);
    await rest();
    expect(writesOf(requests).map(({ body }) => body)).toEqual(['{"server_ids":[1,2],"now":false}']);
    more.resolve();
    await done;
    expect(writesOf(requests).map(({ body }) => body)).toEqual([
      '{"server_ids":[1,2],"now":false}',
      '{"server_ids":[3,4],"now":false}',
    ]);
    expect(items).toHaveLength(4);
  });
});
