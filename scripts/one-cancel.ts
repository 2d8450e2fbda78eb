/**
 * Prints how many files one cancellation runs through, and the own frames on the stack when its request is handed to
 * the network. `node scripts/one-cancel.ts`; docs/architecture.md quotes the figures.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Agent } from 'undici';
import { vpsbg } from '../providers/vpsbg/index.ts';
import { createCancelService } from '../src/index.ts';

const root = pathToFileURL(`${fileURLToPath(new URL('..', import.meta.url))}/`).href.replace(/\/+$/, '/');

const server = createServer((_, response) => response.writeHead(204).end());
await once(server.listen(0, '127.0.0.1'), 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port');

const account = vpsbg({ token: 'a-token-of-this-script', baseUrl: `http://127.0.0.1:${address.port}/` });
const service = createCancelService({ vps: account });
const request = { account: 'vps', service: { serverId: 1 }, when: 'immediate' } as const;

// The first call loads the modules and fills the caches.
await service.cancel(request);

Error.stackTraceLimit = Infinity;
let stack = '';
const { dispatch } = Agent.prototype;
Agent.prototype.dispatch = function (...parts) {
  stack = new Error('here').stack ?? '';
  return dispatch.apply(this, parts);
};

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
await session.post('Profiler.takePreciseCoverage');
await service.cancel(request);
const { result } = await session.post('Profiler.takePreciseCoverage');
session.disconnect();
server.close();
server.closeAllConnections();

const isOwn = (url: string): boolean => url.startsWith(`${root}src/`) || url.startsWith(`${root}providers/`);
const files = result
  .filter(({ url, functions }) => isOwn(url) && functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0))
  .map(({ url }) => url.slice(root.length))
  .toSorted();
const frames = stack
  .split('\n')
  .filter((line) => /[(/]?file:/.test(line) && isOwn(/file:[^):]*/.exec(line)?.[0] ?? ''))
  .map((line) => line.trim().replace(root, ''));

console.log(`${files.length} files:\n${files.join('\n')}\n\n${frames.length} frames:\n${frames.join('\n')}`);
