import { Hono, type HonoRequest } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import { floatingIpJson, listPage, notFound, refusal, validationError } from './emulator-json.ts';
import type { VpsbgOptions } from './emulator-options.ts';
import { type Complaints, readCancelOrder, readIds } from './emulator-orders.ts';
import { listedServerJson, serverJson } from './emulator-server-json.ts';
import { cancelServers, undoCancel } from './emulator-server-lists.ts';
import type { VpsbgState } from './emulator-state.ts';

/** The tokens of the emulated VPSBG and what they allow. */
export interface VpsbgTokens {
  readonly write: string;
  readonly read: string;
}

/**
 * The HTTP side of the emulated VPSBG API under `/v1`; a 423 on an id in `landing` is carried out later all the same.
 */
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
    const listed = [...state.servers.values()].filter(({ status }) => status !== 'terminated');
    return json(200, listPage(listed.map(listedServerJson), ...pageOf(req), new URL(req.url)));
  });
  app.get('/servers/:id{[0-9]+}', ({ req }) => {
    const server = state.servers.get(Number(req.param('id')));
    const hidden = server?.status === 'terminated' && options().terminated === 'gone';
    return server === undefined || hidden ? notFound() : json(200, serverJson(server, options()));
  });

  app.post('/servers/cancel', (context) => cancelServers(context, state, options(), landing));
  app.delete('/servers/cancel', (context) => undoCancel(context, state, options()));

  app.post('/servers/:id{[0-9]+}/addons/:addon{[0-9]+}', async ({ req }) => {
    const complaints: Complaints = {};
    const order = readCancelOrder((await readJsonObject(req.raw)) ?? {}, complaints, ['now', 'reason']);
    if (Object.keys(complaints).length > 0) return validationError(complaints);
    const server = state.servers.get(Number(req.param('id')));
    const addonId = Number(req.param('addon'));
    if (server === undefined || !server.addons.some((addon) => addon.addonId === addonId)) return notFound();
    state.cancelAddon(server, addonId, order);
    return new Response(null, { status: 204 });
  });

  app.delete('/servers/:id{[0-9]+}/addons/:addon{[0-9]+}', ({ req }) => {
    const { undo } = options();
    const server = state.servers.get(Number(req.param('id')));
    const addonId = Number(req.param('addon'));
    const addon = server?.addons.find((one) => one.addonId === addonId);
    if (undo === 'absent' || server === undefined || addon === undefined) return notFound();
    if (addon.cancellation?.effectiveAt !== undefined) return validationError({ addon: ['The addon has ended.'] });
    if (undo === 'works') state.undoAddon(server, addonId);
    return new Response(null, { status: 204 });
  });

  app.get('/floating-ips', ({ req }) => {
    const listed = [...state.floatingIps.values()].filter(
      ({ cancellation }) => cancellation?.effectiveAt === undefined,
    );
    return json(200, listPage(listed.map(floatingIpJson), ...pageOf(req), new URL(req.url)));
  });
  app.delete('/floating-ips/cancel', async ({ req }) => {
    const { undo } = options();
    if (undo === 'absent') return notFound();
    const complaints: Complaints = {};
    const ids = readIds((await readJsonObject(req.raw)) ?? {}, 'ids', complaints);
    const found = ids.flatMap((id, index) => {
      const floatingIp = state.floatingIps.get(id);
      if (floatingIp !== undefined && floatingIp.cancellation?.effectiveAt === undefined) return [floatingIp];
      complaints[`ids.${index}`] = [`The selected ids.${index} is invalid.`];
      return [];
    });
    if (Object.keys(complaints).length > 0) return validationError(complaints);
    if (undo === 'works') for (const floatingIp of found) state.undoFloatingIp(floatingIp);
    return json(200, {});
  });

  app.post('/floating-ips/cancel', async ({ req }) => {
    const body = (await readJsonObject(req.raw)) ?? {};
    const complaints: Complaints = {};
    const ids = readIds(body, 'ids', complaints);
    const order = readCancelOrder(body, complaints, ['now']);
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

/** Which page is asked for, and how many it holds: default 15. */
function pageOf(req: HonoRequest): [page: number, size: number] {
  const positive = (name: string, otherwise: number): number => {
    const number = Number(req.query(name) ?? otherwise);
    return Number.isInteger(number) && number > 0 ? number : otherwise;
  };
  return [positive('page', 1), positive('per_page', 15)];
}

/** The body of a failure inside VPSBG. */
export function vpsbgFailure(status: number): Response {
  return refusal(status, status === 429 ? 'Too Many Attempts.' : 'Server Error');
}
