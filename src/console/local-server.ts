import { once } from 'node:events';
import { createServer } from 'node:http';
import { ProviderError } from '../contract/provider-error.ts';
import { cookieOf, isEqual } from './access/form-token.ts';
import { redirect, respond } from './access/respond.ts';
import { createQueueConsole } from './console.ts';
import type { ConsoleQueue } from './model/console-queue.ts';
import { CONSOLE_RIGHTS, type Operator, operatorOf } from './model/operator.ts';
import { toNodeHandler } from './node-handler.ts';
import { failedPage } from './pages/notices.tsx';

/** The console for the user of this machine. */
export interface LocalConsole {
  /** Its address with a token, which admits everyone who has it. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** What is served, and where. */
export interface LocalConsoleOptions {
  readonly queue: ConsoleQueue;
  /** Who decides. */
  readonly by: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly onError: (error: unknown) => void;
}

/**
 * Serves the console on 127.0.0.1 to the browser that opens its address: the token in it becomes a cookie.
 *
 * @throws ProviderError `invalid_request` if the port cannot be used, or `by` is no name that decisions can have.
 */
export async function serveConsole({ queue, by, port, onError }: LocalConsoleOptions): Promise<LocalConsole> {
  const me = operatorNamed(by);
  const server = createServer();
  try {
    // It throws for a number that is no port.
    server.listen(port, HOST);
    await once(server, 'listening');
  } catch (error) {
    throw portFailed(port, error);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw portFailed(port, undefined);
  const hosts = hostsOf(address.port);
  const token = secret();
  const session = secret();
  // Cookies of one host are sent to all of its ports.
  const cookie = `cancelkit_${address.port}`;
  const pages = createQueueConsole({
    queue,
    authorize: (request) => (isEqual(cookieOf(request, cookie) ?? '', session) ? me : undefined),
    onError,
  });
  const handler = toNodeHandler(async (request) => {
    // A page of another name that resolves to this machine is not let in, whatever it sends.
    if (!hosts.includes(request.headers.get('host') ?? '')) {
      return respond(failedPage('', `Only ${hosts.join(' and ')} are served here.`), { status: 421 });
    }
    const url = new URL(request.url);
    const given = url.searchParams.get('token');
    if (request.method !== 'GET' || given === null || !isEqual(given, token)) return await pages(request);
    url.searchParams.delete('token');
    return redirect(`/${url.pathname.replace(/^\/+/, '')}${url.search}`, {
      'set-cookie': `${cookie}=${session}; Path=/; HttpOnly; SameSite=Strict`,
    });
  });
  server.on('request', (incoming, outgoing) => void handler(incoming, outgoing));
  return {
    url: `http://${HOST}:${address.port}/?token=${token}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

const HOST = '127.0.0.1';

/** What a browser of this machine sends as `Host`: the port of HTTP is left out. */
export function hostsOf(port: number): readonly string[] {
  return [HOST, 'localhost'].map((name) => new URL(`http://${name}:${port}`).host);
}

/** A name that is not valid would let nobody in, page after page. */
function operatorNamed(by: string): Operator | undefined {
  try {
    return operatorOf({ by, can: CONSOLE_RIGHTS });
  } catch {
    throw new ProviderError('invalid_request', {
      operation: 'queue',
      message:
        'queue: who decides has to be a name of 1 to 128 characters without control characters. Nothing was served.',
    });
  }
}

function secret(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64url');
}

function portFailed(port: number, error: unknown): ProviderError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  const what = code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${code})`;
  return new ProviderError('invalid_request', {
    operation: 'queue',
    message: `queue: port ${port} ${what}. Choose another one, or none for a free port.`,
  });
}
