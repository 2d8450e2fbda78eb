import type { PreviewedRequest } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import nock from 'nock';
import { afterEach, beforeEach, expect } from 'vitest';

/** What must go over the wire. */
export interface Wire {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** The provider's own headers, lower-case; `undefined` where there must be none of that name. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Byte for byte. */
  readonly body: string;
}

/** A call and what it sends. */
export interface WireCase {
  readonly cancel: () => Promise<unknown>;
  readonly preview: () => Promise<PreviewedRequest>;
  /** The same request with its secrets and with `[REDACTED]` in their place. */
  readonly wire: (secret: (inClear: string) => string) => Wire;
  readonly answer: ConformanceAnswer;
}

/** A request as it went over the wire. */
export interface SeenOnWire {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Keeps every test from the network, and fails it where a request was sent that nobody expected. */
export function watchTheWire(): void {
  const strays: string[] = [];
  const onStray = ({ method, url }: Request): void => {
    strays.push(`${method} ${url}`);
  };
  beforeEach(() => {
    strays.length = 0;
    nock.disableNetConnect();
    nock.emitter.on('no match', onStray);
  });
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.emitter.off('no match', onStray);
    nock.abortPendingRequests();
    nock.cleanAll();
    nock.enableNetConnect();
    expect({ pending, strays }).toEqual({ pending: [], strays: [] });
  });
}

/** Expects one request on the wire, exactly so, and the same in the preview, without its secrets. */
export async function expectOnWire({ cancel, preview, wire, answer }: WireCase): Promise<void> {
  const expected = wire((inClear) => inClear);
  const seen = listen(expected, answer);
  await cancel();
  expect(nock.isDone()).toBe(true);
  const { headers, body } = seen();
  expect(body).toBe(expected.body);
  const contentType = expected.body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
  expect(headers['content-type']).toBe(contentType);
  expect(headers['accept']).toBe('application/json');
  expect(headers['user-agent']).toBe('cancelkit');
  expect(headers['cache-control']).toBe('no-store, no-cache');
  for (const [name, value] of Object.entries(expected.headers ?? {})) expect(headers[name]).toBe(value);

  const shown = wire(() => '[REDACTED]');
  expect(await preview()).toEqual({
    method: shown.method,
    url: `${shown.origin}${shown.path}`,
    headers: {
      accept: 'application/json',
      'cache-control': 'no-store, no-cache',
      pragma: 'no-cache',
      'user-agent': 'cancelkit',
      'content-type': contentType,
      ...Object.fromEntries(Object.entries(shown.headers ?? {}).filter(([, value]) => value !== undefined)),
    },
    body: shown.body,
  });
}

/** Answers one request of this method to this address, and gives what was seen of it. */
export function listen(
  { method, origin, path }: Pick<Wire, 'method' | 'origin' | 'path'>,
  answer: ConformanceAnswer,
): () => SeenOnWire {
  let seen: SeenOnWire | undefined;
  nock(origin)
    .intercept(path, method)
    .reply(answer.status, async (request: Request) => {
      seen = { headers: Object.fromEntries(request.headers), body: await request.text() };
      return textOf(answer);
    });
  return () => {
    if (seen === undefined) throw new Error(`${method} ${origin}${path} was not sent`);
    return seen;
  };
}

function textOf({ body }: ConformanceAnswer): string {
  return typeof body === 'string' || body === undefined ? (body ?? '') : JSON.stringify(body);
}
