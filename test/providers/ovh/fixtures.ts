import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import { ovhProvider, type OvhConfig, type OvhService, type OvhTiming } from 'cancelkit/ovh';
import type { EffectiveAt, JsonValue } from 'cancelkit/provider';

const READ = 'OVHcloud API, GET /services/{serviceId} (BETA)';
const POLICY = 'OVHcloud API, PUT /services/{serviceId} (BETA)';
const TERMINATE = 'OVHcloud API description, POST …/terminate and …/confirmTermination';
const ERRORS = 'OVHcloud API, the form of its errors; python-ovh for the codes';
const NOTHING_LEFT = 'terraform-provider-ovh: 404 or 460 if nothing is to be terminated';
const TIME = 'OVHcloud API, GET /auth/time';

/** Keys with every kind of character that they may have. */
export const keys = {
  applicationKey: 'ak7b/+c=d.e~f%41',
  applicationSecret: 'as of"the&application+/=%7',
  consumerKey: 'ck7b/+c=d.e~f%42-zz',
} as const;

export const serviceId = 4_711_017;
export const serviceName = 'vps-0badcafe.vps.ovh.net';
export const both: { readonly serviceId: number; readonly serviceName: string; readonly product: 'vps' } = {
  serviceId,
  serviceName,
  product: 'vps',
};

/** When the paid period ends, and the commitment. */
export const expiration = '2097-03-31T00:00:00+02:00';
export const periodEnd: EffectiveAt = { value: '2097-03-30T22:00:00.000Z', precision: 'instant', source: 'provider' };
export const termEnd: EffectiveAt = { value: '2097-09-30', precision: 'date', source: 'provider' };

type Fields = Readonly<Record<string, JsonValue>>;

/** The response of `GET /services/{serviceId}`. */
export function shown({
  current = {},
  actions = ['terminate', 'terminateAtExpirationDate', 'terminateAtEngagementDate', 'earlyRenewal'],
  billing = {},
  ...fields
}: { readonly current?: Fields; readonly actions?: JsonValue; readonly billing?: Fields } & {
  readonly [name: string]: JsonValue | undefined;
} = {}): ConformanceAnswer {
  const lifecycle = {
    capacities: { actions },
    current: {
      state: 'active',
      pendingActions: [],
      terminationDate: null,
      creationDate: '2024-01-01T00:00:00+00:00',
      ...current,
    },
  };
  return {
    status: 200,
    body: {
      serviceId,
      parentServiceId: null,
      resource: { name: serviceName, displayName: 'web-1', state: 'active' },
      route: { path: '/vps/{serviceName}', url: `/vps/${serviceName}` },
      billing: {
        expirationDate: expiration,
        nextBillingDate: expiration,
        engagement: { endDate: '2097-09-30' },
        lifecycle,
        ...billing,
      },
      ...fields,
    },
  };
}

/** The same with something pending. */
export function pending(...pendingActions: readonly string[]): ConformanceAnswer {
  return shown({ current: { pendingActions }, actions: ['earlyRenewal'] });
}

/** A service that is over. */
export const over: ConformanceAnswer = shown({
  current: { state: 'terminated', terminationDate: '2096-11-01T00:00:00+00:00' },
  actions: [],
});

/** A yes without content: some parts of the API send `null`, others no body. */
export const done: ConformanceAnswer = { status: 200, body: null };

/** The yes to `…/terminate`: the e-mail is sent. */
export const mailed: ConformanceAnswer = { status: 200, body: JSON.stringify('An email has been sent') };

/** The response of `GET /auth/time`. */
export const time: ConformanceAnswer = { status: 200, body: 1_790_000_000 };

/** An error in the API's form. */
export function errorAnswer(status: number, errorCode: string, message: string): ConformanceAnswer {
  const httpCode = `${status} Error`;
  return { status, body: { class: `Client::${errorCode}`, message, errorCode, httpCode, queryId: 'EU.ext-3.4711' } };
}

const notFound = errorAnswer(404, 'NOT_FOUND', 'This service does not exist');
const badKeys = errorAnswer(403, 'INVALID_CREDENTIAL', 'This credential is not valid');
const nothingLeft = errorAnswer(460, 'SERVICE_EXPIRED', 'The service has expired');

/** The conformance suite's subject. */
export const subject: ConformanceSubject<OvhConfig, OvhService, OvhTiming> = {
  provider: ovhProvider,
  config: (baseUrl) => ({ baseUrl, ...keys }),
  secrets: Object.values(keys),
  service: both,
  // A service by its number is confirmed without a reason, and one by its name alone needs a read more: the contract
  // tests and answers.test.ts have those forms.
  otherServices: [{ serviceId }],
  invalidServices: [
    {},
    { serviceName },
    { product: 'vps' },
    { serviceId, serviceName },
    { serviceId: 0 },
    { serviceId: '1.5' },
    { serviceName: '-', product: 'vps' },
    { serviceName, product: 'domain' },
  ],
  login: {
    source: TIME,
    isLogin: ({ method, target }) => method === 'GET' && target === '/1.0/auth/time',
    granted: () => [time],
    tokenOf: () => '',
    refused: badKeys,
  },
  beforeCancel: [shown()],
  extras: {
    valid: [{ futureUse: 'NOT_REPLACING_SERVICE' }],
    invalid: [{ futureUse: 'not_replacing_service' }, { futureUse: 1 }],
  },
  fixtures: [
    {
      name: 'a 200 with null',
      source: POLICY,
      kind: 'success',
      answers: [done],
      expected: { outcome: 'requested', warnings: [] },
    },
    {
      name: 'a 200 without a body',
      source: POLICY,
      kind: 'success',
      when: 'end_of_term',
      answers: [{ status: 200 }],
      expected: { outcome: 'requested', warnings: [] },
    },
    {
      name: 'an e-mail that was sent',
      source: TERMINATE,
      kind: 'other',
      when: 'immediate',
      answers: [mailed],
      expected: { code: 'confirmation_required', confirmation: { sentTo: 'email' } },
    },
    {
      name: 'a cancellation that is stored already',
      source: READ,
      kind: 'other',
      before: [],
      answers: [pending('terminateAtExpirationDate'), pending('terminateAtExpirationDate')],
      expected: { outcome: 'already_cancelled', existing: { when: 'end_of_period', effectiveAt: periodEnd } },
    },
    {
      name: 'one made through serviceInfos, for another timing',
      source: READ,
      kind: 'refusal',
      when: 'end_of_term',
      before: [],
      answers: [pending('deleteAtExpiration'), pending('deleteAtExpiration')],
      expected: { code: 'timing_conflict', existing: { when: 'end_of_period' } },
    },
    {
      name: 'a timing that the service does not offer',
      source: READ,
      kind: 'refusal',
      when: 'end_of_term',
      before: [],
      answers: [shown({ actions: ['terminate'] })],
      expected: { code: 'unsupported' },
    },
    {
      name: 'a 460 to a service that is over by then',
      source: NOTHING_LEFT,
      kind: 'other',
      answers: [nothingLeft, over],
      expected: { outcome: 'already_cancelled', existing: { state: 'completed' } },
    },
    {
      name: 'a 460 to a service that goes on',
      source: NOTHING_LEFT,
      kind: 'refusal',
      when: 'immediate',
      answers: [nothingLeft, shown()],
      expected: { code: 'not_cancellable', providerCode: 'SERVICE_EXPIRED' },
    },
    {
      name: 'a 404',
      source: ERRORS,
      kind: 'not_found',
      before: [],
      answers: [notFound],
      expected: { code: 'not_found' },
    },
    {
      name: 'keys that are not valid',
      source: ERRORS,
      kind: 'unauthorized',
      answers: [badKeys],
      expected: { code: 'unauthorized', providerCode: 'INVALID_CREDENTIAL' },
    },
    {
      name: 'a consumer key without the right',
      source: ERRORS,
      kind: 'refusal',
      answers: [errorAnswer(403, 'NOT_GRANTED_CALL', 'This call has not been granted')],
      expected: { code: 'forbidden' },
    },
    {
      name: 'a 429',
      source: ERRORS,
      kind: 'rate_limited',
      answers: [errorAnswer(429, 'TOO_MANY_REQUESTS', 'Slow down')],
      expected: { code: 'rate_limited' },
    },
    {
      name: 'a 400',
      source: ERRORS,
      kind: 'refusal',
      answers: [errorAnswer(400, 'BAD_PARAMETERS', 'Invalid policy')],
      expected: { code: 'rejected', providerMessage: 'Invalid policy' },
    },
    {
      name: 'a 500',
      source: ERRORS,
      kind: 'server_error',
      answers: [errorAnswer(500, 'INTERNAL', 'Something went wrong')],
      expected: { code: 'outcome_unknown', reason: 'server_error' },
    },
  ],
  findFixtures: [
    {
      name: 'two ids, of which one is a VPS and the other has gone',
      source: 'OVHcloud API, GET /services and GET /services/{serviceId} (BETA)',
      query: 'VPS-0bad',
      answers: [{ status: 200, body: [serviceId, serviceId + 1] }, shown(), notFound],
      expected: {
        services: [
          {
            service: both,
            name: 'web-1',
            state: 'active',
            nextDueDate: periodEnd,
            cancellation: { state: 'none' },
          },
        ],
      },
    },
    {
      name: 'a list with keys that are not valid',
      source: ERRORS,
      query: 'vps',
      answers: [badKeys],
      expected: { code: 'unauthorized' },
    },
  ],
  statusFixtures: [
    { name: 'nothing pending', source: READ, answers: [shown()], expected: { state: 'none', revocable: false } },
    {
      name: 'the end of the period',
      source: READ,
      answers: [pending('terminateAtExpirationDate')],
      expected: { state: 'scheduled', when: 'end_of_period', effectiveAt: periodEnd, revocable: true },
    },
    {
      name: 'the end of the commitment',
      source: READ,
      answers: [pending('terminateAtEngagementDate')],
      expected: { state: 'scheduled', when: 'end_of_term', effectiveAt: termEnd, revocable: true },
    },
    {
      name: 'a deletion through serviceInfos',
      source: READ,
      answers: [pending('deleteAtExpiration')],
      expected: { state: 'scheduled', when: 'end_of_period', effectiveAt: periodEnd, revocable: false },
    },
    {
      name: 'a termination that may wait for its token',
      source: READ,
      answers: [pending('terminate')],
      expected: { state: 'unknown', revocable: false },
    },
    { name: 'a service that is over', source: READ, answers: [over], expected: { state: 'completed' } },
    { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
  ],
  optionsFixtures: [
    {
      name: 'every action',
      source: READ,
      answers: [shown()],
      expected: {
        timings: [
          { timing: 'end_of_period', effectiveAt: periodEnd },
          { timing: 'end_of_term', effectiveAt: termEnd },
          { timing: 'immediate' },
        ],
      },
    },
    { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
  ],
  revokeFixtures: [
    { name: 'a 200 with null', source: POLICY, answers: [done], expected: { outcome: 'revoked' } },
    { name: 'a 200 without a body', source: POLICY, answers: [{ status: 200 }], expected: { outcome: 'revoked' } },
    {
      name: 'a 400',
      source: ERRORS,
      answers: [errorAnswer(400, 'BAD_PARAMETERS', 'No')],
      expected: { code: 'rejected' },
    },
  ],
  confirmFixtures: [
    {
      name: 'a 200 with a text',
      source: TERMINATE,
      answers: [{ status: 200, body: JSON.stringify('Done') }],
      expected: { outcome: 'requested', warnings: [] },
    },
    {
      name: 'a token that is not accepted',
      source: ERRORS,
      answers: [errorAnswer(403, 'FORBIDDEN', 'Invalid token')],
      expected: { code: 'forbidden' },
    },
    {
      name: 'a 460',
      source: NOTHING_LEFT,
      answers: [nothingLeft, over],
      expected: { outcome: 'already_cancelled' },
    },
  ],
};
