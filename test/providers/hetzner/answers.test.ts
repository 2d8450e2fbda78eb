import {
  createCancelService,
  type CancellationOptions,
  type CancelResult,
  type ReasonDetails,
  type When,
} from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { hetzner, type HetznerExtras, type HetznerTiming } from 'cancelkit/hetzner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { recordingFetch, writesOf } from '../../support/fetch.ts';
import { answering, page, toResponse } from '../answering.ts';
import {
  afterShowing,
  asRandom,
  expectSuccessOnly,
  fieldsOf,
  parsed,
  randomAnswers,
  RUNS,
  stateIn,
} from '../random-answers.ts';
import {
  already,
  at,
  cancelled,
  earliest,
  errorAnswer,
  failed,
  inTransfer,
  invalid,
  limited,
  login,
  noReservation,
  notFound,
  serverNumber,
  shown,
  tooLate,
  unauthorized,
  undone,
} from './fixtures.ts';

const service = { serverNumber };
const account = 'hetzner';

/** A response of a provider whose clock shows this time. */
function on(time: string, answer: ConformanceAnswer): ConformanceAnswer {
  return { ...answer, headers: { 'content-type': 'application/json', date: new Date(time).toUTCString() } };
}

interface Parts {
  readonly when?: When<HetznerTiming>;
  readonly reason?: ReasonDetails | string;
  readonly reference?: string;
  readonly extras?: HetznerExtras;
}

function apiWith(answers: readonly ConformanceAnswer[]) {
  const { fetch, requests } = answering(...answers);
  return { api: createCancelService({ hetzner: hetzner(login) }, { fetch }), requests };
}

/** Cancels, and returns the forms that were written with the result. */
async function cancel(
  answers: readonly ConformanceAnswer[],
  parts: Parts = {},
): Promise<{ readonly result: CancelResult; readonly forms: readonly object[] }> {
  const { api, requests } = apiWith(answers);
  const result = await api.cancel({ account, service, when: 'earliest', ...parts });
  return { result, forms: writesOf(requests).map(({ body }) => Object.fromEntries(new URLSearchParams(body))) };
}

/** The error of a cancellation, and how many requests it sent. */
async function refusal(answers: readonly ConformanceAnswer[], parts: Parts = {}) {
  const { api, requests } = apiWith(answers);
  const error = await failureOf(api.cancel({ account, service, when: 'earliest', ...parts }));
  return { error, writes: writesOf(requests).length, requests: requests.length };
}

function options(answer: ConformanceAnswer): Promise<CancellationOptions<HetznerTiming>> {
  return apiWith([answer]).api.options({ account, service });
}

describe('a cancellation at Hetzner Robot', () => {
  it.each<[When<HetznerTiming>, string]>([
    ['earliest', earliest],
    [{ on: earliest }, earliest],
    [{ on: '2097-12-24' }, '2097-12-24'],
  ])('for %j sends the date, and is scheduled for it', async (when, date) => {
    const { result, forms } = await cancel([shown(), cancelled({ cancellation_date: date })], { when });
    expect(forms).toEqual([{ cancellation_date: date }]);
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: at(date), attempts: 2 });
  });

  it('always warns of further addresses, which go on', async () => {
    const { result } = await cancel([shown(), cancelled()]);
    expect(result.warnings).toMatchObject([{ code: 'side_effect', message: expect.stringMatching(/IP addresses/) }]);
  });

  it('sends a reason of the list, and no other text', async () => {
    const reason = { providerCode: 'Server too expensive', text: 'it costs 99' };
    const { result, forms } = await cancel([shown(), cancelled()], { reason, reference: 'order-1' });
    expect(forms).toEqual([{ cancellation_date: earliest, cancellation_reason: 'Server too expensive' }]);
    const codes = result.warnings.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['reason_not_sent', 'reference_not_sent']));
  });

  it('makes up no reason for a category', async () => {
    const { result, forms } = await cancel([shown(), cancelled()], { reason: { category: 'too_expensive' } });
    expect(forms).toEqual([{ cancellation_date: earliest }]);
    expect(result.warnings.map(({ code }) => code)).toContain('reason_code_not_sent');
  });

  it('for another day than was asked for says so', async () => {
    const { result } = await cancel([shown(), cancelled({ cancellation_date: '2097-04-30' })]);
    expect(result.effectiveAt).toEqual(at('2097-04-30'));
    expect(result.warnings.map(({ code }) => code)).toContain('not_verified');
  });

  it('without a date in the response is requested', async () => {
    const { result } = await cancel([shown(), cancelled({ cancellation_date: null })]);
    expect(result.outcome).toBe('requested');
    expect(result).not.toHaveProperty('effectiveAt');
  });

  it.each([true, false])('sends reserve_location=%s if the location can be reserved', async (reserveLocation) => {
    const before = shown({ reservation_possible: true });
    const { forms, result } = await cancel([before, cancelled({ reserved: reserveLocation })], {
      extras: { reserveLocation },
    });
    expect(forms).toMatchObject([{ reserve_location: String(reserveLocation) }]);
    expect(result.warnings.map(({ code }) => code)).toEqual(['side_effect']);
  });

  it('says so if the response does not show the reservation that was asked for', async () => {
    const before = shown({ reservation_possible: true });
    const { result } = await cancel([before, cancelled({ reserved: false })], { extras: { reserveLocation: true } });
    expect(result.warnings).toContainEqual({ code: 'not_verified', message: expect.stringMatching(/reserved/) });
  });

  it.each([
    ['for another server', cancelled({ server_number: 322 })],
    ['that shows no cancellation', shown()],
    ['with a text for the mark', cancelled({ cancelled: 'true' })],
    ['with 201', { ...cancelled(), status: 201 }],
    ['that is a page', page(200)],
    ['that is empty', { status: 200 }],
  ])('is not believed by a response %s', async (_name, answer) => {
    const { error, writes } = await refusal([shown(), answer, shown()]);
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', lastSeen: 'none' });
    expect(writes).toBe(1);
  });

  it.each([
    [unauthorized, 'unauthorized', /3 bad logins block this address/],
    [errorAnswer(403, 'ODD', 'No'), 'forbidden', /may not/],
    [limited, 'rate_limited', /200/],
    [notFound, 'not_found', /./],
    [invalid, 'rejected', /reserve_location is missing/],
    [noReservation, 'rejected', /Pass reserveLocation: false/],
    [errorAnswer(409, 'ODD', 'No'), 'rejected', /refused: No/],
  ] as const)('is refused by %j: %s', async (answer, code, message) => {
    const { error, writes } = await refusal([shown(), answer]);
    expect(error).toMatchObject({ code, providerStatus: answer.status });
    expect(`${error.message} ${error.providerMessage}`).toMatch(message);
    expect(writes).toBe(1);
  });
});

describe('an immediate cancellation at Hetzner Robot', () => {
  const now = '2096-11-05T12:00:00Z';

  it.each(['2096-11-05', '2096-11-04', '2020-01-31'])('is sent as now if the earliest date is %s', async (date) => {
    const before = on(now, shown({ earliest_cancellation_date: date }));
    const answer = on(now, cancelled({ cancellation_date: '2096-11-05' }));
    const { result, forms } = await cancel([before, answer], { when: 'immediate' });
    expect(forms).toEqual([{ cancellation_date: 'now' }]);
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: at('2096-11-05') });
    expect(result.warnings.map(({ code }) => code)).toEqual(['side_effect']);
  });

  it.each([
    ['2096-11-06', '2096-11-05T23:59:59Z'],
    [earliest, now],
  ])('is refused if the earliest date is %s and the provider’s clock shows %s', async (date, time) => {
    const { error, writes } = await refusal([on(time, shown({ earliest_cancellation_date: date }))], {
      when: 'immediate',
    });
    expect(error).toMatchObject({ code: 'date_too_early', earliest: at(date) });
    expect(writes).toBe(0);
  });

  it.each([undefined, 'soon'])('is refused if the provider’s clock shows %s', async (date) => {
    const before = { ...shown({ earliest_cancellation_date: '2020-01-31' }), ...(date && { headers: { date } }) };
    const { error, writes } = await refusal([before], { when: 'immediate' });
    expect(error).toMatchObject({ code: 'unexpected_response', message: expect.stringMatching(/earliest/) });
    expect(writes).toBe(0);
  });

  it('that the provider defers says so', async () => {
    const before = on(now, shown({ earliest_cancellation_date: '2096-11-05' }));
    const { result } = await cancel([before, on(now, cancelled({ cancellation_date: '2096-11-30' }))], {
      when: 'immediate',
    });
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: at('2096-11-30') });
    expect(result.warnings).toContainEqual({ code: 'immediate_deferred', message: expect.stringContaining('11-30') });
  });

  it.each([
    ['2096-11-05', 'already_cancelled'],
    ['2096-11-06', 'already_cancelled'],
    ['2096-11-07', 'timing_conflict'],
  ])('of a server that is cancelled for %s: %s', async (date, expected) => {
    const existing = on(now, cancelled({ cancellation_date: date }));
    const { api } = apiWith([existing, existing]);
    const outcome = await api.safeCancel({ account, service, when: 'immediate' });
    expect(outcome.ok ? outcome.result.outcome : outcome.error.code).toBe(expected);
    if (outcome.ok) expect(outcome.result.warnings.map(({ code }) => code)).toEqual(['timing_unknown']);
  });

  it('whose response is lost is over if the server is gone', async () => {
    const before = on(now, shown({ earliest_cancellation_date: '2096-11-05' }));
    const { result, forms } = await cancel([before, page(502), notFound], { when: 'immediate' });
    expect(result).toMatchObject({ outcome: 'completed', reconciled: true });
    expect(forms).toHaveLength(1);
  });
});

describe('what is read before a cancellation at Hetzner Robot', () => {
  it.each<readonly [string, ConformanceAnswer, string]>([
    ['that there is no such server', notFound, 'not_found'],
    ['a 404 that does not say so', errorAnswer(404, 'NOT_FOUND', 'Not Found'), 'unexpected_response'],
    ['that there were too many requests', limited, 'rate_limited'],
    ['another server', shown({ server_number: 322 }), 'unexpected_response'],
    ['no mark', shown({ cancelled: undefined }), 'unexpected_response'],
    ['no earliest date', shown({ earliest_cancellation_date: null }), 'unexpected_response'],
    ['an earliest date that is none', shown({ earliest_cancellation_date: '2097-02-30' }), 'unexpected_response'],
    ['a page', page(200), 'unexpected_response'],
  ])('ends it without a write if it shows %s', async (_name, answer, code) => {
    const { error, writes } = await refusal([answer]);
    expect({ code: error.code, writes }).toEqual({ code, writes: 0 });
  });

  it.each(['cancel', 'status', 'options', 'revoke'] as const)('is asked once if the login is bad: %s', async (name) => {
    const { api, requests } = apiWith([unauthorized]);
    const asked = { account, service, when: 'earliest' } as const;
    expect(await failureOf(name === 'cancel' ? api.cancel(asked) : api[name]({ account, service }))).toMatchObject({
      code: 'unauthorized',
    });
    expect(requests).toHaveLength(1);
  });

  it.each(['2097-03-30', '2096-12-31'])('refuses %s, which is before the earliest day', async (date) => {
    const { error, writes } = await refusal([shown()], { when: { on: date } });
    expect(error).toMatchObject({ code: 'date_too_early', earliest: at(earliest) });
    expect(error.message).toContain(earliest);
    expect(writes).toBe(0);
  });

  it.each<[string, object, Parts, string, 'missing' | undefined]>([
    ['a missing reservation', { reservation_possible: true }, {}, 'extras.reserveLocation', 'missing'],
    [
      'one that is not possible',
      { reservation_possible: false },
      { extras: { reserveLocation: true } },
      'extras.reserveLocation',
      undefined,
    ],
    ['a reason that is not listed', {}, { reason: { providerCode: 'Why' } }, 'reason.providerCode', undefined],
  ])('refuses %s, and says where', async (_name, fields, parts, path, problem) => {
    const { error, writes } = await refusal([shown({ ...fields })], parts);
    expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path }] });
    expect(error.issues?.[0]?.problem).toBe(problem);
    expect(writes).toBe(0);
  });

  it.each<[When<HetznerTiming>]>([['earliest'], [{ on: earliest }]])(
    'is the response if a cancellation for that day exists already: %j',
    async (when) => {
      const { result, forms } = await cancel([cancelled(), cancelled()], { when });
      expect(result).toMatchObject({ outcome: 'already_cancelled', effectiveAt: at(earliest) });
      expect(forms).toEqual([]);
    },
  );

  it('is a conflict if one for another day exists', async () => {
    const { error, writes } = await refusal([cancelled(), cancelled()], { when: { on: '2097-08-31' } });
    expect(error).toMatchObject({ code: 'timing_conflict', existing: { effectiveAt: at(earliest) } });
    expect(writes).toBe(0);
  });
});

describe('a 409 of Hetzner Robot, which means two things,', () => {
  it.each([already, inTransfer])('is a cancellation if one is read back: %j', async (conflict) => {
    const { result } = await cancel([shown(), conflict, cancelled()]);
    expect(result).toMatchObject({ outcome: 'already_cancelled', effectiveAt: at(earliest) });
  });

  it('is a conflict if one for another day is read back', async () => {
    const other = cancelled({ cancellation_date: '2097-08-31' });
    expect((await refusal([shown(), already, other])).error.code).toBe('timing_conflict');
  });

  it.each([
    ['shows none', shown()],
    ['fails', page(500)],
  ])('is no cancellation if the read-back %s', async (_name, read) => {
    const { error } = await refusal([shown(), inTransfer, read]);
    expect(error).toMatchObject({ code: 'not_cancellable', providerMessage: expect.stringMatching(/active transfer/) });
  });
});

describe('after a lost response, Hetzner Robot', () => {
  it.each([
    ['is read back: the cancellation is there', cancelled(), { outcome: 'scheduled', effectiveAt: at(earliest) }],
    ['is read back: the server is gone', notFound, { outcome: 'completed' }],
  ])('%s', async (_name, read, expected) => {
    for (const lost of [page(502), failed]) {
      const { result, forms } = await cancel([shown(), lost, read]);
      expect(result).toMatchObject({ ...expected, reconciled: true });
      expect(forms).toHaveLength(1);
    }
  });

  it.each([
    ['no cancellation', shown(), 'none'],
    ['one for another day', cancelled({ cancellation_date: '2097-08-31' }), 'scheduled'],
  ])('leaves the outcome open if it shows %s', async (_name, read, lastSeen) => {
    const { error, writes } = await refusal([shown(), failed, read]);
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'server_error', lastSeen });
    expect(writes).toBe(1);
  });
});

describe('a read-back at Hetzner Robot', () => {
  const time = '2096-11-05T12:00:00Z';
  it.each([
    ['no cancellation', shown(), { state: 'none', revocable: false }],
    ['a cancellation', cancelled(), { state: 'scheduled', when: { on: earliest }, reason: 'Server too expensive' }],
    ['no reason', cancelled({ cancellation_reason: null }), { state: 'scheduled', reason: undefined }],
    ['a list of reasons', cancelled({ cancellation_reason: ['a', 'b'] }), { state: 'scheduled', reason: undefined }],
    ['no date', cancelled({ cancellation_date: null }), { state: 'requested', revocable: false, when: undefined }],
    ['no day', cancelled({ cancellation_date: 'soon' }), { state: 'requested', effectiveAt: undefined }],
    ['tomorrow', cancelled({ cancellation_date: '2096-11-06' }), { when: undefined, revocable: true }],
    ['today', cancelled({ cancellation_date: '2096-11-05' }), { when: undefined, revocable: false }],
    ['a later day', cancelled({ cancellation_date: '2096-11-07' }), { when: { on: '2096-11-07' }, revocable: true }],
    ['a day that is over', cancelled({ cancellation_date: '2096-11-02' }), { state: 'requested', revocable: false }],
  ])('shows %s', async (_name, answer, expected) => {
    const status = await apiWith([on(time, answer)]).api.status({ account, service });
    const seen = Object.keys(expected).map((field): [string, unknown] => [field, Reflect.get(status, field)]);
    expect(Object.fromEntries(seen)).toEqual(expected);
  });

  it('does not claim that it can be undone if the provider’s clock is not known', async () => {
    expect(await apiWith([cancelled()]).api.status({ account, service })).toMatchObject({ revocable: false });
  });
});

describe('the options at Hetzner Robot', () => {
  const time = `${earliest}T12:00:00Z`;

  it('are the earliest date and every later day, with the reasons', async () => {
    expect(await options(on('2096-11-05T12:00:00Z', shown()))).toMatchObject({
      timings: [
        { timing: 'earliest', effectiveAt: at(earliest) },
        { timing: 'on_date', from: earliest },
      ],
      reasons: [{ code: 'Upgrade to a new server' }, {}, { code: 'Server too expensive' }],
    });
  });

  it('have immediate among them from the earliest date on, and only if the provider’s clock is known', async () => {
    expect((await options(on(time, shown()))).timings[0]).toEqual({ timing: 'immediate' });
    expect((await options(shown())).timings.map(({ timing }) => timing)).toEqual(['earliest', 'on_date']);
  });

  it('require reserveLocation exactly if the location can be reserved', async () => {
    expect((await options(shown({ reservation_possible: true }))).requiredExtras).toEqual(['reserveLocation']);
    expect(await options(shown())).not.toHaveProperty('requiredExtras');
  });

  it('are none for a cancelled server, and come with its cancellation', async () => {
    const { timings, existing } = await options(cancelled());
    expect({ timings, existing }).toMatchObject({ timings: [], existing: { effectiveAt: at(earliest) } });
  });
});

describe('an undo at Hetzner Robot', () => {
  const undo = (...answers: readonly ConformanceAnswer[]) => apiWith(answers).api.revoke({ account, service });

  it('is believed once no cancellation is left', async () => {
    expect(await undo(cancelled(), undone, shown())).toMatchObject({ outcome: 'revoked' });
    expect(await undo(shown())).toMatchObject({ outcome: 'nothing_to_revoke' });
  });

  it.each([
    ['nothing, and it is still there', undone],
    ['a page', page(200)],
    ['an error of its own', failed],
  ])('is not believed if the API answers %s', async (_name, answer) => {
    expect(await failureOf(undo(cancelled(), answer, cancelled()))).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'scheduled',
    });
  });

  it.each([
    [tooLate, 'rejected', /can no longer be undone/],
    [notFound, 'not_found', /no such server/],
    [limited, 'rate_limited', /./],
  ] as const)('is refused by %j: %s', async (answer, code, message) => {
    const failure = await failureOf(undo(cancelled(), answer));
    expect(failure).toMatchObject({ code });
    expect(failure.message).toMatch(message);
  });
});

describe('whatever Hetzner Robot answers', () => {
  const refusals = [already, notFound, limited, invalid];
  const documented = [cancelled(), shown(), ...refusals];
  const words = [
    'cancellation',
    'cancelled',
    'server_number',
    'cancellation_date',
    'error',
    'code',
    'CONFLICT',
    earliest,
  ];
  /** What JSON in a body says of a cancellation, by a reading of the test's own. */
  const cancellationOf = ({ body }: { readonly body: string }): Readonly<Record<string, unknown>> =>
    fieldsOf(fieldsOf(parsed(body))['cancellation']);

  it('to a cancellation, only a 200 for this server with the mark is a success', async () => {
    await fc.assert(
      fc.asyncProperty(randomAnswers({ documented, words }), async (answer) => {
        const fetch = afterShowing(shown(), answer);
        const api = createCancelService({ hetzner: hetzner(login) }, { fetch });
        const outcome = await api.safeCancel({ account, service, when: 'earliest' });
        const { cancelled: mark, server_number: number } = cancellationOf(answer);
        const isIt = String(number) === String(serverNumber);
        const isAccepted = answer.status === 200 && mark === true && isIt;
        expectSuccessOnly(answer, isAccepted, outcome);
      }),
      { numRuns: RUNS, examples: [[asRandom(cancelled())], [asRandom(already)], [asRandom(notFound)]] },
    );
  });

  it('to a read-back, nothing but this server’s cancellation shows a state', async () => {
    await fc.assert(
      fc.asyncProperty(randomAnswers({ documented, words }), async (answer) => {
        const { fetch } = recordingFetch(() => toResponse(answer));
        const api = createCancelService({ hetzner: hetzner(login) }, { fetch });
        const state = await stateIn(api.status({ account, service }));
        if (state === undefined) return;
        const { cancelled: mark, server_number: number } = cancellationOf(answer);
        expect({ answer, number: Number(number), status: answer.status }).toEqual({
          answer,
          number: serverNumber,
          status: 200,
        });
        expect({ answer, isNone: state === 'none' }).toEqual({ answer, isNone: mark === false });
      }),
      { numRuns: RUNS, examples: [[asRandom(cancelled())], [asRandom(shown())]] },
    );
  });

  it('to an undo, nothing is a success as long as a cancellation is read back', async () => {
    await fc.assert(
      fc.asyncProperty(randomAnswers({ documented: [...documented, undone], words }), async (answer) => {
        const { fetch } = recordingFetch(({ method }) => toResponse(method === 'DELETE' ? answer : cancelled()));
        const api = createCancelService({ hetzner: hetzner(login) }, { fetch });
        expect(await failureOf(api.revoke({ account, service }))).toHaveProperty('code');
      }),
      { numRuns: RUNS, examples: [[{ status: 200, body: '' }]] },
    );
  });
});
