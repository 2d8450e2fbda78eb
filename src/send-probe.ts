import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/**
 * Watches whether a request has left the machine, through the diagnostics channels of undici, which Node's own `fetch`
 * is made of. A request that undici has created and whose headers it has not begun to write has provably not been sent.
 *
 * The channels are marked experimental, so they are believed only where they have proved themselves: an origin counts
 * once an answered request of it was seen on both channels, and never again after one that was not. With a custom
 * `fetch` they are silent, or tell of a part of what it does: there, only what they have seen counts.
 */
export class SendProbe {
  readonly #origin: string;
  readonly #trace: Trace = { requests: 0, headersWritten: false };

  constructor(origin: string) {
    this.#origin = origin;
    watch();
  }

  /** Runs what sends the request. */
  run<Value>(work: () => Value): Value {
    return current.run(this.#trace, work);
  }

  /** To be told when an answer has come: the proof of what the channels are worth. */
  answered(): void {
    const { requests, headersWritten } = this.#trace;
    if (requests === 0) return;
    if (reliability.size >= MAX_ORIGINS) reliability.clear();
    const isBroken = !headersWritten || reliability.get(this.#origin) === 'broken';
    reliability.set(this.#origin, isBroken ? 'broken' : 'proved');
  }

  /** Whether headers of the request were seen on their way out. `false` is "not known". */
  get hasBegun(): boolean {
    return this.#trace.headersWritten;
  }

  /** Whether the very error of a connection that was never made, its TLS handshake included, led to this one. */
  isConnectError(error: unknown): boolean {
    // The error can be that of a repetition, by a dispatcher that sent the first one.
    if (this.#trace.requests > 1) return false;
    let cause = error;
    for (let depth = 0; depth < MAX_DEPTH && typeof cause === 'object' && cause !== null; depth += 1) {
      if (connectErrors.has(cause)) return true;
      cause = 'cause' in cause ? cause.cause : undefined;
    }
    return false;
  }

  /** Whether nothing of the request has left the machine. `false` is "not known". */
  get provesNotSent(): boolean {
    const { requests, headersWritten } = this.#trace;
    return requests > 0 && !headersWritten && reliability.get(this.#origin) === 'proved';
  }
}

interface Trace {
  /** More than one where something underneath repeats by itself. */
  requests: number;
  headersWritten: boolean;
}

const MAX_ORIGINS = 1_000;
// Wrappers are few; a longer chain of causes is a circle.
const MAX_DEPTH = 8;
const connectErrors = new WeakSet<object>();
const reliability = new Map<string, 'proved' | 'broken'>();

// The storage tells whose request undici creates, in the caller's own context. The headers are written in the socket's
// context, which can be another request's: from there on the request object itself is the key.
const current = new AsyncLocalStorage<Trace>();
const traces = new WeakMap<object, Trace>();
let watching = false;

function watch(): void {
  if (watching) return;
  watching = true;
  subscribe('undici:request:create', (message) => {
    const trace = current.getStore();
    const request = requestOf(message);
    if (trace === undefined || request === undefined) return;
    trace.requests += 1;
    traces.set(request, trace);
  });
  subscribe('undici:client:connectError', (message) => {
    const isHeld = typeof message === 'object' && message !== null && 'error' in message;
    if (isHeld && typeof message.error === 'object' && message.error !== null) connectErrors.add(message.error);
  });
  subscribe('undici:client:sendHeaders', (message) => {
    const request = requestOf(message);
    const trace = request === undefined ? undefined : traces.get(request);
    if (trace !== undefined) trace.headersWritten = true;
  });
}

function requestOf(message: unknown): object | undefined {
  if (typeof message !== 'object' || message === null || !('request' in message)) return undefined;
  return typeof message.request === 'object' && message.request !== null ? message.request : undefined;
}
