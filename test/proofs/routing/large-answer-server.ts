import { once } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { listen } from '../../support/listen.ts';

const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** A server whose responses are gzip, made while they are sent, and huge once decoded. `await using` closes it. */
export interface LargeAnswerServer extends AsyncDisposable {
  readonly origin: string;
}

/**
 * Answers `/{status}/…` with valid JSON of so many decoded bytes that says yes in the words of every API. A path with
 * `small` in it is answered immediately, with next to nothing.
 */
export async function largeAnswerServer(decodedBytes: number): Promise<LargeAnswerServer> {
  const server = createServer((request, response) => {
    request.resume();
    const status = Number(request.url?.split('/')[1] ?? 200);
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    response.writeHead(status, headers);
    const bytes = request.url?.includes('small') ? 100 : decodedBytes;
    const sending = pipeline(Readable.from(answer(bytes)), createGzip({ level: constants.Z_BEST_SPEED }), response);
    // A client that has read enough closes the connection, and the pipeline ends with that.
    sending.catch((error: unknown) => {
      if (!response.destroyed) response.destroy(error instanceof Error ? error : new Error('sending failed'));
    });
  });
  const port = await listen(server);
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function* answer(bytes: number): Generator<Buffer> {
  yield Buffer.from('{"result":"success","status":"pending","responseId":"1_2","serviceid":7,"padding":"');
  for (let left = bytes; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
  yield Buffer.from('"}');
}
