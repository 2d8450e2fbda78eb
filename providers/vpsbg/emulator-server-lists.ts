import type { Context } from 'hono';
import { json, readJsonObject } from '../../src/sandbox/kit/bodies.ts';
import type { Mutable } from '../../src/sandbox/kit/emulator.ts';
import { notFound, refusal, validationError } from './emulator-json.ts';
import type { VpsbgOptions } from './emulator-options.ts';
import { type Complaints, readCancelOrder, readIds } from './emulator-orders.ts';
import type { VpsbgState } from './emulator-state.ts';
import type { VpsbgServer } from './emulator-types.ts';

/** Cancels a list of servers. It is not documented what happens to a list with one bad id; `partlyBadList` chooses. */
export async function cancelServers(
  { req }: Context,
  state: VpsbgState,
  options: Readonly<VpsbgOptions>,
  landing: ReadonlySet<number>,
): Promise<Response> {
  const body = (await readJsonObject(req.raw)) ?? {};
  const complaints: Complaints = {};
  const ids = readIds(body, 'server_ids', complaints);
  const order = readCancelOrder(body, complaints, []);
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

/** Takes the cancellations of a list of servers back. */
export async function undoCancel(
  { req }: Context,
  state: VpsbgState,
  options: Readonly<VpsbgOptions>,
): Promise<Response> {
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
