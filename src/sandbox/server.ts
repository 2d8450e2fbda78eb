import { once } from 'node:events';
import { type IncomingMessage, type Server, ServerResponse, createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { applyFault } from './apply-fault.ts';
import { checkFault } from './check-fault.ts';
import { createFaultQueue } from './fault-queue.ts';
import type { Fault, RecordedRequest } from './faults.ts';
import type { SandboxClock } from './kit/clock.ts';
import type { Emulator } from './kit/emulator.ts';

/** What every provider of the sandbox has because it is served over HTTP. */
export interface SandboxServer {
  /** What the server saw, in the order in which the requests were complete. */
  readonly requests: readonly RecordedRequest[];
  /** Forgets the recorded requests. */
  clearRequests(): void;
  /**
   * Makes something go wrong for the next call, or the next `times` calls.
   * @throws TypeError or RangeError on a fault that cannot be carried out.
   */
  fault(fault: Fault): void;
  /** Takes back the faults that have not been used up. */
  clearFaults(): void;
}

/** A running server and the means to stop it. */
export interface RunningServer {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  readonly controls: SandboxServer;
  /** Ends every connection immediately, also those that wait for a response. */
  close(): Promise<void>;
}

/**
 * Serves an emulator on a port of the loopback interface.
 *
 * @param port 0: any that is free.
 */
export async function serve(
  provider: string,
  emulator: Emulator<unknown>,
  clock: SandboxClock,
  port: number,
): Promise<RunningServer> {
  const requests: RecordedRequest[] = [];
  const faults = createFaultQueue();
  const closing = new AbortController();
  const timers = new Set<NodeJS.Timeout>();

  async function answer(request: Request, incoming: IncomingMessage, outgoing: ServerResponse): Promise<Response> {
    const body = await request.arrayBuffer();
    const received = record(incoming, body, clock.now());
    const fault = faults.take(received);
    requests.push({ ...received, fault: fault?.kind });
    const execute = async (): Promise<Response> => emulator.fetch(copy(request, body));
    if (fault === undefined) return execute();
    const response = await applyFault(fault, {
      execute,
      failure: emulator.failure,
      reset: () => void outgoing.socket?.resetAndDestroy(),
      cut: (response) => cut(outgoing, response),
      closed: () => closed(outgoing),
      later: (ms, task) => later(timers, ms, task),
      signal: closing.signal,
    });
    return response === undefined || outgoing.destroyed ? RESPONSE_ALREADY_SENT : response;
  }

  const listener = getRequestListener(
    (request, { incoming, outgoing }) => {
      if (!(outgoing instanceof ServerResponse) || !('trailersDistinct' in incoming)) {
        throw new TypeError('The sandbox serves HTTP/1.1 only.');
      }
      return answer(request, incoming, outgoing);
    },
    // The default would replace the process's own Request and Response.
    { overrideGlobalObjects: false },
  );
  // The listener turns what goes wrong into a response of 500; its promise does not reject.
  const server = createServer((incoming, outgoing) => {
    // The emulated provider's clock is the sandbox's.
    outgoing.setHeader('date', clock.now().toUTCString());
    void listener(incoming, outgoing);
  });
  server.listen(port, '127.0.0.1');
  await listening(server, provider, port);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The sandbox could not open a port.');

  return {
    origin: `http://127.0.0.1:${address.port}`,
    controls: {
      requests,
      clearRequests: () => void requests.splice(0),
      fault(fault) {
        checkFault(provider, fault);
        faults.add({ ...fault });
      },
      clearFaults: () => faults.clear(),
    },
    async close() {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      if (!server.listening) return;
      const stopped = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await stopped;
    },
  };
}

async function listening(server: Server, provider: string, port: number): Promise<void> {
  try {
    await once(server, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const what = code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${String(code)})`;
    const message = `startSandbox: port ${port}, for ${provider}, ${what}. Choose another one, or none for free ports.`;
    throw new Error(message, { cause: error });
  }
}

function record(incoming: IncomingMessage, body: ArrayBuffer, at: Date): RecordedRequest {
  const [path = '', ...query] = (incoming.url ?? '').split('?');
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(incoming.headersDistinct)) headers[name] = values?.join(', ') ?? '';
  return {
    method: incoming.method ?? '',
    path,
    query: query.join('?'),
    headers,
    body: Buffer.from(body).toString('utf8'),
    at,
    fault: undefined,
  };
}

/** A request of its own for every execution: a body can be read only once. */
function copy(request: Request, body: ArrayBuffer): Request {
  const init: RequestInit = { method: request.method, headers: new Headers([...request.headers]) };
  if (body.byteLength > 0) init.body = body;
  return new Request(request.url, init);
}

async function cut(outgoing: ServerResponse, answer: Response): Promise<void> {
  const body = Buffer.from(await answer.arrayBuffer());
  const headers = { ...Object.fromEntries(answer.headers), 'content-length': String(body.length) };
  outgoing.writeHead(answer.status, headers);
  await new Promise<void>((resolve) => outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), () => resolve()));
  // Not a reset: the receiver of a reset may lose what it has not read yet, and this fault is about the half body.
  outgoing.socket?.destroySoon();
}

function closed(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return Promise.resolve();
  return new Promise((resolve) => outgoing.once('close', resolve));
}

function later(timers: Set<NodeJS.Timeout>, ms: number, task: () => Promise<unknown>): void {
  const timer = setTimeout(() => {
    timers.delete(timer);
    void task();
  }, ms);
  timers.add(timer);
}
