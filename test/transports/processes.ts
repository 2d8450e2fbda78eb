import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Certificate } from '../campaign/certificate.ts';
import { listen } from '../support/listen.ts';
import { startProxy } from './matrix.ts';

/** What `node --import` takes, so that a Node.js of any version runs TypeScript. */
export const TYPESCRIPT: string = new URL('../support/typescript.mjs', import.meta.url).href;

const SUCCESS = JSON.stringify({ result: 'success', serviceid: 4711 });

/** What a cancellation in a process of its own resulted in. */
export interface ChildOutcome {
  readonly outcome: string;
  /** How many cancellations the provider got. */
  readonly cancellations: number;
}

/** In a process that was told to use the proxy of its environment: `NODE_USE_ENV_PROXY=1`, `HTTPS_PROXY`. */
export async function cancelBehindEnvironmentProxy(
  certificate: Certificate,
): Promise<ChildOutcome & { readonly tunnels: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'environment-proxy-'));
  const authority = join(folder, 'ca.pem');
  writeFileSync(authority, certificate.cert);
  const proxy = await startProxy();
  const { count, listener } = countingProvider((answer) => answer());
  const server = createSecureServer(certificate, listener);
  try {
    const url = `https://localhost:${await listen(server)}`;
    const child = startChild([url], {
      NODE_USE_ENV_PROXY: '1',
      HTTPS_PROXY: proxy.url,
      NO_PROXY: '',
      NODE_EXTRA_CA_CERTS: authority,
    });
    return { outcome: await outcomeOf(child), cancellations: count(), tunnels: proxy.tunnels() };
  } finally {
    server.closeAllConnections();
    server.close();
    await proxy.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** In a process that is stopped (SIGSTOP) until long after its time limit, while the response arrives. */
export async function cancelWhileStopped(): Promise<ChildOutcome> {
  const limitMs = 1_500;
  const children: ChildProcess[] = [];
  const { count, listener } = countingProvider((answer) => {
    const [child] = children;
    child?.kill('SIGSTOP');
    answer();
    void delay(limitMs * 2).then(() => child?.kill('SIGCONT'));
  });
  const server = createServer(listener);
  try {
    const child = startChild([`http://127.0.0.1:${await listen(server)}`, String(limitMs)], {});
    children.push(child);
    return { outcome: await outcomeOf(child), cancellations: count() };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/**
 * In a process whose `fetch` was replaced before cancelkit was loaded. The outcome ends with how often it was called.
 */
export async function cancelWithPatchedFetch(how: 'nock' | 'MSW' | 'a function around it'): Promise<ChildOutcome> {
  const { count, listener } = countingProvider((answer) => answer());
  const server = createServer(listener);
  try {
    const url = `http://127.0.0.1:${await listen(server)}`;
    return { outcome: await outcomeOf(startChild([how, url], {}, 'patched-child.ts')), cancellations: count() };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function countingProvider(onCancellation: (answer: () => void) => void): {
  readonly count: () => number;
  readonly listener: RequestListener;
} {
  let count = 0;
  return {
    count: () => count,
    listener: (request, response) => {
      void text(request).then((body) => {
        const answer = (): void => {
          response.end(SUCCESS);
        };
        if (new URLSearchParams(body).get('action') !== 'AddCancelRequest') answer();
        else {
          count += 1;
          onCancellation(answer);
        }
      });
    },
  };
}

function startChild(
  given: readonly string[],
  environment: Readonly<Record<string, string>>,
  file: 'child.ts' | 'patched-child.ts' = 'child.ts',
) {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const env = { ...process.env, NODE_OPTIONS: '', ...environment };
  return spawn(process.execPath, [`--import=${TYPESCRIPT}`, script, ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
}

async function outcomeOf({ stdout }: ReturnType<typeof startChild>): Promise<string> {
  const printed = await text(stdout);
  return printed.trim();
}
