import { type CancelResult, createCancelService, type ProviderError } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { leaseweb, type LeasewebService, type LeasewebTiming } from 'cancelkit/leaseweb';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { recordingFetch, writesOf } from '../../support/fetch.ts';
import { answering, page, toResponse } from '../answering.ts';
import { afterShowing, asRandom, fieldsOf, parsed, randomAnswers, RUNS, stateIn } from '../random-answers.ts';
import {
  apiKey,
  cancelledService,
  codes,
  committed,
  done,
  end,
  endsAt,
  errorAnswer,
  hourly,
  instanceId,
  reasons,
  serviceId,
  shownInstance,
  shownService,
  terminated,
} from './fixtures.ts';

const product = { serviceId };
const instance = { instanceId };
const account = 'leaseweb';
const providerCode = 'CANCEL_NO_NEED';

function serviceWith(answers: readonly ConformanceAnswer[]) {
  const { fetch, requests } = answering(...answers);
  return { api: createCancelService({ leaseweb: leaseweb({ apiKey }) }, { fetch }), requests };
}

interface Asked {
  readonly service?: LeasewebService;
  readonly when?: LeasewebTiming;
  readonly reason?: { readonly providerCode?: string; readonly text?: string; readonly category?: 'no_longer_needed' };
  readonly reference?: string;
  readonly verify?: boolean;
}

/** Cancels, and returns what was written with the result. */
async function cancel(
  answers: readonly ConformanceAnswer[],
  { service = product, when = 'end_of_term', verify = false, ...more }: Asked = {},
): Promise<{ readonly result: CancelResult; readonly writes: readonly string[] }> {
  const { api, requests } = serviceWith(answers);
  const details = { reason: { providerCode }, ...more };
  const result = await api.cancel({ account, service, when, ...details }, { verify });
  return { result, writes: writesOf(requests).map(({ method, url, body }) => `${method} ${url} ${body}`.trim()) };
}

/** The error of a cancellation, and how many requests it wrote. */
async function refusal(
  answers: readonly ConformanceAnswer[],
  { service = product, when = 'end_of_term', ...more }: Asked = {},
): Promise<{ readonly error: ProviderError; readonly writes: number }> {
  const { api, requests } = serviceWith(answers);
  const error = await failureOf(api.cancel({ account, service, when, reason: { providerCode }, ...more }));
  return { error, writes: writesOf(requests).length };
}

describe('a service of Leaseweb', () => {
  it('is cancelled with the code verbatim, and the text beside it', async () => {
    const { result, writes } = await cancel([shownService(), done], { reason: { providerCode: 'x Y', text: 'Over' } });
    expect(writes).toEqual([
      `POST https://api.leaseweb.com/services/v1/services/${serviceId}/cancel {"reason":"Over","reasonCode":"x Y"}`,
    ]);
    expect(result).toMatchObject({ outcome: 'requested', warnings: [], attempts: 2 });
    // When it takes effect is not documented.
    expect(result).not.toHaveProperty('effectiveAt');
  });

  it.each<[NonNullable<Asked['reason']>]>([[{}], [{ text: 'Over' }], [{ category: 'no_longer_needed' }]])(
    'is not cancelled without a code, and no code is made up from %j',
    async (reason) => {
      const { error, writes } = await refusal([shownService(), reasons], { reason });
      expect(error.code).toBe('invalid_request');
      expect(error.issues).toMatchObject([{ path: 'reason.providerCode', problem: 'missing' }]);
      for (const { code } of codes) expect(error.message).toContain(code);
      expect(writes).toBe(0);
    },
  );

  it('says why if the codes cannot be read, and if there are none', async () => {
    const down = await refusal([shownService(), errorAnswer(503, 'Down')], { reason: {} });
    expect({ code: down.error.code, writes: down.writes }).toEqual({ code: 'unavailable', writes: 0 });
    const none = await refusal([shownService(), { status: 200, body: { cancellationReasons: [] } }], { reason: {} });
    expect(none.error).toMatchObject({ code: 'invalid_request', message: expect.stringContaining('lists none') });
  });

  it.each(['immediate', 'end_of_period'] as const)('never takes %s', async (when) => {
    const { error, writes } = await refusal([shownService()], { when });
    expect(error).toMatchObject({ code: 'unsupported', message: expect.stringContaining('end_of_term') });
    expect(error.message).toContain(endsAt.value);
    expect(writes).toBe(0);
  });

  it.each<[string, ConformanceAnswer, string]>([
    ['that it is another one', shownService({ id: '10000000004712' }), 'unexpected_response'],
    ['nothing of whether it can be cancelled', shownService({ cancellable: undefined }), 'unexpected_response'],
    ['a text for whether it can be cancelled', shownService({ cancellable: 'true' }), 'unexpected_response'],
    ['that it cannot be cancelled', shownService({ cancellable: false }), 'not_cancellable'],
    ['that it can be cancelled and restored', shownService({ uncancellable: true }), 'not_cancellable'],
    ['an end, and that it cannot be cancelled', shownService({ cancellable: false, endDate: end }), 'not_cancellable'],
    ['an instance', shownInstance(), 'unexpected_response'],
    ['that no such service exists', errorAnswer(404, 'Resource not found'), 'not_found'],
    ['a page', page(200), 'unexpected_response'],
  ])('is not cancelled if the API shows %s', async (_name, answer, code) => {
    const { error, writes } = await refusal([answer, answer]);
    expect({ code: error.code, writes }).toEqual({ code, writes: 0 });
  });

  it('that is cancelled already is not cancelled again', async () => {
    const { result, writes } = await cancel([cancelledService, cancelledService]);
    expect(result).toMatchObject({ outcome: 'already_cancelled', effectiveAt: endsAt, warnings: [] });
    expect(writes).toEqual([]);
  });

  it('that is cancelled for a day which is not that of the term says so', async () => {
    const other = shownService({ cancellable: false, uncancellable: true, endDate: '2096-06-30T00:00:00+00:00' });
    const { result } = await cancel([other, other]);
    expect(result).toMatchObject({ outcome: 'already_cancelled', warnings: [{ code: 'timing_unknown' }] });
    expect(result.effectiveAt?.value).toBe('2096-06-30T00:00:00.000Z');
  });

  it('that ends on the day of its term has that timing, whether or not both dates have a time of day', async () => {
    for (const [endDate, contractTermEndDate] of [
      ['2097-02-01', '2097-02-01T00:00:00+01:00'],
      ['2097-02-01T00:00:00+01:00', '2097-02-01'],
    ] as const) {
      const seen = shownService({ cancellable: false, uncancellable: true, endDate, contractTermEndDate });
      const { result } = await cancel([shownService({ contractTermEndDate }), done, seen], { verify: true });
      expect(result).toMatchObject({ outcome: 'scheduled', existing: { when: 'end_of_term' }, warnings: [] });
    }
  });

  it.each([
    [cancelledService, 'scheduled', []],
    [shownService({ cancellable: false, uncancellable: true }), 'requested', ['timing_unknown']],
  ] as const)('is read back after a lost response', async (seen, outcome, warnings) => {
    const { result, writes } = await cancel([shownService(), page(502), seen]);
    expect(result).toMatchObject({ outcome, reconciled: true });
    expect(result.warnings.map(({ code }) => code)).toEqual(warnings);
    expect(writes).toHaveLength(1);
  });

  it.each([
    ['that it can still be cancelled', shownService(), 'none'],
    ['an end without the word that it can be restored', shownService({ endDate: end }), 'unknown'],
    [
      'an end far from that of the term',
      shownService({ cancellable: false, uncancellable: true, endDate: '2096-06-30T00:00:00+00:00' }),
      'scheduled',
    ],
  ])('is unknown after a lost response if the read-back shows %s', async (_name, seen, lastSeen) => {
    const { error, writes } = await refusal([shownService(), page(502), seen]);
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen });
    expect(writes).toBe(1);
  });

  it('says with verify if it ends on another day than that of the term', async () => {
    const other = shownService({ cancellable: false, uncancellable: true, endDate: '2096-06-30T00:00:00+00:00' });
    const { result } = await cancel([shownService(), done, other], { verify: true });
    expect(result.warnings).toMatchObject([{ code: 'not_verified', message: expect.stringContaining('2096-06-30') }]);
  });

  it.each([
    ['a 200', { status: 200 }],
    ['a 204 with 200 and words', { status: 200, body: {} }],
    ['a page', page(200)],
    ['the service', shownService()],
  ])('is not taken for cancelled by %s', async (_name, answer) => {
    const { error } = await refusal([shownService(), answer, shownService()]);
    expect(error).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', lastSeen: 'none' });
  });

  it.each([
    ['nothing', { cancellable: undefined }, undefined],
    ['that it can be cancelled', {}, { state: 'none', revocable: false }],
    ['no word on whether it can be restored', { uncancellable: undefined }, { state: 'none' }],
    ['another status', { status: 'EXPIRED' }, { state: 'unknown', revocable: false }],
    ['an end', { endDate: end }, { state: 'unknown', revocable: false }],
    ['an odd end', { endDate: 7 }, { state: 'unknown', revocable: false }],
    ['that it cannot be cancelled', { cancellable: false }, { state: 'unknown', revocable: false }],
    ['both', { uncancellable: true }, { state: 'unknown', revocable: false }],
    ['that it can be restored', { cancellable: false, uncancellable: true }, { state: 'requested', revocable: true }],
  ] as const)('reads back as its flags say: %s', async (_name, fields, expected) => {
    const { api } = serviceWith([shownService(fields)]);
    const status = await api.status({ account, service: product }).catch(() => undefined);
    if (expected === undefined) expect(status).toBeUndefined();
    else expect(status).toMatchObject(expected);
  });

  it('lists its timing with the end of the term, and the codes of the account', async () => {
    const { api } = serviceWith([shownService(), reasons, cancelledService, reasons]);
    const open = await api.options({ account, service: product });
    expect(open).toMatchObject({ timings: [{ timing: 'end_of_term', effectiveAt: endsAt }], reasons: codes });
    expect(open).not.toHaveProperty('existing');
    const cancelled = await api.options({ account, service: product });
    expect(cancelled).toMatchObject({ timings: [], existing: { state: 'scheduled' } });
  });

  it('lists a cancellation that may exist as unknown, and not as none', async () => {
    const { api } = serviceWith([shownService({ cancellable: false }), reasons]);
    const closed = await api.options({ account, service: product });
    expect(closed).toMatchObject({ timings: [], existing: { state: 'unknown', revocable: false } });
  });
});

describe('an instance of Leaseweb', () => {
  const url = `https://api.leaseweb.com/publicCloud/v1/instances/${instanceId}`;

  it.each([
    ['immediate', hourly, undefined],
    ['end_of_period', {}, endsAt],
    ['end_of_period', { term: 1 }, endsAt],
    ['end_of_period', { endsAt: null }, undefined],
    ['end_of_term', committed, endsAt],
    ['end_of_period', { term: 12, billingFrequency: 12 }, endsAt],
  ] as const)('is terminated for %s: %j', async (when, contract, effectiveAt) => {
    const { result, writes } = await cancel([shownInstance(contract), terminated], {
      service: instance,
      when,
      reason: {},
    });
    expect(writes).toEqual([`DELETE ${url}`]);
    expect(result).toMatchObject({ outcome: 'requested', warnings: [], attempts: 2 });
    expect(result.effectiveAt).toEqual(effectiveAt);
  });

  const wrong = [
    ['end_of_period', hourly],
    ['end_of_term', hourly],
    ['immediate', {}],
    ['end_of_term', {}],
    ['immediate', committed],
    ['end_of_period', committed],
  ] as const;

  it.each(wrong)('is never terminated for %s if its contract is %j', async (when, contract) => {
    const { error, writes } = await refusal([shownInstance(contract)], { service: instance, when });
    expect(error.code).toBe('unsupported');
    expect(error.message).toMatch(
      /no timing but (?:immediate \(it is destroyed now\)|end_of_period \(2097|end_of_term \(2097)/,
    );
    expect(writes).toBe(0);
  });

  it.each<[string, ConformanceAnswer]>([
    ['another type', shownInstance({ type: 'YEARLY' })],
    ['a type in other letters', shownInstance({ type: 'hourly' })],
    ['no type', shownInstance({ type: undefined })],
    ['no commitment', shownInstance({ term: undefined })],
    ['a text for the commitment', shownInstance({ term: '0' })],
    ['no billing frequency', shownInstance({ billingFrequency: undefined })],
    ['no state of the contract', shownInstance({ state: undefined })],
    ['another instance', shownInstance({}, { id: '7d3f0c9b-2a41-4e5f-9c68-1b2d3e4f5a61' })],
    ['a service', shownService()],
    ['a page', page(200)],
  ])('is not terminated if the API shows %s', async (_name, answer) => {
    for (const when of ['immediate', 'end_of_period', 'end_of_term'] as const) {
      const { error, writes } = await refusal([answer, answer], { service: instance, when });
      expect({ code: error.code, writes }).toEqual({ code: 'unexpected_response', writes: 0 });
    }
  });

  it('is not terminated in a state of its contract that is not documented', async () => {
    const odd = shownInstance({ state: 'SUSPENDED' });
    const { error, writes } = await refusal([odd, odd], { service: instance, when: 'end_of_period' });
    expect({ code: error.code, writes }).toEqual({ code: 'not_cancellable', writes: 0 });
  });

  it.each(['DESTROYING', 'DESTROYED'])('that is %s already is not terminated again', async (state) => {
    const shown = shownInstance(hourly, { state });
    const { result, writes } = await cancel([shown, shown], { service: instance, when: 'immediate' });
    expect(result.outcome).toBe('already_cancelled');
    expect(writes).toEqual([]);
  });

  it('says what of the reason was not sent', async () => {
    const asked = {
      service: instance,
      when: 'end_of_period',
      reason: { text: 'Over', providerCode },
      reference: 'o-1',
    } as const;
    const { result, writes } = await cancel([shownInstance(), terminated], asked);
    expect(result.warnings.map(({ code }) => code).toSorted()).toEqual([
      'reason_code_not_sent',
      'reason_not_sent',
      'reference_not_sent',
    ]);
    expect(writes).toEqual([`DELETE ${url}`]);
  });

  it('whose contract changes between the read and the termination is reported by the read-back', async () => {
    const became = shownInstance({ state: 'DELETE_SCHEDULED' });
    const { result } = await cancel([shownInstance(hourly), terminated, became], {
      service: instance,
      when: 'immediate',
      reason: {},
      verify: true,
    });
    expect(result.warnings).toMatchObject([
      { code: 'not_verified', message: expect.stringContaining('end_of_period') },
    ]);
  });

  it.each([
    ['immediate', hourly, errorAnswer(404, 'Resource not found'), 'completed'],
    ['immediate', hourly, shownInstance(hourly, { state: 'DESTROYED' }), 'completed'],
    ['immediate', hourly, shownInstance(hourly, { state: 'DESTROYING' }), 'requested'],
    ['end_of_period', {}, shownInstance({ state: 'DELETE_SCHEDULED' }), 'scheduled'],
  ] as const)('is read back after a lost response: %s', async (when, contract, seen, outcome) => {
    const { result, writes } = await cancel([shownInstance(contract), page(502), seen], { service: instance, when });
    expect(result).toMatchObject({ outcome, reconciled: true });
    expect(writes).toHaveLength(1);
  });

  it.each([
    ['still runs, as it may right after a termination', shownInstance(hourly), 'none'],
    ['is a 404 with the code 401', errorAnswer(404, 'No.', { errorCode: '401' }), undefined],
    ['has become monthly', shownInstance({ state: 'DELETE_SCHEDULED' }), 'scheduled'],
  ])('is unknown after a lost response if it %s', async (_name, seen, lastSeen) => {
    const { error, writes } = await refusal([shownInstance(hourly), page(502), seen], {
      service: instance,
      when: 'immediate',
    });
    expect([error.code, error.lastSeen]).toEqual(['outcome_unknown', lastSeen]);
    expect(writes).toBe(1);
  });

  it.each([
    ['a 204', { status: 204 }],
    ['a 202', { status: 202 }],
    ['an empty object', { status: 200, body: {} }],
    ['the instance', shownInstance({ state: 'DELETE_SCHEDULED' })],
  ])('is not taken for terminated by %s', async (_name, answer) => {
    const { error } = await refusal([shownInstance(), answer, shownInstance()], {
      service: instance,
      when: 'end_of_period',
    });
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'none' });
  });

  it('lists its one timing, and no reasons', async () => {
    const { api } = serviceWith([shownInstance(committed), shownInstance({ state: 'DELETE_SCHEDULED' })]);
    const open = await api.options({ account, service: instance });
    expect(open.timings).toEqual([{ timing: 'end_of_term', effectiveAt: endsAt }]);
    expect(open).not.toHaveProperty('reasons');
    const ending = await api.options({ account, service: instance });
    expect(ending).toMatchObject({ timings: [], existing: { state: 'scheduled', revocable: true } });
  });
});

describe('an error of Leaseweb', () => {
  it.each([
    [400, 'rejected', /refused: No/],
    [401, 'unauthorized', /API key/],
    [403, 'forbidden', /may not/],
    [404, 'not_found', /./],
    [409, 'rejected', /refused: No/],
    [429, 'rate_limited', /too many/],
  ] as const)('%i is %s, with the id of the response', async (status, code, message) => {
    const answer = errorAnswer(status, 'No');
    for (const asked of [{}, { service: instance, when: 'end_of_period' }] as const) {
      const shown = 'service' in asked ? shownInstance() : shownService();
      const { error } = await refusal([shown, answer], asked);
      expect(error).toMatchObject({ code, providerStatus: status, providerCode: String(status) });
      expect(error).toMatchObject({ providerReference: '550e8400-e29b-41d4-a716-446655440000' });
      expect(error.message).toMatch(message);
    }
  });

  it('404 with the code 401, as the description shows, is not “no such service”', async () => {
    const answer = errorAnswer(404, 'You are not authorized to view this resource.', { errorCode: '401' });
    expect((await refusal([answer])).error.code).toBe('unauthorized');
  });

  it.each([{}, [], { errorCode: 4 }, { errorMessage: 4 }, { error: 'No' }])(
    'of the form %j is nobody’s word',
    async (body) => {
      const isOwn = 'errorCode' in body;
      const { error } = await refusal([shownService(), { status: 403, body }, shownService()]);
      expect(error.code).toBe(isOwn ? 'forbidden' : 'outcome_unknown');
    },
  );
});

describe('an undo at Leaseweb', () => {
  const undoOf = (service: LeasewebService, ...answers: readonly ConformanceAnswer[]) => {
    const { api, requests } = serviceWith(answers);
    return { undone: api.revoke({ account, service }), requests };
  };

  it.each([
    [product, cancelledService, shownService(), `services/v1/services/${serviceId}/uncancel`],
    [
      instance,
      shownInstance({ state: 'DELETE_SCHEDULED' }),
      shownInstance(),
      `publicCloud/v1/instances/${instanceId}/cancelTermination`,
    ],
  ] as const)('has no body, and is believed once it can be read: %j', async (service, before, after, path) => {
    const { undone, requests } = undoOf(service, before, before, done, after);
    expect(await undone).toMatchObject({ outcome: 'revoked' });
    const [write] = writesOf(requests);
    expect(write).toMatchObject({ method: 'POST', url: `https://api.leaseweb.com/${path}`, body: '' });
    expect(JSON.stringify(write?.headers)).not.toContain('content-type');
  });

  it.each([
    [product, cancelledService, cancelledService, 'scheduled'],
    [product, cancelledService, shownService({ endDate: end }), 'unknown'],
    [instance, shownInstance({ state: 'DELETE_SCHEDULED' }), shownInstance({ state: 'DELETE_SCHEDULED' }), 'scheduled'],
  ] as const)('is not believed if it is still there', async (service, before, after, lastSeen) => {
    expect(await failureOf(undoOf(service, before, before, done, after).undone)).toMatchObject({
      code: 'outcome_unknown',
      lastSeen,
    });
  });

  it.each([
    [404, 'not_found'],
    [400, 'rejected'],
    [403, 'forbidden'],
  ] as const)('is refused by %i: %s', async (status, code) => {
    const failure = await failureOf(
      undoOf(product, cancelledService, cancelledService, errorAnswer(status, 'No')).undone,
    );
    expect(failure).toMatchObject({ code, providerCode: String(status) });
  });

  it.each([
    [product, shownService({ endDate: end }), 'rejected'],
    [product, shownService({ cancellable: false }), 'rejected'],
    [instance, shownInstance({ ...hourly, state: 'DELETE_SCHEDULED' }), 'rejected'],
    [instance, shownInstance({ state: 'DELETE_SCHEDULED' }, { state: 'DESTROYING' }), 'rejected'],
  ] as const)('is not sent if the API does not show that there is something to undo', async (service, seen, code) => {
    const { undone, requests } = undoOf(service, seen, seen);
    expect((await failureOf(undone)).code).toBe(code);
    expect(writesOf(requests)).toEqual([]);
  });

  it('is not sent if the service is gone meanwhile', async () => {
    const { undone, requests } = undoOf(product, cancelledService, errorAnswer(404, 'Resource not found'));
    expect((await failureOf(undone)).code).toBe('not_found');
    expect(writesOf(requests)).toEqual([]);
  });
});

describe('whatever Leaseweb answers', () => {
  const words = [
    'cancellable',
    'uncancellable',
    'endDate',
    'contract',
    'state',
    'type',
    'DELETE_SCHEDULED',
    'errorCode',
  ];
  const errors = [errorAnswer(400, 'No'), errorAnswer(404, 'Resource not found')];
  const bodyOf = (body: string): Readonly<Record<string, unknown>> => fieldsOf(parsed(body));

  it.each([
    ['a service', product, 'end_of_term', shownService(), 204],
    ['an instance', instance, 'end_of_period', shownInstance(), 200],
  ] as const)(
    'to a cancellation of %s, only its documented status without a body is a success',
    async (_name, service, when, shown, status) => {
      const random = randomAnswers({ documented: [done, terminated, cancelledService, shown, ...errors], words });
      await fc.assert(
        fc.asyncProperty(random, async (answer) => {
          const fetch = afterShowing(shown, answer);
          const api = createCancelService({ leaseweb: leaseweb({ apiKey }) }, { fetch });
          const outcome = await api.safeCancel({ account, service, when, reason: { providerCode } });
          const isAccepted = answer.status === status && (status === 204 || answer.body.trim() === '');
          expect({ answer, ok: outcome.ok }).toEqual({ answer, ok: isAccepted });
        }),
        { numRuns: RUNS, examples: [[asRandom(done)], [asRandom(terminated)], [{ status: 200, body: '{}' }]] },
      );
    },
  );

  it.each([
    ['a service', product, [shownService(), cancelledService]],
    ['an instance', instance, [shownInstance(), shownInstance({ state: 'DELETE_SCHEDULED' })]],
  ] as const)('to a read-back of %s, no state is shown but by its own words', async (_name, service, documented) => {
    const random = randomAnswers({ documented: [...documented, ...errors], words: [...words, serviceId, instanceId] });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const { fetch } = recordingFetch(() => toResponse(answer));
        const api = createCancelService({ leaseweb: leaseweb({ apiKey }) }, { fetch });
        const state = await stateIn(api.status({ account, service }));
        if (state === undefined) return;
        const { id, cancellable, uncancellable, contract, state: own } = bodyOf(answer.body);
        expect({ answer, status: answer.status }).toEqual({ answer, status: 200 });
        expect(id).toBe('serviceId' in service ? serviceId : instanceId);
        if (state === 'unknown') return;
        const isNone = state === 'none';
        if ('serviceId' in service) expect([cancellable, uncancellable === true]).toEqual([isNone, !isNone]);
        else if (own !== 'DESTROYING' && own !== 'DESTROYED')
          expect(fieldsOf(contract)['state']).toBe(isNone ? 'ACTIVE' : 'DELETE_SCHEDULED');
      }),
      { numRuns: RUNS, examples: documented.map((answer) => [asRandom(answer)] as const) },
    );
  });

  it.each(['immediate', 'end_of_period', 'end_of_term'] as const)(
    'to the read before it, %s is sent to an instance only with a contract that fits',
    async (when) => {
      const documented = [shownInstance(hourly), shownInstance(), shownInstance(committed)];
      const random = randomAnswers({ documented, words: [...words, 'HOURLY', 'MONTHLY', 'term', 'billingFrequency'] });
      await fc.assert(
        fc.asyncProperty(random, async (answer) => {
          const { fetch, requests } = recordingFetch((_request, count) => toResponse(count === 1 ? answer : page(404)));
          const api = createCancelService({ leaseweb: leaseweb({ apiKey }) }, { fetch });
          await api.safeCancel({ account, service: instance, when });
          if (writesOf(requests).length === 0) return;
          const { type, state, term, billingFrequency } = fieldsOf(bodyOf(answer.body)['contract']);
          expect(state).toBe('ACTIVE');
          expect(type).toBe(when === 'immediate' ? 'HOURLY' : 'MONTHLY');
          if (when !== 'immediate') expect(Number(term) > Number(billingFrequency)).toBe(when === 'end_of_term');
        }),
        { numRuns: RUNS, examples: documented.map((answer) => [asRandom(answer)] as const) },
      );
    },
  );
});
