import * as v from 'valibot';
import { shownId, shownText as text } from '../../src/provider/fields.ts';
import {
  refusedAccess,
  refused,
  readBody,
  refusedByStatus,
  calendarDay,
  unclear,
  type UnrecognizedVerdict,
  type UnclearVerdict,
  type RefusedVerdict,
  type EffectiveAt,
  type ProviderWords,
  type ProviderResponse,
} from '../../src/provider/index.ts';

const code = v.fallback(v.optional(shownId), undefined);

const hostingSchema = v.object({
  identifier: v.string(),
  status: text,
  serviceStatus: text,
  nextServiceRenewalDate: text,
  // PHP may write a number as a text. Another value than a number is no proof that no job is open.
  openJobCount: v.optional(
    v.fallback(v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number))]), Infinity),
  ),
});

const wholeNumber = v.fallback(v.optional(v.pipe(v.number(), v.safeInteger())), undefined);
const job = {
  jobType: text,
  jobStatus: v.optional(v.unknown()),
  responseId: text,
  response_id: text,
};

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

// Not an array: valibot takes one for an object, and an event without fields would pass for one of another kind.
const event = v.pipe(
  v.custom<Readonly<Record<string, unknown>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  ),
  v.object({
    id: wholeNumber,
    created: wholeNumber,
    ...job,
    context: v.fallback(v.optional(v.object(job)), undefined),
  }),
  // An older form has the job in the event's context.
  v.transform(({ id, created, context, ...own }): HostingEvent => ({
    id,
    created,
    jobType: own.jobType ?? context?.jobType,
    jobStatus: lowerCase(own.jobStatus ?? context?.jobStatus),
    responseId: own.responseId ?? own.response_id ?? context?.responseId ?? context?.response_id,
  })),
);

// Older deployments write the keys with underscores.
const answerSchema = v.pipe(
  v.object({
    status: v.optional(v.string()),
    responseId: text,
    response_id: text,
    errorCode: code,
    error_code: code,
    errorMessage: text,
    error_message: text,
    hosting: v.fallback(v.optional(hostingSchema), undefined),
    hostingEvents: v.fallback(v.optional(v.array(event)), undefined),
  }),
  v.transform((answer) => ({
    // An error of an older deployment has no status.
    status: answer.status?.toLowerCase() ?? (answer.error_code && answer.error_message ? 'error' : undefined),
    responseId: answer.responseId ?? answer.response_id,
    errorCode: answer.errorCode ?? answer.error_code,
    errorMessage: answer.errorMessage ?? answer.error_message,
    hosting: answer.hosting,
    events: answer.hostingEvents,
  })),
);

/** A response of the Hosting API, either key style. */
export interface HostingAnswer {
  /** In lower case. */
  readonly status: string;
  readonly responseId: string | undefined;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly hosting: Hosting | undefined;
  /** Of a history. */
  readonly events: readonly HostingEvent[] | undefined;
}

/** An entry of a history, as far as it speaks of a job. */
export interface HostingEvent {
  readonly id: number | undefined;
  /** Unix seconds. */
  readonly created: number | undefined;
  readonly jobType: string | undefined;
  readonly jobStatus: unknown;
  /** The id of the response that queued the job. */
  readonly responseId: string | undefined;
}

/** The part of a response that describes the hosting. */
export interface Hosting {
  readonly identifier: string;
  readonly status?: string | undefined;
  readonly serviceStatus?: string | undefined;
  /** End of the service period, `2021-08-16`. */
  readonly nextServiceRenewalDate?: string | undefined;
  /** `Infinity` if it is there and is no number. */
  readonly openJobCount?: number | undefined;
}

/** Reads a response; `undefined` if it is not in the form of this API. */
export function readAnswer(response: ProviderResponse): HostingAnswer | undefined {
  const read = readBody(response, answerSchema);
  if (read === undefined) return undefined;
  const { status, ...answer } = read;
  return status === undefined ? undefined : { status, ...answer };
}

/** The end of the service period, if the response has one. */
export function serviceEnd(hosting: Hosting | undefined): EffectiveAt | undefined {
  const value = calendarDay(hosting?.nextServiceRenewalDate);
  return value === undefined ? undefined : { value, precision: 'date', source: 'provider' };
}

/** What an error response of any call means. */
export function fromErrorAnswer(
  httpStatus: number,
  answer: HostingAnswer,
): RefusedVerdict | UnclearVerdict | UnrecognizedVerdict {
  const said = answer.errorMessage || answer.errorCode;
  // The API always says what is wrong; an error without a word may be a proxy's, and proves nothing.
  if (said === undefined || said === '') return { verdict: 'unrecognized' };
  return { ...judge(httpStatus, answer.errorCode, said), ...wordsOf(answer) };
}

/** What an error says for itself, with the id of the response, which a support request needs. */
export function wordsOf({ errorCode, errorMessage, responseId }: HostingAnswer): ProviderWords {
  return {
    ...(errorCode === undefined ? {} : { providerCode: errorCode }),
    ...(errorMessage === undefined ? {} : { providerMessage: errorMessage }),
    ...(responseId === undefined || responseId === '' ? {} : { providerReference: responseId }),
  };
}

const CREDENTIAL_CODES =
  /^(?:401|unauthori[sz]ed|not_authori[sz]ed|unauthenticated|authentication_failed|invalid_(?:token|credentials|api_?key))$/i;

const ACCESS_CODES = /^(?:403|forbidden|access_denied)$/i;

function judge(httpStatus: number, code: string | undefined, said: string): RefusedVerdict | UnclearVerdict {
  // What refuses the credentials is no reason to ask again, whatever the status. With 403, the token is known.
  const isForbidden =
    httpStatus === 403 ||
    (httpStatus >= 400 && httpStatus !== 401 && httpStatus < 500 && ACCESS_CODES.test(code ?? ''));
  if (!isForbidden && refusesCredentials(httpStatus, code, said)) {
    return refused('unauthorized', 'the token was not accepted. Check it, and the header that it is sent in.');
  }
  if (isForbidden) {
    return refused('forbidden', `the token may not do this: ${said}`);
  }
  if (httpStatus >= 500) return unclear('server_error', `the server failed: ${said}`);
  if (httpStatus < 400) return unclear('provider_error', `an error came with HTTP ${httpStatus}: ${said}`);
  if (code === 'does_not_exist' || httpStatus === 404) {
    return refused('not_found', 'no hosting of this account has that identifier. Check the hostingId.');
  }
  if (code === 'conflict') {
    return refused('rejected', 'the domain is not linked to this hosting. Check the domain.');
  }
  const known = refusedByStatus(httpStatus, {
    rate_limited: 'too many requests. Nothing was processed.',
  });
  return known ?? refused('rejected', `the request was refused: ${said}`);
}

/** The API's own code counts under any status; its words count only if the status says that it refused. */
function refusesCredentials(httpStatus: number, code: string | undefined, said: string): boolean {
  if (httpStatus === 401 || CREDENTIAL_CODES.test(code ?? '')) return true;
  // Under a success status, the API says no more of an account that it does not let in.
  if (httpStatus < 400) return ACCESS_CODES.test(code ?? '');
  return httpStatus < 500 && refusedAccess(said)?.code === 'unauthorized';
}
