import * as v from 'valibot';
import { shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  effectiveAt,
  listedPage,
  readBody,
  type Exchange,
  type FindQuery,
  type FindVerdict,
  type FoundCancellation,
  type ListedService,
  type ProviderResponse,
  type ServiceState,
} from '../../src/provider/index.ts';
import type { ResolvedVpsbgConfig } from './config.ts';
import { toFloatingIpsRequest, toServersPageRequest } from './request.ts';
import { fromErrorResponse } from './response.ts';
import type { VpsbgService } from './service.ts';
import { stateOfEntry } from './status.ts';

/** Servers a page: with all their fields, well below what a response may hold. */
const SERVERS_A_PAGE = 50;

const pageSchema = v.object({
  data: v.array(v.unknown()),
  meta: v.object({ last_page: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) }),
});

const addressSchema = v.object({ ip_address: v.string() });
const entrySchema = v.object({
  id: v.union([v.number(), v.string()]),
  hostname: text,
  status: text,
  expiry_at: text,
  ip_addresses: v.fallback(v.optional(v.array(v.unknown())), undefined),
  ip_address: v.optional(v.unknown()),
});

/** `GET /v1/servers`, then `GET /v1/floating-ips`. Neither documents a filter; both list active and suspended ones. */
export function* listServices(
  { cursor = 'servers 1' }: FindQuery,
  config: ResolvedVpsbgConfig,
): Exchange<FindVerdict<VpsbgService>> {
  const [kind, number] = cursor.split(' ');
  const page = Number(number);
  const isServers = kind === 'servers';
  const response: ProviderResponse = yield isServers
    ? toServersPageRequest(page, SERVERS_A_PAGE, config)
    : toFloatingIpsRequest(page, config);
  if (response.status !== 200) return fromErrorResponse(response);
  const read = readBody(response, pageSchema);
  if (read === undefined) return fromErrorResponse(response);
  const further = page < read.meta.last_page ? `${kind} ${page + 1}` : isServers ? 'floating-ips 1' : undefined;
  return listedPage(read.data, (entry) => serviceIn(entry, isServers, response), further);
}

function serviceIn(
  value: unknown,
  isServer: boolean,
  response: ProviderResponse,
): ListedService<VpsbgService> | undefined {
  const parsed = v.safeParse(entrySchema, value);
  if (!parsed.success) return undefined;
  const { id, hostname, status, expiry_at, ip_addresses = [], ip_address } = parsed.output;
  const addresses = [...ip_addresses, ip_address].flatMap((one) => {
    const address = v.safeParse(addressSchema, one);
    return address.success ? [address.output.ip_address] : [];
  });
  const cancellation = stateOfEntry(value, response);
  return {
    service: isServer ? { serverId: id } : { floatingIpId: id },
    name: hostname || addresses[0] || String(id),
    alsoKnownAs: addresses,
    state: STATES.get((status ?? '').toLowerCase()) ?? 'unknown',
    ...defined({
      stateText: status,
      nextDueDate: effectiveAt(expiry_at),
      endsOn: cancellation?.effectiveAt,
      cancellation: cancellation === undefined ? undefined : shown(cancellation),
    }),
  };
}

function shown({ state, when, effectiveAt: at }: FoundCancellation): FoundCancellation {
  return { state, ...defined({ when, effectiveAt: at }) };
}

const STATES: ReadonlyMap<string, ServiceState> = new Map([
  ['active', 'active'],
  ['pending', 'pending'],
  ['suspended', 'suspended'],
  ['terminated', 'ended'],
]);
