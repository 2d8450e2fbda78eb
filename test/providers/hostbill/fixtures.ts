import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import { hostbillProvider, type HostbillConfig, type HostbillService } from 'cancelkit/hostbill';
import type { JsonValue } from 'cancelkit/provider';

const CANCELLED = 'modules for HostBill portals that read `info` of the response: Time4VPN, FibaCloud, Tino';
const ERRORS = 'time4vps-lib, Endpoint.php: `error` in any response; togglebox-mcp, client.ts: also with a 4xx';
const LOGIN = 'togglebox-mcp, auth.ts; swagger of HostBill portals, POST /login';
const SHOWN = 'time4vps-lib, Service.php; HostBill documentation, account status';
const HTTP = 'not documented: the status of HTTP';

export const email = 'reseller@example.com';
/** With every kind of character that encodings write differently. */
export const password = 'p"ä+s & /wörd%41:x';
export const basic: string = Buffer.from(`${email}:${password}`).toString('base64');
export const token = 'pat_Q1w2+E3r4/T5y6=~u7';

export const serviceId = '4711';

/** A way in: its configuration, and every secret in it. */
export interface WayIn {
  readonly config: (baseUrl: string) => HostbillConfig;
  readonly secrets: readonly string[];
}

export const WAYS: Readonly<Record<'basic' | 'login' | 'token', WayIn>> = {
  basic: { config: (baseUrl) => ({ baseUrl, email, password }), secrets: [password, basic] },
  login: { config: (baseUrl) => ({ baseUrl, email, password, signIn: 'login' }), secrets: [password, basic] },
  token: { config: (baseUrl) => ({ baseUrl, token }), secrets: [token] },
};

/** The response of `POST /service/{id}/cancel` to a cancellation that is stored. */
export const accepted: ConformanceAnswer = { status: 200, body: { info: ['cancell_sent'] } };
/** The same in the form with which Togglebox answers. */
export const acceptedBesideData: ConformanceAnswer = {
  status: 200,
  body: { data: {}, error: [], info: ['cancell_sent'] },
};
/** The response to a second cancellation. */
export const repeated: ConformanceAnswer = { status: 200, body: { info: ['cancelled_already'] } };
export const wrongLogin: ConformanceAnswer = { status: 200, body: { error: ['wronglogin'] } };

/** An error in the API's form. */
export function failed(error: JsonValue, status = 200): ConformanceAnswer {
  return { status, body: { error } };
}

/** The response of `GET /service/{id}`. */
export function shown(status: string, fields: Readonly<Record<string, JsonValue | undefined>> = {}): ConformanceAnswer {
  const dates = { date_created: '2025-01-01', next_due: '2097-03-31' };
  const service = { id: serviceId, status, billingcycle: 'Monthly', total: '9.99', ...dates, ...fields };
  return { status: 200, body: { service } };
}

/** What of a response of `GET /service/{id}` is passed on. */
export const raw: Readonly<Record<string, string>> = {
  id: serviceId,
  status: 'Active',
  billingcycle: 'Monthly',
  next_due: '2097-03-31',
};

/** The conformance suite's subject with one of the ways in. */
export function subjectOf(way: keyof typeof WAYS): ConformanceSubject<HostbillConfig, HostbillService> {
  const { config, secrets } = WAYS[way];
  return {
    provider: hostbillProvider,
    config,
    secrets,
    service: { serviceId },
    otherServices: [{ serviceId: 815 }],
    invalidServices: [{}, { serviceId: '0' }, { serviceId: -1 }, { serviceId: '12a' }, { orderId: '1' }],
    ...(way === 'login' && {
      login: {
        source: LOGIN,
        isLogin: ({ target }) => target === '/api/login',
        granted: (granted) => [{ status: 200, body: { token: granted, refresh: `refresh-of-${granted}` } }],
        refused: wrongLogin,
      },
    }),
    fixtures: [
      {
        name: 'a cancellation that is sent',
        source: CANCELLED,
        kind: 'success',
        when: 'end_of_period',
        answers: [accepted],
        expected: { outcome: 'requested', warnings: ['reason_defaulted'] },
      },
      {
        name: 'an immediate one',
        source: CANCELLED,
        kind: 'success',
        when: 'immediate',
        answers: [acceptedBesideData],
        expected: { outcome: 'requested', warnings: ['immediate_deferred', 'reason_defaulted'] },
      },
      {
        name: 'one that was sent before',
        source: CANCELLED,
        kind: 'already_cancelled',
        answers: [repeated, shown('Active')],
        expected: { outcome: 'already_cancelled', existing: { state: 'unknown' } },
      },
      {
        name: 'one of a service that is over',
        source: SHOWN,
        kind: 'already_cancelled',
        answers: [repeated, shown('Terminated')],
        expected: { outcome: 'already_cancelled', existing: { state: 'completed' } },
      },
      {
        name: 'a text in the host’s language',
        source: ERRORS,
        kind: 'refusal',
        answers: [failed(['Ta usługa nie może zostać anulowana'])],
        expected: { code: 'rejected', providerMessage: 'Ta usługa nie może zostać anulowana' },
      },
      {
        name: 'a text with a 400',
        source: ERRORS,
        kind: 'refusal',
        answers: [failed('Reason is required', 400)],
        expected: { code: 'rejected', providerStatus: 400 },
      },
      {
        name: 'a 404 with a text',
        source: ERRORS,
        kind: 'not_found',
        answers: [failed(['Not found'], 404)],
        expected: { code: 'not_found' },
      },
      {
        name: 'a wrong login with 200',
        source: ERRORS,
        kind: 'unauthorized',
        answers: [wrongLogin],
        expected: { code: 'unauthorized', providerCode: 'wronglogin' },
      },
      {
        name: 'a 401',
        source: ERRORS,
        kind: 'unauthorized',
        answers: [failed(['Token has expired'], 401)],
        expected: { code: 'unauthorized' },
      },
      {
        name: 'a 429',
        source: HTTP,
        kind: 'rate_limited',
        answers: [failed(['Slow down'], 429)],
        expected: { code: 'rate_limited' },
      },
      {
        name: 'a 500',
        source: HTTP,
        kind: 'server_error',
        answers: [failed(['Oops'], 500), shown('Active')],
        expected: { code: 'outcome_unknown', reason: 'server_error', lastSeen: 'unknown' },
      },
    ],
    findFixtures: [
      {
        name: 'the services of the portal',
        source: 'time4vps-lib, Service.php: GET /service',
        query: 'web1',
        answers: [
          {
            status: 200,
            body: {
              services: [
                { id: '4711', domain: 'web1.example.com', status: 'Active', next_due: '2097-03-31' },
                { id: '4712', domain: 'db.example.com', status: 'Active', next_due: '0000-00-00' },
                { id: 4713, domain: 'web10.example.com', status: 'Terminated' },
              ],
            },
          },
        ],
        expected: {
          services: [
            {
              service: { serviceId: '4711' },
              name: 'web1.example.com',
              state: 'active',
              nextDueDate: { value: '2097-03-31', precision: 'date', source: 'provider' },
            },
            { service: { serviceId: '4713' }, state: 'ended', cancellation: { state: 'completed' } },
          ],
        },
      },
      {
        name: 'a list that the portal refuses',
        source: ERRORS,
        query: 'web1',
        answers: [{ status: 200, body: { error: ['access_denied'] } }],
        expected: { code: 'rejected' },
      },
    ],
    statusFixtures: [
      {
        name: 'a service that goes on',
        source: SHOWN,
        answers: [shown('Active')],
        expected: { state: 'unknown', raw },
      },
      {
        name: 'one that is terminated',
        source: SHOWN,
        answers: [shown('Terminated')],
        expected: { state: 'completed' },
      },
      { name: 'one that is cancelled', source: SHOWN, answers: [shown('Cancelled')], expected: { state: 'requested' } },
      { name: 'a 404', source: ERRORS, answers: [failed(['No'], 404)], expected: { code: 'not_found' } },
      { name: 'an error with 200', source: ERRORS, answers: [failed('Nie ma')], expected: { code: 'rejected' } },
    ],
    optionsFixtures: [
      {
        name: 'a service that goes on',
        source: SHOWN,
        answers: [shown('Active')],
        expected: {
          timings: [
            { timing: 'immediate' },
            { timing: 'end_of_period', effectiveAt: { value: '2097-03-31', precision: 'date', source: 'computed' } },
          ],
        },
      },
      { name: 'one that is over', source: SHOWN, answers: [shown('Terminated')], expected: { timings: [] } },
      { name: 'a 404', source: ERRORS, answers: [failed(['No'], 404)], expected: { code: 'not_found' } },
    ],
  };
}
