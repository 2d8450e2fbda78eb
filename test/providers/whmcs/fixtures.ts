import type { ConformanceAnswer, ConformanceFixture, ConformanceSubject } from 'cancelkit/conformance';
import type { JsonValue } from 'cancelkit/provider';
import { whmcsProvider, type WhmcsConfig, type WhmcsService } from 'cancelkit/whmcs';

const CANCEL = 'WHMCS developer documentation, API action AddCancelRequest';
const PRODUCTS = 'WHMCS developer documentation, API action GetClientsProducts';
const CANCELLATIONS = 'WHMCS developer documentation, API action GetCancelledPackages';
const CLIENTS = 'seen in public client code';
const ACCESS = `${CLIENTS}: access errors come with HTTP 403`;

/** API credentials, with what a form encoding can break. */
export const credentials: { readonly identifier: string; readonly secret: string } = {
  identifier: 'IDENTIFIERabcdef0123456789',
  secret: 's3cret+&=%/ü"abcdef0123',
};

/** The key that opens the API to any address. */
export const accessKey = 'open-sesame+42';

/** The response to `AddCancelRequest` that stored it. */
export const success: ConformanceAnswer = { status: 200, body: { result: 'success', serviceid: 77, userid: 12 } };

/** An error in WHMCS’s form. */
export function failed(message: string, status = 200): ConformanceAnswer {
  return { status, body: { result: 'error', message } };
}

/** The errors whose meaning is known. */
export const errors: Readonly<Record<ErrorName, ConformanceAnswer>> = {
  serviceNotFound: failed('Service ID Not Found'),
  existing: failed('Existing Cancellation Request Exists'),
  authenticationFailed: failed('Authentication Failed', 403),
  missingCredentials: failed('Invalid or missing credentials', 403),
  invalidIpv4: failed('Invalid IP 203.0.113.7', 403),
  invalidIpv6: failed('Invalid IP 2001:db8::7:1', 403),
  invalidPermissions: failed('Invalid Permissions: API action "addcancelrequest" is not allowed', 403),
  accessDenied: failed('Access Denied', 403),
  accountDisabled: failed('Administrator Account Disabled', 403),
  banned: failed('IP Banned', 403),
  invalidAction: failed('Invalid API Action: "addcancelrequest" is not a valid API action', 400),
};

type ErrorName =
  | 'serviceNotFound'
  | 'existing'
  | 'authenticationFailed'
  | 'missingCredentials'
  | 'invalidIpv4'
  | 'invalidIpv6'
  | 'invalidPermissions'
  | 'accessDenied'
  | 'accountDisabled'
  | 'banned'
  | 'invalidAction';

type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** The password of the customer’s service, which `GetClientsProducts` tells. */
export const servicePassword = 'customers-own-password-91';

/** An entry of `GetClientsProducts`. */
export function product(fields: Fields = {}): Readonly<Record<string, JsonValue | undefined>> {
  return {
    id: 77,
    clientid: 12,
    pid: 3,
    domain: 'example.com',
    nextduedate: '2026-03-30',
    status: 'Active',
    password: servicePassword,
    ...fields,
  };
}

/** An entry of `GetCancelledPackages`. */
export function request(fields: Fields = {}): Readonly<Record<string, JsonValue | undefined>> {
  return {
    id: 5,
    date: '2026-03-10 09:15:00',
    relid: 77,
    reason: 'Project ended',
    type: 'End of Billing Period',
    created_at: '2026-03-10 09:15:00',
    updated_at: '0000-00-00 00:00:00',
    ...fields,
  };
}

// By the provider's clock, what is due on 30 March is still to come.
const headers = { date: 'Tue, 10 Mar 2026 09:15:00 GMT' };

/** A response of `GetClientsProducts` with this in the place of the list. */
export function products(list: JsonValue | undefined, fields: Fields = {}): ConformanceAnswer {
  return { status: 200, headers, body: { result: 'success', products: list, ...fields } };
}

/** A response of `GetCancelledPackages` with this in the place of the list. */
export function packages(list: JsonValue | undefined, fields: Fields = {}): ConformanceAnswer {
  return { status: 200, headers, body: { result: 'success', packages: list, ...fields } };
}

/** The usual form of the list of one product. */
export function oneProduct(fields: Fields = {}): ConformanceAnswer {
  return products({ product: [product(fields)] }, { totalresults: 1, startnumber: 0, numreturned: 1 });
}

/** The usual form of a whole list of cancellation requests. */
export function onlyPage(...list: readonly Fields[]): ConformanceAnswer {
  const counts = { totalresults: list.length, startnumber: 0, numreturned: list.length };
  return packages(list.length === 0 ? '' : { package: list }, counts);
}

const dueDate = { value: '2026-03-30', precision: 'date', source: 'provider' } as const;

const refusals: readonly ConformanceFixture[] = (
  [
    ['a service that is not there', CLIENTS, 'not_found', errors.serviceNotFound, 'not_found'],
    ['wrong credentials', ACCESS, 'unauthorized', errors.authenticationFailed, 'unauthorized'],
    ['missing credentials', CLIENTS, 'unauthorized', errors.missingCredentials, 'unauthorized'],
    ['an IPv4 address that is not allowed', ACCESS, 'refusal', errors.invalidIpv4, 'forbidden'],
    ['an IPv6 address that is not allowed', CLIENTS, 'refusal', errors.invalidIpv6, 'forbidden'],
    ['a role without the action', ACCESS, 'refusal', errors.invalidPermissions, 'forbidden'],
    ['an administrator without access', CLIENTS, 'refusal', errors.accessDenied, 'forbidden'],
    ['a disabled administrator', CLIENTS, 'refusal', errors.accountDisabled, 'forbidden'],
    ['a banned address', CLIENTS, 'refusal', errors.banned, 'forbidden'],
    ['an action that is not known', CLIENTS, 'refusal', errors.invalidAction, 'unexpected_response'],
  ] as const
).map(([name, source, kind, answer, code]) => ({
  name: `an error for ${name}`,
  source,
  kind,
  answers: [answer],
  expected: { code, providerStatus: answer.status },
}));

/** WHMCS for the conformance suite. */
export const subject: ConformanceSubject<WhmcsConfig, WhmcsService> = {
  provider: whmcsProvider,
  config: (baseUrl) => ({ url: `${baseUrl}/billing`, ...credentials, accessKey }),
  secrets: [credentials.identifier, credentials.secret, accessKey],
  service: { serviceId: 77 },
  otherServices: [{ serviceId: '77' }],
  invalidServices: [
    { serviceId: 0 },
    { serviceId: -77 },
    { serviceId: 7.7 },
    { serviceId: 2 ** 53 },
    { serviceId: '077' },
    { serviceId: '77 ' },
    { serviceId: 'seventy-seven' },
    { serviceid: 77 },
  ],
  fixtures: [
    {
      name: 'a success at the end of the period',
      source: `${CANCEL}, success`,
      kind: 'success',
      when: 'end_of_period',
      answers: [success],
      expected: { outcome: 'requested', warnings: [] },
    },
    {
      name: 'an immediate success',
      source: `${CANCEL}, success`,
      kind: 'success',
      when: 'immediate',
      answers: [success],
      expected: { outcome: 'requested', warnings: ['immediate_deferred'] },
    },
    {
      name: 'a success with its ids as texts',
      source: `${CLIENTS}: ids are numbers or texts, by version`,
      kind: 'success',
      answers: [{ status: 200, body: { result: 'success', serviceid: '77', userid: '12' } }],
      expected: { outcome: 'requested' },
    },
    {
      name: 'an existing request with the same timing',
      source: `${CLIENTS}: Existing Cancellation Request Exists; ${PRODUCTS}; ${CANCELLATIONS}`,
      kind: 'already_cancelled',
      when: 'end_of_period',
      answers: [errors.existing, oneProduct(), onlyPage(request())],
      expected: {
        outcome: 'already_cancelled',
        effectiveAt: dueDate,
        existing: { state: 'scheduled', when: 'end_of_period' },
        warnings: [],
      },
    },
    {
      name: 'an existing request with another timing',
      source: `${CLIENTS}: Existing Cancellation Request Exists; ${PRODUCTS}; ${CANCELLATIONS}`,
      kind: 'refusal',
      when: 'immediate',
      answers: [errors.existing, oneProduct(), onlyPage(request())],
      expected: { code: 'timing_conflict', existing: { state: 'scheduled', when: 'end_of_period' } },
    },
    {
      name: 'an existing request that credentials may not read',
      source: `${CLIENTS}: Existing Cancellation Request Exists; ${ACCESS}`,
      kind: 'already_cancelled',
      when: 'end_of_period',
      answers: [
        errors.existing,
        oneProduct(),
        failed('Invalid Permissions: API action "getcancelledpackages" is not allowed', 403),
      ],
      expected: { outcome: 'already_cancelled', warnings: ['timing_unknown'] },
    },
    {
      name: 'an existing request of a service that is over',
      source: `${CLIENTS}: Existing Cancellation Request Exists; ${PRODUCTS}, status Cancelled`,
      kind: 'already_cancelled',
      when: 'immediate',
      answers: [errors.existing, oneProduct({ status: 'Cancelled' }), onlyPage()],
      expected: { outcome: 'already_cancelled', existing: { state: 'completed' }, warnings: [] },
    },
    ...refusals,
    {
      name: 'an error of another wording',
      source: 'inferred: such an error can come from a payment gateway, after the request was stored',
      kind: 'other',
      answers: [failed('Subscription could not be cancelled at the gateway')],
      expected: { code: 'outcome_unknown', reason: 'provider_error', providerStatus: 200 },
    },
    {
      name: 'a 429 of a web server',
      source: 'inferred: WHMCS itself has no limit that is documented',
      kind: 'rate_limited',
      answers: [{ status: 429, body: '<html><body>Too many requests</body></html>' }],
      expected: { code: 'rate_limited', providerStatus: 429 },
    },
    {
      name: 'a 503 of a web server',
      source: `${CLIENTS}: a maintenance page`,
      kind: 'server_error',
      answers: [{ status: 503, body: '<html><body>Down for Maintenance</body></html>' }],
      expected: { code: 'outcome_unknown', reason: 'server_error', providerStatus: 503 },
    },
  ],
  findFixtures: [
    {
      name: 'services on two pages, whose passwords and clients stay inside',
      source: `${PRODUCTS}, 200`,
      query: 'EXAMPLE.org',
      answers: [
        {
          status: 200,
          body: {
            result: 'success',
            totalresults: '4',
            products: {
              product: [
                {
                  id: 77,
                  clientid: 12,
                  domain: 'www.example.org',
                  status: 'Active',
                  nextduedate: '2026-03-30',
                  password: servicePassword,
                },
                {
                  id: '78',
                  domain: 'other.example.com',
                  status: 'Active',
                  nextduedate: '0000-00-00',
                  password: servicePassword,
                },
              ],
            },
          },
        },
        {
          status: 200,
          body: {
            result: 'success',
            totalresults: 4,
            products: {
              product: [
                { id: 79, domain: 'Shop.Example.org', status: 'Cancelled', nextduedate: '0000-00-00' },
                { domain: 'example.org' },
              ],
            },
          },
        },
      ],
      expected: {
        services: [
          { service: { serviceId: '77' }, name: 'www.example.org', state: 'active', nextDueDate: dueDate },
          { service: { serviceId: '79' }, name: 'Shop.Example.org', state: 'ended', stateText: 'Cancelled' },
        ],
        unreadable: 1,
      },
    },
    {
      name: 'an installation without services',
      source: `${CLIENTS}: an empty list is an empty text`,
      query: 'example.org',
      answers: [{ status: 200, body: { result: 'success', totalresults: 0, products: '' } }],
      expected: { services: [] },
    },
    {
      name: 'a search that the API role does not allow',
      source: ACCESS,
      query: 'example.org',
      answers: [
        {
          status: 403,
          body: { result: 'error', message: 'Invalid Permissions: API action "getclientsproducts" is not allowed' },
        },
      ],
      expected: { code: 'forbidden', providerStatus: 403 },
    },
  ],
  statusFixtures: [
    {
      name: 'a service without a cancellation request',
      source: `${PRODUCTS}; ${CANCELLATIONS}`,
      answers: [oneProduct(), onlyPage()],
      expected: { state: 'none', revocable: false },
    },
    {
      name: 'a request for the end of the period',
      source: `${PRODUCTS}; ${CANCELLATIONS}`,
      answers: [oneProduct(), onlyPage(request({ relid: 76, type: 'Immediate' }), request())],
      expected: {
        state: 'scheduled',
        when: 'end_of_period',
        effectiveAt: dueDate,
        requestedAt: '2026-03-10',
        reason: 'Project ended',
        revocable: false,
      },
    },
    {
      name: 'an immediate request',
      source: `${PRODUCTS}; ${CANCELLATIONS}`,
      answers: [oneProduct(), onlyPage(request({ type: 'Immediate' }))],
      expected: { state: 'requested', when: 'immediate', revocable: false },
    },
    {
      name: 'a request on the second page',
      source: `${CANCELLATIONS}, limitstart and limitnum`,
      answers: [
        oneProduct(),
        packages(
          {
            package: [
              { id: 1, relid: 1 },
              { id: 2, relid: 2 },
            ],
          },
          { totalresults: '3' },
        ),
        packages({ package: request({ type: 'Immediate' }) }, { totalresults: '3' }),
      ],
      expected: { state: 'requested', when: 'immediate' },
    },
    {
      name: 'a service that is terminated, whose request is no longer listed',
      source: `${PRODUCTS}, status Terminated; that requests disappear is inferred`,
      answers: [oneProduct({ status: 'Terminated' }), onlyPage()],
      expected: { state: 'completed', revocable: false },
    },
    {
      name: 'an id that no service has',
      source: `${CLIENTS}: an unknown id gives an empty list, not an error`,
      answers: [products('', { totalresults: 0 })],
      expected: { code: 'not_found', providerStatus: 200 },
    },
    {
      name: 'a read-back with wrong credentials',
      source: ACCESS,
      answers: [errors.authenticationFailed],
      expected: { code: 'unauthorized', providerStatus: 403 },
    },
  ],
};
