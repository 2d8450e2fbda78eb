import type { ConformanceAnswer, ConformanceLogin, ConformanceSubject } from 'cancelkit/conformance';
import { contaboProvider, type ContaboConfig, type ContaboService, type ContaboTiming } from 'cancelkit/contabo';
import type { EffectiveAt, JsonValue } from 'cancelkit/provider';

const CANCEL = 'Contabo API description, POST …/cancel';
const READ = 'Contabo API description, GET of an instance';
const TABLE = 'Contabo API description, table of statuses; the body is inferred';

/** Credentials with every kind of character that they may have. */
export const credentials = {
  clientId: 'INT-10283847',
  clientSecret: 'cs_aB+c/D=e.f~g%41',
  username: 'api+shop@example.com',
  password: 'pass word&"=%+ü-9',
} as const;

export const instanceId = 100_203;

/** The day on which the instance ends, if it is cancelled. */
export const end = '2097-05-31';

type Fields = Readonly<Record<string, JsonValue | undefined>>;

const customer = { tenantId: 'DE', customerId: '54321' };

/** The response of `GET /v1/compute/instances/{instanceId}`. */
export function shown(fields: Fields = {}): ConformanceAnswer {
  const instance = { ...customer, instanceId, name: 'vmd100203', status: 'running', productId: 'V45', cancelDate: '' };
  return { status: 200, body: { data: [{ ...instance, ...fields }], _links: { self: 'x' } } };
}

/** The same of an instance that is cancelled. */
export const shownCancelled: ConformanceAnswer = shown({ cancelDate: end });

/** The response of `POST /v1/compute/instances/{instanceId}/cancel`. */
export function accepted(fields: Fields = {}): ConformanceAnswer {
  const data = [{ ...customer, instanceId, cancelDate: end, ...fields }];
  return { status: 201, body: { data, _links: { self: 'x' } } };
}

/** An error of the API. */
export function errorAnswer(status: number, message: string): ConformanceAnswer {
  return { status, body: { statusCode: status, message } };
}

/** A login that grants this token. */
export function granted(token: string): ConformanceAnswer {
  const refresh = { refresh_token: `${token}.refresh`, refresh_expires_in: 1800 };
  return { status: 200, body: { access_token: token, expires_in: 300, token_type: 'Bearer', ...refresh } };
}

/** A login that is refused, as RFC 6749 has it. */
export function loginRefused(status: number, error: string, description?: string): ConformanceAnswer {
  return { status, body: { error, ...(description === undefined ? {} : { error_description: description }) } };
}

export const login: ConformanceLogin = {
  source: 'Contabo API description, authentication; RFC 6749, sections 5.1 and 5.2',
  isLogin: ({ method, target }) => method === 'POST' && target === '/auth/realms/contabo/protocol/openid-connect/token',
  granted: (token) => [granted(token)],
  refused: loginRefused(401, 'invalid_grant', 'Invalid user credentials'),
};

const scheduledAt: EffectiveAt = { value: end, precision: 'date', source: 'provider' };
const scheduled = { outcome: 'scheduled', effectiveAt: scheduledAt, warnings: [] } as const;
const notFound = errorAnswer(404, 'Instance 100203 was not found');

/** The conformance suite's subject. */
export const subject: ConformanceSubject<ContaboConfig, ContaboService, ContaboTiming> = {
  provider: contaboProvider,
  config: (baseUrl) => ({ ...credentials, baseUrl, authUrl: baseUrl }),
  secrets: [credentials.clientSecret, credentials.password],
  service: { instanceId },
  otherServices: [{ instanceId: String(instanceId) }],
  invalidServices: [{}, { instanceId: 0 }, { instanceId: 1.5 }, { instanceId: '007' }, { instanceId: 'vmd100203' }],
  login,
  beforeCancel: [shown()],
  dateOnWire: (day) => `${day}T12:00:00.000Z`,
  fixtures: [
    { name: 'a 201 with its date', source: CANCEL, kind: 'success', answers: [accepted()], expected: scheduled },
    {
      name: 'one for a date',
      source: CANCEL,
      kind: 'success',
      when: { on: end },
      answers: [accepted()],
      expected: scheduled,
    },
    {
      name: 'a date that is stored already',
      source: READ,
      kind: 'other',
      before: [],
      answers: [shownCancelled, shownCancelled],
      expected: { outcome: 'already_cancelled', existing: { state: 'scheduled', effectiveAt: scheduledAt } },
    },
    {
      name: 'another date that is stored already',
      source: READ,
      kind: 'other',
      when: { on: '2097-06-30' },
      before: [],
      answers: [shownCancelled, shownCancelled],
      expected: { code: 'timing_conflict' },
    },
    {
      name: 'a conflict, with a cancellation that is there then',
      source: `${TABLE}, as what it means`,
      kind: 'other',
      answers: [errorAnswer(409, 'Conflict'), shownCancelled],
      expected: { outcome: 'already_cancelled' },
    },
    {
      name: 'a conflict, without one',
      source: `${TABLE}, as what it means`,
      kind: 'refusal',
      answers: [errorAnswer(409, 'Conflict'), shown()],
      expected: { code: 'not_cancellable' },
    },
    { name: 'a 404', source: TABLE, kind: 'not_found', answers: [notFound], expected: { code: 'not_found' } },
    {
      name: 'a 401',
      source: TABLE,
      kind: 'unauthorized',
      answers: [errorAnswer(401, 'Unauthorized')],
      expected: { code: 'unauthorized' },
    },
    {
      name: 'a 403',
      source: TABLE,
      kind: 'refusal',
      answers: [errorAnswer(403, 'Forbidden')],
      expected: { code: 'forbidden' },
    },
    {
      name: 'a 400',
      source: TABLE,
      kind: 'refusal',
      answers: [errorAnswer(400, 'cancelDate is too early')],
      expected: { code: 'rejected', providerMessage: 'cancelDate is too early' },
    },
    {
      name: 'a 402',
      source: TABLE,
      kind: 'refusal',
      answers: [errorAnswer(402, 'An additional paid service is needed')],
      expected: { code: 'rejected' },
    },
    {
      name: 'a 429',
      source: TABLE,
      kind: 'rate_limited',
      answers: [errorAnswer(429, 'Too many requests')],
      expected: { code: 'rate_limited' },
    },
    {
      name: 'a 500',
      source: TABLE,
      kind: 'server_error',
      answers: [errorAnswer(500, 'Internal server error')],
      expected: { code: 'outcome_unknown', reason: 'server_error' },
    },
  ],
  findFixtures: [
    {
      name: 'instances on two pages',
      source: 'Contabo API description, GET /v1/compute/instances',
      query: 'web',
      answers: [
        {
          status: 200,
          body: {
            data: [
              {
                ...customer,
                instanceId: 100203,
                name: 'vmi100203',
                displayName: 'Web 1',
                status: 'running',
                cancelDate: '',
              },
              {
                ...customer,
                instanceId: 100204,
                name: 'vmi100204',
                displayName: 'db',
                status: 'running',
                cancelDate: '',
              },
            ],
            _pagination: { size: 2, totalElements: 3, totalPages: 2, page: 1 },
            _links: {},
          },
        },
        {
          status: 200,
          body: {
            data: [
              { ...customer, instanceId: 100205, name: 'webvmi', displayName: '', status: 'rescue', cancelDate: end },
            ],
            _pagination: { size: 2, totalElements: 3, totalPages: 2, page: 2 },
            _links: {},
          },
        },
      ],
      expected: {
        services: [
          { service: { instanceId: 100203 }, name: 'Web 1', state: 'active', cancellation: { state: 'none' } },
          {
            service: { instanceId: 100205 },
            name: 'webvmi',
            state: 'unknown',
            endsOn: scheduledAt,
            cancellation: { state: 'scheduled', effectiveAt: scheduledAt },
          },
        ],
      },
    },
    {
      name: 'a list that the roles do not allow',
      source: TABLE,
      query: 'web',
      answers: [errorAnswer(403, 'Forbidden')],
      expected: { code: 'forbidden' },
    },
  ],
  statusFixtures: [
    { name: 'an empty date', source: READ, answers: [shown()], expected: { state: 'none', revocable: false } },
    {
      name: 'a date',
      source: READ,
      answers: [shownCancelled],
      expected: { state: 'scheduled', effectiveAt: scheduledAt, revocable: false },
    },
    { name: 'a 404', source: TABLE, answers: [notFound], expected: { code: 'not_found' } },
  ],
  optionsFixtures: [
    {
      name: 'an empty date',
      source: READ,
      answers: [shown()],
      expected: { timings: [{ timing: 'earliest' }, { timing: 'on_date' }] },
    },
    {
      name: 'a date',
      source: READ,
      answers: [shownCancelled],
      expected: { timings: [] },
    },
    { name: 'a 404', source: TABLE, answers: [notFound], expected: { code: 'not_found' } },
  ],
};
