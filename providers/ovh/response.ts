import * as v from 'valibot';
import { shownText as text } from '../../src/provider/fields.ts';
import {
  absentIsRefused,
  absentOrError,
  defined,
  duplicate,
  effectiveAt,
  offered,
  readBody,
  refused,
  refusedField,
  stateUntil,
  type AbsentVerdict,
  type CancellationStatus,
  type CancelOrder,
  type CancelVerdict,
  type ConfirmOrder,
  type EffectiveAt,
  type NoVerdict,
  type OptionsVerdict,
  type ProviderResponse,
  type RevokeVerdict,
  type StatusMessages,
} from '../../src/provider/index.ts';
import type { OvhExtras } from './extras.ts';
import { ACTIONS, type OvhTiming } from './request.ts';
import type { ResolvedOvhService } from './service.ts';

const lifecycle = v.object({
  capacities: v.object({ actions: v.array(v.string()) }),
  current: v.object({ state: v.string(), pendingActions: v.array(v.string()), terminationDate: text }),
});
const serviceSchema = v.object({
  serviceId: v.number(),
  resource: v.fallback(v.object({ name: text, state: text }), { name: undefined, state: undefined }),
  route: v.fallback(v.nullish(v.object({ path: text })), undefined),
  billing: v.object({
    expirationDate: text,
    engagement: v.fallback(v.nullish(v.object({ endDate: text })), undefined),
    lifecycle: v.fallback(v.nullish(lifecycle), undefined),
  }),
});

/** The ids that a response to `GET /services` lists; `undefined` if it is not the list. */
export function idsIn(response: ProviderResponse): readonly number[] | undefined {
  return response.status === 200 ? readBody(response, v.array(v.pipe(v.number(), v.safeInteger()))) : undefined;
}

/** What the API says of a service. */
export interface ReadService {
  readonly serviceId: number;
  /** Whether it is the one that was asked for, as far as the response shows. */
  readonly isIt: boolean;
  /** What it offers now; `undefined` if that cannot be read, and then its state cannot either. */
  readonly actions: readonly string[] | undefined;
  /** What may be a cancellation that cannot be read as one. */
  readonly unclear: readonly string[];
  readonly dates: { readonly [Timing in OvhTiming]?: EffectiveAt | undefined };
  readonly status: CancellationStatus;
}

/** What a response to `GET /services/{serviceId}` says. */
export function readService(
  response: ProviderResponse,
  serviceId: number,
  { named }: ResolvedOvhService,
): ReadService | AbsentVerdict | NoVerdict {
  const read = response.status === 200 ? readBody(response, serviceSchema) : undefined;
  if (read?.serviceId !== serviceId) return fromErrorResponse(response);
  const { resource, route, billing } = read;
  const name = resource.name?.toLowerCase();
  const isRoute = route?.path === undefined || route?.path === `/${named?.product}/{serviceName}`;
  const dates = {
    end_of_period: effectiveAt(billing.expirationDate),
    end_of_term: effectiveAt(billing.engagement?.endDate),
  };
  const life = billing.lifecycle ?? undefined;
  const unclear = life === undefined ? [] : unclearIn(life, resource.state);
  return {
    serviceId,
    isIt: named === undefined || (name === named.serviceName.toLowerCase() && isRoute),
    actions: life?.capacities.actions,
    unclear,
    dates,
    status: toStatus(life, unclear.length > 0, dates, billing),
  };
}

/** Pending actions that are cancellations, and their timing. The second comes from `serviceInfos`. */
const CANCELLATIONS: ReadonlyMap<string, 'end_of_period' | 'end_of_term'> = new Map([
  ['terminateAtExpirationDate', 'end_of_period'],
  ['deleteAtExpiration', 'end_of_period'],
  ['terminateAtEngagementDate', 'end_of_term'],
]);
const RENEWALS: ReadonlySet<string> = new Set(['autorenewInProgress', 'earlyRenewal']);
// In the other states a service may be ending though nothing is pending: error, rupture, unrenewed.
const RUNNING: ReadonlySet<string> = new Set(['active', 'inCreation', 'toRenew', 'unpaid']);

const ENDING: readonly string[] = ['toDelete', 'deleted'];

type Lifecycle = v.InferOutput<typeof lifecycle>;

/**
 * What may be a cancellation, such as `terminate`: it waits for its token or for its execution, and the API does not
 * say for which.
 */
function unclearIn({ current }: Lifecycle, resourceState: string | undefined): readonly string[] {
  const { pendingActions, terminationDate, state } = current;
  if (state === 'terminated' || pendingActions.some((action) => !RENEWALS.has(action))) {
    return pendingActions.filter((action) => !CANCELLATIONS.has(action) && !RENEWALS.has(action));
  }
  return [
    ...(terminationDate === undefined ? [] : ['terminationDate']),
    ...ENDING.filter((one) => one === resourceState),
  ];
}

function toStatus(
  life: Lifecycle | undefined,
  isUnclear: boolean,
  dates: ReadService['dates'],
  raw: unknown,
): CancellationStatus {
  const unknown = { state: 'unknown', revocable: false, raw } as const;
  if (life === undefined) return unknown;
  const { state, pendingActions, terminationDate } = life.current;
  const told = effectiveAt(terminationDate);
  if (state === 'terminated') return { state: 'completed', ...defined({ effectiveAt: told }), revocable: false, raw };
  if (isUnclear) return unknown;
  const [when, other] = new Set(pendingActions.flatMap((action) => CANCELLATIONS.get(action) ?? []));
  if (when === undefined) return RUNNING.has(state) ? { state: 'none', revocable: false, raw } : unknown;
  const only = other === undefined ? when : undefined;
  const at = told ?? (only && dates[only]);
  const revocable = !pendingActions.includes('deleteAtExpiration');
  return { ...stateUntil(at), ...defined({ when: only }), revocable, raw };
}

/** What the service allows now. */
export function toOptions(read: ReadService): OptionsVerdict<OvhTiming> {
  if (read.actions === undefined) return { verdict: 'unrecognized' };
  const timings = timingsIn(read.actions);
  return offered(
    read,
    timings.map((timing) => ({ timing, ...defined({ effectiveAt: read.dates[timing] }) })),
  );
}

function timingsIn(actions: readonly string[]): readonly OvhTiming[] {
  return TIMINGS.filter((timing) => actions.includes(ACTIONS[timing]));
}

const TIMINGS = ['end_of_period', 'end_of_term', 'immediate'] as const;

/** Why nothing is sent: it is cancelled already, or does not offer what was asked for. */
export function reasonNotToSend(
  { actions, unclear, status: { state } }: ReadService,
  { when, extras }: CancelOrder<ResolvedOvhService, OvhTiming, OvhExtras>,
): CancelVerdict | undefined {
  if (actions === undefined) return { verdict: 'unrecognized' };
  if (state !== 'none' && state !== 'unknown') {
    return duplicate('it is over or ends already.');
  }
  const timings = timingsIn(actions);
  const isOffered = timings.includes(when);
  // Asking for another e-mail changes nothing.
  const mayAskAgain = when === 'immediate' && isOffered && unclear.every((action) => action === 'terminate');
  if (unclear.length > 0 && !mayAskAgain) {
    return duplicate(`it shows ${unclear.join(', ')}.`, true);
  }
  if (when !== 'immediate' && extras?.futureUse !== undefined) {
    const message = 'futureUse goes with immediate alone.';
    return refusedField('extras.futureUse', 'nothing with this timing: only immediate carries it', { message });
  }
  if (isOffered) return undefined;
  const others = timings.join(', ') || 'no timing';
  return refused('unsupported', `this service does not offer ${when} now. It offers ${others}. Nothing was sent.`);
}

/** What a response to `PUT /services/{serviceId}` means: a 200 without content is the documented yes. */
export function fromPolicyResponse(response: ProviderResponse): CancelVerdict {
  return isDone(response) ? { verdict: 'accepted', outcome: 'requested' } : fromWriteError(response);
}

/** What a response to the policy `empty` means. */
export function fromUndoResponse(response: ProviderResponse): RevokeVerdict {
  if (isDone(response)) return { verdict: 'accepted', outcome: 'revoked' };
  return absentIsRefused(fromErrorResponse(response), 'no such service.');
}

function isDone({ status, body }: ProviderResponse): boolean {
  return status === 200 && (body.kind === 'empty' || (body.kind === 'json' && body.value === null));
}

const none = v.optional(v.undefined());
const said = { byName: v.string(), byId: v.object({ message: v.string(), errorCode: none, class: none }) };

/** Whether the API answered as it does when all is well: with a text or, to a call by `serviceId`, with a message. */
function isSaid(response: ProviderResponse, { named }: ResolvedOvhService): boolean {
  const schema = named === undefined ? said.byId : said.byName;
  return response.status === 200 && readBody<unknown>(response, schema) !== undefined;
}

/** What a response to `…/terminate` means: the yes says that an e-mail was sent, and no more. */
export function fromTerminateResponse(response: ProviderResponse, service: ResolvedOvhService): CancelVerdict {
  return isSaid(response, service) ? { verdict: 'confirmation_required', sentTo: 'email' } : fromWriteError(response);
}

/** What a response to the confirmation means. */
export function fromConfirmResponse(
  response: ProviderResponse,
  { service, reasonCode, reasonText, extras }: ConfirmOrder<ResolvedOvhService, OvhExtras>,
): CancelVerdict {
  if (!isSaid(response, service)) {
    const forbidden = 'the token was not accepted, or the consumer key may not confirm. Check both.';
    return fromWriteError(response, { forbidden });
  }
  const message =
    'A service named by serviceId alone is confirmed without a reason. Name it by serviceName and product.';
  const isReasonGiven = (reasonCode ?? reasonText ?? extras?.futureUse) !== undefined;
  const warnings =
    isReasonGiven && service.named === undefined ? ([{ code: 'reason_not_sent', message }] as const) : [];
  return { verdict: 'accepted', outcome: 'requested', warnings };
}

/** To a write, a 404 or 460 means that nothing is left to end [C], or that nothing could be: it is read back. */
function fromWriteError(response: ProviderResponse, messages?: StatusMessages): CancelVerdict {
  const verdict = fromErrorResponse(response, messages);
  const isOver = response.status === 460 || verdict.verdict === 'absent';
  if (!isOver || verdict.verdict === 'unrecognized') return verdict;
  const { providerCode, providerMessage, providerReference } = verdict;
  const words = defined({ providerCode, providerMessage, providerReference });
  return { ...words, ...duplicate('it is over or suspended, or unknown.', true) };
}

const errorSchema = v.object({ message: v.string(), class: text, errorCode: text, queryId: text });

/** Errors that are about the keys, whatever the status [C]. */
const BAD_KEYS: ReadonlySet<unknown> = new Set([
  'INVALID_KEY',
  'INVALID_CREDENTIAL',
  'NOT_CREDENTIAL',
  'INVALID_SIGNATURE',
]);

/** What a response means that is not the documented success. */
export function fromErrorResponse(
  response: ProviderResponse,
  messages: StatusMessages = {},
): NoVerdict | AbsentVerdict {
  const { status } = response;
  const body = status >= 400 ? readBody(response, errorSchema) : undefined;
  if (body === undefined) return { verdict: 'unrecognized' };
  const { message: providerMessage, errorCode, class: kind, queryId } = body;
  const words = {
    providerMessage,
    ...defined({ providerCode: errorCode ?? kind, providerReference: queryId }),
  };
  if (status < 500 && status !== 404 && BAD_KEYS.has(errorCode)) {
    const message =
      'one of the three keys is not valid, or they belong to another region. Check them and the endpoint.';
    return { ...words, ...refused('unauthorized', message) };
  }
  const forbidden =
    'the consumer key may not do this. It needs GET and PUT on /services and POST on the product’s route.';
  return absentOrError(status, words, { forbidden, ...messages });
}
