import * as v from 'valibot';
import { shownText as text } from '../../src/provider/fields.ts';
import {
  absentIsRefused,
  absentOrError,
  accepted,
  answeredOn,
  defined,
  duplicate,
  effectiveAt,
  offered,
  readBody,
  refused,
  refusedField,
  tooEarly,
  unclear,
  type AbsentVerdict,
  type CancellationStatus,
  type CancelVerdict,
  type EffectiveAt,
  type NoVerdict,
  type OfferedTiming,
  type OptionsVerdict,
  type ProviderResponse,
  type RefusedVerdict,
  type RevokeVerdict,
  type Warning,
} from '../../src/provider/index.ts';
import type { HetznerOrder, HetznerTiming } from './request.ts';
import type { ResolvedHetznerService } from './service.ts';

const flag = v.fallback(v.optional(v.boolean()), undefined);
const cancellationSchema = v.object({
  cancellation: v.looseObject({
    server_number: v.union([v.number(), v.string()]),
    earliest_cancellation_date: text,
    cancelled: v.boolean(),
    cancellation_date: text,
    // The list of the possible ones while the server is not cancelled; afterwards the given one, or null.
    cancellation_reason: v.fallback(v.nullish(v.union([v.string(), v.array(v.string())])), undefined),
    reservation_possible: flag,
    reserved: flag,
  }),
});

/** What the API says of a server. */
export interface ReadServer {
  /** The earliest possible date. */
  readonly earliest: EffectiveAt | undefined;
  /** The day of the response in UTC, by the provider's clock. */
  readonly today: string | undefined;
  /** The possible reasons. */
  readonly reasons: readonly string[] | undefined;
  readonly reservable: boolean | undefined;
  readonly reserved: boolean | undefined;
  readonly status: CancellationStatus;
}

/** What a response with a cancellation says: to a read, and to a cancellation. */
export function readServer(
  response: ProviderResponse,
  { serverNumber }: ResolvedHetznerService,
): ReadServer | AbsentVerdict | NoVerdict {
  const known = response.status === 200 ? readBody(response, cancellationSchema)?.cancellation : undefined;
  if (known === undefined || String(known.server_number) !== serverNumber) return fromErrorResponse(response);
  const { cancelled, cancellation_date: date, cancellation_reason: reason, reservation_possible, reserved } = known;
  const today = answeredOn(response);
  return {
    earliest: dayOf(known.earliest_cancellation_date),
    today,
    reasons: Array.isArray(reason) ? reason : undefined,
    reservable: reservation_possible,
    reserved,
    status: cancelled
      ? { ...cancelledStatus(dayOf(date), today, typeof reason === 'string' ? reason : undefined), raw: known }
      : { state: 'none', revocable: false, raw: known },
  };
}

function cancelledStatus(
  effectiveAt: EffectiveAt | undefined,
  today: string | undefined,
  reason: string | undefined,
): Omit<CancellationStatus, 'raw'> {
  if (effectiveAt === undefined) return { state: 'requested', ...defined({ reason }), revocable: false };
  // One for today can have been asked for with `now`, so only a later one shows its timing.
  const { value: on } = effectiveAt;
  const when = isAfter(on, today) ? { on } : undefined;
  const revocable = today !== undefined && on > today;
  return { state: 'scheduled', effectiveAt, ...defined({ when, reason }), revocable };
}

/** Whether a date lies after today wherever on earth the provider counts its days: tomorrow in UTC can be today. */
function isAfter(date: string, today: string | undefined): boolean {
  return today !== undefined && Date.parse(date) - Date.parse(today) > 86_400_000;
}

/** What the service allows now. `immediate` is not among it before the earliest possible date. */
export function toOptions(server: ReadServer): OptionsVerdict<HetznerTiming> {
  const { earliest, today, reasons, reservable, status } = server;
  if (status.state !== 'none') return offered(server, []);
  const isPossible = earliest !== undefined && today !== undefined && earliest.value <= today;
  const timings: OfferedTiming<HetznerTiming>[] = isPossible ? [{ timing: 'immediate' }] : [];
  if (earliest !== undefined) {
    timings.push({ timing: 'earliest', effectiveAt: earliest }, { timing: 'on_date', from: earliest.value });
  }
  return offered(server, timings, {
    reasons: reasons?.map((reason) => ({ code: reason, label: reason })),
    requiredExtras: reservable === true ? ['reserveLocation'] : undefined,
  });
}

/** Why nothing is sent, or the earliest possible date for what is. */
export function checkOrder(server: ReadServer, order: HetznerOrder): CancelVerdict | { readonly earliest: string } {
  const { earliest, reasons, reservable, status } = server;
  if (status.state !== 'none') return duplicate('the server is cancelled already.');
  if (earliest === undefined) return refused('unexpected_response', 'the API shows no earliest possible date.');
  const early = reasonWhyEarly(earliest, server.today, order);
  if (early !== undefined) return early;
  const { reasonCode, extras } = order;
  const reserve = extras?.reserveLocation;
  if (reservable === true && reserve === undefined) {
    return refusedField('extras.reserveLocation', 'true or false: the location of this server can be reserved', {
      problem: 'missing',
    });
  }
  if (reservable === false && reserve === true) {
    return refusedField('extras.reserveLocation', 'false: the location of this server cannot be reserved');
  }
  if (reasonCode !== undefined && reasons?.includes(reasonCode) === false) {
    return refusedField('reason.providerCode', 'one of the reasons that options() lists for this server');
  }
  return { earliest: earliest.value };
}

/** What `now` does before the earliest possible date is not documented, so it is not sent then. */
function reasonWhyEarly(
  earliest: EffectiveAt,
  today: string | undefined,
  { when }: HetznerOrder,
): RefusedVerdict | undefined {
  if (when === 'earliest') return undefined;
  const asked = when === 'immediate' ? today : when.on;
  if (asked === undefined) {
    const message = 'the response has no date, so whether the server can end now is not known. Ask for earliest.';
    return refused('unexpected_response', message);
  }
  if (asked >= earliest.value) return undefined;
  return tooEarly(
    earliest,
    `the server cannot end before ${earliest.value}. Ask for earliest, that day or a later one.`,
  );
}

/**
 * What a response to `POST …/cancellation` means.
 *
 * @param today the day in UTC on which the server was read.
 */
export function fromCancellationResponse(
  response: ProviderResponse,
  order: HetznerOrder,
  today: string | undefined,
): CancelVerdict {
  const server = readServer(response, order.service);
  if ('verdict' in server) {
    if (response.status === 200) return NOT_SHOWN;
    const isConflict = response.status === 409 && 'providerCode' in server && server.providerCode === 'CONFLICT';
    // One code for two things: a cancellation exists, or the server is being transferred.
    return isConflict ? { ...server, ...duplicate('the server is cancelled or is being transferred.', true) } : server;
  }
  const { state, effectiveAt } = server.status;
  if (state === 'none') return NOT_SHOWN;
  const warnings: Warning[] = [FURTHER_IPS];
  if (order.when === 'immediate' && effectiveAt !== undefined && isAfter(effectiveAt.value, today)) {
    warnings.push({ code: 'immediate_deferred', message: `The server ends on ${effectiveAt.value}, and not now.` });
  }
  if (order.extras?.reserveLocation === true && server.reserved !== true) {
    warnings.push({ code: 'not_verified', message: 'The response does not show that the location is reserved.' });
  }
  return accepted(effectiveAt, warnings);
}

const FURTHER_IPS: Warning = {
  code: 'side_effect',
  message: 'Additional IP addresses and subnets may have to be cancelled separately. Look into Robot.',
};

const NOT_SHOWN = unclear(
  'unreadable_answer',
  'the response does not show that this server is cancelled. Look into Robot.',
);

/** What a response to `DELETE …/cancellation` means. The documented one has no body. */
export function fromUndoResponse(response: ProviderResponse): RevokeVerdict {
  if (response.status === 200 && response.body.kind === 'empty') return { verdict: 'accepted', outcome: 'revoked' };
  const verdict = fromErrorResponse(response);
  if (response.status !== 409 || verdict.verdict !== 'refused') {
    return absentIsRefused(verdict, 'this account has no such server. Check the number.');
  }
  return { ...verdict, message: 'this cancellation can no longer be undone. Ask the provider.' };
}

const names = v.fallback(v.array(v.string()), []);
const errorSchema = v.object({
  error: v.object({ code: v.string(), message: v.string(), missing: names, invalid: names }),
});

/** What a response means that is not the documented success. */
export function fromErrorResponse(response: ProviderResponse): NoVerdict | AbsentVerdict {
  const { status } = response;
  const error = status >= 400 ? readBody(response, errorSchema)?.error : undefined;
  // Only this code says that there is no such server; another 404 can be that of a wrong address.
  if (error === undefined || (status === 404 && error.code !== 'SERVER_NOT_FOUND')) return { verdict: 'unrecognized' };
  const { code: providerCode, message, missing, invalid: wrong } = error;
  const fields = [...missing.map((name) => `${name} is missing`), ...wrong.map((name) => `${name} is invalid`)];
  const words = { providerCode, providerMessage: [message, ...fields].join('; ') };
  // 403, and not 429.
  if (status < 500 && providerCode === 'RATE_LIMIT_EXCEEDED') return { ...words, ...refused('rate_limited', LIMITED) };
  if (status < 500 && providerCode === 'SERVER_CANCELLATION_RESERVE_LOCATION_FALSE_ONLY') {
    return { ...words, ...refused('rejected', 'the location cannot be reserved. Pass reserveLocation: false.') };
  }
  return absentOrError(status, words, { unauthorized: BAD_LOGIN });
}

const LIMITED = 'too many requests in this hour; 200 are allowed for each call. Nothing was processed.';
const BAD_LOGIN =
  'the web-service login is not valid. Correct it before another call: 3 bad logins block this address for 10 minutes.';

/** The day that a text states; `undefined` for an instant. */
function dayOf(text: string | undefined): EffectiveAt | undefined {
  const at = effectiveAt(text);
  return at?.precision === 'date' ? at : undefined;
}

/** The entries of a response to `GET /server`; `undefined` if it is not the list. */
export function listIn(response: ProviderResponse): readonly unknown[] | undefined {
  return response.status === 200 ? readBody(response, v.array(v.unknown())) : undefined;
}
