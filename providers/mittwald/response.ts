import * as v from 'valibot';
import {
  instantOf,
  readBody,
  refused,
  verdictOnError,
  type AbsentVerdict,
  type CancellationStatus,
  type CancelVerdict,
  type EffectiveAt,
  type NoVerdict,
  type OptionsVerdict,
  type ProviderResponse,
  type RevokeVerdict,
  type Warning,
  type When,
} from '../../src/provider/index.ts';
import type { MittwaldTiming } from './request.ts';
import type { MittwaldService } from './service.ts';

const text = v.fallback(v.optional(v.string()), undefined);

const terminationSchema = v.object({
  targetDate: text,
  scheduledAtDate: text,
  reason: text,
  explanation: text,
  cancellationForbidden: v.fallback(v.optional(v.boolean()), undefined),
});

const itemFields = { itemId: v.string(), nextPossibleTerminationDate: text };
const itemSchema = v.object({ ...itemFields, isBaseItem: v.boolean(), termination: v.optional(v.unknown()) });
const contractSchema = v.object({
  contractId: v.string(),
  contractNumber: v.string(),
  baseItem: v.object(itemFields),
  termination: v.optional(v.unknown()),
});

/** What the API says of a contract or an item. */
export interface ReadService {
  /** The next possible instant of a termination. */
  readonly next: string | undefined;
  /** The item that a cancellation has to name. */
  readonly itemId: string;
  /** Whether the item is the one that carries its contract. */
  readonly isBaseItem: boolean;
  readonly status: CancellationStatus;
}

/** What an answer to `GET /v2/contracts/{contractId}`, or to that of an item, says. */
export function readService(
  response: ProviderResponse,
  service: MittwaldService,
): ReadService | AbsentVerdict | NoVerdict {
  const { contractId, contractItemId } = service;
  const item = readBody(response, itemSchema);
  if (
    response.status === 200 &&
    contractItemId !== undefined &&
    item !== undefined &&
    isSame(item.itemId, contractItemId)
  ) {
    return fromService(item, item.isBaseItem, item.termination);
  }
  const contract = readBody(response, contractSchema);
  if (response.status === 200 && contractItemId === undefined && contract !== undefined) {
    const isIt = isSame(contract.contractId, contractId) || isSame(contract.contractNumber, contractId);
    if (isIt) return fromService(contract.baseItem, false, contract.termination);
  }
  return fromErrorResponse(response);
}

function fromService(
  {
    itemId,
    nextPossibleTerminationDate,
  }: { readonly itemId: string; readonly nextPossibleTerminationDate?: string | undefined },
  isBaseItem: boolean,
  termination: unknown,
): ReadService {
  const next = instantOf(nextPossibleTerminationDate);
  return { itemId, next, isBaseItem, status: toStatus(termination, { nextPossibleTerminationDate, termination }) };
}

function toStatus(termination: unknown, raw: unknown): CancellationStatus {
  if (termination === undefined || termination === null) return { state: 'none', revocable: false, raw };
  const read = v.safeParse(terminationSchema, termination);
  if (!read.success) return { state: 'unknown', revocable: false, raw };
  const { targetDate, scheduledAtDate, reason, explanation, cancellationForbidden } = read.output;
  const at = instantOf(targetDate);
  const requestedAt = instantOf(scheduledAtDate);
  const said = reason ?? explanation;
  return {
    state: at === undefined ? 'requested' : 'scheduled',
    ...(at === undefined ? {} : { effectiveAt: effective(at) }),
    ...(requestedAt === undefined ? {} : { requestedAt }),
    ...(said === undefined ? {} : { reason: said }),
    revocable: cancellationForbidden !== true,
    raw,
  };
}

/** What the service allows now. Without a next possible date, the API allows no termination. */
export function toOptions({ next, status }: ReadService): OptionsVerdict<MittwaldTiming> {
  return {
    verdict: 'offered',
    options: {
      timings:
        next === undefined
          ? []
          : [
              { timing: 'earliest', effectiveAt: effective(next) },
              { timing: 'on_date', from: next.slice(0, 10) },
            ],
      ...(status.state === 'none' ? {} : { existing: status }),
      raw: status.raw,
    },
  };
}

/** Why nothing is sent: the service is cancelled already, or the date is before the first possible one. */
export function reasonNotToSend({ next, status }: ReadService, when: When<MittwaldTiming>): CancelVerdict | undefined {
  if (status.state !== 'none') {
    return { verdict: 'duplicate', ambiguous: false, message: 'a termination is stored already.' };
  }
  if (when === 'earliest' || next === undefined || when.on >= next.slice(0, 10)) return undefined;
  const message = `the contract cannot end before ${next}. Ask for that day (in UTC), for a later one, or for earliest.`;
  return { ...refused('date_too_early', message), earliest: effective(next) };
}

const acceptedSchema = v.object({
  contractId: v.string(),
  contractItemId: text,
  terminationTargetDate: text,
  itemsScheduledForTermination: v.fallback(v.optional(v.array(v.string()), []), []),
});

/** What an answer to `POST …/termination` means. */
export function fromTerminationResponse(
  response: ProviderResponse,
  { contractId, contractItemId }: MittwaldService,
  read: ReadService,
  asksFor: string | undefined,
): CancelVerdict {
  const body = response.status === 201 ? readBody(response, acceptedSchema) : undefined;
  if (body === undefined) return fromErrorResponse(response);
  const isOther = !contractId.startsWith('V') && !isSame(body.contractId, contractId);
  const isOtherItem = body.contractItemId !== contractItemId && body.contractItemId !== undefined;
  if (isOther || isOtherItem) {
    const message = 'the answer is for another contract or item. Look into the customer area.';
    return { verdict: 'unclear', reason: 'unreadable_answer', message };
  }
  const at = instantOf(body.terminationTargetDate);
  const others = body.itemsScheduledForTermination.filter((id) => !isSame(id, read.itemId));
  const warnings: readonly Warning[] = [
    ...(others.length === 0 ? [] : [sideEffect(`further items of the contract end with it: ${others.join(', ')}.`)]),
    ...(read.isBaseItem ? [sideEffect('this is the base item, which the contract rests on: it may end with it.')] : []),
    ...(at === undefined || asksFor === undefined || at.startsWith(asksFor)
      ? []
      : [sideEffect(`the provider chose ${at} and not ${asksFor}, which was asked for.`)]),
  ];
  return at === undefined
    ? { verdict: 'accepted', outcome: 'requested', warnings }
    : { verdict: 'accepted', outcome: 'scheduled', effectiveAt: effective(at), warnings };
}

const undoneSchema = v.object({ isCancelled: v.boolean() });

/** What an answer to `DELETE …/termination` means. A `false` is read back. */
export function fromUndoResponse(response: ProviderResponse): RevokeVerdict {
  const body = response.status === 200 ? readBody(response, undoneSchema) : undefined;
  if (body?.isCancelled === true) return { verdict: 'accepted', outcome: 'revoked' };
  if (body?.isCancelled === false) {
    const message = 'the API answered that the termination is not withdrawn.';
    return { verdict: 'unclear', reason: 'provider_error', message, settled: true };
  }
  const verdict = fromErrorResponse(response);
  if (verdict.verdict === 'absent') return refused('not_found', NOT_FOUND);
  if (response.status !== 412 || verdict.verdict !== 'refused') return verdict;
  return { ...verdict, message: 'this termination can no longer be withdrawn. Ask the provider.' };
}

const errorSchema = v.object({
  type: v.string(),
  message: text,
  validationErrors: v.fallback(v.optional(v.array(v.object({ message: v.string(), path: v.string() })), []), []),
});

const NOT_FOUND = 'this account has no such contract or item. Check contractId and contractItemId.';

/** What an answer means that is not the documented success. */
export function fromErrorResponse(response: ProviderResponse): NoVerdict | AbsentVerdict {
  const body = response.status >= 400 ? readBody(response, errorSchema) : undefined;
  if (body === undefined) return { verdict: 'unrecognized' };
  const { type: providerCode, message, validationErrors } = body;
  const complaints = validationErrors.map((one) => `${one.path} ${one.message}`);
  const providerMessage = [message ?? providerCode, ...complaints].join('; ');
  if (response.status === 404) return { verdict: 'absent', providerCode, providerMessage };
  return verdictOnError(
    response.status,
    { providerCode, providerMessage },
    {
      unauthorized: 'the token is not valid. Check it, or make a new one in the customer area.',
      forbidden: 'the token may not do this. Cancelling needs a token that may write.',
    },
  );
}

function sideEffect(message: string): Warning {
  return { code: 'side_effect', message };
}

function effective(value: string): EffectiveAt {
  return { value, precision: 'instant', source: 'provider' };
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
