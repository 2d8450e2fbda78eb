import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import { hostingProvider, type HostingConfig, type HostingService } from 'cancelkit/hosting';
import type { JsonValue } from 'cancelkit/provider';

const CANCEL = 'Metaregistrar Hosting API documentation, DELETE /hosting/{hosting_id} (HostingCancelRequest)';
const SHOW = 'Metaregistrar Hosting API documentation, GET /hosting/{hosting_id}';
const RESUME = 'Metaregistrar Hosting API documentation, PATCH /hosting/{hosting_id} (resumeService)';
const HISTORY = 'Metaregistrar Hosting API documentation, GET /hosting/{hosting_id}/history';
const ERRORS = 'Metaregistrar Hosting API documentation, error answers';
const CLIENTS = 'seen in public client code';

/** An API token with every kind of character that one may have. */
export const token = 'hst_aB+c/D=e.f~g%41';

/** The hosting of every fixture. */
export const hostingId = '1_aed1f0c4';
const responseId = '1_2aa0c9d7e1';

type AnswerName =
  | 'pending'
  | 'pendingInOldKeys'
  | 'notActive'
  | 'notActiveInOldKeys'
  | 'conflict'
  | 'doesNotExist'
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'rateLimited'
  | 'serverError';

const hosting = {
  identifier: hostingId,
  status: 'active',
  domain: 'example.com',
  suspended: false,
  openJobCount: 0,
  serviceStatus: 'active',
  nextRenewal: '2021-09-16',
  nextServiceRenewalDate: '2021-08-16',
  created: 1597536000,
  modified: 1628985600,
};

/** The responses of `DELETE /hosting/{id}`. */
export const answers: Readonly<Record<AnswerName, ConformanceAnswer>> = {
  pending: {
    status: 202,
    body: {
      responseId,
      clientRequestId: 'order-1234',
      status: 'pending',
      message: 'Your cancel request is pending',
      hosting: { ...hosting, openJobCount: 1 },
    },
  },
  pendingInOldKeys: { status: 202, body: { response_id: responseId, status: 'pending' } },
  notActive: errorAnswer(405, 'not_active', 'The hosting is not active'),
  notActiveInOldKeys: {
    status: 405,
    body: { response_id: responseId, error_code: 'not_active', error_message: 'Not active' },
  },
  conflict: errorAnswer(409, 'conflict', 'The domain is not in this hosting'),
  doesNotExist: errorAnswer(404, 'does_not_exist', 'The hosting does not exist'),
  invalid: errorAnswer(400, 'missing_parameter', 'The parameter reason is required'),
  unauthorized: errorAnswer(401, 'unauthorized', 'The token is not valid'),
  forbidden: errorAnswer(403, 'forbidden', 'No access to this hosting'),
  rateLimited: errorAnswer(429, 'rate_limit_exceeded', 'Too many requests'),
  serverError: errorAnswer(500, 'internal_error', 'An internal error occurred'),
};

// By the provider's clock, the service period is not over yet.
const headers = { date: 'Sun, 01 Aug 2021 08:00:00 GMT' };

/** The response of `GET /hosting/{id}`. */
export function shown(fields: Readonly<Record<string, JsonValue | undefined>> = {}): ConformanceAnswer {
  return { status: 200, headers, body: { responseId: '1_77', status: 'ok', hosting: { ...hosting, ...fields } } };
}

/** The response of `GET /hosting/{id}/history` with these cancellation jobs, among other events. */
export function history(...jobStatuses: readonly JsonValue[]): ConformanceAnswer {
  return events([
    ...jobStatuses.map((jobStatus) => ({ type: 'job', jobType: 'cancelHosting', jobStatus, responseId })),
    { type: 'job', jobType: 'createHosting', jobStatus: 'done', responseId: '1_01' },
    { type: 'event', message: 'Hosting created' },
  ]);
}

/** A page of a history with these events. */
export function events(hostingEvents: JsonValue): ConformanceAnswer {
  return { status: 200, headers, body: { responseId: '1_78', status: 'ok', hostingEvents } };
}

/** An error in the documented form. */
export function errorAnswer(status: number, errorCode: string, errorMessage: string): ConformanceAnswer {
  return { status, body: { responseId: '1_79', status: 'error', errorCode, errorMessage } };
}

const serviceEnd = { value: '2021-08-16', precision: 'date', source: 'provider' } as const;

/** The Hosting API for the conformance suite. */
export const subject: ConformanceSubject<HostingConfig, HostingService> = {
  provider: hostingProvider,
  config: (baseUrl) => ({ baseUrl: `${baseUrl}/api/v1`, token }),
  secrets: [token],
  service: { hostingId, domain: 'example.com' },
  invalidServices: [
    { hostingId },
    { domain: 'example.com' },
    { hostingId: '', domain: 'example.com' },
    { hostingId: 'with space', domain: 'example.com' },
    { hostingId: '1/2', domain: 'example.com' },
    { hostingId: '..', domain: 'example.com' },
    { hostingId: 'h'.repeat(129), domain: 'example.com' },
    { hostingId, domain: '' },
    { hostingId, domain: 'localhost' },
    { hostingId, domain: 'https://example.com' },
    { hostingId, domain: 'example.com/path' },
    { hostingId, domain: 'exa mple.com' },
    { hostingId, domain: '.example.com' },
    { hostingId, domain: `${'a'.repeat(250)}.com` },
  ],
  fixtures: [
    {
      name: 'a 202 to a cancellation at the end of the period',
      source: `${CANCEL}, 202`,
      kind: 'success',
      when: 'end_of_period',
      answers: [answers.pending],
      expected: { outcome: 'requested', providerReference: responseId, effectiveAt: serviceEnd },
    },
    {
      name: 'a 202 to an immediate cancellation',
      source: `${CANCEL}, 202`,
      kind: 'success',
      when: 'immediate',
      answers: [answers.pending],
      expected: { outcome: 'requested', providerReference: responseId },
    },
    {
      name: 'a 202 of an older deployment',
      source: `${CLIENTS}: older deployments write response_id`,
      kind: 'success',
      when: 'end_of_period',
      answers: [answers.pendingInOldKeys],
      expected: { outcome: 'requested', providerReference: responseId },
    },
    {
      name: 'a 405 of a hosting that is shown as cancelled',
      source: `${CANCEL}, 405 not_active; the value of serviceStatus is inferred`,
      kind: 'already_cancelled',
      answers: [answers.notActive, shown({ serviceStatus: 'cancelled' }), history()],
      expected: {
        outcome: 'already_cancelled',
        effectiveAt: serviceEnd,
        existing: { state: 'requested' },
        warnings: ['timing_unknown', 'reason_defaulted'],
      },
    },
    {
      name: 'a 405 of a hosting whose cancellation is in flight',
      source: `${CANCEL}, 405 not_active; ${HISTORY}`,
      kind: 'already_cancelled',
      answers: [answers.notActiveInOldKeys, shown({ openJobCount: 1 }), history('new')],
      expected: { outcome: 'already_cancelled', existing: { state: 'requested' } },
    },
    {
      name: 'a 405 of a hosting that is still being set up',
      source: `${CANCEL}, 405 not_active; ${SHOW}, serviceStatus adopting`,
      kind: 'refusal',
      answers: [answers.notActive, shown({ serviceStatus: 'adopting' }), history()],
      expected: { code: 'not_cancellable', providerStatus: 405, providerCode: 'not_active' },
    },
    {
      name: 'a 405 of a hosting whose state cannot be read',
      source: `${CANCEL}, 405 not_active`,
      kind: 'refusal',
      answers: [answers.notActive, { status: 503 }],
      expected: { code: 'not_cancellable', providerStatus: 405, providerCode: 'not_active' },
    },
    {
      name: 'a 409 for a domain of another hosting',
      source: `${CLIENTS}: 409 conflict`,
      kind: 'refusal',
      answers: [answers.conflict],
      expected: { code: 'rejected', providerStatus: 409, providerCode: 'conflict' },
    },
    {
      name: 'an error that the hosting does not exist',
      source: `${CLIENTS}: does_not_exist; the status is inferred`,
      kind: 'not_found',
      answers: [answers.doesNotExist],
      expected: { code: 'not_found', providerStatus: 404, providerCode: 'does_not_exist' },
    },
    {
      name: 'a 400 for a parameter that is missing',
      source: `${ERRORS}; the code is inferred`,
      kind: 'refusal',
      answers: [answers.invalid],
      expected: { code: 'rejected', providerStatus: 400, providerMessage: 'The parameter reason is required' },
    },
    {
      name: 'a 401',
      source: `${ERRORS}; the code is inferred`,
      kind: 'unauthorized',
      answers: [answers.unauthorized],
      expected: { code: 'unauthorized', providerStatus: 401 },
    },
    {
      name: 'a 403 in the API’s own words',
      source: `${ERRORS}; the code is inferred`,
      kind: 'refusal',
      answers: [answers.forbidden],
      expected: { code: 'forbidden', providerStatus: 403 },
    },
    {
      name: 'a 429',
      source: 'inferred: no limit is documented',
      kind: 'rate_limited',
      answers: [answers.rateLimited],
      expected: { code: 'rate_limited', providerStatus: 429 },
    },
    {
      name: 'a 500',
      source: `${ERRORS}; the code is inferred`,
      kind: 'server_error',
      answers: [answers.serverError],
      expected: {
        code: 'outcome_unknown',
        reason: 'server_error',
        providerStatus: 500,
        providerCode: 'internal_error',
      },
    },
  ],
  revokeFixtures: [
    {
      name: 'a 202 to a resumption',
      source: `${RESUME}, 202`,
      answers: [{ status: 202, body: { responseId: '1_r', status: 'pending', hosting: { identifier: hostingId } } }],
      expected: { outcome: 'requested', providerReference: '1_r' },
    },
    {
      name: 'a 405 of a hosting without a service to resume',
      source: `${RESUME}; the code is inferred`,
      answers: [errorAnswer(405, 'not_active', 'There is no service to resume')],
      expected: { code: 'rejected', providerStatus: 405 },
    },
    {
      name: 'a resumption with a wrong token',
      source: ERRORS,
      answers: [answers.unauthorized],
      expected: { code: 'unauthorized', providerStatus: 401 },
    },
  ],
  statusFixtures: [
    {
      name: 'an active hosting whose history has no cancellation',
      source: `${SHOW}, 200; ${HISTORY}, 200`,
      answers: [shown(), history()],
      expected: { state: 'none', revocable: false },
    },
    {
      name: 'an active hosting whose cancellation failed',
      source: `${HISTORY}, jobStatus failed`,
      answers: [shown(), history('failed')],
      expected: { state: 'failed', revocable: false },
    },
    {
      name: 'an active hosting with a cancellation that is done',
      source: `${HISTORY}, jobStatus done; what serviceStatus is after it is not documented`,
      answers: [shown(), history('done')],
      expected: { state: 'unknown', revocable: false },
    },
    {
      name: 'an open cancellation job',
      source: `${HISTORY}, jobStatus new`,
      answers: [shown({ openJobCount: 1 }), history('new', 'failed')],
      expected: { state: 'requested', revocable: false },
    },
    {
      name: 'a hosting that is shown as cancelled',
      source: `${SHOW}, 200; the value of serviceStatus is inferred`,
      answers: [shown({ serviceStatus: 'cancelled' }), history()],
      expected: { state: 'requested', effectiveAt: serviceEnd },
    },
    {
      name: 'a cancellation that is done, of a hosting that is still in service',
      source: `${HISTORY}, jobStatus done; ${SHOW}, status active`,
      answers: [shown({ serviceStatus: 'expiring' }), history('done')],
      expected: { state: 'scheduled', when: 'end_of_period', effectiveAt: serviceEnd },
    },
    {
      name: 'a read-back of a hosting that does not exist',
      source: `${CLIENTS}: does_not_exist; the status is inferred`,
      answers: [answers.doesNotExist, answers.doesNotExist],
      expected: { code: 'not_found', providerStatus: 404 },
    },
    {
      name: 'a read-back with a wrong token',
      source: `${ERRORS}; the code is inferred`,
      answers: [answers.unauthorized],
      expected: { code: 'unauthorized', providerStatus: 401 },
    },
  ],
};
