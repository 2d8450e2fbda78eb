import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../support/listen.ts';

/** A request as the server got it. */
export interface SeenRequest {
  readonly method: string;
  /** As it stood in the request line. */
  readonly target: string;
  readonly body: string;
}

/** A server on loopback that keeps a list of what it was asked. `await using` closes it. */
export interface RecordingServer extends AsyncDisposable {
  readonly origin: string;
  readonly seen: SeenRequest[];
}

/** Starts one on a free port. */
export async function recordingServer(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<RecordingServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      seen.push({ method: request.method ?? '', target: request.url ?? '', body });
      answer(request, response);
    });
  });
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
