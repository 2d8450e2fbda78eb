import { createCancelService, type When } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { contabo, type ContaboTiming } from 'cancelkit/contabo';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { recordingFetch, writesOf } from '../../support/fetch.ts';
import { page, toResponse } from '../answering.ts';
import { asRandom, expectSuccessOnly, fieldsOf, parsed, randomAnswers, RUNS, stateIn } from '../random-answers.ts';
import {
  accepted,
  credentials,
  end,
  errorAnswer,
  granted,
  instanceId,
  loginRefused,
  shown,
  shownCancelled,
} from './fixtures.ts';

const account = 'contabo';
const service = { instanceId };
const token = 'eyJhbGciOi.answers~token_0123456789';

/** A service object whose logins are granted, and whose other requests are answered in order. */
function serviceWith(answers: readonly ConformanceAnswer[], login: ConformanceAnswer = granted(token)) {
  let count = 0;
  const { fetch, requests } = recordingFetch(({ url }) => {
    if (url.endsWith('/token')) return toResponse(login);
    const answer = answers[count] ?? answers.at(-1);
    count += 1;
    return toResponse(answer ?? page(404));
  });
  return { api: createCancelService({ contabo: contabo(credentials) }, { fetch }), requests };
}

async function cancel(answers: readonly ConformanceAnswer[], when: When<ContaboTiming> = 'earliest') {
  const { api, requests } = serviceWith(answers);
  const result = await api.cancel({ account, service, when });
  return { result, bodies: requests.filter(({ url }) => url.endsWith('/cancel')).map(({ body }) => body) };
}

/** The error of a cancellation, and how often it was sent. */
async function refusal(answers: readonly ConformanceAnswer[], login?: ConformanceAnswer) {
  const { api, requests } = serviceWith(answers, login);
  const error = await failureOf(api.cancel({ account, service, when: 'earliest' }));
  return { error, times: requests.filter(({ url }) => url.endsWith('/cancel')).length };
}

describe('a cancellation at Contabo', () => {
  it('for the first possible day sends an empty object, and believes the day in the response', async () => {
    const { result, bodies } = await cancel([shown(), accepted()]);
    expect(bodies).toEqual(['{}']);
    expect(result).toMatchObject({
      outcome: 'scheduled',
      effectiveAt: { value: end, precision: 'date' },
      warnings: [],
    });
  });

  it('for a day sends noon in UTC', async () => {
    const { result, bodies } = await cancel([shown(), accepted()], { on: end });
    expect(bodies).toEqual([`{"cancelDate":"${end}T12:00:00.000Z"}`]);
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: end }, warnings: [] });
  });

  it.each(['2097-05-30', '2097-06-01', '2097-06-30'])(
    'says so if the response is for %s instead',
    async (cancelDate) => {
      const { result } = await cancel([shown(), accepted({ cancelDate })], { on: end });
      expect(result).toMatchObject({
        outcome: 'scheduled',
        effectiveAt: { value: cancelDate },
        warnings: [{ code: 'not_verified' }],
      });
    },
  );

  it('takes a number in quotes, and an instant in place of a day', async () => {
    const answer = accepted({ instanceId: String(instanceId), cancelDate: '2097-05-31T22:00:00Z' });
    const { result } = await cancel([shown({ instanceId: String(instanceId) }), answer]);
    expect(result.effectiveAt).toEqual({
      value: '2097-05-31T22:00:00.000Z',
      precision: 'instant',
      source: 'provider',
    });
  });

  it.each([
    ['for another instance', accepted({ instanceId: 7 })],
    ['with an empty date', accepted({ cancelDate: '' })],
    ['without a date', accepted({ cancelDate: undefined })],
    ['with a day that the calendar does not have', accepted({ cancelDate: '2097-02-30' })],
    ['with an empty list', { status: 201, body: { data: [] } }],
    ['with 200', { ...accepted(), status: 200 }],
    ['that is a page', page(201)],
    ['that is empty', { status: 201 }],
  ])('is not believed by a response %s', async (_name, answer) => {
    const { error, times } = await refusal([shown(), answer, shown()]);
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', lastSeen: 'none' });
    expect(times).toBe(1);
  });

  it('is read back where the response has no date, and is there', async () => {
    const { result } = await cancel([shown(), accepted({ cancelDate: '' }), shownCancelled]);
    expect(result).toMatchObject({ outcome: 'scheduled', reconciled: true, effectiveAt: { value: end } });
  });

  it.each([
    [400, 'rejected', 'No'],
    [402, 'rejected', 'No'],
    [403, 'forbidden', 'roles'],
    [404, 'not_found', 'no such service'],
    [429, 'rate_limited', 'Nothing was processed'],
  ] as const)('is refused by %i: %s', async (status, code, words) => {
    const { error } = await refusal([shown(), errorAnswer(status, 'No')]);
    expect(error).toMatchObject({ code, providerStatus: status, message: expect.stringContaining(words) });
  });

  it('shows every message of a list', async () => {
    const body = { message: ['cancelDate must be a date', 'cancelDate must be later'], error: 'Bad Request' };
    const { error } = await refusal([shown(), { status: 400, body }]);
    expect(error.providerMessage).toBe('cancelDate must be a date; cancelDate must be later');
  });

  it('keeps to what is true after a conflict whose state cannot be read', async () => {
    const { error } = await refusal([shown(), errorAnswer(409, 'Conflict'), page(502)]);
    expect(error).toMatchObject({ code: 'not_cancellable', providerMessage: 'Conflict' });
  });
});

describe('what is read before a cancellation at Contabo', () => {
  it.each<readonly [string, ConformanceAnswer, string]>([
    ['that there is no such instance', errorAnswer(404, 'No'), 'not_found'],
    ['that the API user may not read it', errorAnswer(403, 'No'), 'forbidden'],
    ['another instance', shown({ instanceId: 7 }), 'unexpected_response'],
    ['an instance without the field', shown({ cancelDate: undefined }), 'unexpected_response'],
    ['a text that is no date', shown({ cancelDate: 'soon' }), 'not_cancellable'],
    ['an empty list', { status: 200, body: { data: [] } }, 'unexpected_response'],
    ['a page', page(200), 'unexpected_response'],
  ])('ends it without sending it if it shows %s', async (_name, answer, code) => {
    const { error, times } = await refusal([answer]);
    expect({ code: error.code, times }).toEqual({ code, times: 0 });
  });

  it.each([
    ['', 'none'],
    [null, 'none'],
    ['soon', 'unknown'],
    ['0000-00-00', 'unknown'],
    [end, 'scheduled'],
  ])('shows %j as %s', async (cancelDate, state) => {
    const { api } = serviceWith([shown({ cancelDate })]);
    expect(await api.status({ account, service })).toMatchObject({ state, revocable: false });
  });
});

describe('after a lost response, Contabo', () => {
  it('is read back by the day that was asked for', async () => {
    const { result } = await cancel([shown(), page(502), shownCancelled], { on: end });
    expect(result).toMatchObject({ outcome: 'scheduled', reconciled: true, effectiveAt: { value: end }, warnings: [] });
  });

  it('is read back without that day for the first possible one, and says so', async () => {
    const { result } = await cancel([shown(), page(502), shownCancelled]);
    expect(result).toMatchObject({ outcome: 'scheduled', reconciled: true, warnings: [{ code: 'timing_unknown' }] });
  });

  it('does not take a 404 for a cancellation, which would not have taken the instance away', async () => {
    const { error } = await refusal([shown(), page(502), errorAnswer(404, 'No')]);
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'absent' });
  });

  it('leaves the outcome open if nothing, or another day, is shown', async () => {
    expect((await refusal([shown(), page(502), shown()])).error).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'none',
    });
    const { api } = serviceWith([shown(), page(502), shownCancelled]);
    expect(await failureOf(api.cancel({ account, service, when: { on: '2097-06-30' } }))).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'scheduled',
    });
  });
});

describe('the login at Contabo', () => {
  it('goes to an address of its own, and what it is given goes nowhere else', async () => {
    const { api, requests } = serviceWith([shown(), accepted()]);
    await api.cancel({ account, service, when: 'earliest' });
    const [login, ...others] = requests;
    expect(login?.url).toBe('https://auth.contabo.com/auth/realms/contabo/protocol/openid-connect/token');
    expect(Object.fromEntries(new URLSearchParams(login?.body))).toEqual({
      grant_type: 'password',
      client_id: credentials.clientId,
      client_secret: credentials.clientSecret,
      username: credentials.username,
      password: credentials.password,
    });
    expect(login?.headers).not.toHaveProperty('authorization');
    for (const { url, headers, body } of others) {
      expect(url).toMatch(/^https:\/\/api\.contabo\.com\/v1\/compute\/instances\/100203/);
      expect(headers['authorization']).toBe(`Bearer ${token}`);
      expect(body).toMatch(/^(?:\{\})?$/);
    }
  });

  it.each([
    [401, 'invalid_grant', 'unauthorized'],
    [400, 'invalid_grant', 'unauthorized'],
    [401, 'invalid_client', 'unauthorized'],
    [400, 'unauthorized_client', 'unauthorized'],
    [400, 'unsupported_grant_type', 'rejected'],
    [429, 'slow_down', 'rate_limited'],
    [500, 'server_error', 'unavailable'],
    [503, 'invalid_client', 'unavailable'],
  ])('that ends in %i %s is %s, and nothing else is sent', async (status, error, code) => {
    const { error: failure, times } = await refusal([], loginRefused(status, error, 'Not this one'));
    expect(failure).toMatchObject({ code, providerCode: error, providerMessage: 'Not this one' });
    expect(times).toBe(0);
  });

  it.each([
    ['a page', page(200), 'unexpected_response'],
    ['an empty token', { status: 200, body: { access_token: '', expires_in: 300 } }, 'unexpected_response'],
    ['no token', { status: 200, body: { token_type: 'Bearer' } }, 'unexpected_response'],
    ['a page of a server that is down', page(503), 'unavailable'],
  ])('grants nothing by %s', async (_name, answer, code) => {
    const { error, times } = await refusal([], answer);
    expect({ code: error.code, times }).toEqual({ code, times: 0 });
  });

  const auth = 'https://login.example';
  it.each([auth, `${auth}/`, `${auth}/auth/realms/contabo/protocol/openid-connect/token`, `${auth}/proxy`])(
    'goes to %s with its path',
    async (authUrl) => {
      const { fetch, requests } = recordingFetch(() => toResponse(granted(token)));
      const api = createCancelService({ contabo: contabo({ ...credentials, authUrl }) }, { fetch });
      await failureOf(api.status({ account, service }));
      const prefix = authUrl.endsWith('proxy') ? authUrl : auth;
      expect(requests[0]?.url).toBe(`${prefix}/auth/realms/contabo/protocol/openid-connect/token`);
    },
  );

  it.each([`${auth}/auth`, `${auth}/auth/realms/contabo`, `${auth}/auth/realms/other/token`, 'http://login.example'])(
    'does not go to %s, which leads elsewhere',
    async (authUrl) => {
      const { fetch, requests } = recordingFetch();
      const api = createCancelService({ contabo: contabo({ ...credentials, authUrl }) }, { fetch });
      const error = await failureOf(api.status({ account, service }));
      expect(error).toMatchObject({ code: 'not_configured', message: expect.stringContaining('authUrl') });
      expect(requests).toEqual([]);
    },
  );

  it('is taken for one call if the response does not say how long', async () => {
    const body = { access_token: token, token_type: 'Bearer' };
    const { api, requests } = serviceWith([shown()], { status: 200, body });
    for (const _ of ['first', 'second']) await api.status({ account, service });
    expect(writesOf(requests)).toHaveLength(2);
  });
});

describe('whatever Contabo answers', () => {
  const errors = [errorAnswer(400, 'No'), errorAnswer(404, 'No'), errorAnswer(409, 'No')];
  const words = ['data', 'instanceId', 'cancelDate', 'message', 'error', 'access_token', end, ''];

  /** What a body shows of the instance, by a reading of the test's own. */
  const dateIn = ({ body }: { readonly body: string }): unknown => {
    const { data } = fieldsOf(parsed(body));
    const list: readonly unknown[] = Array.isArray(data) ? data : [];
    return list.map(fieldsOf).find((one) => String(one['instanceId']) === String(instanceId))?.['cancelDate'];
  };

  it('to a cancellation, only a 201 with a date for this instance is a success', async () => {
    const random = randomAnswers({ documented: [accepted(), shownCancelled, ...errors], words });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const { fetch } = recordingFetch(({ url, method }) => {
          if (url.endsWith('/token')) return toResponse(granted(token));
          // Every read shows that there is no cancellation.
          return toResponse(method === 'GET' ? shown() : answer);
        });
        const api = createCancelService({ contabo: contabo(credentials) }, { fetch });
        const outcome = await api.safeCancel({ account, service, when: 'earliest' });
        const isAccepted = answer.status === 201 && /^\d{4}-\d{2}-\d{2}/.test(String(dateIn(answer)));
        expectSuccessOnly(answer, isAccepted, outcome);
      }),
      { numRuns: RUNS, examples: [[asRandom(accepted())], [asRandom(errorAnswer(409, 'No'))]] },
    );
  });

  it('to a read-back, nothing but this instance shows a state, and nothing but an empty date shows none', async () => {
    const random = randomAnswers({ documented: [shown(), shownCancelled, accepted(), ...errors], words });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const { fetch } = recordingFetch(({ url }) => toResponse(url.endsWith('/token') ? granted(token) : answer));
        const api = createCancelService({ contabo: contabo(credentials) }, { fetch });
        const state = await stateIn(api.status({ account, service }));
        if (state === undefined) return;
        expect({ answer, status: answer.status }).toEqual({ answer, status: 200 });
        const date = dateIn(answer);
        if (state === 'none') expect([null, '']).toContain(date);
        else expect(date).toMatch(/./);
      }),
      { numRuns: RUNS, examples: [[asRandom(shown())], [asRandom(shownCancelled)]] },
    );
  });

  it('to a login, only a 200 with a token is one', async () => {
    const documented = [granted(token), loginRefused(401, 'invalid_grant'), ...errors];
    await fc.assert(
      fc.asyncProperty(randomAnswers({ documented, words }), async (answer) => {
        const { fetch, requests } = recordingFetch(({ url }) => toResponse(url.endsWith('/token') ? answer : shown()));
        const api = createCancelService({ contabo: contabo(credentials) }, { fetch, deadlineMs: 200 });
        await api.status({ account, service }).catch(() => undefined);
        if (requests.every(({ url }) => url.endsWith('/token'))) return;
        const { access_token: sent } = fieldsOf(parsed(answer.body));
        expect({ answer, status: answer.status }).toEqual({ answer, status: 200 });
        expect(requests.at(-1)?.headers['authorization']).toBe(`Bearer ${String(sent)}`);
      }),
      { numRuns: RUNS / 5, examples: [[asRandom(granted(token))], [asRandom(loginRefused(401, 'invalid_grant'))]] },
    );
  });
});
