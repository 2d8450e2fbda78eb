import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Fault } from './faults.ts';
import { htmlPage, json } from './kit/bodies.ts';

/** The connection that a faulty answer goes to. */
export interface FaultyConnection {
  /** Executes the call and returns the response that a healthy provider would give. */
  readonly execute: () => Promise<Response>;
  /** The provider's own body for a status. */
  readonly failure: (status: number) => Response;
  /** Resets the connection (TCP RST). */
  readonly reset: () => void;
  /** Sends the headers and half of the body, then closes the connection. */
  readonly cut: (answer: Response) => Promise<void>;
  /** Waits until the caller or the sandbox closes the connection. */
  readonly closed: () => Promise<void>;
  /** Runs the task after that many milliseconds, unless the sandbox is closed first. */
  readonly later: (ms: number, task: () => Promise<unknown>) => void;
  /** Aborted when the sandbox is closed. */
  readonly signal: AbortSignal;
}

/** Answers one call the way the fault says; `undefined` means that nothing more is to be sent. */
export async function applyFault(fault: Fault, connection: FaultyConnection): Promise<Response | undefined> {
  const real = 'executed' in fault && fault.executed ? await connection.execute() : undefined;
  switch (fault.kind) {
    case 'latency': {
      const answer = await connection.execute();
      return (await pause(fault.ms, connection.signal)) ? answer : undefined;
    }
    case 'hang':
      await connection.closed();
      return undefined;
    case 'reset':
      connection.reset();
      return undefined;
    case 'cut_body':
      await connection.cut(await withBody(await connection.execute()));
      return undefined;
    case 'late_execution':
      connection.later(fault.ms, connection.execute);
      if (fault.connection === 'hang') await connection.closed();
      else connection.reset();
      return undefined;
    case 'rate_limit':
      return withRetryAfter(connection.failure(429), fault.retryAfter);
    case 'server_error':
      return withRetryAfter(serverError(fault.status ?? 500, connection), fault.retryAfter);
    case 'html':
      return htmlPage(fault.status ?? 200, 'Down for Maintenance', 'We will be back soon. Please try again later.');
    case 'firewall':
      return htmlPage(403, 'Access denied', 'The security service of this site has blocked your request.');
    case 'truncated':
      return truncate(await withBody(real));
    case 'empty':
      return new Response(null, { status: fault.status ?? 200 });
    case 'slow_body':
      return drip(await withBody(await connection.execute()), fault.ms, fault.bytes ?? 1, connection.signal);
    case 'redirect':
      return new Response(null, { status: fault.status ?? 307, headers: { location: fault.location } });
    case 'oversize':
      return inflate(await withBody(real), fault.bytes, fault.gzip ?? false);
  }
}

/** The response itself, or `200 {}` if there is no body that a fault could act on. */
async function withBody(response: Response | undefined): Promise<Response> {
  if (response === undefined || response.body === null) return json(200, {});
  return response;
}

function withRetryAfter(response: Response, retryAfter: number | string | undefined): Response {
  if (retryAfter !== undefined) response.headers.set('retry-after', String(retryAfter));
  return response;
}

function serverError(status: 500 | 502 | 503 | 504, connection: FaultyConnection): Response {
  if (status === 502) return htmlPage(502, '502 Bad Gateway', 'nginx');
  if (status === 504) return htmlPage(504, '504 Gateway Time-out', 'nginx');
  return connection.failure(status);
}

async function truncate(response: Response): Promise<Response> {
  const body = await response.text();
  return new Response(body.slice(0, Math.ceil(body.length / 2)), response);
}

async function inflate(response: Response, bytes: number, gzip: boolean): Promise<Response> {
  const body = Buffer.from((await response.text()).padEnd(bytes, ' '));
  const headers = new Headers(response.headers);
  if (gzip) headers.set('content-encoding', 'gzip');
  return new Response(gzip ? gzipSync(body) : body, { status: response.status, headers });
}

async function drip(response: Response, ms: number, bytes: number, signal: AbortSignal): Promise<Response> {
  const body = new Uint8Array(await response.arrayBuffer());
  let sent = 0;
  const pieces = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (sent >= body.length || !(await pause(ms, signal))) return controller.close();
        controller.enqueue(body.slice(sent, sent + bytes));
        sent += bytes;
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(pieces, response);
}

/** Waits; false when the sandbox was closed meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await wait(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
