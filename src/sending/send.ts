import type { KyInstance } from 'ky';
import type { Dispatcher } from 'undici';
import type { LimitEnd, TimeLimit } from '../call/time-limit.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import { watchForSleep } from '../platform/since-boot.ts';
import { checkAfter, type ConnectCheck, describeFailure } from './connection-failure.ts';
import { AnyDispatchHandler, DispatchHandler, SEEN_BY_KY } from './dispatch-handler.ts';
import type { HttpRequest } from './http-request.ts';
import { readBody, readHeaders } from './response-body.ts';
import { SendProbe } from './send-probe.ts';
import { type Transport, chooseTransport, type TransportChoice } from './transport.ts';

/** The outcome of one request. It is never sent twice here, and nothing of a library's error comes out. */
export type SendResult =
  /**
   * `repeated`: more than one request was seen leaving, because a dispatcher or a `fetch` below repeats by itself. Then
   * the response says nothing about the requests before it.
   */
  | { readonly kind: 'answered'; readonly response: ProviderResponse; readonly repeated: boolean }
  /**
   * Nothing left the machine. `end` is present if the time limit ended, or the caller ended it; `check` if the same
   * connection will fail until a person changes something.
   */
  | {
      readonly kind: 'not_sent';
      readonly why: string;
      readonly end: LimitEnd | undefined;
      readonly check?: ConnectCheck | undefined;
    }
  /** The request may have arrived. */
  | { readonly kind: 'lost'; readonly reason: 'timeout' | 'connection_lost' | 'aborted' };

/**
 * Sends one request once, through ky with everything that would repeat, follow or throw switched off. The only place
 * that touches the network.
 *
 * @param isFresh whether the request needs a connection of its own.
 */
export async function send(
  request: HttpRequest,
  limit: TimeLimit,
  choice: TransportChoice,
  isFresh: boolean,
): Promise<SendResult> {
  if (limit.end !== undefined) return notSent('the time was up', limit.end);
  let transport: Transport;
  try {
    const chosen = chooseTransport(choice, request.url, isFresh);
    if (ky === undefined || chosen instanceof Promise) {
      // Loaded with the first request, because each takes longer to load than all of cancelkit.
      const [loaded, made] = await limit.race(Promise.all([import('ky'), chosen]));
      ky = loaded.default;
      transport = made;
    } else transport = chosen;
  } catch {
    // A package that was updated under a running program can no longer be loaded. Nothing has left.
    return notSent(NOT_SENT[limit.end ?? 'unloaded'], limit.end);
  }
  if (transport.kind === 'fetch') return await fetchOnce(ky, transport.fetch, request, limit);
  if (transport.kind === 'foreign') return await dispatchForeign(ky, transport.dispatcher, request, limit, isFresh);
  // One of our own agents, whose word on what was started is exact.
  const handler = new DispatchHandler(watchForSleep());
  await exchange(ky, transport.dispatcher, handler, request, request.body ?? null, limit, isFresh);
  const response = responseOf(handler, false);
  if (response !== undefined) return response;
  return handler.reached === 'connecting' ? unsent(handler.error, limit, transport.isProxied) : lost(limit);
}

let ky: KyInstance | undefined;

// Which installed dispatchers have said that they started a request before its response came; `false` for ever after
// one that had not.
const proved = new WeakMap<Dispatcher, boolean>();

/** Through a dispatcher that another library installed. It may repeat, delay or answer requests by itself. */
async function dispatchForeign(
  ky: KyInstance,
  dispatcher: Dispatcher,
  request: HttpRequest,
  limit: TimeLimit,
  isFresh: boolean,
): Promise<SendResult> {
  const probe = new SendProbe();
  const handler = new AnyDispatchHandler(watchForSleep());
  const [headers, body] = withSafeBody(request, dispatcher);
  await probe.run(() => exchange(ky, dispatcher, handler, { ...request, headers }, body, limit, isFresh));
  const repeated = handler.starts > 1 || probe.wasRepeated;
  if (handler.reached === 'answered') proved.set(dispatcher, handler.starts > 0 && proved.get(dispatcher) !== false);
  const response = responseOf(handler, repeated);
  if (response !== undefined) return response;
  const isBelieved = proved.get(dispatcher) === true || probe.isConnectionFailure(handler.error);
  const isUnsent = handler.reached === 'connecting' && !probe.hasLeft && !repeated && isBelieved;
  return isUnsent ? unsent(handler.error, limit, false) : lost(limit);
}

/**
 * The headers and the body as a dispatcher of any version sends them whole. Over HTTP/2, undici 6 and 7 fail on a body
 * that they are given in one piece with a method that needs none, after they have sent the headers as a complete
 * request: a server may then cancel without the time that the body names. A body that is iterated is sent
 * (https://github.com/nodejs/undici/issues/5027). A mock compares the body, so that it gets the text, as from `fetch`.
 */
function withSafeBody(
  { method, headers, body }: HttpRequest,
  dispatcher: Dispatcher,
): readonly [HttpRequest['headers'], DispatchBody] {
  if (body === undefined) return [headers, null];
  if (/^(?:POST|PUT|PATCH)$/.test(method)) return [headers, body];
  if ('isMockActive' in dispatcher && dispatcher.isMockActive === true) return [headers, body];
  const bytes = Buffer.from(body);
  // oxlint-disable-next-line no-unsafe-type-assertion -- undici takes what can be iterated, but its types do not say so
  return [{ ...headers, 'content-length': String(bytes.length) }, [bytes] as unknown as DispatchBody];
}

type DispatchBody = NonNullable<Dispatcher.DispatchOptions['body']> | null;

/** Dispatches a request, and waits for the end of the exchange or of the limit, whichever comes first. */
function exchange(
  ky: KyInstance,
  dispatcher: Dispatcher,
  handler: DispatchHandler,
  { url, method, headers }: HttpRequest,
  body: DispatchBody,
  limit: TimeLimit,
  isFresh: boolean,
): Promise<unknown> {
  limit.onEnd(() => handler.giveUp());
  return throughKy(ky, url, method, () => {
    const at = url.indexOf('/', url.indexOf('//') + 2);
    const request = {
      origin: url.slice(0, at),
      path: url.slice(at),
      method,
      headers,
      body,
      headersTimeout: 0,
      bodyTimeout: 0,
      // undici otherwise closes the connection after a DELETE with a body.
      reset: isFresh,
    };
    try {
      dispatcher.dispatch(request, handler);
    } catch (error) {
      handler.onError(error);
    }
    return handler.ended;
  });
}

/** Through a `fetch`, of which only errors that are known to come from a failed connection prove anything. */
async function fetchOnce(
  ky: KyInstance,
  fetch: typeof globalThis.fetch,
  { url, method, headers, body }: HttpRequest,
  limit: TimeLimit,
): Promise<SendResult> {
  const probe = new SendProbe();
  let answered = false;
  try {
    const answering = probe.run(() =>
      captured(ky, url, method, () =>
        // Called as a plain function with a plain `init`: some take no Request of another class, some no `this`.
        fetch(url, {
          method,
          headers: { ...headers },
          ...(body === undefined ? {} : { body }),
          redirect: 'manual',
          ...noStore(),
          signal: limit.signal,
        }),
      ),
    );
    const response = await limit.race(answering);
    answered = true;
    const read = await readBody(response, limit);
    const { status } = response;
    const repeated = probe.wasRepeated;
    return { kind: 'answered', response: { status, headers: readHeaders(response), body: read }, repeated };
  } catch (error) {
    // Once headers have come, no error of the body can prove that the request was not sent. Nor can an error once a
    // request was seen leaving: it can be that of a second try underneath.
    if (answered || probe.hasLeft || probe.wasRepeated || limit.end !== undefined) return lost(limit);
    const why = describeFailure(error);
    return why !== undefined || probe.isConnectionFailure(error)
      ? notSent(why ?? NOT_SENT.connection, undefined, checkAfter(error, false))
      : lost(limit);
  }
}

/** Keeps a cache below `fetch` out. Workers of a compatibility date before 2024-11-11 throw on the option. */
function noStore(): { readonly cache?: 'no-store' } {
  if (takesCache === undefined) {
    try {
      takesCache = new Request('https://provider.invalid', { method: 'GET', ...NO_STORE }).method === 'GET';
    } catch {
      takesCache = false;
    }
  }
  return takesCache ? NO_STORE : {};
}

const NO_STORE = { cache: 'no-store' } as const;

let takesCache: boolean | undefined;

async function captured(
  ky: KyInstance,
  url: string,
  method: string,
  fetch: () => Promise<Response>,
): Promise<Response> {
  let response: Response | undefined;
  await throughKy(ky, url, method, async () => {
    response = await fetch();
    return SEEN_BY_KY;
  });
  if (response === undefined) throw new TypeError('no response');
  return response;
}

/**
 * ky is given no body, headers or signal: it would only copy them, and that is what costs most in it. Nor does it need
 * the response: it sees one that is well.
 */
function throughKy(
  ky: KyInstance,
  url: string,
  method: string,
  fetch: () => Promise<typeof SEEN_BY_KY>,
): Promise<unknown> {
  // oxlint-disable-next-line no-unsafe-type-assertion -- ky hands on what is no Response
  return ky(url, { ...OFF, method, fetch: fetch as unknown as typeof globalThis.fetch });
}

// What it would throw at or follow, it never sees: each option costs a copy of all.
const OFF = { retry: 0, timeout: false } as const;

function responseOf({ body, status, headers }: DispatchHandler, repeated: boolean): SendResult | undefined {
  return body === undefined ? undefined : { kind: 'answered', response: { status, headers, body }, repeated };
}

function unsent(error: unknown, limit: TimeLimit, isProxied: boolean): SendResult {
  if (limit.end !== undefined) return notSent(NOT_SENT[limit.end], limit.end);
  return notSent(describeFailure(error) ?? NOT_SENT.connection, undefined, checkAfter(error, isProxied));
}

function lost(limit: TimeLimit): SendResult {
  return { kind: 'lost', reason: limit.end ?? 'connection_lost' };
}

const NOT_SENT = {
  timeout: 'the connection could not be made in time',
  aborted: 'the call was aborted before the request left',
  connection: 'the connection failed before the request left',
  unloaded:
    'the HTTP client (ky, undici) could not be loaded. If packages were updated, restart the program; if it is bundled, see docs/runtimes.md',
};

function notSent(why: string, end: LimitEnd | undefined, check?: ConnectCheck): SendResult {
  return { kind: 'not_sent', why, end, check };
}
