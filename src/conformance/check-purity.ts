import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { inOrder } from './answers.ts';
import type { Check } from './check.ts';
import type { SeenRequest } from './loopback.ts';
import { canUndo, undone } from './read-back.ts';
import { contentOf, madeHeaders } from './request-fields.ts';
import type { ConformanceSubject } from './subject.ts';
import { orderOf, serviceWith, settle, successAnswers, withTrial } from './trial.ts';

const NOWHERE = 'http://127.0.0.1:2';

/** Whether the same order makes the same request, whatever the time, and leaves what it was given as it was. */
export function purityChecks(subject: ConformanceSubject): readonly Check[] {
  return [
    {
      name: 'leaves the order and the configuration unchanged',
      run: () => leavesInputAlone(subject),
    },
    {
      name: 'previews the same request on another day and with other random numbers',
      run: async () => {
        const service = serviceWith(subject, subject.config(NOWHERE));
        const preview = (): Promise<unknown> => service.preview(orderOf(subject, { reason: 'Project ended' }));
        assert.deepEqual(await onAnotherDay(preview), await preview());
      },
    },
    {
      name: 'sends the same requests for the same order',
      run: () => sendsTheSameTwice(subject),
    },
    {
      name: 'previews exactly what it sends',
      run: async () => {
        await withTrial(subject, successAnswers(subject), async ({ server, service }) => {
          const order = orderOf(subject, { reason: 'Project ended', reference: 'order-1234' });
          const { method, url, headers, body = '' } = await service.preview(order);
          assert.equal(server.requests.length, 0, 'the preview sent something');
          await settle(service.cancel(order));
          const [sent] = server.requests;
          assert.ok(sent, 'nothing was sent');
          assert.equal(method, sent.method);
          assertShows(url, `${server.origin}${sent.target}`);
          assertShows(body, sent.body);
          for (const [name, value] of Object.entries(headers)) assertShows(value, sent.headers[name] ?? '');
        });
      },
    },
  ];
}

async function leavesInputAlone(subject: ConformanceSubject): Promise<void> {
  await withTrial(subject, successAnswers(subject), async ({ server }) => {
    const config = subject.config(server.origin);
    const order = orderOf(subject, {
      service: structuredClone(subject.service),
      reason: { category: 'too_expensive', text: 'Project ended' },
      reference: 'order-1234',
    });
    const before = inspect([config, order], { depth: Infinity });
    const service = serviceWith(subject, config);
    await settle(service.preview(order));
    await settle(service.cancel(order));
    assert.equal(inspect([config, order], { depth: Infinity }), before, 'the input was changed');
  });
  await withTrial(subject, successAnswers(subject), async ({ server }) => {
    const service = serviceWith(subject, deepFreeze(subject.config(server.origin)));
    const order = deepFreeze(orderOf(subject, { service: structuredClone(subject.service), reason: { text: 'Over' } }));
    const preview = await settle(service.preview(order));
    assert.ok(preview.ok, 'frozen input does not work');
    const cancelled = await settle(service.cancel(order));
    assert.ok(cancelled.ok, 'frozen input does not work');
  });
}

async function sendsTheSameTwice(subject: ConformanceSubject): Promise<void> {
  const answers = successAnswers(subject);
  await withTrial(subject, [...answers, ...answers], async ({ server, service }) => {
    const order = orderOf(subject, { reason: 'Project ended', reference: 'order-1234' });
    await settle(service.cancel(order));
    const count = server.requests.length;
    // Long enough for a request that holds the time to differ.
    await delay(3);
    await settle(service.cancel(order));
    assert.ok(count > 0, 'nothing was sent');
    const differing = await madeHeaders(subject);
    const comparable = server.requests.map((request) => without(request, differing));
    assert.deepEqual(comparable.slice(count), comparable.slice(0, count));
  });
  if (!canUndo(subject)) return;
  const [one, other] = [await undosOf(subject), await undosOf(subject)];
  assert.ok(one.length > 0, 'no undo was sent');
  assert.deepEqual(one, other);
}

function without(request: SeenRequest, names: readonly string[]): SeenRequest {
  return {
    ...request,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !names.includes(name))),
  };
}

/** The undo's own requests, without what differs from server to server. */
async function undosOf(subject: ConformanceSubject): Promise<readonly object[]> {
  await delay(3);
  const { requests } = await undone(subject, inOrder([]));
  const differing = await madeHeaders(subject);
  return requests.slice(0, 1).map((request) => contentOf(without(request, differing)));
}

/** Whether a preview is the text that was sent, with `[REDACTED]` for some of it. */
function assertShows(preview: string, sent: string): void {
  let at = 0;
  const parts = preview.split(/\[REDACTED\]|\[NEW UUID\]/);
  for (const [index, part] of parts.entries()) {
    const found = index === parts.length - 1 && index > 0 ? sent.lastIndexOf(part) : sent.indexOf(part, at);
    assert.ok(found >= at && (index > 0 || found === 0), 'the preview shows another request than is sent');
    at = found + part.length;
  }
  assert.equal(at, sent.length, 'the preview shows another request than is sent');
}

export async function onAnotherDay<Value>(work: () => Promise<Value>): Promise<Value> {
  const { Date: RealDate } = globalThis;
  const { random } = Math;
  const later = RealDate.now() + 400.5 * 24 * 3600 * 1000;
  globalThis.Date = new Proxy(RealDate, {
    apply: () => new RealDate(later).toString(),
    construct: (target, parts: unknown[], newTarget) => {
      const made: unknown = Reflect.construct(target, parts.length === 0 ? [later] : parts, newTarget);
      assert.ok(made instanceof target);
      return made;
    },
    get: (target, key): unknown => (key === 'now' ? () => later : Reflect.get(target, key)),
  });
  Math.random = () => 0.123456789;
  try {
    return await work();
  } finally {
    globalThis.Date = RealDate;
    Math.random = random;
  }
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const entry of Object.values(value)) deepFreeze(entry);
  return Object.freeze(value);
}
