import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';

/** A request as the server saw it. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query, as it stood in the request line. */
  readonly target: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A server on the loopback interface that records what it is sent. */
export interface Loopback {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** What it was sent, in order, each once it was complete. */
  readonly requests: readonly SeenRequest[];
}

/** Answers a request, or leaves it unanswered. `index` counts from 0. */
export type Responder = (response: ServerResponse, index: number, request: SeenRequest) => void;

/** Runs `work` with a server on a free port, and closes it whatever happens, with every connection. */
export async function withLoopback<Value>(
  respond: Responder,
  work: (server: Loopback) => Promise<Value>,
): Promise<Value> {
  const requests: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = seen(incoming, Buffer.concat(chunks).toString('utf8'));
      requests.push(request);
      respond(response, requests.length - 1, request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await work({ origin: `http://127.0.0.1:${portOf(server.address())}`, requests });
  } finally {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

/**
 * The origin of a port where every connection is refused. It is outside the ranges from which systems give ports to
 * servers and clients: another server could get such a port meanwhile, and a client that is given the very port that it
 * connects to is connected with itself.
 */
export async function closedOrigin(): Promise<string> {
  for (let left = 50; ; left -= 1) {
    const server = createTcpServer().listen(randomInt(20_000, 30_000), '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if (left === 0) throw error;
      continue;
    }
    const origin = `http://127.0.0.1:${portOf(server.address())}`;
    server.close();
    await once(server, 'close');
    return origin;
  }
}

function seen(incoming: IncomingMessage, body: string): SeenRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return { method: incoming.method ?? '', target: incoming.url ?? '', headers: Object.fromEntries(headers), body };
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new TypeError('the server has no port');
  return address.port;
}
