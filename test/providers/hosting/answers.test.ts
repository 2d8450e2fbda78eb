import { createCancelService, type Accounts, type CancellationStatus, type CancelResult, type When } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { hosting } from 'cancelkit/hosting';
import type { JsonValue } from 'cancelkit/provider';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { answering, page, withFields } from '../answering.ts';
import { always, once, asRandom, fieldsOf, parsed, randomAnswers, DOWN, PAGE, RUNS } from '../random-answers.ts';
import { answers, errorAnswer, events, history, hostingId, shown, token } from './fixtures.ts';

const account = hosting({ baseUrl: 'https://hosting.example.net/api/v1', token });
const service = { hostingId, domain: 'example.com' };

function cancel(replies: readonly ConformanceAnswer[], when: When = 'end_of_period'): Promise<CancelResult> {
  const { fetch } = answering(...replies);
  const order = { account: 'hosting', service, when, reason: 'Project ended' } as const;
  return createCancelService({ hosting: account }, { fetch }).cancel(order);
}

function status(...replies: readonly ConformanceAnswer[]): Promise<CancellationStatus> {
  const { fetch } = answering(...replies);
  return createCancelService({ hosting: account }, { fetch }).status({ account: 'hosting', service });
}

const WORDS = ['expiring', 'resigned', 'quarantine', 'inactive', 'ended', 'terminated', 'suspended', 'cancelled'];

/** A job of a history that is done. */
const done = (jobType: string, id?: number): JsonValue => ({
  type: 'job',
  jobType,
  jobStatus: 'done',
  ...(id === undefined ? {} : { id }),
});

const hostingOf = (answer: ConformanceAnswer): object => fieldsOf(fieldsOf(answer.body)['hosting']);
const pendingWith = (fields: object): ConformanceAnswer =>
  withFields(answers.pending, { hosting: { ...hostingOf(answers.pending), ...fields } });

describe('a success of a Hosting API', () => {
  it('is a queued job: a request with the id of the job and the end of the service period', async () => {
    const result = await cancel([answers.pending]);
    expect(result).toMatchObject({
      outcome: 'requested',
      providerReference: '1_2aa0c9d7e1',
      effectiveAt: { value: '2021-08-16', precision: 'date', source: 'provider' },
      warnings: [],
      attempts: 1,
    });
  });

  it('claims no date for an immediate cancellation', async () => {
    expect(await cancel([answers.pending], 'immediate')).not.toHaveProperty('effectiveAt');
  });

  it.each([
    undefined,
    null,
    '',
    '0000-00-00',
    '2021-02-30',
    '2021-13-01',
    '16-08-2021',
    '2021-08-16T00:00:00Z',
    1628985600,
  ])('claims no date if the end of the period is %j', async (nextServiceRenewalDate) => {
    const result = await cancel([pendingWith({ nextServiceRenewalDate })]);
    expect(result).toMatchObject({ outcome: 'requested', providerReference: '1_2aa0c9d7e1' });
    expect(result).not.toHaveProperty('effectiveAt');
  });

  it.each([
    ['comes without the hosting', withFields(answers.pending, { hosting: undefined })],
    ['has a hosting of no known form', withFields(answers.pending, { hosting: [] })],
    ['says PENDING', withFields(answers.pending, { status: 'PENDING' })],
    ['is written in the older keys', answers.pendingInOldKeys],
  ])('is recognized if it %s', async (_name, answer) => {
    expect(await cancel([answer])).toMatchObject({ outcome: 'requested', providerReference: '1_2aa0c9d7e1' });
  });

  it.each([
    ['is for another hosting', pendingWith({ identifier: '1_other' }), /for another hosting.*client area/],
    ['has another status', withFields(answers.pending, { status: 'ok' }), /names no job/],
    ['has no id of a job', withFields(answers.pending, { responseId: undefined }), /names no job/],
    ['has an empty id of a job', withFields(answers.pending, { responseId: '' }), /names no job/],
    ['comes with 200', { ...answers.pending, status: 200 }, /names no job/],
    ['comes with 204', { status: 204 }, /empty body/],
    ['is a page', page(202), /login, maintenance or firewall page/],
    ['is empty', { status: 202 }, /empty body/],
    ['is cut off', { status: 202, body: '{"responseId":"1_2aa0","status":"pending"' }, /not JSON/],
    ['is a list', { status: 202, body: [answers.pending.body ?? null] }, /not in the form of this API/],
  ] as const)('is not believed if it %s', async (_name, answer, message) => {
    const failure = await failureOf(cancel([answer]));
    expect(failure).toMatchObject({
      code: 'outcome_unknown',
      reason: 'unreadable_answer',
      providerStatus: answer.status,
    });
    expect(failure.message).toMatch(message);
  });
});

describe('a refusal of a Hosting API', () => {
  it.each([
    [
      'that the domain is wrong',
      answers.conflict,
      'rejected',
      /domain is not linked to this hosting. Check the domain/,
    ],
    ['what another conflict is', errorAnswer(409, 'job_open', 'A job is open'), 'rejected', /refused: A job is open/],
    ['which id to check', answers.doesNotExist, 'not_found', /no hosting .* has that identifier.*hostingId/],
    ['which parameter is missing', answers.invalid, 'rejected', /The parameter reason is required/],
    ['what to check of the token', answers.unauthorized, 'unauthorized', /token was not accepted.*the header/],
    ['what the token may not do', answers.forbidden, 'forbidden', /may not do this: No access to this hosting/],
    ['when to try again', answers.rateLimited, 'rate_limited', /too many requests/],
    ['at least the code', errorAnswer(405, 'wrong_method', ''), 'rejected', /refused: wrong_method/],
  ] as const)('says %s', async (_name, answer, code, message) => {
    const failure = await failureOf(cancel([answer]));
    // Only what was refused unprocessed is sent again, twice.
    expect(failure).toMatchObject({ code, providerStatus: answer.status, attempts: answer.status === 429 ? 3 : 1 });
    expect(failure.message).toMatch(message);
  });

  it.each([
    ['the present keys', answers.conflict],
    ['the older keys', { status: 409, body: { status: 'error', error_code: 'conflict', error_message: 'Not linked' } }],
  ] as const)('is read in %s', async (_name, answer) => {
    const failure = await failureOf(cancel([answer]));
    expect(failure).toMatchObject({
      code: 'rejected',
      providerCode: 'conflict',
      providerMessage: expect.stringMatching(/link|in this hosting/),
    });
  });

  it.each([
    ['another API’s 401', { status: 401, body: { error: 'unauthorized' } }, 'unexpected_response'],
    ['an error without a word', { status: 401, body: { status: 'error' } }, 'unexpected_response'],
    ['a page with 401', page(401), 'unexpected_response'],
    ['a page with 404', page(404), 'unexpected_response'],
    ['a page with 405', page(405), 'unexpected_response'],
    ['a page with 403', page(403), 'outcome_unknown'],
    ['an error without a word and 403', { status: 403, body: { status: 'error' } }, 'outcome_unknown'],
  ] as const)('is not read into %s', async (_name, answer, code) => {
    expect(await failureOf(cancel([answer]))).toMatchObject({ code, providerStatus: answer.status });
  });

  it.each([
    [200, 'unauthorized', 'unauthorized'],
    [200, 'invalid_token', 'unauthorized'],
    [200, 'FORBIDDEN', 'unauthorized'],
    [200, 401, 'unauthorized'],
    [400, 'unauthorized', 'unauthorized'],
    [404, 'invalid_token', 'unauthorized'],
    [422, '401', 'unauthorized'],
    [500, 'unauthorized', 'unauthorized'],
    [503, 401, 'unauthorized'],
    [400, 'access_denied', 'forbidden'],
    [422, 403, 'forbidden'],
  ] as const)(
    'with %i and the code %s is one of access, and nothing is asked after it',
    async (status, code, expected) => {
      const body = { responseId: '1_2', status: 'error', errorCode: code, errorMessage: 'No.' };
      expect(await failureOf(cancel([{ status, body }]))).toMatchObject({ code: expected, attempts: 1 });
    },
  );

  it('under 400 that is about the token in words alone is one of the credentials', async () => {
    const failure = await failureOf(cancel([errorAnswer(400, 'error', 'Invalid token.')]));
    expect(failure).toMatchObject({ code: 'unauthorized', attempts: 1 });
  });

  it.each([
    ['an error under a success status', errorAnswer(200, 'conflict', 'Not linked'), 'provider_error'],
    ['the API’s own 500', answers.serverError, 'server_error'],
    ['not_active with 500', errorAnswer(500, 'not_active', 'Not active'), 'server_error'],
    ['a gateway’s page', page(504), 'server_error'],
  ] as const)('is not seen in %s', async (_name, answer, reason) => {
    const failure = await failureOf(cancel([answer]));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason, providerStatus: answer.status });
  });
});

describe('a hosting that is not active', () => {
  it('is cancelled already if it says so; whether with the same timing stays open', async () => {
    const result = await cancel([answers.notActive, shown({ serviceStatus: 'cancelled' }), history()]);
    expect(result).toMatchObject({
      outcome: 'already_cancelled',
      existing: { state: 'requested', effectiveAt: { value: '2021-08-16' } },
      warnings: [{ code: 'timing_unknown' }],
      attempts: 3,
    });
  });

  it.each(WORDS)('is cancelled already where its cancellation is done, with the service status %s', async (word) => {
    const replies = [answers.notActive, shown({ serviceStatus: word }), history('done')];
    const expected = { outcome: 'already_cancelled', effectiveAt: { value: '2021-08-16' }, warnings: [] };
    expect(await cancel(replies)).toMatchObject({
      ...expected,
      existing: { state: 'scheduled', when: 'end_of_period' },
    });
    expect(await failureOf(cancel(replies, 'immediate'))).toMatchObject({
      code: 'timing_conflict',
      existing: { when: 'end_of_period' },
      providerReference: '1_79',
    });
  });

  it.each([
    ['the service status', shown({ serviceStatus: 'active' })],
    ['the status', shown({ status: 'archived', serviceStatus: 'ended' })],
  ] as const)(
    'is cancelled already, with a timing that is not known, where %s does not tell it',
    async (_name, seen) => {
      for (const when of ['end_of_period', 'immediate'] as const) {
        const result = await cancel([answers.notActive, seen, history('done')], when);
        expect(result).toMatchObject({ outcome: 'already_cancelled', warnings: [{ code: 'timing_unknown' }] });
        expect(result).not.toHaveProperty('effectiveAt');
      }
    },
  );

  it.each([
    ['it was resumed since', [shown(), events([done('resumeHostingService', 3), done('cancelHosting', 2)])]],
    ['it may have been resumed since', [shown(), events([done('resumeHostingService'), done('cancelHosting')])]],
  ] as const)('is not said to be cancelled if %s', async (_name, replies) => {
    expect(await failureOf(cancel([answers.notActive, ...replies]))).toMatchObject({ code: 'not_cancellable' });
  });

  it.each([
    ['it is still being set up', [shown({ serviceStatus: 'adopting' }), history()], /No cancellation is in force/],
    ['its last cancellation failed', [shown(), history('failed')], /No cancellation is in force/],
    ['its state is not known', [shown({ serviceStatus: 'odd' }), history('paused')], /does not show a cancellation/],
    ['its history cannot be read', [shown(), { status: 500 }], /does not show a cancellation/],
    ['it cannot be read at all', [page(503)], /could not be read back/],
  ] as const)('is not cancellable if %s', async (_name, replies, message) => {
    const failure = await failureOf(cancel([answers.notActive, ...replies]));
    expect(failure).toMatchObject({ code: 'not_cancellable', providerStatus: 405, providerCode: 'not_active' });
    expect(failure.message).toMatch(/not active: it is cancelled already, or still being set up/);
    expect(failure.message).toMatch(message);
  });
});

describe('a read-back at a Hosting API', () => {
  it.each([
    'cancelled',
    'canceled',
    'Cancelled',
    'cancelling',
    'cancel_pending',
    'pending_cancellation',
    'to_be_cancelled',
  ])('takes the service status %s for a cancellation', async (serviceStatus) => {
    expect(await status(shown({ serviceStatus }), history())).toMatchObject({ state: 'requested' });
    expect(await status(shown({ serviceStatus }), page(200))).toMatchObject({ state: 'requested' });
  });

  it.each(['not_cancelled', 'uncancelled', 'cancellation_failed', 'cancel_declined', 'odd', '', undefined, null, 7])(
    'takes the service status %j for nothing',
    async (serviceStatus) => {
      expect(await status(shown({ serviceStatus }), history())).toMatchObject({ state: 'unknown', revocable: false });
    },
  );

  it.each([
    [
      'an open job decides, whatever the hosting says',
      { serviceStatus: 'cancelled', openJobCount: 1 },
      ['new'],
      'requested',
    ],
    ['an open job decides, whatever came before', {}, ['failed', 'done', 'new'], 'requested'],
    ['no job is no cancellation', {}, [], 'none'],
    ['failed jobs only have failed', {}, ['failed', 'failed'], 'failed'],
    ['a done job may have been resumed since', {}, ['done'], 'unknown'],
    ['a done job after a failed one may have been resumed since', {}, ['failed', 'done'], 'unknown'],
    ['a job of an unknown status is not known', {}, ['paused'], 'unknown'],
    ['a job without a status is not known', {}, [null], 'unknown'],
    ['an open job that the history does not show is not known', { openJobCount: 1 }, [], 'unknown'],
    ['another open job beside it may be its undo', { openJobCount: 2 }, ['new'], 'unknown'],
    ['two open ones are requested', { openJobCount: 2 }, ['new', 'new'], 'requested'],
    ['a done job counts where the hosting no longer looks untouched', { serviceStatus: 'odd' }, ['done'], 'scheduled'],
    ['a status of unknown meaning stays so', { serviceStatus: 'odd' }, [], 'unknown'],
  ] as const)('reads the history: %s', async (_name, fields, jobs, state) => {
    const found = await status(shown(fields), history(...jobs));
    expect(found.state).toBe(state);
    expect(found.raw).toMatchObject({
      cancelJobs: jobs.map((job) => (job === null || job === 'paused' ? 'unknown' : job)),
    });
  });

  it.each([
    ['fails', { status: 500 }],
    ['is not there', answers.doesNotExist],
    ['is a page', page(200)],
    ['has no events', { status: 200, body: { status: 'ok' } }],
    ['has events of no known form', events({ 0: { jobType: 'cancelHosting' } })],
    ['is pending', { status: 202, body: { status: 'ok', hostingEvents: [] } }],
  ] as const)('never takes a hosting for not cancelled if the history %s', async (_name, answer) => {
    expect(await status(shown(), answer)).toMatchObject({ state: 'unknown' });
  });

  it('reads a long history to its end', async () => {
    const other = Array.from({ length: 50 }, (_, index) => ({ type: 'event', message: `Event ${index}` }));
    const { fetch, requests } = answering(shown(), events(other), events(other), history('failed'));
    const api = createCancelService({ hosting: account }, { fetch });
    expect(await api.status({ account: 'hosting', service })).toMatchObject({ state: 'failed' });
    expect(requests.map(({ url }) => new URL(url).search)).toEqual([
      '',
      '?start=0&limit=50',
      '?start=50&limit=50',
      '?start=100&limit=50',
    ]);
  });

  it.each([10, 20, 25])('reads on at a server that gives out %i events a page', async (limit) => {
    const other = events(Array.from({ length: limit }, (_, index) => ({ type: 'event', message: `Event ${index}` })));
    const { fetch, requests } = answering(shown(), other, history('new'));
    const api = createCancelService({ hosting: account }, { fetch });
    expect((await api.status({ account: 'hosting', service })).state).not.toBe('none');
    expect(new URL(requests[2]?.url ?? '').search).toBe(`?start=${limit}&limit=50`);
  });

  it('gives up on a history without an end, and does not know', async () => {
    const other = events(Array.from({ length: 50 }, () => ({ type: 'event' })));
    const { fetch, requests } = answering(shown(), ...Array.from({ length: 20 }, () => other));
    const api = createCancelService({ hosting: account }, { fetch });
    expect(await api.status({ account: 'hosting', service })).toMatchObject({ state: 'unknown' });
    expect(requests).toHaveLength(21);
  });

  it('takes a hosting that is gone for over if its history has a cancellation that is done', async () => {
    expect(await status(answers.doesNotExist, history('done'))).toMatchObject({ state: 'completed', revocable: false });
  });

  it.each([
    ['without a cancellation', history()],
    ['with one that failed', history('failed')],
    ['with one that was resumed', events([done('resumeHostingService', 3), done('cancelHosting', 2)])],
    ['that cannot be read', page(200)],
  ] as const)('finds no hosting if it is gone and has a history %s', async (_name, answer) => {
    expect(await failureOf(status(answers.doesNotExist, answer))).toMatchObject({
      code: 'not_found',
      providerStatus: 404,
    });
  });

  it('takes a 404 in other words for no proof that the hosting is gone', async () => {
    const failure = await failureOf(status(errorAnswer(404, 'not_found', 'There is nothing at this path')));
    expect(failure).toMatchObject({ code: 'unexpected_response', attempts: 1 });
  });

  it('asks nothing more if the history refuses the credentials', async () => {
    const failure = await failureOf(status(shown(), answers.unauthorized));
    expect(failure).toMatchObject({ code: 'unauthorized', attempts: 2, providerReference: '1_79' });
  });

  it('reads jobs in the older form, if the context of an event has them', async () => {
    const context = { jobId: 5, jobType: 'cancelHosting', jobStatus: 'done', responseId: '1_88' };
    const found = await status(
      shown({ serviceStatus: 'odd' }),
      events([{ id: 10, message: 'Job 5 completed', context }]),
    );
    expect(found).toMatchObject({ state: 'scheduled', when: 'end_of_period' });
  });

  it.each([
    ['came last, by its id', [done('cancelHosting', 2), done('resumeHostingService', 3)], 'none'],
    ['came before another cancellation', [done('cancelHosting', 4), done('resumeHostingService', 3)], 'unknown'],
    ['came in an order that is not told', [done('cancelHosting'), done('resumeHostingService')], 'unknown'],
  ] as const)('weighs a resumption that %s, at a hosting that looks untouched', async (_name, list, state) => {
    expect(await status(shown(), events([...list]))).toMatchObject({ state });
  });

  it.each([
    ['is of another hosting', shown({ identifier: '1_other' })],
    ['has no hosting', { status: 200, body: { status: 'ok' } }],
    ['is a 202', { ...shown(), status: 202 }],
    ['is empty', { status: 200 }],
    ['is a page', page(200)],
    ['is a page with 404', page(404)],
    ['is a firewall’s 403', page(403)],
  ] as const)('shows nothing if the response %s', async (_name, answer) => {
    expect(await failureOf(status(answer))).toMatchObject({
      code: 'unexpected_response',
      providerStatus: answer.status,
    });
  });

  it('keeps of the hosting only what it needs', async () => {
    const { raw } = await status(shown({ password: 'hunter22', serviceStatus: 'cancelled' }), history());
    expect(raw).toEqual({
      hosting: {
        identifier: hostingId,
        status: 'active',
        serviceStatus: 'cancelled',
        nextServiceRenewalDate: '2021-08-16',
        openJobCount: 0,
      },
      cancelJobs: [],
    });
  });
});

describe('any response at a Hosting API', () => {
  const untyped: Accounts = { hosting: account };
  const words = [
    'status',
    'pending',
    'error',
    'ok',
    'responseId',
    'errorCode',
    'not_active',
    'hosting',
    'hostingEvents',
    'errorMessage',
  ];
  const shows = [shown(), shown({ serviceStatus: 'cancelled' }), history('new')];
  const documented = [...Object.values(answers), ...shows];
  const random = randomAnswers({ documented, words });

  it('is a success only with the documented marker, and never an error of another kind', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const api = createCancelService({ hosting: account }, { fetch: once(answer) });
        const outcome = await api.safeCancel({ account: 'hosting', service, when: 'end_of_period', reason: 'Over' });
        const fields = fieldsOf(parsed(answer.body));
        // An error of an older deployment has no status.
        const isOldError = fields['status'] === undefined && Boolean(fields['error_code'] && fields['error_message']);
        const said = isOldError ? 'error' : worded(fields['status']);
        const isOk = answer.status >= 200 && answer.status < 300;
        if (outcome.ok) {
          seen.add(outcome.result.outcome);
          expect([outcome.result.outcome, answer.status, said]).toEqual(['requested', 202, 'pending']);
          expect([fields['responseId'], fields['response_id']]).toContain(outcome.result.providerReference);
          return;
        }
        const { code } = outcome.error;
        seen.add(code);
        if (code === 'unauthorized') expect(said).toBe('error');
        if (code === 'not_found' || code === 'forbidden' || code === 'rejected') expect(said).toBe('error');
        if (code === 'not_cancellable') expect(answer.body).toContain('not_active');
        if (
          (isOk && code !== 'not_cancellable' && code !== 'unauthorized') ||
          (answer.status >= 500 && code !== 'unauthorized')
        )
          expect(code).toBe('outcome_unknown');
      }),
      { numRuns: RUNS, examples: [...documented, DOWN, PAGE].map((answer) => [asRandom(answer)]) },
    );
    const expected = ['requested', 'unauthorized', 'not_found', 'rejected', 'not_cancellable', 'outcome_unknown'];
    expect([...seen]).toEqual(expect.arrayContaining(expected));
  });

  it('is “not cancelled” only if the whole history was read', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(random, fc.constant(asRandom(shown()))),
        fc.oneof(random, fc.constant(asRandom(history()))),
        async (first, second) => {
          let count = 0;
          const fetch: typeof globalThis.fetch = (...input) => always(count++ === 0 ? first : second)(...input);
          const api = createCancelService({ hosting: account }, { fetch });
          const found = await api
            .status({ account: 'hosting', service })
            .catch((error: unknown) => failureOf(Promise.reject(error)));
          if (found instanceof Error) {
            seen.add(found.code);
            expect(found.code).not.toBe('outcome_unknown');
            return;
          }
          seen.add(found.state);
          if (found.state !== 'none') return;
          expect([first.status, second.status, count]).toEqual([200, 200, 2]);
          expect(second.body).not.toContain('cancelHosting');
          expect(Array.isArray(fieldsOf(parsed(second.body))['hostingEvents'])).toBe(true);
        },
      ),
      {
        numRuns: RUNS,
        examples: [
          ...[history(), history('new'), history('done'), PAGE].map((answer) => [shown(), answer] as const),
          [DOWN, DOWN] as const,
        ].map(([first, second]) => [asRandom(first), asRandom(second)]),
      },
    );
    expect([...seen]).toEqual(
      expect.arrayContaining(['none', 'requested', 'unknown', 'unexpected_response', 'unavailable']),
    );
  });

  it('is asked for exactly the hosting that was named, or nothing is sent', async () => {
    const id = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 1, unit: fc.constantFrom(...'aZ09_-~.;:@!$&\'()*+,=|<>[]"^`{} /\\?#%') }),
      fc.webPath(),
      fc.constantFrom('.', '..', '../..', '%2e%2e', 'a/../b', 'a\r\nb'),
    );
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(id, async (value) => {
        const { fetch, requests } = answering(answers.pending);
        const api = createCancelService(untyped, { fetch });
        const own = { hostingId: value, domain: 'example.com' };
        const outcome = await api.safeCancel({ account: 'hosting', service: own, when: 'immediate' });
        const [request] = requests;
        if (request === undefined) {
          expect(outcome).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
          return;
        }
        sent += 1;
        const prefix = 'https://hosting.example.net/api/v1/hosting/';
        expect(request.url.startsWith(prefix)).toBe(true);
        expect(request.url.slice(prefix.length)).not.toMatch(/[/?#\\]/);
        expect(decodeURIComponent(request.url.slice(prefix.length))).toBe(value);
      }),
      { numRuns: RUNS },
    );
    expect(sent).toBeGreaterThan(20);
  });
});

/** A text in lower case; what is no text has none, and may not even be convertible to one. */
function worded(value: unknown): string | undefined {
  return typeof value === 'string' ? value.toLowerCase() : undefined;
}
