import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo } from 'node:net';

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
 * Runs `work` with the origin of a port where every connection is refused. The port belongs to the near end of an open
 * connection meanwhile: a port that is merely free may get a server of another process at any moment.
 */
export async function withClosedOrigin<Value>(work: (origin: string) => Promise<Value>): Promise<Value> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const holder = connect(portOf(server.address()), '127.0.0.1');
  await once(holder, 'connect');
  try {
    return await work(`http://127.0.0.1:${portOf(holder.address())}`);
  } finally {
    const closed = once(server, 'close');
    holder.destroy();
    server.close();
    await closed;
  }
}

function seen(incoming: IncomingMessage, body: string): SeenRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]): [string, string] => [name, String(value)]);
  return { method: incoming.method ?? '', target: incoming.url ?? '', headers: Object.fromEntries(headers), body };
}

function portOf(address: AddressInfo | object | string | null): number {
  if (typeof address !== 'object' || address === null || !('port' in address)) throw new TypeError('there is no port');
  return address.port;
}
