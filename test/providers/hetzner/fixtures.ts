import type { ConformanceAnswer, ConformanceSubject } from 'cancelkit/conformance';
import { hetznerProvider, type HetznerConfig, type HetznerService, type HetznerTiming } from 'cancelkit/hetzner';
import type { EffectiveAt, JsonValue } from 'cancelkit/provider';

const CANCEL = 'robot.hetzner.com/doc/webservice, POST /server/{server-number}/cancellation';
const READ = 'robot.hetzner.com/doc/webservice, GET /server/{server-number}/cancellation';
const UNDO = 'robot.hetzner.com/doc/webservice, DELETE /server/{server-number}/cancellation';
const ERRORS = 'robot.hetzner.com/doc/webservice, Errors';

/** A login of a web-service user, with every kind of character that its password may have. */
export const login: HetznerConfig = { user: '#ws+K7dPzt', password: 'Rb:+/ =%&"9tq' };
export const secrets: readonly string[] = [
  login.password,
  Buffer.from(`${login.user}:${login.password}`).toString('base64'),
];

export const serverNumber = 321;

/** The earliest possible date of a server with a notice. */
export const earliest = '2097-03-31';
/** That of a server that can end now. */
const past = '2020-01-31';
/** The day on which the tests run, in UTC. */
export const today: string = new Date().toISOString().slice(0, 10);

type Fields = Readonly<Record<string, JsonValue | undefined>>;

/** The response of `GET …/cancellation` for a server that is not cancelled. */
export function shown(fields: Fields = {}): ConformanceAnswer {
  const names = { server_ip: '203.0.113.7', server_ipv6_net: '2001:db8:0:1::', server_name: 'server1' };
  const reasons = ['Upgrade to a new server', 'Dissatisfied with the hardware', 'Server too expensive'];
  const unset = { cancelled: false, reserved: false, reservation_possible: false, cancellation_date: null };
  const cancellation = { ...names, server_number: serverNumber, ...unset, earliest_cancellation_date: earliest };
  return { status: 200, body: { cancellation: { ...cancellation, cancellation_reason: reasons, ...fields } } };
}

/** The response of `GET` for a cancelled server, and that of `POST …/cancellation`. */
export function cancelled(fields: Fields = {}): ConformanceAnswer {
  const set = { cancelled: true, cancellation_date: earliest, cancellation_reason: 'Server too expensive' };
  return shown({ ...set, ...fields });
}

/** The response of `DELETE …/cancellation`. */
export const undone: ConformanceAnswer = { status: 200 };

/** An error in the API's form. */
export function errorAnswer(status: number, code: string, message: string, fields: Fields = {}): ConformanceAnswer {
  return { status, body: { error: { status, code, message, ...fields } } };
}

export const already: ConformanceAnswer = errorAnswer(409, 'CONFLICT', 'The server is already cancelled');
export const inTransfer: ConformanceAnswer = errorAnswer(
  409,
  'CONFLICT',
  'The cancellation of the server is not possible because of active transfer',
);
export const notFound: ConformanceAnswer = errorAnswer(404, 'SERVER_NOT_FOUND', 'Server with id 321 not found');
export const unauthorized: ConformanceAnswer = errorAnswer(401, 'UNAUTHORIZED', 'Unauthorized');
export const limited: ConformanceAnswer = errorAnswer(403, 'RATE_LIMIT_EXCEEDED', 'rate limit exceeded', {
  max_request: 200,
  interval: 3600,
});
export const noReservation: ConformanceAnswer = errorAnswer(
  409,
  'SERVER_CANCELLATION_RESERVE_LOCATION_FALSE_ONLY',
  'It is not possible to reserve the location',
);
export const invalid: ConformanceAnswer = errorAnswer(400, 'INVALID_INPUT', 'invalid input', {
  missing: ['reserve_location'],
  invalid: null,
});
export const tooLate: ConformanceAnswer = errorAnswer(409, 'CONFLICT', 'The cancellation cannot be revoked');
export const failed: ConformanceAnswer = errorAnswer(
  500,
  'INTERNAL_ERROR',
  'cancellation failed due to an internal error',
);

/** A date as results show it. */
export function at(value: string): EffectiveAt {
  return { value, precision: 'date', source: 'provider' };
}

/** The conformance suite's subject: a server that can end now, and whose location can be reserved. */
export const subject: ConformanceSubject<HetznerConfig, HetznerService, HetznerTiming> = {
  provider: hetznerProvider,
  config: (baseUrl) => ({ ...login, baseUrl }),
  secrets,
  service: { serverNumber },
  otherServices: [{ serverNumber: String(serverNumber) }],
  invalidServices: [{}, { serverNumber: 0 }, { serverNumber: '1a' }, { serverNumber: 1.5 }, { serverNumber: '01' }],
  beforeCancel: [
    shown({
      earliest_cancellation_date: past,
      reservation_possible: true,
      // The adapter refuses a reason that is not in the list: the second one is the suite's.
      cancellation_reason: ['Server too expensive', 'reason-code-Q7x'],
    }),
  ],
  order: { extras: { reserveLocation: false } },
  extras: {
    valid: [{ reserveLocation: true }, { reserveLocation: false }],
    invalid: [{ reserveLocation: 'true' }, { reserveLocation: 1 }, { reserveLocation: null }, { reserved: true }],
  },
  fixtures: [
    {
      name: 'a 200 with today',
      source: CANCEL,
      kind: 'success',
      answers: [cancelled({ cancellation_date: today })],
      expected: { outcome: 'scheduled', effectiveAt: at(today), warnings: ['side_effect'] },
    },
    {
      name: 'one for the earliest date',
      source: CANCEL,
      kind: 'success',
      when: 'earliest',
      before: [shown()],
      answers: [cancelled()],
      expected: { outcome: 'scheduled', effectiveAt: at(earliest), warnings: ['side_effect'] },
    },
    {
      name: 'one for a date',
      source: CANCEL,
      kind: 'success',
      when: { on: '2097-04-15' },
      before: [shown()],
      answers: [cancelled({ cancellation_date: '2097-04-15' })],
      expected: { outcome: 'scheduled', effectiveAt: at('2097-04-15'), warnings: ['side_effect'] },
    },
    {
      name: 'a 409 for a cancellation that was made in the meantime',
      source: CANCEL,
      kind: 'already_cancelled',
      when: 'earliest',
      before: [shown()],
      answers: [already, cancelled()],
      expected: { outcome: 'already_cancelled', effectiveAt: at(earliest), existing: { state: 'scheduled' } },
    },
    {
      name: 'a cancellation that is stored already',
      source: READ,
      kind: 'other',
      when: 'earliest',
      before: [],
      answers: [cancelled(), cancelled()],
      expected: { outcome: 'already_cancelled', existing: { state: 'scheduled', reason: 'Server too expensive' } },
    },
    {
      name: 'a 409 for a server in transfer',
      source: CANCEL,
      kind: 'refusal',
      answers: [inTransfer, shown()],
      expected: { code: 'not_cancellable', providerCode: 'CONFLICT' },
    },
    {
      name: 'a 409 for a location that cannot be reserved',
      source: CANCEL,
      kind: 'refusal',
      answers: [noReservation],
      expected: { code: 'rejected', providerCode: 'SERVER_CANCELLATION_RESERVE_LOCATION_FALSE_ONLY' },
    },
    {
      name: 'a date before the earliest one',
      source: READ,
      kind: 'other',
      when: { on: '2097-03-30' },
      before: [],
      answers: [shown()],
      expected: { code: 'date_too_early', earliest: at(earliest) },
    },
    { name: 'a 404', source: ERRORS, kind: 'not_found', answers: [notFound], expected: { code: 'not_found' } },
    {
      name: 'a 401',
      source: ERRORS,
      kind: 'unauthorized',
      answers: [unauthorized],
      expected: { code: 'unauthorized' },
    },
    {
      name: 'a 403 with RATE_LIMIT_EXCEEDED',
      source: ERRORS,
      kind: 'rate_limited',
      answers: [limited],
      expected: { code: 'rate_limited', providerStatus: 403 },
    },
    {
      name: 'a 400',
      source: ERRORS,
      kind: 'refusal',
      answers: [invalid],
      expected: { code: 'rejected', providerMessage: 'invalid input; reserve_location is missing' },
    },
    {
      name: 'a 500',
      source: CANCEL,
      kind: 'server_error',
      answers: [failed],
      expected: { code: 'outcome_unknown', reason: 'server_error' },
    },
  ],
  findFixtures: [
    {
      name: 'the servers of the account',
      source: 'robot.hetzner.com/doc/webservice, GET /server',
      query: '203.0.113.',
      answers: [
        {
          status: 200,
          body: [
            {
              server: {
                server_number: 321,
                server_name: 'web1',
                server_ip: '203.0.113.21',
                status: 'ready',
                cancelled: false,
                paid_until: '2097-03-31',
              },
            },
            {
              server: {
                server_number: 421,
                server_name: '',
                server_ip: '203.0.113.22',
                status: 'in process',
                cancelled: true,
              },
            },
            { server: { server_number: 521, server_name: 'db', server_ip: '198.51.100.1', status: 'ready' } },
          ],
        },
      ],
      expected: {
        services: [
          {
            service: { serverNumber: 321 },
            name: 'web1',
            state: 'active',
            nextDueDate: { value: '2097-03-31', precision: 'date', source: 'provider' },
            cancellation: { state: 'none' },
          },
          {
            service: { serverNumber: 421 },
            name: '203.0.113.22',
            state: 'pending',
            cancellation: { state: 'requested' },
          },
        ],
      },
    },
    {
      name: 'an account without servers',
      source: `${ERRORS}, 404 SERVER_NOT_FOUND`,
      query: 'web1',
      answers: [notFound],
      expected: { services: [] },
    },
    {
      name: 'a list with wrong credentials',
      source: ERRORS,
      query: 'web1',
      answers: [unauthorized],
      expected: { code: 'unauthorized' },
    },
  ],
  statusFixtures: [
    { name: 'no cancellation', source: READ, answers: [shown()], expected: { state: 'none', revocable: false } },
    {
      name: 'a cancellation',
      source: READ,
      answers: [cancelled()],
      expected: { state: 'scheduled', effectiveAt: at(earliest), when: { on: earliest }, revocable: true },
    },
    {
      name: 'one for today',
      source: READ,
      answers: [cancelled({ cancellation_date: today, cancellation_reason: null })],
      expected: { state: 'scheduled', effectiveAt: at(today), revocable: false },
    },
    { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
  ],
  optionsFixtures: [
    {
      name: 'the earliest date, the reasons and what is required',
      source: READ,
      answers: [shown({ reservation_possible: true, cancellation_reason: ['Server too expensive'] })],
      expected: {
        timings: [
          { timing: 'earliest', effectiveAt: at(earliest) },
          { timing: 'on_date', from: earliest },
        ],
        reasons: [{ code: 'Server too expensive', label: 'Server too expensive' }],
        requiredExtras: ['reserveLocation'],
      },
    },
    {
      name: 'a server that can end now',
      source: READ,
      answers: [shown({ earliest_cancellation_date: today })],
      expected: {
        timings: [
          { timing: 'immediate' },
          { timing: 'earliest', effectiveAt: at(today) },
          { timing: 'on_date', from: today },
        ],
      },
    },
    { name: 'a 404', source: ERRORS, answers: [notFound], expected: { code: 'not_found' } },
  ],
  revokeFixtures: [
    { name: 'a 200 without a body', source: UNDO, answers: [undone], expected: { outcome: 'revoked' } },
    { name: 'a 409', source: UNDO, answers: [tooLate], expected: { code: 'rejected' } },
  ],
};
