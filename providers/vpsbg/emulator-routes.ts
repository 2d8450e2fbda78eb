import { Hono } from 'hono';
import type { Context } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/bodies.ts';
import type { Mutable } from '../../src/sandbox/emulator.ts';
import { refusal, serverJson, serverPage, validationError } from './emulator-json.ts';
import { readCancelOrder, readIds } from './emulator-orders.ts';
import type { Complaints } from './emulator-orders.ts';
import type { VpsbgState } from './emulator-state.ts';
import type { VpsbgServer } from './emulator-types.ts';

/** How the emulated VPSBG answers where the facts leave it open. */
export interface VpsbgOptions {
  /** The answer to a successful cancellation: 204 without a body, or `200 {}`. Default `no_content`. */
  readonly cancelAnswer: 'no_content' | 'empty_object';
  /** A second cancellation of a server replaces the first (`accepted`) or is a 422 (`refused`). Default `accepted`. */
  readonly repeatedCancel: 'accepted' | 'refused';
  /** An unknown id in `server_ids` is a 404 (`not_found`) or a 422 (`invalid`). Default `not_found`. */
  readonly unknownServer: 'not_found' | 'invalid';
  /**
   * A list of which only some can be cancelled is refused as a whole (`refused`), refused after those were cancelled
   * (`partly_executed`), or accepted and the others skipped (`skipped`). Default `refused`.
   */
  readonly partlyBadList: 'refused' | 'partly_executed' | 'skipped';
  /** What `cancel_request` holds: an object with reason, now and created_at, or only `true`. Default `object`. */
  readonly cancelRequest: 'object' | 'flag';
  /** The undo call takes the request back (`works`), answers 204 in vain (`ignored`) or does not exist (`absent`). Default `works`. */
  readonly undo: 'works' | 'ignored' | 'absent';
  /** A terminated server is still shown by its id (`shown`), or is a 404 (`gone`). Default `shown`. */
  readonly terminated: 'shown' | 'gone';
}

/** The tokens of the emulated VPSBG and what they allow. */
export interface VpsbgTokens {
  readonly write: string;
  readonly read: string;
}

/** The HTTP side of the emulated VPSBG API under `/v1`; a 423 on an id in `landing` is carried out later all the same. */
export function createVpsbgRoutes(
  state: VpsbgState,
  options: () => Readonly<VpsbgOptions>,
  tokens: VpsbgTokens,
  landing: ReadonlySet<number>,
): (request: Request) => Response | Promise<Response> {
  const app = new Hono().basePath('/v1');

  app.use(async (context, next) => {
    const { req } = context;
    if (!/application\/json/i.test(req.header('accept') ?? '')) {
      return refusal(406, 'The request must accept application/json.');
    }
    const token = /^Bearer (.+)$/i.exec(req.header('authorization') ?? '')?.[1];
    if (token !== tokens.write && token !== tokens.read) return refusal(401, 'Unauthenticated.');
    if (token === tokens.read && req.method !== 'GET') return refusal(403, 'This action is unauthorized.');
    return next();
  });

  app.get('/servers', ({ req }) => {
    const page = Number(req.query('page') ?? '1');
    const listed = [...state.servers.values()].filter(({ status }) => status !== 'terminated');
    const data = listed.map((server) => serverJson(server, options().cancelRequest));
    return json(200, serverPage(data, Number.isInteger(page) && page > 0 ? page : 1, new URL(req.url)));
  });
  app.get('/servers/:id{[0-9]+}', ({ req }) => {
    const server = state.servers.get(Number(req.param('id')));
    const hidden = server?.status === 'terminated' && options().terminated === 'gone';
    return server === undefined || hidden ? notFound() : json(200, serverJson(server, options().cancelRequest));
  });

  app.post('/servers/cancel', (context) => cancelServers(context, state, options(), landing));
  app.delete('/servers/cancel', (context) => undoCancel(context, state, options()));

  app.post('/servers/:id{[0-9]+}/addons/:addon{[0-9]+}', async ({ req }) => {
    const complaints: Complaints = {};
    const order = readCancelOrder((await readJsonObject(req.raw)) ?? {}, complaints, true);
    if (Object.keys(complaints).length > 0) return validationError(complaints);
    const server = state.servers.get(Number(req.param('id')));
    const addonId = Number(req.param('addon'));
    if (server === undefined || !server.addons.some((addon) => addon.addonId === addonId)) return notFound();
    state.cancelAddon(server, addonId, order);
    return new Response(null, { status: 204 });
  });

  app.post('/floating-ips/cancel', async ({ req }) => {
    const body = (await readJsonObject(req.raw)) ?? {};
    const complaints: Complaints = {};
    const ids = readIds(body, 'ids', complaints);
    const order = readCancelOrder(body, complaints, false);
    const found = ids.flatMap((id, index) => {
      const floatingIp = state.floatingIps.get(id);
      if (floatingIp !== undefined) return [floatingIp];
      complaints[`ids.${index}`] = [`The selected ids.${index} is invalid.`];
      return [];
    });
    if (Object.keys(complaints).length > 0) return validationError(complaints);
    for (const floatingIp of found) state.cancelFloatingIp(floatingIp, order);
    return json(200, {});
  });

  app.notFound(notFound);
  return (request) => app.fetch(request);
}

/** The body of a failure inside VPSBG. */
export function vpsbgFailure(status: number): Response {
  return refusal(status, status === 429 ? 'Too Many Attempts.' : 'Server Error');
}

/** What becomes of a list with one bad id is not known; `partlyBadList` says it. */
async function cancelServers(
  { req }: Context,
  state: VpsbgState,
  options: Readonly<VpsbgOptions>,
  landing: ReadonlySet<number>,
): Promise<Response> {
  const body = (await readJsonObject(req.raw)) ?? {};
  const complaints: Complaints = {};
  const ids = readIds(body, 'server_ids', complaints);
  const order = readCancelOrder(body, complaints, false);
  if (Object.keys(complaints).length > 0) return validationError(complaints);

  const refused = refusalOf(ids, state, options);
  const known = ids.flatMap((id) => state.servers.get(id) ?? []);
  if (refused === undefined && known.some(({ locked }) => locked)) {
    for (const server of known) if (landing.has(server.serverId)) state.cancelLater(server, order);
    return refusal(423, 'The server is locked.');
  }
  const good = known.filter((server) => !server.locked && !isBad(server, options));
  const isWhole = refused !== undefined && (options.partlyBadList === 'refused' || good.length === 0);
  if (!isWhole) for (const server of good) state.cancel(server, order);
  if (refused !== undefined && (isWhole || options.partlyBadList === 'partly_executed')) return refused;
  return options.cancelAnswer === 'no_content' ? new Response(null, { status: 204 }) : json(200, {});
}

function refusalOf(ids: readonly number[], state: VpsbgState, options: Readonly<VpsbgOptions>): Response | undefined {
  const servers = findServers(ids, state, options);
  if (servers instanceof Response) return servers;
  const complaints: Complaints = {};
  for (const [index, server] of servers.entries()) {
    if (isBad(server, options)) {
      complaints[`server_ids.${index}`] = [`The server ${server.serverId} cannot be cancelled.`];
    }
  }
  return Object.keys(complaints).length > 0 ? validationError(complaints) : undefined;
}

function isBad({ status, cancellation }: VpsbgServer, options: Readonly<VpsbgOptions>): boolean {
  return status === 'terminated' || (cancellation !== null && options.repeatedCancel === 'refused');
}

async function undoCancel({ req }: Context, state: VpsbgState, options: Readonly<VpsbgOptions>): Promise<Response> {
  if (options.undo === 'absent') return notFound();
  const complaints: Complaints = {};
  const ids = readIds((await readJsonObject(req.raw)) ?? {}, 'server_ids', complaints);
  if (Object.keys(complaints).length > 0) return validationError(complaints);
  const servers = findServers(ids, state, options);
  if (servers instanceof Response) return servers;
  if (servers.some(({ status }) => status === 'terminated')) {
    return validationError({ server_ids: ['A terminated server cannot be restored.'] });
  }
  if (options.undo === 'works') for (const server of servers) state.undo(server);
  return new Response(null, { status: 204 });
}

function findServers(
  ids: readonly number[],
  state: VpsbgState,
  options: Readonly<VpsbgOptions>,
): readonly Mutable<VpsbgServer>[] | Response {
  const servers: Mutable<VpsbgServer>[] = [];
  for (const [index, id] of ids.entries()) {
    const server = state.servers.get(id);
    if (server !== undefined) servers.push(server);
    else if (options.unknownServer === 'not_found') return notFound();
    else return validationError({ [`server_ids.${index}`]: [`The selected server_ids.${index} is invalid.`] });
  }
  return servers;
}

function notFound(): Response {
  return refusal(404, 'Not found.');
}
