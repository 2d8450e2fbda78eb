import { Hono } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/bodies.ts';
import { notFound, refusal, serverJson, serverPage, validationError } from './emulator-json.ts';
import type { VpsbgOptions } from './emulator-options.ts';
import { readCancelOrder, readIds } from './emulator-orders.ts';
import type { Complaints } from './emulator-orders.ts';
import { cancelServers, undoCancel } from './emulator-server-lists.ts';
import type { VpsbgState } from './emulator-state.ts';

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
