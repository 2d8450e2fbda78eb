import * as v from 'valibot';
import { shownId, shownText as text } from '../../src/provider/fields.ts';
import {
  calendarDay,
  decodeEntities,
  defined,
  duplicate,
  offered,
  readBody,
  unclear,
  type AbsentVerdict,
  type CancellationStatus,
  type CancelOrder,
  type CancelVerdict,
  type NoVerdict,
  type OptionsVerdict,
  type ProviderResponse,
  type When,
} from '../../src/provider/index.ts';
import { fromNo, readAnswer } from './answer.ts';
import type { ResolvedHostbillConfig } from './config.ts';
import type { ResolvedHostbillService } from './service.ts';

/** What a response to `POST /service/{id}/cancel` means. Only the portal's own keyword in `info` is a yes. */
export function fromCancelResponse(
  response: ProviderResponse,
  { when }: CancelOrder<ResolvedHostbillService>,
  { acceptedTexts }: ResolvedHostbillConfig,
): CancelVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  const { errors, info, isFailed } = answer;
  const isYes = response.status === 200 && info.some((text) => acceptedTexts.includes(decodeEntities(text).trim()));
  const isRepeat = response.status < 500 && [...errors, ...info].includes('cancelled_already');
  if (isYes && !isFailed && !isRepeat) {
    return { verdict: 'accepted', outcome: 'requested', warnings: when === 'immediate' ? [DEFERRED] : [] };
  }
  const words = { providerMessage: [...errors, ...info].join('; ') };
  if (isRepeat && !isYes) {
    const message = 'a cancellation of this service is stored already.';
    return { ...duplicate(message), providerCode: 'cancelled_already', ...words };
  }
  if (errors.length > 0 && !isYes) return fromNo(response);
  if (response.status >= 300 || info.length === 0) return { verdict: 'unrecognized' };
  const message = isYes
    ? 'the portal confirmed the cancellation and reported a failure. Look at the service in the client area.'
    : 'the portal neither refused nor confirmed it in known words. If they mean that it is stored, set acceptedText to them.';
  return unclear(isYes ? 'provider_error' : 'unreadable_answer', message, words);
}

const DEFERRED = {
  code: 'immediate_deferred',
  message: 'The portal stores an immediate cancellation as a request. The host decides when it is carried out.',
} as const;

const service = v.object({
  service: v.object({ id: shownId, status: v.string(), billingcycle: text, next_due: text }),
});
const shownSchema = v.union([
  service,
  v.pipe(
    v.object({ data: service }),
    v.transform(({ data }) => data),
  ),
]);

/** What the API says of a service. */
export interface ShownService {
  readonly status: CancellationStatus;
  /** The day on which it is paid for again, `2026-12-31`. */
  readonly nextDue: string | undefined;
}

/** What a response to `GET /service/{id}` says. It shows no cancellation that is to be carried out. */
export function readService(
  response: ProviderResponse,
  { serviceId }: ResolvedHostbillService,
): ShownService | AbsentVerdict | NoVerdict {
  const isGood = response.status === 200 && readAnswer(response)?.isFailed === false;
  const raw = isGood ? readBody(response, shownSchema)?.service : undefined;
  if (raw?.id !== serviceId) return fromNo(response);
  const state = stateOf(raw.status);
  return { status: { state, revocable: false, raw }, nextDue: calendarDay(raw.next_due) };
}

/** What the status of a service says of its cancellation. */
export function stateOf(status: string): CancellationStatus['state'] {
  return STATES.get(status) ?? 'unknown';
}

const STATES: ReadonlyMap<string, CancellationStatus['state']> = new Map([
  ['Terminated', 'completed'],
  // Whether the service is over is not documented.
  ['Cancelled', 'requested'],
]);

/** What may be asked. That the period ends on the day of the next payment is inferred. */
export function toOptions(read: ShownService): OptionsVerdict<When> {
  const { nextDue } = read;
  const { state, raw } = read.status;
  if (state !== 'unknown') return offered(read, []);
  const at = nextDue === undefined ? undefined : ({ value: nextDue, precision: 'date', source: 'computed' } as const);
  const endOfPeriod = { timing: 'end_of_period', ...defined({ effectiveAt: at }) } as const;
  return { verdict: 'offered', options: { timings: [{ timing: 'immediate' }, endOfPeriod], raw } };
}

const listSchema = v.object({ services: v.array(v.unknown()) });
const servicesSchema = v.union([listSchema, v.object({ data: listSchema })]);

/** The entries of a response to `GET /service`; `undefined` if it is not the list. */
export function listIn(response: ProviderResponse): readonly unknown[] | undefined {
  const isGood = response.status === 200 && readAnswer(response)?.isFailed === false;
  const read = isGood ? readBody(response, servicesSchema) : undefined;
  return read && ('data' in read ? read.data.services : read.services);
}
