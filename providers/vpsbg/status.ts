import * as v from 'valibot';
import { shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  readBody,
  refused,
  utcInstant,
  unclear,
  stateUntil,
  type CancellationStatus,
  type EffectiveAt,
  type Exchange,
  type FoundVerdict,
  type ProviderResponse,
  type StatusVerdict,
  type When,
} from '../../src/provider/index.ts';
import type { ResolvedVpsbgConfig } from './config.ts';
import { toFloatingIpsRequest } from './request.ts';
import { fromErrorResponse } from './response.ts';
import type { VpsbgAddon, VpsbgFloatingIp, VpsbgServer } from './service.ts';

// Not `text`: `raw` shows a `null` as the API sent it.
const time = v.fallback(v.nullish(v.string()), undefined);

// `cancel_request` must be there: only a response that contains it can say that no cancellation exists.
const serviceSchema = v.object({
  id: v.union([v.number(), v.string()]),
  status: text,
  expiry_at: time,
  cancel_request: v.unknown(),
});

const addonSchema = v.object({
  id: v.union([v.number(), v.string()]),
  status: text,
  ended_at: time,
});

const addonsSchema = v.object({ id: v.union([v.number(), v.string()]), addons: v.array(v.unknown()) });

const pageSchema = v.object({
  data: v.array(v.unknown()),
  meta: v.object({ last_page: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), total: v.unknown() }),
});

// Far more floating IPs than an account has.
const MAX_PAGES = 40;

// As a database writes it.
const truth = v.pipe(
  v.picklist([0, 1]),
  v.transform((bit) => bit === 1),
);

const requestSchema = v.object({
  now: v.fallback(v.optional(v.union([v.boolean(), truth])), undefined),
  reason: text,
  created_at: text,
});

/** What a response to `GET /v1/servers/{id}` says of the server's cancellation. */
export function fromServerResponse(response: ProviderResponse, service: VpsbgServer): StatusVerdict {
  if (response.status !== 200) return fromErrorResponse(response);
  const server = readBody(response, serviceSchema);
  return server !== undefined && String(server.id) === String(service.serverId)
    ? stateOf(server, response)
    : fromErrorResponse(response);
}

/**
 * What a response to `GET /v1/servers/{id}` says of an addon's cancellation. The documented addons have no
 * `cancel_request`; without one, the state is not known.
 */
export function fromServerOfAddon(response: ProviderResponse, service: VpsbgAddon): StatusVerdict {
  if (response.status !== 200) return fromErrorResponse(response);
  const server = readBody(response, addonsSchema);
  if (server === undefined || String(server.id) !== String(service.serverId)) return fromErrorResponse(response);
  const { addons } = server;
  const ids = v.safeParse(v.array(addonSchema), addons);
  // One that cannot be read may be the one that is looked for.
  if (!ids.success) return { verdict: 'unrecognized' };
  const index = ids.output.findIndex(({ id }) => String(id) === String(service.addonId));
  const addon = ids.output[index];
  if (addon !== undefined) {
    const withRequest = v.safeParse(serviceSchema, addons[index]);
    if (withRequest.success) return stateOf(withRequest.output, response);
    const isOver = /^terminated$/i.test(addon.status ?? '');
    return found({ state: isOver ? 'completed' : 'unknown', revocable: false, raw: addon });
  }
  const message = 'the server does not list an addon with that id. Check the serverId and the addonId.';
  return refused('not_found', message);
}

/** Looks for a floating IP in the list, page by page, since the API documents no call for a single one. */
export function* readFloatingIp(service: VpsbgFloatingIp, config: ResolvedVpsbgConfig): Exchange<StatusVerdict> {
  let total: unknown;
  for (let page = 1; page <= MAX_PAGES; page += 1) {
    const response: ProviderResponse = yield toFloatingIpsRequest(page, config);
    if (response.status !== 200) return fromErrorResponse(response);
    const read = readBody(response, pageSchema);
    if (read === undefined) return fromErrorResponse(response);
    const { data, meta } = read;
    const entries = v.safeParse(v.array(serviceSchema), data);
    // An entry that cannot be read may be the one that is looked for.
    if (!entries.success) return { verdict: 'unrecognized' };
    const entry = entries.output.find(({ id }) => String(id) === String(service.floatingIpId));
    if (entry !== undefined) return stateOf(entry, response);
    // A list that changed between two pages may have moved what is looked for to a page that was read before.
    if (page > 1 && meta.total !== total) break;
    total = meta.total;
    if (page >= meta.last_page) {
      const message = 'the account lists no active or suspended floating IP with that id. Check the floatingIpId.';
      return refused('not_found', message);
    }
  }
  const message = 'the list of floating IPs could not be read to its end, or changed meanwhile. Read it again later.';
  return unclear('unreadable_answer', message);
}

/** What an entry of a list says of its cancellation; `undefined` if it has no such field. */
export function stateOfEntry(entry: unknown, response: ProviderResponse): CancellationStatus | undefined {
  const parsed = v.safeParse(serviceSchema, entry);
  if (!parsed.success || parsed.output.cancel_request === undefined) return undefined;
  return stateOf(parsed.output, response).status;
}

/** What a server, a floating IP or an addon says of its cancellation. */
function stateOf(
  { id, status, expiry_at, cancel_request }: v.InferOutput<typeof serviceSchema>,
  { headers }: ProviderResponse,
): FoundVerdict {
  const raw = { id, status, expiry_at, cancel_request };
  if (/^terminated$/i.test(status ?? '')) return found({ state: 'completed', revocable: false, raw });
  // A status that speaks of a cancellation without a request beside it is not documented: over, or still to come.
  if (cancel_request === null) {
    return found({ state: /cancel/i.test(status ?? '') ? 'unknown' : 'none', revocable: false, raw });
  }
  if (saysNothing(cancel_request)) return found({ state: 'unknown', revocable: false, raw });
  const expiry = utcInstant(expiry_at);
  const request = fromRequest(cancel_request, expiry, raw);
  // Whatever its timing: past the expiry, it is not known whether it can still be undone.
  const isExpired = expiry !== undefined && Date.parse(expiry) <= Date.parse(headers['date'] ?? '');
  return found(isExpired ? { ...request, revocable: false } : request);
}

/** `false`, `0`, also as a text, an empty text, list or object: neither the documented `null` nor a request. */
function saysNothing(value: unknown): boolean {
  if (typeof value === 'string' && /^\s*(?:0|no|none|null|false)?\s*$/i.test(value)) return true;
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}

/**
 * A pending request. Its documented form, that of a floating IP's, is `{ id, type, reason, created_at }`, and the
 * meaning of `type` is not documented: only a `now` would tell the timing.
 */
function fromRequest(value: unknown, expiry: string | undefined, raw: unknown): CancellationStatus {
  const request = v.safeParse(requestSchema, value);
  const { now, reason, created_at } = request.success ? request.output : {};
  const when: When | undefined = now === undefined ? undefined : now ? 'immediate' : 'end_of_period';
  const effectiveAt: EffectiveAt | undefined =
    when === 'end_of_period' && expiry !== undefined
      ? { value: expiry, precision: 'instant', source: 'provider' }
      : undefined;
  return {
    ...stateUntil(effectiveAt),
    ...defined({ when, requestedAt: utcInstant(created_at), reason }),
    revocable: true,
    raw,
  };
}

function found(status: CancellationStatus): FoundVerdict {
  return { verdict: 'found', status };
}
