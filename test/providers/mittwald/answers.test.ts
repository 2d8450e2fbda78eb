import { createCancelService, type CancellationOptions, type CancelResult, type When } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { mittwald, type MittwaldService, type MittwaldTiming } from 'cancelkit/mittwald';
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
  accepted,
  acceptedItem,
  contractId,
  contractItemId,
  contractNumber,
  errorAnswer,
  next,
  shownContract,
  shownItem,
  termination,
  token,
  undone,
} from './fixtures.ts';

const contract = { contractId };
const item = { contractId, contractItemId };
const terminated = shownContract({ termination: termination() });

function serviceWith(answers: readonly ConformanceAnswer[]) {
  const { fetch, requests } = answering(...answers);
  return { api: createCancelService({ mittwald: mittwald({ token }) }, { fetch }), requests };
}

/** Cancels, and returns what was written with the result. */
async function cancel(
  answers: readonly ConformanceAnswer[],
  { when = 'earliest', service = contract }: { when?: When<MittwaldTiming>; service?: MittwaldService } = {},
): Promise<{ readonly result: CancelResult; readonly bodies: readonly unknown[] }> {
  const { api, requests } = serviceWith(answers);
  const result = await api.cancel({ account: 'mittwald', service, when, reason: 'Project ended' });
  return { result, bodies: writesOf(requests).map(({ body }): unknown => JSON.parse(body)) };
}

/** The error of a cancellation, and how many requests it wrote. */
async function refusal(answers: readonly ConformanceAnswer[], when: When<MittwaldTiming> = 'earliest') {
  const { api, requests } = serviceWith(answers);
  const error = await failureOf(api.cancel({ account: 'mittwald', service: contract, when }));
  return { error, writes: writesOf(requests).length };
}

function options(...answers: readonly ConformanceAnswer[]): Promise<CancellationOptions<MittwaldTiming>> {
  return serviceWith(answers).api.options({ account: 'mittwald', service: contract });
}

describe('a termination at mittwald', () => {
  it('of a contract is scheduled, and warns of the other items that end with it', async () => {
    const { result, bodies } = await cancel([shownContract(), accepted()]);
    expect(bodies).toEqual([{ reason: 'Project ended' }]);
    expect(result).toMatchObject({
      outcome: 'scheduled',
      effectiveAt: { value: next, precision: 'instant', source: 'provider' },
      warnings: [{ code: 'side_effect', message: expect.stringContaining(contractItemId) }],
      attempts: 2,
    });
  });

  it('of an item is scheduled without a warning', async () => {
    const { result } = await cancel([shownItem(), acceptedItem()], { service: item });
    expect(result).toMatchObject({ outcome: 'scheduled', warnings: [] });
  });

  it('names a contract by its number, in any letters', async () => {
    const service = { contractId: contractNumber.toLowerCase() };
    expect((await cancel([shownContract(), accepted()], { service })).result.outcome).toBe('scheduled');
  });

  it.each([
    ['2097-03-31', '2097-03-31T21:59:59.000Z'],
    ['2097-04-30', '2097-04-30T21:59:59.000Z'],
  ])('on %s is sent with the time of day of the next possible date', async (on, instant) => {
    const { result, bodies } = await cancel([shownContract(), accepted({ terminationTargetDate: instant })], {
      when: { on },
    });
    expect(bodies).toEqual([{ reason: 'Project ended', terminationTargetDate: instant }]);
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: instant } });
  });

  it.each([undefined, 'soon', '2097-03-31'])(
    'on a date is sent with midnight if the API shows %s',
    async (shownNext) => {
      const shown = shownContract({}, { nextPossibleTerminationDate: shownNext });
      const { bodies } = await cancel([shown, accepted()], { when: { on: '2097-03-31' } });
      expect(bodies).toMatchObject([{ terminationTargetDate: '2097-03-31T00:00:00.000Z' }]);
    },
  );

  it('reads the next possible date in any offset', async () => {
    const shown = shownContract({}, { nextPossibleTerminationDate: '2097-04-01T00:00:00+02:00' });
    const { bodies } = await cancel([shown, accepted()], { when: { on: '2097-03-31' } });
    expect(bodies).toMatchObject([{ terminationTargetDate: '2097-03-31T22:00:00.000Z' }]);
  });

  it('for another day than was asked for says so', async () => {
    const answer = accepted({ terminationTargetDate: '2097-06-30T21:59:59.000Z', itemsScheduledForTermination: [] });
    const { result } = await cancel([shownContract(), answer], { when: { on: '2097-04-30' } });
    expect(result).toMatchObject({ outcome: 'scheduled', warnings: [{ code: 'not_verified' }] });
  });

  it('without a date in the response is requested', async () => {
    const { result } = await cancel([shownContract(), accepted({ terminationTargetDate: undefined })]);
    expect(result.outcome).toBe('requested');
    expect(result).not.toHaveProperty('effectiveAt');
  });

  it.each([
    ['for another contract', accepted({ contractId: contractItemId })],
    ['for another item', accepted({ contractItemId })],
    ['without an id', accepted({ contractId: undefined })],
    ['with 200', { ...accepted(), status: 200 }],
    ['that is a page', page(201)],
    ['that is empty', { status: 201 }],
  ])('is not believed by a response %s', async (_name, answer) => {
    const { error, writes } = await refusal([shownContract(), answer, shownContract()]);
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', lastSeen: 'none' });
    expect(writes).toBe(1);
  });

  it.each([
    [400, 'rejected', /\.terminationTargetDate should fit the period/],
    [401, 'unauthorized', /credentials/],
    [403, 'forbidden', /may write/],
    [404, 'not_found', /./],
    [409, 'rejected', /refused: No/],
    [429, 'rate_limited', /too many/],
  ] as const)('is refused by %i: %s', async (status, code, message) => {
    const validationErrors = [{ path: '.terminationTargetDate', type: 'x', message: 'should fit the period' }];
    const { error } = await refusal([shownContract(), errorAnswer(status, 'Odd', 'No', { validationErrors })]);
    expect(error).toMatchObject({ code, providerStatus: status, providerCode: 'Odd' });
    expect(`${error.message} ${error.providerMessage}`).toMatch(message);
  });
});

describe('what is read before a termination at mittwald', () => {
  it.each<readonly [string, ConformanceAnswer, string]>([
    ['that there is no such contract', errorAnswer(404, 'Odd', 'No'), 'not_found'],
    ['that the token is not valid', errorAnswer(401, 'Odd', 'No'), 'unauthorized'],
    ['another contract', shownContract({ contractId: contractItemId, contractNumber: 'V1' }), 'unexpected_response'],
    ['an item', shownItem(), 'unexpected_response'],
    ['a page', page(200), 'unexpected_response'],
  ])('ends it without a write if it shows %s', async (_name, answer, code) => {
    const { error, writes } = await refusal([answer]);
    expect({ code: error.code, writes }).toEqual({ code, writes: 0 });
  });

  it.each(['2097-03-30', '2096-12-31'])('refuses %s, which is before the next possible day', async (on) => {
    const { error, writes } = await refusal([shownContract()], { on });
    expect(error).toMatchObject({ code: 'date_too_early', earliest: { value: next, precision: 'instant' } });
    expect(error.message).toContain(next);
    expect(writes).toBe(0);
  });

  it.each<[When<MittwaldTiming>]>([['earliest'], [{ on: '2097-03-31' }]])(
    'is the response if a termination for that day is stored already: %j',
    async (when) => {
      const { result, bodies } = await cancel([terminated, terminated], { when });
      expect(result).toMatchObject({ outcome: 'already_cancelled', existing: { effectiveAt: { value: next } } });
      expect(bodies).toEqual([]);
    },
  );

  it('is a conflict if a termination for another day is stored', async () => {
    const { error, writes } = await refusal([terminated, terminated], { on: '2097-08-31' });
    expect(error).toMatchObject({ code: 'timing_conflict', existing: { effectiveAt: { value: next } } });
    expect(writes).toBe(0);
  });

  it('is no reason not to send if a termination is not possible as far as it shows', async () => {
    const shown = shownContract({}, { nextPossibleTerminationDate: undefined });
    const { error, writes } = await refusal([shown, errorAnswer(400, 'Odd', 'No')]);
    expect({ code: error.code, writes }).toEqual({ code: 'rejected', writes: 1 });
  });
});

describe('after a lost response, mittwald', () => {
  it.each([
    ['is read back: the termination is there', terminated, { outcome: 'scheduled', reconciled: true }],
    ['is read back: the contract is gone', errorAnswer(404, 'Odd', 'No'), { outcome: 'completed', reconciled: true }],
  ])('%s', async (_name, shown, expected) => {
    const { result, bodies } = await cancel([shownContract(), page(502), shown]);
    expect(result).toMatchObject(expected);
    expect(bodies).toHaveLength(1);
  });

  it.each([
    ['no termination', shownContract(), 'none'],
    [
      'one for another day',
      shownContract({ termination: termination({ targetDate: '2098-01-31T22:59:59Z' }) }),
      'scheduled',
    ],
  ])('leaves the outcome open if it shows %s', async (_name, shown, lastSeen) => {
    const { error, writes } = await refusal([shownContract(), page(502), shown]);
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen });
    expect(writes).toBe(1);
  });
});

describe('a read-back at mittwald', () => {
  it.each([
    ['no termination', {}, { state: 'none', revocable: false }],
    ['null', { termination: null }, { state: 'none' }],
    ['a text', { termination: 'soon' }, { state: 'unknown', revocable: false }],
    ['a termination', { termination: termination() }, { state: 'scheduled', revocable: true, reason: 'Project ended' }],
    ['an explanation', { termination: termination({ reason: undefined, explanation: 'Why' }) }, { reason: 'Why' }],
    ['no date', { termination: termination({ targetDate: undefined }) }, { state: 'requested', revocable: true }],
    ['that undo is forbidden', { termination: termination({ cancellationForbidden: true }) }, { revocable: false }],
    ['that undo is allowed', { termination: termination({ cancellationForbidden: false }) }, { revocable: true }],
    ['an odd word on undo', { termination: termination({ cancellationForbidden: 'no' }) }, { revocable: false }],
  ] as const)('of a contract and of an item shows %s', async (_name, fields, expected) => {
    for (const [service, answer] of [
      [contract, shownContract(fields)],
      [item, shownItem(fields)],
    ] as const) {
      const { api } = serviceWith([answer]);
      expect(await api.status({ account: 'mittwald', service })).toMatchObject(expected);
    }
  });

  it('goes by the termination of the contract, and not by that of its base item', async () => {
    const { api } = serviceWith([shownContract({}, { termination: termination() })]);
    expect(await api.status({ account: 'mittwald', service: contract })).toMatchObject({ state: 'none' });
  });
});

describe('the options at mittwald', () => {
  it('are the next possible date, and every later day', async () => {
    expect((await options(shownContract())).timings).toEqual([
      { timing: 'earliest', effectiveAt: { value: next, precision: 'instant', source: 'provider' } },
      { timing: 'on_date', from: '2097-03-31' },
    ]);
  });

  it('are none without a next possible date', async () => {
    expect((await options(shownContract({}, { nextPossibleTerminationDate: undefined }))).timings).toEqual([]);
  });

  it('come with the termination that exists', async () => {
    expect((await options(terminated)).existing).toMatchObject({ state: 'scheduled', effectiveAt: { value: next } });
    expect(await options(shownContract())).not.toHaveProperty('existing');
  });
});

describe('an undo at mittwald', () => {
  function undo(...answers: readonly ConformanceAnswer[]) {
    return serviceWith(answers).api.revoke({ account: 'mittwald', service: contract });
  }

  it('is believed once no termination is left', async () => {
    expect(await undo(terminated, undone(true), shownContract())).toMatchObject({ outcome: 'revoked' });
    expect(await undo(shownContract())).toMatchObject({ outcome: 'nothing_to_revoke' });
  });

  it.each([
    ['that it undid nothing', undone(false)],
    ['that it undid something, which is still there', undone(true)],
    ['nothing', { status: 200, body: {} }],
  ])('is not believed if the API answers %s', async (_name, answer) => {
    expect(await failureOf(undo(terminated, answer, terminated))).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'scheduled',
    });
  });

  it.each([
    [412, 'rejected', /can no longer be undone/],
    [404, 'not_found', /no termination is stored/],
    [403, 'forbidden', /may write/],
  ] as const)('is refused by %i: %s', async (status, code, message) => {
    const failure = await failureOf(undo(terminated, errorAnswer(status, 'Odd', 'No')));
    expect(failure).toMatchObject({ code, providerCode: 'Odd' });
    expect(failure.message).toMatch(message);
  });
});

describe('whatever mittwald answers', () => {
  const refusals = [errorAnswer(400, 'ValidationError', 'No'), errorAnswer(404, 'NotFoundError', 'No')];
  const shown = [shownContract(), terminated];
  const words = [
    'contractId',
    'terminationTargetDate',
    'termination',
    'type',
    'message',
    contractId,
    next,
    'isCancelled',
  ];
  /** What JSON in a body says, by a reading of the test's own. */
  const bodyOf = ({ body }: { readonly body: string }): Readonly<Record<string, unknown>> => fieldsOf(parsed(body));

  it('to a termination, only a 201 for this contract is a success', async () => {
    const random = randomAnswers({ documented: [accepted(), undone(true), ...refusals], words });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const fetch = afterShowing(shownContract(), answer);
        const api = createCancelService({ mittwald: mittwald({ token }) }, { fetch });
        const outcome = await api.safeCancel({ account: 'mittwald', service: contract, when: 'earliest' });
        const isAccepted = answer.status === 201 && String(bodyOf(answer)['contractId']).toLowerCase() === contractId;
        expectSuccessOnly(answer, isAccepted, outcome);
      }),
      { numRuns: RUNS, examples: [[asRandom(accepted())], [asRandom(errorAnswer(404, 'Odd', 'No'))]] },
    );
  });

  it('to a read-back, nothing but a contract shows a state', async () => {
    const random = randomAnswers({ documented: [...shown, accepted(), ...refusals], words });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const { fetch } = recordingFetch(() => toResponse(answer));
        const api = createCancelService({ mittwald: mittwald({ token }) }, { fetch });
        const state = await stateIn(api.status({ account: 'mittwald', service: contract }));
        if (state === undefined) return;
        const { contractId: id, contractNumber: number, termination: stored } = bodyOf(answer);
        expect({ answer, status: answer.status }).toEqual({ answer, status: 200 });
        expect([String(id).toLowerCase() === contractId, number === contractId]).toContain(true);
        if (state === 'none') expect(stored ?? null).toBeNull();
        if (state === 'scheduled' || state === 'requested') expect(stored).toBeTypeOf('object');
      }),
      { numRuns: RUNS, examples: shown.map((answer) => [asRandom(answer)] as const) },
    );
  });
});
