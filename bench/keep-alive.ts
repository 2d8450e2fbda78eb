/**
 * What the keep-alive race does to a client: a server that closes an idle connection just as the next request goes out
 * on it. Here every fifth request that comes on a used connection meets that; every second of those has been carried
 * out when the connection closes without a response, as where a server is restarted.
 *
 * Counted at the server: how many cancellations were carried out twice; at the client: of how many it does not know
 * whether they were. A plain `fetch` knows that of none that failed; one that repeats after an error carries out twice.
 *
 * Run it with `npm run bench:keep-alive`. `npm run bench:keep-alive -- 200` makes it smaller: cancellations of each.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCancelService } from 'cancelkit';
import { acmeProvider, blindAcmeProvider } from '../test/support/acme.ts';

const COUNT = Number(process.argv[2] ?? 1_000);
const MOST_SENDS = 3;

/** Cancels the service of that id; `false` if it is not known whether that was carried out. */
type Cancel = (origin: string, id: string) => Promise<boolean>;

const token = 'benchmark-token';
const cancelBy =
  (provider: typeof acmeProvider | typeof blindAcmeProvider): Cancel =>
  async (origin, hostingId) => {
    const services = createCancelService({ acme: provider().account({ baseUrl: origin, token }) });
    const service = { hostingId, domain: 'example.com' };
    const settled = await services.safeCancel({ account: 'acme', service, when: 'end_of_period' });
    return settled.ok || settled.error.code !== 'outcome_unknown';
  };
const byFetch: Cancel = async (origin, id) => {
  try {
    await (await fetch(`${origin}/services/${id}/cancel`, { method: 'POST', body: '{}' })).json();
    return true;
  } catch {
    return false;
  }
};
const repeating: Cancel = async (origin, id) => {
  for (let sent = 0; sent < MOST_SENDS; sent += 1) if (await byFetch(origin, id)) return true;
  return false;
};

const ways = new Map<string, Cancel>([
  ['fetch', byFetch],
  ['fetch, repeated after an error', repeating],
  ['cancelkit, provider with read-back', cancelBy(acmeProvider)],
  ['cancelkit, provider without', cancelBy(blindAcmeProvider)],
]);
console.log(`${COUNT} cancellations one after the other; every fifth on a used connection loses it`);
for (const [name, cancel] of ways) {
  const { server, executed } = startRacing();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line no-unsafe-type-assertion -- a server on TCP
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let unknown = 0;
  for (let index = 0; index < COUNT; index += 1) if (!(await cancel(origin, `h-${index}`))) unknown += 1;
  const twice = [...executed.values()].filter((times) => times > 1).length;
  const percent = (count: number): string => `${((100 * count) / COUNT).toFixed(1).padStart(5)} %`;
  console.log(`  ${name.padEnd(36)} not known ${percent(unknown)}   carried out twice ${percent(twice)}`);
  if (name.startsWith('cancelkit') && twice > 0) process.exitCode = 1;
  if (name.endsWith('without') && unknown > 0) process.exitCode = 1;
  server.closeAllConnections();
  server.close();
}
process.exit();

function startRacing(): { readonly server: Server; readonly executed: ReadonlyMap<string, number> } {
  const executed = new Map<string, number>();
  const used = new WeakSet<object>();
  let onUsed = 0;
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    const id = /^\/services\/([^/]+)/.exec(request.url ?? '')?.[1] ?? '';
    const isRace = used.has(request.socket) && (onUsed += 1) % 5 === 0;
    used.add(request.socket);
    request.resume().on('end', () => {
      const isWrite = request.method === 'POST';
      if (isWrite && (!isRace || onUsed % 10 === 0)) executed.set(id, (executed.get(id) ?? 0) + 1);
      if (isRace) request.socket.resetAndDestroy();
      else response.end(JSON.stringify(isWrite ? { result: 'success' } : { state: stateOf(id) }));
    });
  });
  const stateOf = (id: string): string => (executed.has(id) ? 'requested' : 'none');
  return { server, executed };
}
