import { addMonths } from '../../src/sandbox/kit/calendar.ts';
import type { SandboxCancellation } from '../../src/sandbox/kit/emulator.ts';
import { timestamp, typedRequestJson } from './emulator-json.ts';
import type { VpsbgOptions } from './emulator-options.ts';
import type { VpsbgAddon, VpsbgServer } from './emulator-types.ts';

type Json = Readonly<Record<string, unknown>>;

/** A server as `GET /v1/servers/{id}` shows it, with every documented field. */
export function serverJson(server: VpsbgServer, { cancelRequest, addonCancelRequest }: Readonly<VpsbgOptions>): Json {
  const { cancellation, expiryAt, serverId } = server;
  return {
    ...commonFields(server),
    plan: { ...plan, key: plan.name, plan_with_more_disk: 0, plan_with_more_memory: 0 },
    virtualization: 'kvm',
    promo_code: null,
    renew_amount: plan.price,
    renew_amount_with_vat: plan.price_with_vat,
    potential_expiry_at: timestamp(cancellation === null ? addMonths(expiryAt, 1) : expiryAt),
    show_smtp_form: false,
    server_image: { ...image, eol: false },
    ip_addresses: [
      {
        ...ipAddress(serverId),
        prefix: 32,
        floating_ip: false,
        floating_ip_id: null,
        assigned_on: timestamp(createdAt(server)),
      },
    ],
    addons: server.addons.map((addon) => addonJson(addon, server, addonCancelRequest === 'shown')),
    cancel_request: cancellation === null ? null : requestJson(serverId, cancellation, cancelRequest),
    settings: { renew_enabled: true, snapshots_enabled: true },
  };
}

/** A server as `GET /v1/servers` lists it: fewer fields, and no cancel request. */
export function listedServerJson(server: VpsbgServer): Json {
  return {
    ...commonFields(server),
    plan,
    server_image: image,
    ip_addresses: [{ ...ipAddress(server.serverId), gateway: '198.51.100.1', mask: '255.255.255.0' }],
    addons: server.addons.map(({ name }) => ({ name, quantity: 1 })),
  };
}

const plan = {
  id: 55,
  type: 'cloud-vps',
  name: 'cloud-vps-8gb',
  vcpus: 4,
  memory: 8,
  disk: 120,
  bandwidth: 8,
  minimum_billing_cycle: 1,
  available: true,
  price: 61.5,
  price_with_vat: 73.8,
};

const image = { id: 12, name: 'Debian 12', group: { name: 'Debian', type: 'os', key: 'debian' } };

function commonFields(server: VpsbgServer): Json {
  const { serverId, hostname, status, locked, autoRenew, expiryAt } = server;
  return {
    id: serverId,
    hostname,
    billing_cycle: 1,
    status,
    locked,
    created_at: timestamp(createdAt(server)),
    expiry_at: timestamp(expiryAt),
    auto_renew: autoRenew,
  };
}

function ipAddress(serverId: number): Json {
  return {
    id: serverId + 2000,
    ip_address: `198.51.100.${(serverId % 200) + 10}`,
    version: 4,
    type: 'public',
    main: true,
    ddos_protected: false,
    ptr: null,
  };
}

function createdAt({ expiryAt }: VpsbgServer): Date {
  return addMonths(expiryAt, -12);
}

function addonJson(addon: VpsbgAddon, server: VpsbgServer, showsRequest: boolean): Json {
  const { addonId, name, cancellation } = addon;
  const endedAt = cancellation?.effectiveAt;
  return {
    id: addonId,
    name,
    status: endedAt === undefined ? 'active' : 'terminated',
    quantity: 1,
    amount: 36,
    amount_with_vat: 43.2,
    created_at: inWords(createdAt(server)),
    ended_at: endedAt === undefined ? null : inWords(endedAt),
    ...(showsRequest ? { cancel_request: cancellation === null ? null : typedRequestJson(addonId, cancellation) } : {}),
  };
}

function requestJson(id: number, cancellation: SandboxCancellation, form: VpsbgOptions['cancelRequest']): unknown {
  if (form === 'flag') return true;
  if (form === 'typed') return typedRequestJson(id, cancellation);
  const { when, reason, requestedAt } = cancellation;
  return { reason: reason ?? null, now: when === 'immediate', created_at: timestamp(requestedAt) };
}

/** As an addon's times are written: `2025-01-10 11:45:31`. */
function inWords(date: Date): string {
  return date.toISOString().slice(0, 19).replace('T', ' ');
}
