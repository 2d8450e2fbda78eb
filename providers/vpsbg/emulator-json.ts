import { addMonths } from '../../src/sandbox/calendar.ts';
import { json } from '../../src/sandbox/bodies.ts';
import type { SandboxCancellation } from '../../src/sandbox/emulator.ts';
import type { VpsbgServer } from './emulator-types.ts';

/** A server as `GET /v1/servers/{id}` shows it. */
export function serverJson(server: VpsbgServer, cancelRequest: 'object' | 'flag'): Readonly<Record<string, unknown>> {
  const { cancellation, expiryAt } = server;
  return {
    id: server.serverId,
    hostname: server.hostname,
    status: server.status,
    locked: server.locked,
    auto_renew: server.autoRenew,
    expiry_at: timestamp(expiryAt),
    potential_expiry_at: timestamp(cancellation === null ? addMonths(expiryAt, 1) : expiryAt),
    cancel_request: cancellation === null ? null : cancelRequest === 'flag' ? true : cancelRequestJson(cancellation),
    addons: server.addons.map(({ addonId, name }) => ({ id: addonId, name })),
  };
}

/** A page of servers as `GET /v1/servers` shows it, 15 to a page. */
export function serverPage(servers: readonly unknown[], page: number, url: URL): Readonly<Record<string, unknown>> {
  const size = 15;
  const pages = Math.max(1, Math.ceil(servers.length / size));
  const link = (to: number): string | null => (to < 1 || to > pages ? null : `${url.origin}${url.pathname}?page=${to}`);
  const from = (page - 1) * size;
  const data = servers.slice(from, from + size);
  return {
    data,
    links: { first: link(1), last: link(pages), prev: link(page - 1), next: link(page + 1) },
    meta: {
      current_page: page,
      from: data.length === 0 ? null : from + 1,
      last_page: pages,
      path: `${url.origin}${url.pathname}`,
      per_page: size,
      to: data.length === 0 ? null : from + data.length,
      total: servers.length,
    },
  };
}

/** An error with a message, as Laravel gives it. */
export function refusal(status: number, message: string): Response {
  return json(status, { message });
}

/** The answer for what is not there. */
export function notFound(): Response {
  return refusal(404, 'Not found.');
}

/** A 422 with a list of complaints for each field, as Laravel gives it. */
export function validationError(errors: Readonly<Record<string, readonly string[]>>): Response {
  const complaints = Object.values(errors).flat();
  const more = complaints.length - 1;
  const first = complaints[0] ?? 'The given data was invalid.';
  const message = more === 0 ? first : `${first} (and ${more} more error${more === 1 ? '' : 's'})`;
  return json(422, { message, errors });
}

function cancelRequestJson(cancellation: SandboxCancellation): Readonly<Record<string, unknown>> {
  return {
    reason: cancellation.reason ?? null,
    now: cancellation.when === 'immediate',
    created_at: timestamp(cancellation.requestedAt),
  };
}

/** ISO with microseconds: `2024-10-27T11:03:10.000000Z`. */
function timestamp(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
