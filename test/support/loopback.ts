import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSocketServer, type Socket } from 'node:net';
import { listen } from './listen.ts';

/** A request as a server saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A server on loopback that records what it sees. `await using` closes it. */
export interface Loopback extends AsyncDisposable {
  readonly origin: string;
  readonly seen: readonly SeenRequest[];
  /** Settles once so many requests have been seen. */
  readonly whenSeen: (count: number) => Promise<void>;
}

/** An HTTP server on a free port; `answer` is called once the whole request has been read. */
export async function startHttp(
  answer: (response: ServerResponse, request: SeenRequest, socket: Socket) => void,
): Promise<Loopback> {
  const seen: SeenRequest[] = [];
  const waiting: { readonly count: number; readonly resolve: () => void }[] = [];
  const server = createServer((request, response) => {
    void readWhole(request).then((body) => {
      const entry = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
      seen.push(entry);
      for (const { count, resolve } of waiting) if (seen.length >= count) resolve();
      answer(response, entry, request.socket);
    });
  });
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    whenSeen: (count) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (seen.length >= count) resolve();
      else waiting.push({ count, resolve });
      return promise;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** An HTTP server that answers each request with a status, headers and a text. */
export async function startAnswering(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' },
): Promise<Loopback> {
  return await startHttp((response) => response.writeHead(status, headers).end(body));
}

/** A TCP server for what no HTTP server would do. */
export interface RawLoopback extends AsyncDisposable {
  readonly origin: string;
  readonly connections: () => number;
  /** Everything that was received, over all connections. */
  readonly received: () => string;
}

/** A TCP server on a free port; `onData` is called with everything that a connection has sent so far. */
export async function startRaw(onData: (socket: Socket, soFar: string) => void): Promise<RawLoopback> {
  const sockets = new Set<Socket>();
  let connections = 0;
  let received = '';
  const server = createSocketServer((socket) => {
    connections += 1;
    sockets.add(socket);
    let soFar = '';
    socket.on('error', ignoreReset);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      soFar += chunk.toString('latin1');
      received += chunk.toString('latin1');
      onData(socket, soFar);
    });
  });
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    connections: () => connections,
    received: () => received,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

// A client that gives up resets the connection; that is what these tests are about, and no fault of the server.
function ignoreReset(error: Error & { readonly code?: string }): void {
  if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') throw error;
}

async function readWhole(request: IncomingMessage): Promise<string> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) body += String(chunk);
  return body;
}
