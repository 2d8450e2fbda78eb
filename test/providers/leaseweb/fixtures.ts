import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import { leasewebProvider, type LeasewebConfig, type LeasewebService, type LeasewebTiming } from 'cancelkit/leaseweb';
import type { EffectiveAt, JsonValue, ReasonCode } from 'cancelkit/provider';

const SERVICE = 'developer.leaseweb.com, Services API v1, GET /services/{id}';
const CANCEL = 'Leaseweb’s Go SDK, services_test.go, POST /services/{id}/cancel';
const REASONS = 'developer.leaseweb.com, Services API v1, GET /services/cancellationReasons';
const UNCANCEL = 'Leaseweb’s Go SDK, services_test.go, POST /services/{id}/uncancel';
const INSTANCE = 'Public Cloud API description, GET /instances/{instanceId}';
const TERMINATE = 'Public Cloud API description, DELETE /instances/{instanceId}';
const RESTORE = 'Public Cloud API description, POST /instances/{instanceId}/cancelTermination';
const ERRORS = 'the errors of these calls, documented for both APIs';

/** An API key with every kind of character that one may have. */
export const apiKey = 'lsw-aB+c/D=e.f~g%41';

export const serviceId = '10000000004711';
export const instanceId = '7d3f0c9b-2a41-4e5f-9c68-1b2d3e4f5a60';

/** When the contracts end. */
export const end = '2097-01-31T00:00:00+00:00';

/** The same in a result. */
export const endsAt: EffectiveAt = { value: '2097-01-31T00:00:00.000Z', precision: 'instant', source: 'provider' };

type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** The response of `GET /services/{id}`: a service that can be cancelled. */
export function shownService(fields: Fields = {}): ConformanceAnswer {
  const dates = { contractTermEndDate: end, startDate: '2096-01-31T00:00:00+00:00', endDate: null };
  const flags = { cancellable: true, uncancellable: false, status: 'ACTIVE' };
  return { status: 200, body: { id: serviceId, ...flags, ...dates, contractTerm: '1 YEAR', ...fields } };
}

/** The same, and it is cancelled. */
export const cancelledService: ConformanceAnswer = shownService({
  cancellable: false,
  uncancellable: true,
  endDate: end,
});

/** The contract of a monthly instance without a commitment. */
const monthly: Fields = { type: 'MONTHLY', term: 0, billingFrequency: 1, endsAt: end, state: 'ACTIVE' };

/** The response of `GET /instances/{instanceId}`: a monthly instance that runs, with other fields of its contract. */
export function shownInstance(contract: Fields = {}, fields: Fields = {}): ConformanceAnswer {
  const renewalsAt = '2096-12-31T00:00:00+00:00';
  const whole = { ...monthly, renewalsAt, createdAt: '2096-01-31T09:00:00+00:00', ...contract };
  return { status: 200, body: { id: instanceId, state: 'RUNNING', type: 'lsw.m3.large', contract: whole, ...fields } };
}

/** The fields of the contract of an hourly instance. */
export const hourly: Fields = { type: 'HOURLY', endsAt: null };

/** The fields of the contract of a monthly instance with a commitment. */
export const committed: Fields = { term: 12 };

/** The response of `GET /services/cancellationReasons`. */
export const reasons: ConformanceAnswer = {
  status: 200,
  body: {
    cancellationReasons: [
      { reason: 'I no longer need this', reasonCode: 'CANCEL_NO_NEED' },
      { reason: 'I have bought something else', reasonCode: 'CANCEL_PURCHASED_OTHER' },
    ],
  },
};

/** The same in `options`. */
export const codes: readonly ReasonCode[] = [
  { code: 'CANCEL_NO_NEED', label: 'I no longer need this' },
  { code: 'CANCEL_PURCHASED_OTHER', label: 'I have bought something else' },
];

/** The responses without a body: of a termination, and of everything else that writes. */
export const terminated: ConformanceAnswer = { status: 200 };
export const done: ConformanceAnswer = { status: 204 };

/** An error in the form of the API. */
export function errorAnswer(status: number, errorMessage: string, fields: Fields = {}): ConformanceAnswer {
  const correlationId = '550e8400-e29b-41d4-a716-446655440000';
  return { status, body: { correlationId, errorCode: String(status), errorMessage, ...fields } };
}

const notFound = errorAnswer(404, 'Resource not found');

type Subject = ConformanceSubject<LeasewebConfig, LeasewebService, LeasewebTiming>;

const shared = {
  provider: leasewebProvider,
  config: (baseUrl: string) => ({ baseUrl, apiKey }),
  secrets: [apiKey],
} satisfies Partial<Subject>;

const failures: Subject['fixtures'] = [
  { name: 'a 404', source: ERRORS, kind: 'not_found', answers: [notFound], expected: { code: 'not_found' } },
  {
    name: 'a 401',
    source: ERRORS,
    kind: 'unauthorized',
    answers: [errorAnswer(401, 'You are not authorized to view this resource.')],
    expected: { code: 'unauthorized' },
  },
  {
    name: 'a 403',
    source: ERRORS,
    kind: 'other',
    answers: [errorAnswer(403, 'Access to the requested resource is forbidden.')],
    expected: { code: 'forbidden' },
  },
  {
    name: 'a 429',
    source: 'inferred: HTTP',
    kind: 'rate_limited',
    answers: [errorAnswer(429, 'Too many requests')],
    expected: { code: 'rate_limited' },
  },
  {
    name: 'a 400',
    source: ERRORS,
    kind: 'refusal',
    answers: [errorAnswer(400, 'Bad request.', { errorDetails: { reasonCode: ['This is not a code.'] } })],
    expected: {
      code: 'rejected',
      providerCode: '400',
      providerMessage: 'Bad request.; reasonCode: This is not a code.',
    },
  },
  ...[500, 503].map((status) => ({
    name: `a ${status}`,
    source: ERRORS,
    kind: 'server_error' as const,
    answers: [errorAnswer(status, 'The API is not available at the moment.')] as const,
    expected: { code: 'outcome_unknown', reason: 'server_error' } as const,
  })),
];

/** The conformance suite's subject of the Services API. */
export const serviceSubject: Subject = {
  ...shared,
  service: { serviceId },
  otherServices: [{ serviceId: Number(serviceId) }],
  invalidServices: [{}, { serviceId: 'cancellationReasons' }, { serviceId: -1 }, { serviceId, instanceId }],
  timings: ['end_of_term'],
  order: { reason: { providerCode: 'CANCEL_NO_NEED' } },
  beforeCancel: [shownService()],
  beforeRevoke: [cancelledService],
  fixtures: [
    {
      name: 'a 204',
      source: CANCEL,
      kind: 'success',
      answers: [done],
      expected: { outcome: 'requested', warnings: [] },
    },
    {
      name: 'a service that is cancelled',
      source: SERVICE,
      kind: 'other',
      before: [],
      answers: [cancelledService, cancelledService],
      expected: { outcome: 'already_cancelled', effectiveAt: endsAt, warnings: [] },
    },
    {
      name: 'a service that cannot be cancelled',
      source: SERVICE,
      kind: 'other',
      before: [],
      answers: [shownService({ cancellable: false }), shownService({ cancellable: false })],
      expected: { code: 'not_cancellable' },
    },
    ...failures,
  ],
  findFixtures: [
    {
      name: 'services and instances',
      source: 'developer.leaseweb.com, Services API v1, GET /services; Public Cloud API description, GET /instances',
      query: 'web',
      answers: [
        {
          status: 200,
          body: {
            services: [
              {
                id: serviceId,
                reference: 'Web 1',
                status: 'ACTIVE',
                cancellable: true,
                uncancellable: false,
                endDate: null,
                contractTermEndDate: end,
              },
              { id: '10000000004712', reference: 'db', status: 'ACTIVE', cancellable: true },
            ],
            metadata: { limit: 50, offset: 0, totalCount: 2 },
          },
        },
        {
          status: 200,
          body: {
            instances: [
              {
                id: instanceId,
                reference: 'web-2',
                state: 'RUNNING',
                ips: [{ ip: '203.0.113.5' }],
                contract: { ...monthly, state: 'DELETE_SCHEDULED' },
              },
            ],
            _metadata: { limit: 50, offset: 0, totalCount: 1 },
          },
        },
      ],
      expected: {
        services: [
          { service: { serviceId }, name: 'Web 1', state: 'active', cancellation: { state: 'none' } },
          {
            service: { instanceId },
            name: 'web-2',
            endsOn: endsAt,
            cancellation: { state: 'scheduled', when: 'end_of_period', effectiveAt: endsAt },
          },
        ],
      },
    },
    {
      name: 'a key that may not use Public Cloud',
      source: ERRORS,
      query: 'web',
      answers: [
        { status: 200, body: { services: [], metadata: { limit: 50, offset: 0, totalCount: 0 } } },
        errorAnswer(403, 'Access to the requested resource is forbidden.'),
      ],
      expected: { services: [], unreadable: 1 },
    },
  ],
  statusFixtures: [
    { name: 'a service', source: SERVICE, answers: [shownService()], expected: { state: 'none', revocable: false } },
    {
      name: 'one that can be restored',
      source: SERVICE,
      answers: [cancelledService],
      expected: { state: 'scheduled', when: 'end_of_term', effectiveAt: endsAt, revocable: true },
    },
    {
      name: 'one with an end alone',
      source: SERVICE,
      answers: [shownService({ endDate: end })],
      expected: { state: 'unknown', revocable: false },
    },
    { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
  ],
  revokeFixtures: [
    { name: 'a 204', source: UNCANCEL, answers: [done], expected: { outcome: 'revoked' } },
    { name: 'a 400', source: ERRORS, answers: [errorAnswer(400, 'No.')], expected: { code: 'rejected' } },
    { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
  ],
  optionsFixtures: [
    {
      name: 'a service, and the reasons',
      source: REASONS,
      answers: [shownService(), reasons],
      expected: { timings: [{ timing: 'end_of_term', effectiveAt: endsAt }], reasons: codes },
    },
    { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
  ],
};

const TIMINGS = { hourly: 'immediate', monthly: 'end_of_period', committed: 'end_of_term' } as const;
const CONTRACTS: Readonly<Record<keyof typeof TIMINGS, Fields>> = { hourly, monthly: {}, committed };

/** The conformance suite's subject of Public Cloud, for an instance with such a contract. */
export function instanceSubject(kind: keyof typeof TIMINGS): Subject {
  const isHourly = kind === 'hourly';
  const when = TIMINGS[kind];
  const shown = (contract: Fields = {}, fields: Fields = {}): ConformanceAnswer =>
    shownInstance({ ...CONTRACTS[kind], ...contract }, fields);
  const scheduled = shown({ state: 'DELETE_SCHEDULED' });
  const seen = isHourly
    ? ({ state: 'requested', when } as const)
    : ({ state: 'scheduled', when, effectiveAt: endsAt } as const);
  return {
    ...shared,
    service: { instanceId },
    invalidServices: [{}, { instanceId: '1' }, { instanceId, serviceId }],
    timings: [when],
    takesNoReason: true,
    beforeCancel: [shown()],
    // Of an hourly instance, no termination can be undone.
    beforeRevoke: [isHourly ? shownInstance({ state: 'DELETE_SCHEDULED' }) : scheduled],
    fixtures: [
      {
        name: 'a 200 without a body',
        source: TERMINATE,
        kind: 'success',
        when,
        answers: [terminated],
        expected: { outcome: 'requested', warnings: [], ...(isHourly ? {} : { effectiveAt: endsAt }) },
      },
      {
        name: 'a termination that is stored already',
        source: INSTANCE,
        kind: 'other',
        when,
        before: [],
        answers: [scheduled, scheduled],
        expected: { outcome: 'already_cancelled', existing: seen, warnings: [] },
      },
      ...failures.map((fixture) => ({ ...fixture, when })),
    ],
    findFixtures: [
      {
        name: 'services and instances',
        source: 'developer.leaseweb.com, Services API v1, GET /services; Public Cloud API description, GET /instances',
        query: 'web',
        answers: [
          {
            status: 200,
            body: {
              services: [
                {
                  id: serviceId,
                  reference: 'Web 1',
                  status: 'ACTIVE',
                  cancellable: true,
                  uncancellable: false,
                  endDate: null,
                  contractTermEndDate: end,
                },
                { id: '10000000004712', reference: 'db', status: 'ACTIVE', cancellable: true },
              ],
              metadata: { limit: 50, offset: 0, totalCount: 2 },
            },
          },
          {
            status: 200,
            body: {
              instances: [
                {
                  id: instanceId,
                  reference: 'web-2',
                  state: 'RUNNING',
                  ips: [{ ip: '203.0.113.5' }],
                  contract: { ...monthly, state: 'DELETE_SCHEDULED' },
                },
              ],
              _metadata: { limit: 50, offset: 0, totalCount: 1 },
            },
          },
        ],
        expected: {
          services: [
            { service: { serviceId }, name: 'Web 1', state: 'active', cancellation: { state: 'none' } },
            {
              service: { instanceId },
              name: 'web-2',
              endsOn: endsAt,
              cancellation: { state: 'scheduled', when: 'end_of_period', effectiveAt: endsAt },
            },
          ],
        },
      },
      {
        name: 'a key that may not use Public Cloud',
        source: ERRORS,
        query: 'web',
        answers: [
          { status: 200, body: { services: [], metadata: { limit: 50, offset: 0, totalCount: 0 } } },
          errorAnswer(403, 'Access to the requested resource is forbidden.'),
        ],
        expected: { services: [], unreadable: 1 },
      },
    ],
    statusFixtures: [
      {
        name: 'a contract that runs',
        source: INSTANCE,
        answers: [shown()],
        expected: { state: 'none', revocable: false },
      },
      {
        name: 'a termination',
        source: INSTANCE,
        answers: [scheduled],
        expected: { ...seen, revocable: !isHourly },
      },
      {
        name: 'an instance that is being destroyed',
        source: INSTANCE,
        answers: [shown({ state: 'DELETE_SCHEDULED' }, { state: 'DESTROYING' })],
        expected: { state: 'requested', when, revocable: false },
      },
      {
        name: 'a destroyed instance',
        source: INSTANCE,
        answers: [shown({ state: 'DELETE_SCHEDULED' }, { state: 'DESTROYED' })],
        expected: { state: 'completed', revocable: false },
      },
      {
        name: 'a termination, with a contract that has become monthly',
        source: INSTANCE,
        answers: [shownInstance({ state: 'DELETE_SCHEDULED' })],
        expected: { state: 'scheduled', when: 'end_of_period', effectiveAt: endsAt, revocable: true },
      },
      { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
    ],
    revokeFixtures: [
      { name: 'a 204', source: RESTORE, answers: [done], expected: { outcome: 'revoked' } },
      { name: 'a 400', source: ERRORS, answers: [errorAnswer(400, 'No.')], expected: { code: 'rejected' } },
    ],
    optionsFixtures: [
      {
        name: 'a contract that runs',
        source: INSTANCE,
        answers: [shown()],
        expected: { timings: [{ timing: when, ...(isHourly ? {} : { effectiveAt: endsAt }) }] },
      },
      { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
    ],
  };
}
