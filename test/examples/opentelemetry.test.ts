import { AsyncLocalStorage } from 'node:async_hooks';
import { orderVps } from 'cancelkit/edis';
import { startSandbox, type Sandbox } from 'cancelkit/sandbox';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  traceOperations,
  traceparentOf,
  type Span,
  type SpanContext,
  type Tracer,
} from '../../examples/opentelemetry.ts';
import { IMPATIENT, servicesOf } from '../outcome/set-up.ts';
import { startPglite } from '../queue/support/databases.ts';
import { openQueue, settle } from '../queue/support/open-queue.ts';
import { lost, openShop, request, seen } from '../queue/support/shop.ts';

interface Recorded {
  readonly name: string;
  readonly kind: number | undefined;
  /** What was active where the span was started. */
  readonly parent: string | undefined;
  readonly attributes: Record<string, string | number>;
  readonly links: SpanContext[];
  status?: { readonly code: number; readonly message?: string };
  ended: number;
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';

const active = new AsyncLocalStorage<string>();

/** A tracer that keeps its spans. */
function recordingTracer(): { readonly tracer: Tracer; readonly spans: Recorded[] } {
  const spans: Recorded[] = [];
  const tracer: Tracer = {
    startSpan(name, options) {
      const recorded: Recorded = {
        name,
        kind: options?.kind,
        parent: active.getStore(),
        attributes: {},
        links: [],
        ended: 0,
      };
      spans.push(recorded);
      const span: Span = {
        spanContext: () => ({ traceId: TRACE, spanId: SPAN, traceFlags: 1 }),
        addLink: ({ context }) => {
          if (recorded.ended > 0) throw new Error('the span has ended');
          recorded.links.push(context);
        },
        setAttribute: (key, value) => {
          if (recorded.ended > 0) throw new Error('the span has ended');
          recorded.attributes[key] = value;
        },
        setStatus: (status) => {
          recorded.status = status;
        },
        end: () => {
          recorded.ended += 1;
        },
      };
      return span;
    },
  };
  return { tracer, spans };
}

let sandbox: Sandbox;
let spans: Recorded[];
let stop: () => void;
beforeEach(async () => {
  sandbox = await startSandbox();
  const recording = recordingTracer();
  spans = recording.spans;
  stop = traceOperations(recording.tracer);
  return () => sandbox.close();
});
afterEach(() => stop());

describe('the example for OpenTelemetry', () => {
  it('makes a span of a cancellation, with its outcome', async () => {
    const service = sandbox.vpsbg.seeded.active;
    const { operationId } = await servicesOf(sandbox).cancel(
      { account: 'vpsbg', service, when: 'end_of_period' },
      { verify: true },
    );
    expect(spans).toEqual([
      {
        name: 'cancelkit cancel',
        kind: 2,
        parent: undefined,
        attributes: {
          'cancelkit.operation_id': operationId,
          'cancelkit.account': 'vpsbg',
          'cancelkit.provider': 'vpsbg',
          'cancelkit.attempts': 2,
          'cancelkit.outcome': 'requested',
        },
        links: [],
        ended: 1,
      },
    ]);
  });

  it('makes a failed span of an error, with its code', async () => {
    const outcome = await servicesOf(sandbox).safeCancel({
      account: 'whmcs',
      service: { serviceId: 999 },
      when: 'immediate',
    });
    expect(outcome.ok).toBe(false);
    expect(spans).toMatchObject([
      {
        status: { code: 2, message: 'not_found' },
        attributes: { 'error.type': 'not_found', 'http.response.status_code': 200, 'cancelkit.attempts': 1 },
        ended: 1,
      },
    ]);
    expect(spans[0]?.attributes).not.toHaveProperty('cancelkit.outcome');
  });

  it('tells of an unknown outcome why it is unknown', async () => {
    const { kvmId } = sandbox.edis.seeded.active;
    sandbox.edis.fault({ kind: 'hang', executed: true });
    await servicesOf(sandbox, IMPATIENT).safeCancel({ account: 'edis', service: { kvmId }, when: 'immediate' });
    expect(spans).toMatchObject([
      {
        status: { message: 'outcome_unknown' },
        attributes: { 'error.type': 'outcome_unknown', 'cancelkit.unknown_reason': 'timeout' },
      },
    ]);
  });

  it('makes a span of every operation', async () => {
    const services = servicesOf(sandbox);
    const service = sandbox.vpsbg.seeded.cancelled;
    await services.status({ account: 'vpsbg', service });
    await services.revoke({ account: 'vpsbg', service });
    await services.preview({ account: 'vpsbg', service, when: 'immediate' });
    await orderVps(sandbox.accounts.edis, {
      billingCycle: 'monthly',
      paymentMethod: 'paypal',
      items: [{ productId: 1814, os: 92, hostname: 'kvm' }],
    });
    expect(spans.map(({ name, attributes, ended }) => [name, attributes['cancelkit.outcome'], ended])).toEqual([
      ['cancelkit status', 'requested', 1],
      ['cancelkit revoke', 'revoked', 1],
      ['cancelkit preview', undefined, 1],
      ['cancelkit order', undefined, 1],
    ]);
  });

  it('starts each span in the context of its caller, also if many run concurrently', async () => {
    const services = servicesOf(sandbox);
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const { serverId } = sandbox.vpsbg.add();
        const request = { account: 'vpsbg', service: { serverId }, when: 'end_of_period' } as const;
        const { operationId } = await active.run(`caller ${index}`, () => services.cancel(request));
        const span = spans.find(({ attributes }) => attributes['cancelkit.operation_id'] === operationId);
        expect(span?.parent).toBe(`caller ${index}`);
      }),
    );
    expect(spans.map(({ ended }) => ended)).toEqual(Array.from({ length: 20 }, () => 1));
  });

  it('lets neither a secret nor an id nor a reason into a span', async () => {
    const { serviceId } = sandbox.whmcs.add();
    await servicesOf(sandbox).cancel({
      account: 'whmcs',
      service: { serviceId },
      when: 'immediate',
      reason: 'A private matter',
    });
    await servicesOf(sandbox).safeCancel({
      account: 'whmcs',
      service: { serviceId },
      when: 'end_of_period',
      reason: 'A private matter',
    });
    const { identifier, secret } = sandbox.settings.whmcs;
    const attributes = JSON.stringify(spans);
    expect(spans.map(({ attributes: own }) => own['cancelkit.outcome'] ?? own['error.type'])).toEqual([
      'requested',
      'timing_conflict',
    ]);
    for (const kept of [identifier, secret, 'A private matter', `"${serviceId}"`])
      expect(attributes).not.toContain(kept);
  });

  it('links the span of a queued cancellation to the one in which it was enqueued, also of each read-back', async () => {
    await using database = await startPglite();
    const shop = openShop({ two: { writes: [lost], reads: [() => seen('none'), () => seen('completed')] } });
    await using queue = await openQueue(database, { services: shop.services });
    const { tracer } = recordingTracer();
    const traceparent = traceparentOf(tracer.startSpan('the customer’s request'));
    await queue.enqueue(request('alpha', 'one'), { id: 'one' });
    await settle(queue, 'one');
    await queue.enqueueMany([{ request: request('alpha', 'two'), id: 'two', traceparent }]);
    await settle(queue, 'two');
    const context = { traceId: TRACE, spanId: SPAN, traceFlags: 1, isRemote: true };
    const calls = spans.filter(({ name }) => name === 'cancelkit cancel' || name === 'cancelkit status');
    expect(calls.map(({ name, links }) => [name, links])).toEqual([
      ['cancelkit cancel', []],
      ['cancelkit cancel', [context]],
      ['cancelkit status', [context]],
    ]);
  }, 60_000);

  it('has no trace context for a span that does not exist or is not recorded', () => {
    const spanContext = (): SpanContext => ({ traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 });
    expect([traceparentOf(undefined), traceparentOf({ spanContext })]).toEqual([undefined, undefined]);
    const real = { spanContext: (): SpanContext => ({ traceId: TRACE, spanId: SPAN, traceFlags: 0 }) };
    expect(traceparentOf(real)).toBe(`00-${TRACE}-${SPAN}-00`);
  });

  it('sees nothing any more once it is stopped', async () => {
    stop();
    await servicesOf(sandbox).status({ account: 'vpsbg', service: sandbox.vpsbg.seeded.active });
    expect(spans).toEqual([]);
  });
});
