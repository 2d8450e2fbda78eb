import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Server, Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';

/** A request and what can be done about it, over either version of HTTP. */
export interface Wire {
  readonly httpVersion: '1.1' | '2';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Lower-case names. */
  begin(status: number, headers: Readonly<Record<string, string>>): void;
  write(text: string): void;
  end(text: string): void;
  /** Loses the request without a further word; over HTTP/2, with all the others of its session if that is asked for. */
  reset(wholeSession: boolean): void;
  /** Closes the connection once it is idle, where nothing else shares it. */
  closeIdle(): void;
  /** The connection below, where nothing else shares it. */
  readonly socket: Socket | undefined;
  /** Tells when nothing more can be written. */
  onClose(listener: () => void): void;
}

/** What speaks HTTP on connections that somebody else accepts: give it each by emitting `connection`. */
export function createSpeaker(handle: (wire: Wire) => void, certificate?: Certificate): Server {
  const http = createHttpServer((request, response) => handle(http1Wire(request, response)));
  http.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
  if (certificate === undefined) return http;
  const http2 = createHttp2Server();
  http2.on('session', (session: ServerHttp2Session) => session.on('error', ignoreLostPeer));
  http2.on('stream', (stream, headers) => handle(http2Wire(stream, headers)));
  return createTlsServer({ ...certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    socket.on('error', ignoreLostPeer);
    (socket.alpnProtocol === 'h2' ? http2 : http).emit('connection', socket);
  });
}

/** For errors of a connection that its other side has left, which is what these servers are for. */
export function ignoreLostPeer(): void {}

function http1Wire(request: IncomingMessage, response: ServerResponse): Wire {
  // Read to its end, so that the connection can be used again.
  request.on('error', ignoreLostPeer).resume();
  response.on('error', ignoreLostPeer);
  const { socket } = request;
  return {
    httpVersion: '1.1',
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    begin: (status, headers) => void response.writeHead(status, { ...headers }),
    write: (text) => void response.write(text),
    end: (text) => void response.end(text),
    reset: () => {
      // Node can reset a plain connection only.
      if (socket instanceof TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    },
    closeIdle: () => void socket.end(),
    socket,
    onClose: (listener) => void socket.once('close', listener),
  };
}

// Not through the compatible request and response of node:http2: they wait for trailers, and a stream that is reset
// then ends the process on an assertion of Node's own.
function http2Wire(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Wire {
  stream.on('error', ignoreLostPeer).resume();
  const isOpen = (): boolean => !stream.destroyed && !stream.closed;
  return {
    httpVersion: '2',
    method: headers[':method'] ?? '',
    path: headers[':path'] ?? '',
    headers,
    begin: (status, fields) => {
      if (isOpen()) stream.respond({ ...fields, ':status': status });
    },
    write: (text) => {
      if (isOpen()) stream.write(text);
    },
    end: (text) => {
      if (isOpen()) stream.end(text);
    },
    reset: (wholeSession) => {
      // Not while the session reads: Node.js 22.23.3 aborts if further requests are in what it has just read
      // (https://github.com/nodejs/node/issues/64850).
      const { session } = stream;
      if (wholeSession) setImmediate(() => session?.destroy());
      else stream.close(INTERNAL_ERROR);
    },
    closeIdle: () => undefined,
    socket: undefined,
    onClose: (listener) => void stream.once('close', listener),
  };
}

const INTERNAL_ERROR = 2;
