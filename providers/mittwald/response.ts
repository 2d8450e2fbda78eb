import * as v from 'valibot';
import { shownText as text } from '../../src/provider/fields.ts';
import {
  defined,
  effectiveAt,
  absentIsRefused,
  absentOrError,
  accepted,
  duplicate,
  offered,
  readBody,
  stateUntil,
  tooEarly,
  unclear,
  type AbsentVerdict,
  type CancellationStatus,
  type CancelVerdict,
  type EffectiveAt,
  type NoVerdict,
  type OptionsVerdict,
  type ProviderResponse,
  type RevokeVerdict,
  type When,
} from '../../src/provider/index.ts';
import type { MittwaldTiming } from './request.ts';
import type { MittwaldService } from './service.ts';

const item = v.object({
  itemId: v.string(),
  nextPossibleTerminationDate: text,
  termination: v.optional(v.unknown()),
});
const contract = v.object({
  contractId: v.string(),
  contractNumber: v.string(),
  baseItem: item,
  termination: v.optional(v.unknown()),
});

// Both as one: what names it, when it can end, and whether it does.
const itemSchema = v.pipe(
  item,
  v.transform((read) => ({ ...read, ids: [read.itemId] })),
);
const contractSchema = v.pipe(
  contract,
  v.transform(({ contractId, contractNumber, baseItem, termination }) => ({
    ...baseItem,
    termination,
    ids: [contractId, contractNumber],
  })),
);

/** What the API says of a contract or an item. */
export interface ReadService {
  /** The item that a cancellation has to name. */
  readonly itemId: string;
  /** The first possible instant of a termination. */
  readonly next: EffectiveAt | undefined;
  readonly status: CancellationStatus;
}

/** What a response to `GET /v2/contracts/{contractId}`, or to that of an item, says. */
export function readService(
  response: ProviderResponse,
  { contractId, contractItemId }: MittwaldService,
): ReadService | AbsentVerdict | NoVerdict {
  const schema = contractItemId === undefined ? contractSchema : itemSchema;
  const read = response.status === 200 ? readBody(response, schema) : undefined;
  if (!read?.ids.some((id) => isSame(id, contractItemId ?? contractId))) return fromErrorResponse(response);
  const { itemId, nextPossibleTerminationDate, termination } = read;
  const status = toStatus(termination, { nextPossibleTerminationDate, termination });
  return { itemId, next: effectiveAt(nextPossibleTerminationDate), status };
}

const terminationSchema = v.object({
  targetDate: text,
  scheduledAtDate: text,
  reason: text,
  explanation: text,
  cancellationForbidden: v.optional(v.unknown()),
});

/** What the `termination` of a contract or an item says. */
export function terminationIn(termination: unknown): Omit<CancellationStatus, 'raw'> {
  return toStatus(termination, undefined);
}

function toStatus(termination: unknown, raw: unknown): CancellationStatus {
  if (termination === undefined || termination === null) return { state: 'none', revocable: false, raw };
  const read = v.safeParse(terminationSchema, termination);
  if (!read.success) return { state: 'unknown', revocable: false, raw };
  const { targetDate, scheduledAtDate, explanation, cancellationForbidden } = read.output;
  const reason = read.output.reason ?? explanation;
  const requestedAt = effectiveAt(scheduledAtDate)?.value;
  const revocable = cancellationForbidden === undefined || cancellationForbidden === false;
  return { ...stateUntil(effectiveAt(targetDate)), ...defined({ requestedAt, reason }), revocable, raw };
}

/** What the service allows now. Without a next possible date, no termination is allowed [I]. */
export function toOptions(read: ReadService): OptionsVerdict<MittwaldTiming> {
  const { next } = read;
  if (next === undefined) return offered(read, []);
  return offered(read, [
    { timing: 'earliest', effectiveAt: next },
    { timing: 'on_date', from: next.value.slice(0, 10) },
  ]);
}

/** Why nothing is sent: the service is cancelled already, or the date is before the first possible one. */
export function reasonNotToSend({ next, status }: ReadService, when: When<MittwaldTiming>): CancelVerdict | undefined {
  if (status.state !== 'none') return duplicate('a termination is stored already.');
  if (when === 'earliest' || next === undefined || when.on >= next.value.slice(0, 10)) return undefined;
  const message = `it cannot end before ${next.value}. Ask for that day in UTC, for a later one, or for earliest.`;
  return tooEarly(next, message);
}

const acceptedSchema = v.object({
  contractId: v.string(),
  contractItemId: text,
  terminationTargetDate: text,
  itemsScheduledForTermination: v.fallback(v.array(v.string()), []),
});

/** What a response to `POST …/termination` means. */
export function fromTerminationResponse(
  response: ProviderResponse,
  { contractId, contractItemId }: MittwaldService,
  { itemId }: ReadService,
): CancelVerdict {
  const body = response.status === 201 ? readBody(response, acceptedSchema) : undefined;
  if (body === undefined) return fromErrorResponse(response);
  // The response has no number of the contract, so only a UUID can be compared.
  const isIt = contractId.startsWith('V') || isSame(body.contractId, contractId);
  if (!isIt || !isSame(body.contractItemId ?? itemId, contractItemId ?? itemId)) {
    return unclear('unreadable_answer', 'the response is for another contract or item. Look into the customer area.');
  }
  const at = effectiveAt(body.terminationTargetDate);
  const others = body.itemsScheduledForTermination.filter((id) => !isSame(id, itemId));
  const message = `Further items of the contract end with it: ${others.join(', ')}.`;
  return accepted(at, others.length === 0 ? [] : [{ code: 'side_effect', message }]);
}

const undoneSchema = v.object({ isCancelled: v.boolean() });

/** What a response to `DELETE …/termination` means. A `false` is read back. */
export function fromUndoResponse(response: ProviderResponse): RevokeVerdict {
  const body = response.status === 200 ? readBody(response, undoneSchema) : undefined;
  if (body?.isCancelled === true) return { verdict: 'accepted', outcome: 'revoked' };
  if (body !== undefined) return unclear('provider_error', 'the API answered that it undid nothing.');
  const verdict = fromErrorResponse(response);
  if (response.status !== 412 || verdict.verdict !== 'refused') {
    return absentIsRefused(verdict, 'no termination is stored.');
  }
  return { ...verdict, message: 'this termination can no longer be undone. Ask the provider.' };
}

const errorSchema = v.object({
  type: v.string(),
  message: text,
  validationErrors: v.fallback(v.array(v.object({ message: v.string(), path: v.string() })), []),
});

/** What a response means that is not the documented success. */
export function fromErrorResponse(response: ProviderResponse): NoVerdict | AbsentVerdict {
  const body = response.status >= 400 ? readBody(response, errorSchema) : undefined;
  if (body === undefined) return { verdict: 'unrecognized' };
  const { type: providerCode, message, validationErrors } = body;
  const complaints = validationErrors.map((one) => `${one.path} ${one.message}`);
  const words = { providerCode, providerMessage: [message ?? providerCode, ...complaints].join('; ') };
  return absentOrError(response.status, words, {
    forbidden: 'the token may not do this. It has to be one that may write.',
  });
}

/** The entries of a response that is a list; `undefined` if it is not one. */
export function listIn(response: ProviderResponse): readonly unknown[] | undefined {
  return response.status === 200 ? readBody(response, v.array(v.unknown())) : undefined;
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
