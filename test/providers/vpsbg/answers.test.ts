import { createCancelService, type Accounts, type CancellationStatus, type CancelResult, type When } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { vpsbg } from 'cancelkit/vpsbg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { answering, page } from '../answering.ts';
import { always, once, asRandom, fieldsOf, parsed, randomAnswers, DOWN, PAGE, RUNS } from '../random-answers.ts';
import { answers, server, token } from './fixtures.ts';

const account = vpsbg({ token });
const service = { serverId: 608 };

function cancel(answer: ConformanceAnswer, when: When = 'immediate'): Promise<CancelResult> {
  const { fetch } = answering(answer);
  return createCancelService({ vpsbg: account }, { fetch }).cancel({ account: 'vpsbg', service, when });
}

function status(answer: ConformanceAnswer): Promise<CancellationStatus> {
  const { fetch } = answering(answer);
  return createCancelService({ vpsbg: account }, { fetch }).status({ account: 'vpsbg', service });
}

const error = (code: number, message: string): ConformanceAnswer => ({ status: code, body: { message } });

describe('a success of VPSBG', () => {
  it('is a request and no more: no date, no reference, nothing completed', async () => {
    const result = await cancel(answers.accepted, 'end_of_period');
    expect(result).toMatchObject({ outcome: 'requested', warnings: [], reconciled: false, attempts: 1 });
    expect(result).not.toHaveProperty('effectiveAt');
    expect(result).not.toHaveProperty('providerReference');
    expect(result.raw).toEqual({ status: 204, body: null });
  });

  it('warns that an immediate cancellation suspends now and terminates later', async () => {
    const { warnings } = await cancel(answers.accepted);
    expect(warnings).toEqual([
      { code: 'immediate_deferred', message: 'VPSBG suspends the server now and terminates it later.' },
    ]);
  });

  it.each([
    ['200 with an empty object', answers.acceptedWithObject],
    ['202 with an empty object', { status: 202, body: ' {} ' }],
  ] as const)('is any 2xx with an object that says nothing else: %s', async (_name, answer) => {
    expect(await cancel(answer)).toMatchObject({ outcome: 'requested' });
  });

  it.each([200, 201, 202])('is a %i without a body only if a read-back shows it', async (code) => {
    const failure = await failureOf(cancel({ status: code }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', providerStatus: code });
    const pending = server({ cancel_request: { now: true } });
    const { fetch } = answering({ status: code }, pending);
    const request = { account: 'vpsbg', service, when: 'immediate' } as const;
    expect(await createCancelService({ vpsbg: account }, { fetch }).cancel(request)).toMatchObject({
      reconciled: true,
    });
  });

  it.each([
    ['an error', { error: 'locked' }],
    ['a message', { message: 'Please try again.' }],
    ['a failure', { success: false }],
    ['a result for each server', { data: [{ id: 608, cancelled: false }] }],
    ['a list', []],
    ['null', null],
    ['a text', '"ok"'],
    ['HTML', '<html><body>Maintenance</body></html>'],
    ['XML', '<?xml version="1.0"?><ok/>'],
    ['truncated JSON', '{"data":'],
  ] as const)('is not seen in a 2xx with %s', async (_name, body) => {
    for (const code of [200, 201, 202]) {
      const failure = await failureOf(cancel({ status: code, body }));
      expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', providerStatus: code });
    }
  });
});

describe('a refusal of VPSBG', () => {
  it.each([
    ['where to get a token', answers.unauthorized, 'unauthorized', /token is not valid.*client area/],
    ['which ability a token needs', answers.forbidden, 'forbidden', /cancelling one with "Write"/],
    ['which id to check', answers.notFound, 'not_found', /nothing under that id.*serverId, addonId or floatingIpId/],
    ['that the call is gone', answers.noRoute, 'unexpected_response', /no longer has this call: The route v1\/servers/],
    ['that the method is gone', error(405, 'Not supported.'), 'unexpected_response', /no longer has this call: Not/],
    ['which field is wrong', answers.invalid, 'rejected', /refused: .*The selected server_ids\.0 is invalid\./],
    ['when to try again', answers.rateLimited, 'rate_limited', /too many requests/],
    ['the API’s own words for any other', error(409, 'Unpaid.'), 'rejected', /refused: Unpaid\./],
  ] as const)('says %s', async (_name, answer, code, message) => {
    const failure = await failureOf(cancel(answer));
    expect(failure).toMatchObject({ code, providerStatus: answer.status, attempts: 1 });
    expect(failure.message).toMatch(message);
  });

  it.each([200, 202, 400, 403, 500])(
    'is one of the token in the words of the API, whatever the status: %d',
    async (code) => {
      const failure = await failureOf(cancel(error(code, 'Unauthenticated.')));
      expect(failure).toMatchObject({ code: 'unauthorized', providerStatus: code, attempts: 1 });
      expect(await failureOf(status(error(code, 'Unauthenticated.')))).toMatchObject({ code: 'unauthorized' });
    },
  );

  it('says how long to wait, if the API does', async () => {
    const start = Date.now();
    const { retryAt } = await failureOf(cancel(answers.rateLimited));
    expect(Date.parse(retryAt ?? '') - start).toBeGreaterThanOrEqual(29_000);
    expect(Date.parse(retryAt ?? '') - start).toBeLessThan(60_000);
  });

  it.each([
    ['another API’s 401', { status: 401, body: { error: 'invalid_token' } }, 'unexpected_response'],
    ['a page with 401', page(401), 'unexpected_response'],
    ['a page with 404', page(404), 'unexpected_response'],
    ['a page with 403', page(403), 'outcome_unknown'],
    ['a page with 422', page(422), 'outcome_unknown'],
    ['another API’s 403', { status: 403, body: { blocked: true } }, 'outcome_unknown'],
  ] as const)('is not read into %s', async (_name, answer, code) => {
    expect(await failureOf(cancel(answer))).toMatchObject({ code, providerStatus: answer.status });
  });
});

describe('a response of VPSBG that leaves the outcome open', () => {
  it('is a 423: the action may still take effect', async () => {
    const failure = await failureOf(cancel(answers.locked));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'provider_error', retryable: false });
    expect(failure.message).toMatch(/locked by another action.*take effect later: read the state back/);
  });

  it.each([
    ['the API’s own 500', answers.serverError],
    ['a gateway’s page', page(502)],
    ['an empty 503', { status: 503 }],
    ['a 504 with an empty object', { status: 504, body: {} }],
  ] as const)('is %s', async (_name, answer) => {
    const failure = await failureOf(cancel(answer));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'server_error', providerStatus: answer.status });
  });
});

describe('a read-back at VPSBG', () => {
  it.each([
    ['a true', true],
    ['a date', '2024-10-01T08:00:00.000000Z'],
    ['a number', 7],
    ['an object', { id: 7, state: 'new' }],
    ['an object with fields of other types', { now: 'no', reason: 5, created_at: false }],
  ] as const)('finds a request of unknown timing in %s', async (_name, cancel_request) => {
    const found = await status(server({ cancel_request }));
    expect(found).toMatchObject({ state: 'requested', revocable: true });
    for (const field of ['when', 'effectiveAt', 'requestedAt', 'reason']) expect(found).not.toHaveProperty(field);
  });

  it.each([
    ['false', false],
    ['0', 0],
    ['an empty text', ''],
    ['an empty list', []],
    ['an empty object', {}],
  ] as const)('takes %s neither for a request nor for none', async (_name, cancel_request) => {
    expect(await status(server({ cancel_request }))).toMatchObject({ state: 'unknown', revocable: false });
  });

  it.each([
    ['terminated', null, 'completed'],
    ['Terminated', { now: true }, 'completed'],
    ['cancelled', null, 'unknown'],
    ['canceled', { now: true }, 'requested'],
  ] as const)('takes a server with the status %s and the request %j for %s', async (value, cancel_request, state) => {
    expect(await status(server({ status: value, cancel_request }))).toMatchObject({ state });
  });

  it.each([
    ['2024-10-27T11:03:10.000000Z', '2024-10-27T11:03:10.000Z'],
    ['2024-10-27T11:03:10.987654Z', '2024-10-27T11:03:10.987Z'],
    ['2024-10-27T11:03:10.9Z', '2024-10-27T11:03:10.900Z'],
    ['2024-10-27T11:03:10Z', '2024-10-27T11:03:10.000Z'],
  ])('reads the time %s', async (expiry_at, value) => {
    const found = await status(server({ expiry_at, cancel_request: { now: false } }));
    expect(found).toMatchObject({
      state: 'scheduled',
      effectiveAt: { value, precision: 'instant', source: 'provider' },
    });
  });

  it.each([null, undefined, '', '2024-10-27', '27.10.2024', '2024-13-45T00:00:00Z', 1730026990])(
    'claims no date where the expiry is %j',
    async (expiry_at) => {
      const found = await status(server({ expiry_at, cancel_request: { now: false } }));
      expect(found).toMatchObject({ state: 'requested', when: 'end_of_period' });
      expect(found).not.toHaveProperty('effectiveAt');
    },
  );

  it('claims no date for a cancellation that is immediate', async () => {
    expect(await status(server({ cancel_request: { now: true } }))).not.toHaveProperty('effectiveAt');
  });

  it.each([
    ['says nothing of a cancel request', server({ cancel_request: undefined })],
    ['is of another server', server({ id: 609 })],
    ['has no id', server({ id: undefined })],
    ['is wrapped', { status: 200, body: { data: server().body ?? null } }],
    ['is a list', { status: 200, body: [] }],
    ['is empty', { status: 200 }],
    ['is a page', page(200)],
    ['is a 204', { status: 204 }],
    ['is a 404 of the web server', page(404)],
    ['is a firewall’s 403', page(403)],
    ['is a 404 of the call itself', { status: 404, body: { message: 'The route v1/servers/608 could not be found.' } }],
  ] as const)('shows nothing if the response %s', async (_name, answer) => {
    expect(await failureOf(status(answer))).toMatchObject({
      code: 'unexpected_response',
      providerStatus: answer.status,
    });
  });

  it.each([
    ['a token that may not read', answers.forbidden, 'forbidden', /Reading needs a token with the ability "Read"/],
    ['a locked server', answers.locked, 'unexpected_response', /locked/],
    ['too many requests', answers.rateLimited, 'rate_limited', /too many requests/],
    ['a failing server', answers.serverError, 'unavailable', /the server failed: Server Error/],
  ] as const)('says so for %s', async (_name, answer, code, message) => {
    const failure = await failureOf(status(answer));
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(message);
  });

  it('takes an id as a text too, and keeps of the server only what it needs', async () => {
    const found = await status(server({ id: '608', root_password: 'hunter22', cancel_request: null }));
    expect(found.raw).toEqual({
      id: '608',
      status: 'active',
      expiry_at: '2024-10-27T11:03:10.000000Z',
      cancel_request: null,
    });
  });
});

describe('any response at VPSBG', () => {
  const untyped: Accounts = { vpsbg: account };
  const words = [
    'message',
    'errors',
    'error',
    'id',
    'cancel_request',
    'status',
    'terminated',
    'now',
    'data',
    'expiry_at',
  ];
  const documented = [...Object.values(answers), server(), server({ cancel_request: { now: false } })];
  const random = randomAnswers({ documented, words });

  it('is a success only as a 2xx that says nothing else, and never an error of another kind', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const api = createCancelService({ vpsbg: account }, { fetch: once(answer) });
        const outcome = await api.safeCancel({ account: 'vpsbg', service, when: 'immediate' });
        const { message } = fieldsOf(parsed(answer.body));
        const isOk = answer.status >= 200 && answer.status < 300;
        if (outcome.ok) {
          seen.add(outcome.result.outcome);
          expect(outcome.result.outcome).toBe('requested');
          expect(isOk).toBe(true);
          if (answer.status !== 204 && answer.status !== 205)
            expect(answer.body.replace(/\s/g, '')).toMatch(/^(\{\})?$/);
          return;
        }
        const { code } = outcome.error;
        seen.add(code);
        const isUnauthenticated = typeof message === 'string' && /^\s*unauthenticated\.?\s*$/i.test(message);
        if (code === 'unauthorized')
          expect([answer.status === 401 || isUnauthenticated, typeof message]).toEqual([true, 'string']);
        if (code === 'not_found') expect([answer.status, typeof message]).toEqual([404, 'string']);
        if (!isUnauthenticated && (isOk || answer.status >= 500)) expect(code).toBe('outcome_unknown');
      }),
      { numRuns: RUNS, examples: [...documented, DOWN, PAGE].map((answer) => [asRandom(answer)]) },
    );
    const expected = ['requested', 'unauthorized', 'not_found', 'rejected', 'forbidden', 'outcome_unknown'];
    expect([...seen]).toEqual(expect.arrayContaining(expected));
  });

  it('is “not cancelled” only if this server’s cancel request is null', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const api = createCancelService({ vpsbg: account }, { fetch: always(answer) });
        const found = await api
          .status({ account: 'vpsbg', service })
          .catch((error_: unknown) => failureOf(Promise.reject(error_)));
        if (found instanceof Error) {
          seen.add(found.code);
          expect(found.code).not.toBe('outcome_unknown');
          return;
        }
        seen.add(found.state);
        const fields = fieldsOf(parsed(answer.body));
        expect(String(fields['id'])).toBe('608');
        if (found.state === 'none') expect(fields['cancel_request']).toBeNull();
        if (found.state === 'requested' || found.state === 'scheduled') expect(fields['cancel_request']).toBeTruthy();
      }),
      {
        numRuns: RUNS,
        examples: [...documented, server({ cancel_request: true }), DOWN, PAGE].map((answer) => [asRandom(answer)]),
      },
    );
    expect([...seen]).toEqual(
      expect.arrayContaining(['none', 'requested', 'scheduled', 'unexpected_response', 'unavailable']),
    );
  });

  it('is asked for exactly the server that was named, or nothing is sent', async () => {
    const id = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.nat().map(String), fc.integer(), fc.double());
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(id, async (serverId) => {
        const { fetch, requests } = answering(answers.accepted, server());
        const api = createCancelService(untyped, { fetch });
        const outcome = await api.safeCancel({ account: 'vpsbg', service: { serverId }, when: 'immediate' });
        if (!outcome.ok) {
          expect([outcome.error.code, requests.length]).toEqual(['invalid_request', 0]);
          return;
        }
        sent += 1;
        expect(requests.map(({ url, body }) => [url, body])).toEqual([
          ['https://api.vpsbg.eu/v1/servers/cancel', `{"server_ids":[${Number(serverId)}],"now":true}`],
        ]);
      }),
      { numRuns: RUNS },
    );
    expect(sent).toBeGreaterThan(20);
  });
});
