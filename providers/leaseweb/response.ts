import * as v from 'valibot';
import {
  absentIsRefused,
  defined,
  duplicate,
  notAbsent,
  offered,
  readBody,
  refused,
  refusedField,
  type AbsentVerdict,
  type CancelVerdict,
  type NoVerdict,
  type OptionsVerdict,
  type ProviderResponse,
  type ReasonCode,
  type RevokeVerdict,
  type Warning,
} from '../../src/provider/index.ts';
import { fromErrorResponse } from './answer.ts';
import type { ReadContract } from './contract.ts';
import type { LeasewebOrder, LeasewebTiming } from './request.ts';

/** Why nothing is sent: the contract has another timing, or cannot be cancelled as far as it shows. */
export function reasonNotToSend(
  { timing, end, isOpen, status }: ReadContract,
  when: LeasewebTiming,
): CancelVerdict | undefined {
  if (when !== timing) {
    const date = timing === 'immediate' ? ' (it is destroyed now)' : end && ` (${end.value})`;
    const message = `its contract allows no timing but ${timing}${date ?? ''}. Nothing was sent. Ask for ${timing} if that fits.`;
    return refused('unsupported', message);
  }
  if (isOpen) return undefined;
  if (status.state === 'unknown') {
    return duplicate('it cannot be cancelled, as far as the API shows.', true);
  }
  return duplicate('a cancellation is stored already.');
}

const reasonsSchema = v.object({
  cancellationReasons: v.array(v.object({ reason: v.string(), reasonCode: v.string() })),
});

/** The codes that `GET /services/cancellationReasons` lists. */
export function readReasons(response: ProviderResponse): readonly ReasonCode[] | NoVerdict {
  const read = response.status === 200 ? readBody(response, reasonsSchema) : undefined;
  if (read === undefined) return notAbsent(fromErrorResponse(response));
  return read.cancellationReasons.map(({ reason, reasonCode }) => ({ code: reasonCode, label: reason }));
}

/** The refusal of a cancellation without a code, with the codes of this account. */
export function withoutCode(reasons: readonly ReasonCode[]): CancelVerdict {
  const list = reasons.map(({ code, label }) => `${code} (${label})`).join(', ');
  const expected = list === '' ? 'a code of the API, which lists none now' : `one of the codes ${list}`;
  const message = `a service is cancelled with a reason.providerCode: ${expected}. Nothing was sent.`;
  return refusedField('reason.providerCode', expected, { message, problem: 'missing' });
}

/** What the service allows now. */
export function toOptions(read: ReadContract, reasons?: readonly ReasonCode[]): OptionsVerdict<LeasewebTiming> {
  const { timing, end, isOpen } = read;
  return offered(read, isOpen ? [{ timing, ...defined({ effectiveAt: end }) }] : [], { reasons });
}

/** What a response to `POST …/cancel` or `DELETE /instances/{instanceId}` means. Both successes have no body. */
export function fromCancelResponse(
  response: ProviderResponse,
  order: LeasewebOrder,
  read: ReadContract,
): CancelVerdict {
  const isInstance = 'instanceId' in order.service;
  if (response.status !== (isInstance ? 200 : 204) || response.body.kind !== 'empty')
    return fromErrorResponse(response);
  if (!isInstance) return { verdict: 'accepted', outcome: 'requested' };
  return { verdict: 'accepted', outcome: 'requested', ...defined({ effectiveAt: read.end }), warnings: notSent(order) };
}

/** What an instance's termination has no field for. */
function notSent({ reason, reasonCode, reference }: LeasewebOrder): readonly Warning[] {
  const fields = [
    ['reason_not_sent', 'reason', reason.text ?? reason.category],
    ['reason_code_not_sent', 'reason code', reasonCode],
    ['reference_not_sent', 'reference', reference],
  ] as const;
  const given = fields.filter(([, , value]) => value !== undefined);
  return given.map(([code, name]) => ({
    code,
    message: `The termination of an instance has no field for a ${name}; it was left out.`,
  }));
}

/** Why no undo is sent: an undo of what is not cancelled could extend a contract that ends by itself. */
export function reasonNotToUndo(read: ReadContract | AbsentVerdict | NoVerdict): NoVerdict | undefined {
  if ('verdict' in read) return absentIsRefused(read, NOTHING_HERE);
  if (read.status.revocable) return undefined;
  return refused(
    'rejected',
    'as far as the API shows, there is no cancellation here that can be undone. Nothing was sent.',
  );
}

/** What a response to `POST …/uncancel` or `POST …/cancelTermination` means. */
export function fromUndoResponse(response: ProviderResponse): RevokeVerdict {
  if (response.status === 204 && response.body.kind === 'empty') return { verdict: 'accepted', outcome: 'revoked' };
  return absentIsRefused(fromErrorResponse(response), NOTHING_HERE);
}

const NOTHING_HERE = 'the API has nothing here whose cancellation it can undo.';
