import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import * as undici7 from 'undici';
import * as undici6 from 'undici-6';
import * as v from 'valibot';
import { runCancelkit, type Tally } from '../campaign/campaign.ts';
import type { Certificate } from '../campaign/certificate.ts';
import { listen } from '../support/listen.ts';

/** One way in which requests reach the network. */
export interface Stack {
  readonly name: string;
  /** Installs it for the whole program, and returns what removes it. */
  readonly install: (certificate: Certificate) => Promise<() => Promise<void>>;
  /** Why it cannot run on this Node.js. */
  readonly cannotRun?: string | undefined;
}

/** What the campaign found with one stack. */
export interface StackTally extends Tally {
  readonly stack: string;
}

const PLACE = Symbol.for('undici.globalDispatcher.1');

type Closable = { readonly close: () => Promise<unknown> };

/** Installs a dispatcher where undici of every version looks for it. */
function dispatcher(name: string, make: (certificate: Certificate) => Closable | Promise<Closable>): Stack {
  return {
    name,
    install: async (certificate) => {
      const before: unknown = Reflect.get(globalThis, PLACE);
      const made = await make(certificate);
      Reflect.set(globalThis, PLACE, made);
      return async () => {
        Reflect.set(globalThis, PLACE, before);
        // A hanging request would keep it open for ever.
        made.close().catch(() => undefined);
        await Promise.resolve();
      };
    },
  };
}

/** Loaded only to be used: on a Node.js that it does not support, loading fails. */
function undici8(name: string, allowH2: boolean): Stack {
  const stack = dispatcher(name, async ({ cert }) => {
    const { Agent } = await import('undici-8');
    return new Agent({ connect: { ca: cert }, allowH2 });
  });
  const { version, engines } = manifestOfUndici8;
  return {
    ...stack,
    cannotRun: isAtLeast(engines.node) ? undefined : `undici ${version} needs Node.js ${engines.node}`,
  };
}

const manifestOfUndici8 = v.parse(
  v.object({ version: v.string(), engines: v.object({ node: v.pipe(v.string(), v.regex(/^>=\d+\.\d+\.\d+$/)) }) }),
  createRequire(import.meta.url)('undici-8/package.json'),
);

/** Whether this Node.js is within a range such as `>=22.19.0`. */
function isAtLeast(range: string): boolean {
  const [least, own] = [range.slice('>='.length), process.versions.node].map((version) =>
    version.split('.').map(Number),
  );
  const difference = own?.map((part, index) => part - (least?.[index] ?? 0)).find((part) => part !== 0) ?? 0;
  return difference >= 0;
}

function globalFetch(name: string, fetch: () => typeof globalThis.fetch): Stack {
  return {
    name,
    install: () => {
      const before = globalThis.fetch;
      globalThis.fetch = fetch();
      return Promise.resolve(() => {
        globalThis.fetch = before;
        return Promise.resolve();
      });
    },
  };
}

const retry = { maxRetries: 1, minTimeout: 1, maxTimeout: 2 } as const;

/** Every stack of the matrix. */
export const stacks: readonly Stack[] = [
  { name: 'our own connections', install: () => Promise.resolve(() => Promise.resolve()) },
  // Wrapped, so that it is not recognized as Node's own.
  globalFetch("Node's fetch, patched", () => {
    const own = globalThis.fetch;
    return (input, init) => own(input, init);
  }),
  dispatcher('undici 6, HTTP/1.1', ({ cert }) => new undici6.Agent({ connect: { ca: cert } })),
  dispatcher('undici 6, HTTP/2', ({ cert }) => new undici6.Agent({ connect: { ca: cert }, allowH2: true })),
  dispatcher('undici 7, HTTP/1.1', ({ cert }) => new undici7.Agent({ connect: { ca: cert } })),
  dispatcher('undici 7, HTTP/2', ({ cert }) => new undici7.Agent({ connect: { ca: cert }, allowH2: true })),
  undici8('undici 8, HTTP/1.1', false),
  undici8('undici 8, HTTP/2', true),
  dispatcher(
    'undici 7, which repeats',
    ({ cert }) =>
      new undici7.RetryAgent(new undici7.Agent({ connect: { ca: cert } }), {
        ...retry,
        methods: ['GET', 'PUT', 'DELETE', 'POST'],
      }),
  ),
  dispatcher('undici 7, with a cache', ({ cert }) =>
    new undici7.Agent({ connect: { ca: cert } }).compose(undici7.interceptors.cache()),
  ),
  {
    name: 'a proxy',
    install: async ({ cert }) => {
      const proxy = await startProxy();
      const stack = dispatcher('', () => new undici7.ProxyAgent({ uri: proxy.url, requestTls: { ca: cert } }));
      const remove = await stack.install({ cert, key: '' });
      return async () => {
        await remove();
        await proxy.close();
      };
    },
  },
];

/** Runs the campaign with each of the stacks. */
export async function runMatrix(
  chosen: readonly Stack[],
  plan: {
    readonly jobs: number;
    readonly concurrency: number;
    readonly seed: string;
    readonly certificate: Certificate;
  },
): Promise<readonly StackTally[]> {
  const tallies: StackTally[] = [];
  for (const { name, install } of chosen) {
    const remove = await install(plan.certificate);
    try {
      tallies.push({ stack: name, ...(await runCancelkit(plan)) });
    } finally {
      await remove();
    }
  }
  return tallies;
}

/** What a tally must not hold, in words. */
export function faultsOf(tally: Tally, mayRepeat: boolean): readonly string[] {
  const { duplicates, wrongNotCancelled, wrongCancelled, wrongNotSent } = tally;
  return [
    duplicates > 0 && !mayRepeat ? `${duplicates} cancelled twice` : '',
    wrongNotCancelled > 0 ? `${wrongNotCancelled} wrong "not cancelled"` : '',
    wrongCancelled > 0 ? `${wrongCancelled} wrong "cancelled"` : '',
    (wrongNotSent ?? 0) > 0 && !mayRepeat ? `${wrongNotSent} wrong "not sent"` : '',
  ].filter((fault) => fault !== '');
}

/** An HTTP proxy on loopback that opens every tunnel. */
export async function startProxy(): Promise<{
  readonly url: string;
  readonly tunnels: () => number;
  readonly close: () => Promise<void>;
}> {
  let tunnels = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer();
  server.on('connect', (request, client: Socket) => {
    tunnels += 1;
    const { hostname, port } = new URL(`http://${request.url}`);
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => undefined).on('close', () => other.destroy());
    }
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    tunnels: () => tunnels,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
