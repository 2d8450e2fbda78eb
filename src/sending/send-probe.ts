import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';

/**
 * Watches what a `fetch` or a dispatcher that is not ours does with one request, through the diagnostics channels of
 * undici, which Node's own `fetch` and most others are made of, and of node:http.
 *
 * Only what was seen counts. Silence proves nothing: a `fetch` of another kind publishes nothing, and undici 6 does not
 * publish the headers of a request over HTTP/2.
 */
export class SendProbe {
  readonly #trace: Trace = { created: 0, headersWritten: 0 };

  constructor() {
    watch();
  }

  /** Runs what sends the request. */
  run<Value>(work: () => Value): Value {
    return current.run(this.#trace, work);
  }

  /** Whether a request was seen leaving. `false` is "not known". */
  get hasLeft(): boolean {
    return this.#trace.headersWritten > 0;
  }

  /** Whether more than one request was seen leaving, or was made in a way in which requests cannot be seen leaving. */
  get wasRepeated(): boolean {
    const { created, headersWritten } = this.#trace;
    return headersWritten > 1 || (headersWritten === 0 && created > 1);
  }

  /** Whether an error, or one that led to it, is a failed connection that undici itself has reported. */
  isConnectionFailure(error: unknown): boolean {
    return !this.hasLeft && !this.wasRepeated && chainOf(error).some((one) => connectionFailures.has(one));
  }
}

interface Trace {
  created: number;
  headersWritten: number;
}

// The storage tells whose request undici creates, in the caller's own context. The headers are written in the socket's
// context, which can be another request's: from there on the request object itself is the key.
const current = new AsyncLocalStorage<Trace>();
const traces = new WeakMap<object, Trace>();
const connectionFailures = new WeakSet<object>();
let isWatching = false;

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  subscribe('undici:request:create', (message) => {
    const trace = current.getStore();
    const request = objectIn(message, 'request');
    // What opens a tunnel through a proxy is not the request.
    if (trace === undefined || request === undefined || Reflect.get(request, 'method') === 'CONNECT') return;
    trace.created += 1;
    traces.set(request, trace);
  });
  subscribe('undici:client:sendHeaders', (message) => {
    const request = objectIn(message, 'request');
    const trace = request === undefined ? undefined : traces.get(request);
    if (trace !== undefined) trace.headersWritten += 1;
  });
  // A `fetch` over node:http publishes nothing of undici's. If more than one way was tried, none is believed.
  subscribe('http.client.request.start', () => {
    const trace = current.getStore();
    if (trace !== undefined) trace.created += 1;
  });
  subscribe('undici:client:connectError', (message) => {
    const error = objectIn(message, 'error');
    if (error !== undefined) connectionFailures.add(error);
  });
}

function objectIn(message: unknown, key: string): object | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const value: unknown = Reflect.get(message, key);
  return typeof value === 'object' && value !== null ? value : undefined;
}

// Wrappers are few; a longer chain of causes is a circle.
const MAX_DEPTH = 8;

/** An error and what led to it, the error first. */
function chainOf(error: unknown): readonly object[] {
  const chain: object[] = [];
  try {
    for (let next = error; typeof next === 'object' && next !== null && chain.length < MAX_DEPTH;) {
      chain.push(next);
      next = 'cause' in next ? next.cause : undefined;
    }
  } catch {
    // A custom fetch can fail with anything; what cannot be read is not a known error.
  }
  return chain;
}
