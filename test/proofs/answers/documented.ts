import type { JsonValue } from '../../../src/provider/index.ts';

/** A documented response: status and body. Without a body it has none. */
export interface DocumentedAnswer {
  readonly status: number;
  readonly body?: JsonValue;
}

/** What a request asks for, in the provider's own terms. */
export type RequestKind = 'cancel' | 'order' | 'undo' | 'show' | ListKind;

/** The first page of a list, and the pages after it. */
export type ListKind = 'list' | 'rest';

/** The documented responses of one provider, and the words that its API is made of. */
export interface Documentation {
  readonly answers: { readonly [Kind in RequestKind]?: readonly DocumentedAnswer[] };
  /** Its keys and its words, for random bodies. */
  readonly words: readonly string[];
}

export const SERVICE_ID = 123456;
export const HOSTING_ID = '1_aed1f0c4';

const edisErrors: readonly DocumentedAnswer[] = [
  {
    status: 400,
    body: {
      status: 'error',
      message: 'Invalid parameters or missing required fields.',
      errors: ['service ID is required', 'cancellation type is invalid'],
    },
  },
  {
    status: 401,
    body: {
      status: 'error',
      message: 'Invalid WHMCS credentials provided.',
      suggestion: 'Please check your credentials and try again.',
    },
  },
  {
    status: 404,
    body: {
      status: 'error',
      message: 'The specified KVM ID or service ID does not exist.',
      hint: 'Please verify the provided KVM ID or service ID and try again.',
    },
  },
  {
    status: 500,
    body: {
      status: 'error',
      message: 'An internal error occurred.',
      support: 'Please contact support with the order details for assistance.',
    },
  },
];

export const edisDocumentation: Documentation = {
  answers: {
    cancel: [
      { status: 200, body: { status: 'success', serviceid: SERVICE_ID, clientid: null } },
      { status: 200, body: { status: 'success', serviceid: SERVICE_ID, clientid: 4711 } },
      { status: 200, body: { status: 'failed', orderid: 241158 } },
      { status: 400, body: { status: 'error', message: 'Existing Cancellation Request Exists' } },
      ...edisErrors,
    ],
    order: [
      {
        status: 200,
        body: { status: 'success', orderid: 123456, serviceids: '123456,123457', invoiceid: 654321, invoicepaid: true },
      },
      { status: 200, body: { status: 'failed', orderid: 241158 } },
      { status: 400, body: { status: 'error', errors: ['billingcycle is required', 'invalid JSON structure'] } },
      ...edisErrors,
    ],
  },
  words: ['status', 'success', 'error', 'failed', 'message', 'errors', 'serviceid', 'serviceids', 'orderid', 'result'],
};

const vpsbgErrors: readonly DocumentedAnswer[] = [
  { status: 401, body: { message: 'Unauthenticated.' } },
  { status: 403, body: { message: 'This action is unauthorized.' } },
  { status: 404, body: { message: 'No query results for model [Server] 123456' } },
  {
    status: 422,
    body: { message: 'The given data was invalid.', errors: { server_ids: ['The selected server_ids.0 is invalid.'] } },
  },
  { status: 423, body: { message: 'The server is locked.' } },
  { status: 429, body: { message: 'Too Many Attempts.' } },
  { status: 500, body: { message: 'Server Error' } },
];

const server = {
  id: SERVICE_ID,
  hostname: 'vps.example.com',
  status: 'active',
  locked: false,
  expiry_at: '2026-10-27T11:03:10.000000Z',
  potential_expiry_at: '2026-11-27T11:03:10.000000Z',
  auto_renew: true,
  cancel_request: null,
};
const vpsbgServers: readonly DocumentedAnswer[] = [
  { status: 200, body: server },
  {
    status: 200,
    body: { ...server, cancel_request: { id: 9, now: false, reason: 'x', created_at: '2026-09-01T11:03:10.000000Z' } },
  },
  { status: 200, body: { ...server, cancel_request: { id: 9, now: true, reason: null } } },
  { status: 200, body: { ...server, cancel_request: '2026-09-01' } },
  { status: 200, body: { ...server, status: 'terminated' } },
];

export const vpsbgDocumentation: Documentation = {
  answers: {
    cancel: [{ status: 204 }, { status: 200, body: {} }, { status: 202 }, ...vpsbgErrors],
    undo: [{ status: 204 }, { status: 200, body: {} }, ...vpsbgErrors],
    show: [...vpsbgServers, ...vpsbgErrors],
  },
  words: ['message', 'errors', 'server_ids', 'id', 'status', 'cancel_request', 'expiry_at', 'now', 'success', 'error'],
};

const hosting = {
  identifier: HOSTING_ID,
  status: 'ok',
  domain: 'example.com',
  suspended: false,
  openJobCount: 0,
  serviceStatus: 'active',
  nextRenewal: '2026-09-16',
  nextServiceRenewalDate: '2026-08-16',
  created: 1597536000,
  modified: 1628985600,
};
const hostingError = (status: number, errorCode: string, errorMessage: string): DocumentedAnswer => ({
  status,
  body: { responseId: '1_79', status: 'error', errorCode, errorMessage },
});
const hostingErrors: readonly DocumentedAnswer[] = [
  hostingError(405, 'not_active', 'The hosting is not active'),
  hostingError(409, 'conflict', 'The domain is not in this hosting'),
  hostingError(404, 'does_not_exist', 'The hosting does not exist'),
  hostingError(400, 'missing_parameter', 'The parameter reason is required'),
  hostingError(401, 'unauthorized', 'The token is not valid'),
  hostingError(500, 'internal_error', 'An internal error occurred'),
  {
    status: 405,
    body: { response_id: '1_80', status: 'error', error_code: 'not_active', error_message: 'Not active' },
  },
];
const pending = {
  responseId: '1_2aa0c9d7e1',
  status: 'pending',
  message: 'Your cancel request is pending',
  hosting: { ...hosting, openJobCount: 1 },
};
const job = (jobStatus: string): JsonValue => ({ type: 'job', jobType: 'cancelHosting', jobStatus });
const otherEvents: readonly JsonValue[] = [
  { type: 'job', jobType: 'createHosting', jobStatus: 'done', responseId: '1_01' },
  { type: 'event', message: 'Hosting created' },
];
const history = (...jobs: readonly string[]): DocumentedAnswer => ({
  status: 200,
  body: { responseId: '1_78', status: 'ok', hostingEvents: [...jobs.map(job), ...otherEvents] },
});
const LAST_PAGE: DocumentedAnswer = { status: 200, body: { responseId: '1_78', status: 'ok', hostingEvents: [] } };
const shown = (fields: Readonly<Record<string, JsonValue>> = {}): DocumentedAnswer => ({
  status: 200,
  body: { responseId: '1_77', status: 'ok', hosting: { ...hosting, ...fields } },
});

export const hostingDocumentation: Documentation = {
  answers: {
    cancel: [
      { status: 202, body: pending },
      { status: 202, body: { response_id: '1_2aa0c9d7e1', status: 'pending' } },
      ...hostingErrors,
    ],
    undo: [{ status: 202, body: { ...pending, message: 'Your request is pending' } }, ...hostingErrors],
    show: [
      shown(),
      shown(),
      shown({ serviceStatus: 'adopting' }),
      shown({ serviceStatus: 'cancelled' }),
      shown({ openJobCount: 1 }),
      ...hostingErrors,
    ],
    list: [
      history(),
      history(),
      history('new'),
      history('done'),
      history('failed'),
      history('failed', 'done'),
      ...hostingErrors,
    ],
    rest: [...Array.from({ length: 9 }, () => LAST_PAGE), history('new'), ...hostingErrors],
  },
  words: [
    'status',
    'pending',
    'ok',
    'error',
    'responseId',
    'response_id',
    'errorCode',
    'error_code',
    'not_active',
    'hosting',
    'identifier',
    HOSTING_ID,
    'serviceStatus',
    'active',
    'cancelled',
    'hostingEvents',
    'jobStatus',
  ],
};

const whmcsError = (message: string, status = 200): DocumentedAnswer => ({
  status,
  body: { result: 'error', message },
});
const whmcsErrors: readonly DocumentedAnswer[] = [
  whmcsError('Service ID Not Found'),
  whmcsError('Authentication Failed', 403),
  whmcsError('Invalid or missing credentials', 403),
  whmcsError('Invalid IP 203.0.113.7', 403),
  whmcsError('Invalid IP 2001:db8::7:1', 403),
  whmcsError('Invalid Permissions: API action "addcancelrequest" is not allowed', 403),
  whmcsError('Access Denied', 403),
  whmcsError('Administrator Account Disabled', 403),
  whmcsError('IP Banned', 403),
  whmcsError('Invalid API Action: "addcancelrequest" is not a valid API action', 400),
  whmcsError('Subscription could not be cancelled at the gateway'),
];
const whmcsRequest = {
  id: 5,
  date: '2026-03-10 09:15:00',
  relid: SERVICE_ID,
  reason: 'Project ended',
  type: 'End of Billing Period',
  created_at: '2026-03-10 09:15:00',
  updated_at: '0000-00-00 00:00:00',
};
const others = [1, 2, 3].map((relid) => ({ ...whmcsRequest, id: relid, relid }));
const packages = (list: JsonValue, total?: JsonValue): DocumentedAnswer => ({
  status: 200,
  body: { result: 'success', ...(total === undefined ? {} : { totalresults: total }), packages: list },
});
const product = (fields: Readonly<Record<string, JsonValue>> = {}): DocumentedAnswer => ({
  status: 200,
  body: {
    result: 'success',
    totalresults: 1,
    products: {
      product: [
        { id: SERVICE_ID, clientid: 12, status: 'Active', nextduedate: '2026-03-30', password: 'its own', ...fields },
      ],
    },
  },
});

export const whmcsDocumentation: Documentation = {
  answers: {
    cancel: [
      { status: 200, body: { result: 'success', serviceid: SERVICE_ID, userid: 12 } },
      { status: 200, body: { result: 'success', serviceid: String(SERVICE_ID), userid: '12' } },
      whmcsError('Existing Cancellation Request Exists'),
      ...whmcsErrors,
    ],
    show: [
      product(),
      product(),
      product({ status: 'Suspended', id: String(SERVICE_ID) }),
      product({ status: 'Terminated' }),
      product({ status: 'Cancelled' }),
      { status: 200, body: { result: 'success', totalresults: 0, products: '' } },
      ...whmcsErrors,
    ],
    list: [
      packages({ package: [whmcsRequest] }, 1),
      packages({ package: [...others, { ...whmcsRequest, type: 'Immediate' }] }, '4'),
      packages({ package: whmcsRequest }),
      packages({ '0': others[0] ?? {}, '1': whmcsRequest }, 2),
      packages({ package: others }, 3),
      packages({ package: others }, 3),
      packages('', 0),
      packages([]),
      ...whmcsErrors,
    ],
    rest: [packages(''), packages([]), packages({ package: [whmcsRequest] }, 4), ...whmcsErrors],
  },
  words: [
    'result',
    'success',
    'error',
    'message',
    'serviceid',
    'packages',
    'package',
    'products',
    'product',
    'relid',
    'totalresults',
    'status',
    'Active',
    'Cancelled',
    'type',
    'Immediate',
    'End of Billing Period',
    'id',
  ],
};
