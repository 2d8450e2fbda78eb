import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import type { JsonValue } from 'cancelkit/provider';
import { vpsbgProvider, type VpsbgConfig, type VpsbgService } from 'cancelkit/vpsbg';

const CANCEL = 'VPSBG API documentation, POST /v1/servers/cancel';
const STATUS_CODES = 'VPSBG API documentation, status codes';
const UNDO = 'VPSBG API documentation names the call; its path and answer are inferred';
const SERVER = 'VPSBG API documentation, GET /v1/servers/{id}';
const LIST = 'VPSBG API documentation, GET /v1/servers';
const LARAVEL = 'the body, in the form that Laravel gives errors, is inferred';

/** An API token with every kind of character that one may have. */
export const token = '17|aB+c/D=e.f~g-h_i%41';

type AnswerName =
  | 'accepted'
  | 'acceptedWithObject'
  | 'unauthorized'
  | 'forbidden'
  | 'notFound'
  | 'noRoute'
  | 'invalid'
  | 'locked'
  | 'rateLimited'
  | 'serverError';

const listPage = (page: number, last: number, data: readonly JsonValue[]): ConformanceAnswer => ({
  status: 200,
  body: { data, links: {}, meta: { current_page: page, last_page: last, per_page: 50 } },
});

/** The responses of `POST /v1/servers/cancel`: documented statuses, inferred bodies. */
export const answers: Readonly<Record<AnswerName, ConformanceAnswer>> = {
  accepted: { status: 204 },
  acceptedWithObject: { status: 200, body: {} },
  unauthorized: { status: 401, body: { message: 'Unauthenticated.' } },
  forbidden: { status: 403, body: { message: 'Invalid ability provided.' } },
  notFound: { status: 404, body: { message: 'No query results for model [App\\Models\\Server] 608' } },
  noRoute: { status: 404, body: { message: 'The route v1/servers/cancel could not be found.' } },
  invalid: {
    status: 422,
    body: { message: 'The given data was invalid.', errors: { server_ids: ['The selected server_ids.0 is invalid.'] } },
  },
  locked: { status: 423, body: { message: 'The server is locked.' } },
  rateLimited: { status: 429, headers: { 'retry-after': '45' }, body: { message: 'Too Many Attempts.' } },
  serverError: { status: 500, body: { message: 'Server Error' } },
};

/** A server as `GET /v1/servers/{id}` shows it. */
export function server(fields: Readonly<Record<string, JsonValue | undefined>> = {}): ConformanceAnswer {
  const body = {
    id: 608,
    hostname: 'vps.example.com',
    status: 'active',
    locked: false,
    expiry_at: '2024-10-27T11:03:10.000000Z',
    potential_expiry_at: '2024-11-27T11:03:10.000000Z',
    auto_renew: true,
    cancel_request: null,
    ...fields,
  };
  return { status: 200, headers: { date: 'Wed, 02 Oct 2024 08:00:00 GMT' }, body };
}

/** VPSBG for the conformance suite. */
export const subject: ConformanceSubject<VpsbgConfig, VpsbgService> = {
  provider: vpsbgProvider,
  config: (baseUrl) => ({ token, baseUrl }),
  secrets: [token],
  service: { serverId: 608 },
  otherServices: [{ serverId: '608' }],
  invalidServices: [
    { serverId: 0 },
    { serverId: -608 },
    { serverId: 60.8 },
    { serverId: 2 ** 53 },
    { serverId: '0608' },
    { serverId: '6e2' },
    { serverId: '99999999999999999999' },
    { serverIds: [608] },
  ],
  fixtures: [
    {
      name: 'a 204 to an immediate cancellation',
      source: `${CANCEL}, 204`,
      kind: 'success',
      when: 'immediate',
      answers: [answers.accepted],
      expected: { outcome: 'requested', warnings: ['immediate_deferred'] },
    },
    {
      name: 'a 204 to a cancellation at the end of the period',
      source: `${CANCEL}, 204`,
      kind: 'success',
      when: 'end_of_period',
      answers: [answers.accepted],
      expected: { outcome: 'requested', warnings: [] },
    },
    {
      name: 'a 200 with an empty object',
      source: 'VPSBG API documentation, POST /v1/floating-ips/cancel, 200; that this call can answer so is inferred',
      kind: 'success',
      answers: [answers.acceptedWithObject],
      expected: { outcome: 'requested' },
    },
    {
      name: 'a 401',
      source: `${STATUS_CODES}, 401; ${LARAVEL}`,
      kind: 'unauthorized',
      answers: [answers.unauthorized],
      expected: { code: 'unauthorized', providerStatus: 401, providerMessage: 'Unauthenticated.' },
    },
    {
      name: 'a 403 to a token that may only read',
      source: `${STATUS_CODES}, 403; ${LARAVEL}`,
      kind: 'refusal',
      answers: [answers.forbidden],
      expected: { code: 'forbidden', providerStatus: 403 },
    },
    {
      name: 'a 404 for the server',
      source: `${STATUS_CODES}, 404; ${LARAVEL}`,
      kind: 'not_found',
      answers: [answers.notFound],
      expected: { code: 'not_found', providerStatus: 404 },
    },
    {
      name: 'a 404 for the call itself',
      source: 'inferred: Laravel’s answer where a call has moved, as this one has before',
      kind: 'refusal',
      answers: [answers.noRoute],
      expected: { code: 'unexpected_response', providerStatus: 404 },
    },
    {
      name: 'a 422',
      source: `${STATUS_CODES}, 422; ${LARAVEL}`,
      kind: 'refusal',
      answers: [answers.invalid],
      expected: {
        code: 'rejected',
        providerStatus: 422,
        providerMessage: 'The given data was invalid. The selected server_ids.0 is invalid.',
      },
    },
    {
      name: 'a 423',
      source: `${STATUS_CODES}, 423; seen in public client code: such an action can still take effect`,
      kind: 'other',
      answers: [answers.locked],
      expected: { code: 'outcome_unknown', reason: 'provider_error', providerStatus: 423 },
    },
    {
      name: 'a 429',
      source: `${STATUS_CODES}, 429; the name of the header is inferred`,
      kind: 'rate_limited',
      answers: [answers.rateLimited],
      expected: { code: 'rate_limited', providerStatus: 429 },
    },
    {
      name: 'a 500',
      source: `${STATUS_CODES}, 500; ${LARAVEL}`,
      kind: 'server_error',
      answers: [answers.serverError],
      expected: { code: 'outcome_unknown', reason: 'server_error', providerStatus: 500 },
    },
  ],
  revokeFixtures: [
    { name: 'a 204 to an undo', source: UNDO, answers: [answers.accepted], expected: { outcome: 'revoked' } },
    {
      name: 'a 200 with an empty object to an undo',
      source: UNDO,
      answers: [answers.acceptedWithObject],
      expected: { outcome: 'revoked' },
    },
    {
      name: 'a 404 for the call of the undo',
      source: `${UNDO}; ${LARAVEL}`,
      answers: [answers.noRoute],
      expected: { code: 'unexpected_response', providerStatus: 404 },
    },
    {
      name: 'an undo with a wrong token',
      source: STATUS_CODES,
      answers: [answers.unauthorized],
      expected: { code: 'unauthorized', providerStatus: 401 },
    },
  ],
  findFixtures: [
    {
      name: 'servers on two pages, and a floating IP',
      source: `${LIST}, 200; GET /v1/floating-ips, 200`,
      query: '203.0.113.',
      answers: [
        listPage(1, 2, [
          {
            id: 7301,
            hostname: 'web1.example.com',
            status: 'active',
            expiry_at: '2024-10-27T11:03:10.000000Z',
            ip_addresses: [{ id: 3, ip_address: '203.0.113.10' }],
          },
          {
            id: 7302,
            hostname: 'other.example.com',
            status: 'active',
            expiry_at: null,
            ip_addresses: [{ ip_address: '198.51.100.1' }],
          },
          { hostname: 'without-an-id.example.com' },
        ]),
        listPage(2, 2, [
          { id: 7303, hostname: null, status: 'rescued', ip_addresses: [{ ip_address: '203.0.113.11' }] },
        ]),
        listPage(1, 1, [
          {
            id: 608,
            status: 'active',
            expiry_at: '2024-10-27T11:03:10.000000Z',
            ip_address: { ip_address: '203.0.113.12' },
            cancel_request: { id: 1, type: 1, reason: null },
          },
        ]),
      ],
      expected: {
        services: [
          {
            service: { serverId: 7301 },
            name: 'web1.example.com',
            state: 'active',
            nextDueDate: { value: '2024-10-27T11:03:10.000Z', precision: 'instant', source: 'provider' },
          },
          { service: { serverId: 7303 }, name: '203.0.113.11', state: 'unknown', stateText: 'rescued' },
          { service: { floatingIpId: 608 }, name: '203.0.113.12', cancellation: { state: 'requested' } },
        ],
        unreadable: 1,
      },
    },
    {
      name: 'a list without a valid token',
      source: `${STATUS_CODES}, 401; ${LARAVEL}`,
      query: 'web1',
      answers: [answers.unauthorized],
      expected: { code: 'unauthorized', providerStatus: 401 },
    },
  ],
  statusFixtures: [
    {
      name: 'a server without a cancel request',
      source: `${SERVER}, 200`,
      answers: [server()],
      expected: { state: 'none', revocable: false },
    },
    {
      name: 'a cancel request for the end of the period',
      source: `${SERVER}, 200; the fields of the request are inferred`,
      answers: [
        server({
          cancel_request: { now: false, reason: 'Project ended', created_at: '2024-10-01T08:00:00.123456Z' },
        }),
      ],
      expected: {
        state: 'scheduled',
        when: 'end_of_period',
        effectiveAt: { value: '2024-10-27T11:03:10.000Z', precision: 'instant', source: 'provider' },
        requestedAt: '2024-10-01T08:00:00.123Z',
        reason: 'Project ended',
        revocable: true,
      },
    },
    {
      name: 'a cancel request for now',
      source: `${SERVER}, 200; the fields of the request are inferred`,
      answers: [server({ status: 'suspended', cancel_request: { now: true, reason: null } })],
      expected: { state: 'requested', when: 'immediate', revocable: true },
    },
    {
      name: 'a cancel request without known fields',
      source: `${SERVER}, 200; that anything but null is a request is inferred`,
      answers: [server({ cancel_request: { id: 7 } })],
      expected: { state: 'requested', revocable: true },
    },
    {
      name: 'a server that is terminated',
      source: `${SERVER}, 200; the value is inferred`,
      answers: [server({ status: 'terminated' })],
      expected: { state: 'completed', revocable: false },
    },
    {
      name: 'a read-back without a valid token',
      source: `${STATUS_CODES}, 401; ${LARAVEL}`,
      answers: [answers.unauthorized],
      expected: { code: 'unauthorized', providerStatus: 401 },
    },
    {
      name: 'a read-back of a server that is not there',
      source: `${STATUS_CODES}, 404; ${LARAVEL}`,
      answers: [answers.notFound],
      expected: { code: 'not_found', providerStatus: 404 },
    },
    {
      name: 'a read-back while the server fails',
      source: `${STATUS_CODES}, 500; ${LARAVEL}`,
      answers: [answers.serverError],
      expected: { code: 'unavailable', providerStatus: 500 },
    },
  ],
};
