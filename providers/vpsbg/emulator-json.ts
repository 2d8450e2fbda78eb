import { json } from '../../src/sandbox/kit/bodies.ts';
import type { SandboxCancellation } from '../../src/sandbox/kit/emulator.ts';
import type { VpsbgFloatingIp } from './emulator-types.ts';

/** A page of a list as `GET /v1/servers` and `GET /v1/floating-ips` show it. */
export function listPage(
  servers: readonly unknown[],
  page: number,
  size: number,
  url: URL,
): Readonly<Record<string, unknown>> {
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

/** A floating IP as `GET /v1/floating-ips` shows it, with the documented form of a cancel request. */
export function floatingIpJson(floatingIp: VpsbgFloatingIp): Readonly<Record<string, unknown>> {
  const { floatingIpId, serverId, expiryAt, address, cancellation } = floatingIp;
  return {
    id: floatingIpId,
    status: 'active',
    server_id: serverId,
    locked: false,
    locked_at: null,
    lock_reason: null,
    billing_cycle: 1,
    expiry_at: timestamp(expiryAt),
    ip_address: { id: floatingIpId + 1000, ip_address: address, prefix: 32, version: 4, type: 'public', main: false },
    cancel_request: cancellation === null ? null : typedRequestJson(floatingIpId, cancellation),
  };
}

/** An error with a message, as Laravel gives it. */
export function refusal(status: number, message: string): Response {
  return json(status, { message });
}

/** The response for what is not there. */
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

/** The documented form of a cancel request. What the numbers of `type` mean is not documented: these are invented. */
export function typedRequestJson(id: number, cancellation: SandboxCancellation): Readonly<Record<string, unknown>> {
  const { when, reason, requestedAt } = cancellation;
  return {
    id,
    type: when === 'immediate' ? 2 : 1,
    reason: reason ?? null,
    created_at: timestamp(requestedAt),
  };
}

/** ISO with microseconds: `2024-10-27T11:03:10.000000Z`. */
export function timestamp(date: Date): string {
  return date.toISOString().replace('Z', '000Z');
}
