import * as v from 'valibot';
import type { CancellationStatus, EffectiveAt, ProviderResponse, StatusVerdict, When } from '../../src/index.ts';
import { fromErrorResponse } from './response.ts';
import type { VpsbgServer } from './service.ts';

const time = v.fallback(v.optional(v.nullable(v.string())), undefined);

// `cancel_request` must be there: only an answer that speaks of it can say that there is none.
const serverSchema = v.object({
  id: v.union([v.number(), v.string()]),
  status: v.fallback(v.optional(v.string()), undefined),
  expiry_at: time,
  cancel_request: v.unknown(),
});

// As a database writes it.
const truth = v.pipe(
  v.picklist([0, 1]),
  v.transform((bit) => bit === 1),
);

const requestSchema = v.object({
  now: v.fallback(v.optional(v.union([v.boolean(), truth])), undefined),
  reason: v.fallback(v.optional(v.nullable(v.string())), undefined),
  created_at: time,
});

/** What an answer to `GET /v1/servers/{id}` says of the server's cancellation. */
export function fromServerResponse(response: ProviderResponse, service: VpsbgServer): StatusVerdict {
  if (response.status !== 200) return fromErrorResponse(response);
  const parsed = response.body.kind === 'json' ? v.safeParse(serverSchema, response.body.value) : undefined;
  if (!parsed?.success || String(parsed.output.id) !== String(service.serverId)) return { verdict: 'unrecognised' };
  const { id, status, expiry_at, cancel_request } = parsed.output;
  const raw = { id, status, expiry_at, cancel_request };
  if (/^terminated$/i.test(status ?? '')) return found({ state: 'completed', revocable: false, raw });
  // A status that speaks of a cancellation without a request beside it is not documented: over, or still to come.
  if (cancel_request === null) {
    return found({ state: /cancel/i.test(status ?? '') ? 'unknown' : 'none', revocable: false, raw });
  }
  if (saysNothing(cancel_request)) return found({ state: 'unknown', revocable: false, raw });
  return found(fromRequest(cancel_request, instant(expiry_at), raw));
}

/** `false`, `0`, an empty text, list or object: neither the documented `null` nor a request. */
function saysNothing(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** The shape of a pending request is not documented: what is not null is one, and its fields count where they are there. */
function fromRequest(value: unknown, expiry: string | undefined, raw: unknown): CancellationStatus {
  const request = v.safeParse(requestSchema, value);
  const { now, reason, created_at } = request.success ? request.output : {};
  const when: When | undefined = now === undefined ? undefined : now ? 'immediate' : 'end_of_period';
  const requestedAt = instant(created_at);
  const effectiveAt: EffectiveAt | undefined =
    when === 'end_of_period' && expiry !== undefined
      ? { value: expiry, precision: 'instant', source: 'provider' }
      : undefined;
  return {
    state: effectiveAt === undefined ? 'requested' : 'scheduled',
    ...(when === undefined ? {} : { when }),
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
    ...(requestedAt === undefined ? {} : { requestedAt }),
    ...(typeof reason === 'string' ? { reason } : {}),
    revocable: true,
    raw,
  };
}

function found(status: CancellationStatus): StatusVerdict {
  return { verdict: 'found', status };
}

/** VPSBG's times have microseconds: `2024-10-27T11:03:10.000000Z`. */
function instant(text: string | null | undefined): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,3})\d*)?Z$/.exec(text ?? '');
  const parsed = match === null ? Number.NaN : Date.parse(`${match[1]}.${(match[2] ?? '').padEnd(3, '0')}Z`);
  return Number.isNaN(parsed) ? undefined : new Date(parsed).toISOString();
}
