import * as v from 'valibot';
import {
  absentOrError,
  accepted,
  duplicate,
  effectiveAt,
  offered,
  readBody,
  stateUntil,
  unclear,
  type AbsentVerdict,
  type CancellationStatus,
  type CancelVerdict,
  type NoVerdict,
  type OptionsVerdict,
  type ProviderResponse,
  type ReadState,
} from '../../src/provider/index.ts';
import type { ContaboTiming } from './request.ts';
import type { ResolvedContaboService } from './service.ts';

// Both the instance that is read and the one that is cancelled: `data` is a list, also of one.
const listSchema = v.object({
  data: v.array(v.object({ instanceId: v.union([v.number(), v.string()]), cancelDate: v.nullable(v.string()) })),
});

interface ShownInstance {
  readonly cancelDate: string;
  readonly raw: unknown;
}

/** What a response with this status shows of this instance. */
function shownInstance(
  response: ProviderResponse,
  status: 200 | 201,
  { instanceId }: ResolvedContaboService,
): ShownInstance | undefined {
  const list = response.status === status ? readBody(response, listSchema)?.data : undefined;
  const raw = list?.find((one) => String(one.instanceId) === instanceId);
  return raw && { cancelDate: raw.cancelDate ?? '', raw };
}

/** What a response to `GET /v1/compute/instances/{instanceId}` says of a cancellation. An empty date means none. */
export function readInstance(
  response: ProviderResponse,
  service: ResolvedContaboService,
): ReadState | AbsentVerdict | NoVerdict {
  const shown = shownInstance(response, 200, service);
  if (shown === undefined) return fromErrorResponse(response);
  return { status: { ...stateOf(shown.cancelDate), revocable: false, raw: shown.raw } };
}

/** What the date of an instance says of its cancellation. */
export function stateOf(cancelDate: string): Pick<CancellationStatus, 'state' | 'effectiveAt'> {
  if (cancelDate === '') return { state: 'none' };
  const at = effectiveAt(cancelDate);
  return at === undefined ? { state: 'unknown' } : stateUntil(at);
}

/** What may be asked of an instance: both timings, whose dates the API does not show, or nothing more. */
export function toOptions(read: ReadState): OptionsVerdict<ContaboTiming> {
  return offered(read, read.status.state === 'none' ? [{ timing: 'earliest' }, { timing: 'on_date' }] : []);
}

/** Why nothing is sent: there is a date already, readable or not. */
export function reasonNotToSend({ status: { state } }: ReadState): CancelVerdict | undefined {
  return state === 'none' ? undefined : duplicate('the instance has a date of cancellation.', state === 'unknown');
}

/** What a response to `POST …/cancel` means. The date in it is the sign that the instance is cancelled. */
export function fromCancelResponse(response: ProviderResponse, service: ResolvedContaboService): CancelVerdict {
  const at = effectiveAt(shownInstance(response, 201, service)?.cancelDate);
  if (at !== undefined) return accepted(at);
  if (response.status < 300) {
    const message = 'the response has no date for this instance. Look into the customer control panel.';
    return unclear('unreadable_answer', message);
  }
  const verdict = fromErrorResponse(response);
  // "Conflict" can mean a cancellation that was stored since the instance was read.
  return response.status === 409 && verdict.verdict === 'refused'
    ? { ...verdict, ...duplicate('the API answered that there is a conflict.', true) }
    : verdict;
}

const errorSchema = v.object({ message: v.union([v.string(), v.array(v.string())]) });

/** What a response means that is not the documented success. */
export function fromErrorResponse(response: ProviderResponse): NoVerdict | AbsentVerdict {
  const body = response.status >= 400 ? readBody(response, errorSchema) : undefined;
  if (body === undefined) return { verdict: 'unrecognized' };
  const providerMessage = typeof body.message === 'string' ? body.message : body.message.join('; ');
  const forbidden = 'the API user may not do this. Its roles have to allow reading instances and POST on them.';
  return absentOrError(response.status, { providerMessage }, { forbidden });
}

const pageSchema = v.object({ data: v.array(v.unknown()) });

/** The entries of a page of `GET /v1/compute/instances`; `undefined` if it is not one. */
export function listIn(response: ProviderResponse): readonly unknown[] | undefined {
  return response.status === 200 ? readBody(response, pageSchema)?.data : undefined;
}
