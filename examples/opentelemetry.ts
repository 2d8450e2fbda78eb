/**
 * Turns cancelkit's operations into spans of OpenTelemetry. Neither cancelkit nor this file depends on OpenTelemetry:
 * the tracer of `@opentelemetry/api` fits the interface below.
 *
 * ```ts
 * import { trace } from '@opentelemetry/api';
 * const stop = traceOperations(trace.getTracer('cancelkit'));
 * await queue.enqueue(request, { traceparent: traceparentOf(trace.getActiveSpan()) });
 * ```
 */
import { tracingChannel } from 'node:diagnostics_channel';

/** The part of OpenTelemetry's `Tracer` that is used. */
export interface Tracer {
  startSpan(name: string, options?: { readonly kind?: number }): Span;
}

/** The part of OpenTelemetry's `Span` that is used. */
export interface Span {
  spanContext(): SpanContext;
  setAttribute(name: string, value: string | number): unknown;
  /** Since version 1.9 of the API. */
  addLink(link: { readonly context: SpanContext }): unknown;
  setStatus(status: { readonly code: number; readonly message?: string }): unknown;
  end(): void;
}

/** The part of OpenTelemetry's `SpanContext` that is used. */
export interface SpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly isRemote?: boolean;
}

/**
 * The trace context of a span, for `enqueue`. The span of the call that carries the cancellation out, in whichever
 * process and however much later, is linked to it. `undefined` without a span, or for one that is not valid.
 */
export function traceparentOf(span: Pick<Span, 'spanContext'> | undefined): string | undefined {
  if (span === undefined) return undefined;
  const { traceId, spanId, traceFlags } = span.spanContext();
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}

/**
 * Starts a span for each operation, in the caller's context, so that it is a child of whatever span is active there.
 * What a span contains: who, what, how often and with which outcome. Ids of services, reasons and answers stay out.
 *
 * @returns what ends it. Operations that are in flight then get no end.
 */
export function traceOperations(tracer: Tracer): () => void {
  const channel = tracingChannel('cancelkit:operation');
  const spans = new WeakMap<object, Span>();

  const onStart = (operation: unknown): void => {
    if (isRecord(operation)) spans.set(operation, tracer.startSpan(nameOf(operation), CLIENT));
  };
  const onEnd = (operation: unknown): void => {
    const span = isRecord(operation) ? spans.get(operation) : undefined;
    if (!isRecord(operation) || span === undefined) return;
    for (const [name, value] of Object.entries(attributesOf(operation))) {
      if (typeof value === 'string' || typeof value === 'number') span.setAttribute(name, value);
    }
    const context = contextOf(operation['traceparent']);
    if (context !== undefined) span.addLink({ context });
    const { error } = operation;
    if (isRecord(error)) span.setStatus({ code: STATUS_ERROR, message: String(error['code']) });
    span.end();
  };

  channel.start.subscribe(onStart);
  channel.asyncEnd.subscribe(onEnd);
  return () => {
    channel.start.unsubscribe(onStart);
    channel.asyncEnd.unsubscribe(onEnd);
  };
}

/** OpenTelemetry's `SpanKind.CLIENT`. */
const CLIENT = { kind: 2 } as const;
/** OpenTelemetry's `SpanStatusCode.ERROR`. */
const STATUS_ERROR = 2;

function nameOf({ operation }: Readonly<Record<string, unknown>>): string {
  return typeof operation === 'string' ? `cancelkit ${operation}` : 'cancelkit';
}

/** The context that a `traceparent` names, which cancelkit has checked. */
function contextOf(traceparent: unknown): SpanContext | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, traceId = '', spanId = '', flags = ''] = traceparent.split('-');
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

function attributesOf(operation: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { operationId, account, provider, attempts, result, error } = operation;
  const { outcome, state } = isRecord(result) ? result : {};
  const { code, reason, providerStatus } = isRecord(error) ? error : {};
  return {
    'cancelkit.operation_id': operationId,
    'cancelkit.account': account,
    'cancelkit.provider': provider,
    'cancelkit.attempts': attempts,
    'cancelkit.outcome': outcome ?? state,
    'cancelkit.unknown_reason': reason,
    'error.type': code,
    'http.response.status_code': providerStatus,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
