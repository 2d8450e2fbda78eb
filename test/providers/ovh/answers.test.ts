import { createCancelService, type CancelResult, type When } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { ovh, type OvhService, type OvhTiming } from 'cancelkit/ovh';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { recordingFetch, writesOf, type RecordingFetch } from '../../support/fetch.ts';
import { untyped } from '../../support/untyped.ts';
import { page, toResponse } from '../answering.ts';
import { asRandom, fieldsOf, parsed, randomAnswers, RUNS, stateIn } from '../random-answers.ts';
import {
  both,
  done,
  errorAnswer,
  keys,
  mailed,
  over,
  pending,
  periodEnd,
  serviceId,
  serviceName,
  shown,
  termEnd,
  time,
} from './fixtures.ts';

const account = 'ovh';
const byName = { serviceName, product: 'vps' } as const;
const told: ConformanceAnswer = { status: 200, body: { message: 'An email has been sent' } };
const notFound = errorAnswer(404, 'NOT_FOUND', 'This service does not exist');
const list = (...ids: readonly number[]): ConformanceAnswer => ({ status: 200, body: ids });

/** A fetch that gives these answers in order, and the time to whoever asks for it. */
function answering(...answers: readonly ConformanceAnswer[]): RecordingFetch {
  let next = 0;
  return recordingFetch(({ url }) => {
    if (url.endsWith('/auth/time')) return toResponse(time);
    next += 1;
    const answer = answers[next - 1];
    if (answer === undefined) throw new Error(`${url} was not expected`);
    return toResponse(answer);
  });
}

function serviceWith(answers: readonly ConformanceAnswer[]) {
  const { fetch, requests } = answering(...answers);
  return { api: createCancelService({ ovh: ovh(keys) }, { fetch }), requests };
}

interface Order {
  readonly when?: When<OvhTiming>;
  readonly service?: OvhService;
}

/** Cancels, and returns what was written with the result. */
async function cancel(
  answers: readonly ConformanceAnswer[],
  { when = 'end_of_period', service = both }: Order = {},
): Promise<{ readonly result: CancelResult; readonly writes: readonly string[] }> {
  const { api, requests } = serviceWith(answers);
  const result = await api.cancel({ account, service, when });
  return { result, writes: writesOf(requests).map(({ method, url, body }) => `${method} ${pathOf(url)} ${body}`) };
}

/** The error of a cancellation, and how many requests it wrote. */
async function refusal(answers: readonly ConformanceAnswer[], { when = 'end_of_period', service = both }: Order = {}) {
  const { api, requests } = serviceWith(answers);
  const error = await failureOf(api.cancel({ account, service, when }));
  return { error, writes: writesOf(requests).length };
}

const pathOf = (url: string): string => url.replace('https://eu.api.ovh.com/1.0', '');

describe('a cancellation at OVHcloud', () => {
  it.each([
    ['end_of_period', 'terminateAtExpirationDate'],
    ['end_of_term', 'terminateAtEngagementDate'],
  ] as const)('to the %s sets one policy and nothing else', async (when, policy) => {
    const { result, writes } = await cancel([shown(), done], { when });
    expect(result).toMatchObject({ outcome: 'requested', when, warnings: [] });
    expect(writes).toEqual([`PUT /services/${serviceId} {"terminationPolicy":"${policy}"}`]);
  });

  it('finds the contract of a machine by its name', async () => {
    const { api, requests } = serviceWith([list(serviceId), shown(), done]);
    await api.cancel({
      account,
      service: { ...byName, serviceName: serviceName.toUpperCase() },
      when: 'end_of_period',
    });
    expect(requests.map(({ method, url }) => `${method} ${pathOf(url)}`)).toEqual([
      'GET /auth/time',
      `GET /services?resourceName=${serviceName.toUpperCase()}`,
      `GET /services/${serviceId}`,
      `PUT /services/${serviceId}`,
    ]);
  });

  it.each<readonly [string, OvhService, string, ConformanceAnswer]>([
    ['a VPS', both, `/vps/${serviceName}/terminate`, mailed],
    ['any product by its number', { serviceId: `${serviceId}` }, `/services/${serviceId}/terminate`, told],
  ])('of %s now asks for an e-mail, without a body', async (_name, service, path, answer) => {
    const { api, requests } = serviceWith([shown(), answer]);
    const error = await failureOf(api.cancel({ account, service, when: 'immediate' }));
    expect(error).toMatchObject({ code: 'confirmation_required', confirmation: { sentTo: 'email' } });
    const [write] = writesOf(requests);
    expect(pathOf(write?.url ?? '')).toBe(path);
    expect([write?.body, write?.headers['content-type']]).toEqual(['', undefined]);
  });

  it('says that a reason is not sent with it', async () => {
    const { api, requests } = serviceWith([shown(), done]);
    const reason = { category: 'too_expensive', text: 'Too dear' } as const;
    const result = await api.cancel({ account, service: both, when: 'end_of_period', reason, reference: 'order-1' });
    expect(result.warnings.map(({ code }) => code)).toEqual(['reason_not_sent', 'reference_not_sent']);
    expect(requests.some(({ body }) => /dear|TOO_EXPENSIVE|order-1/.test(body))).toBe(false);
  });

  it('refuses futureUse with another timing than immediate, and takes it with that', async () => {
    const order = { account, service: both, extras: { futureUse: 'OTHER' } } as const;
    const { api, requests } = serviceWith([shown(), shown(), mailed]);
    const error = await failureOf(api.cancel({ ...order, when: 'end_of_period' }));
    expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'extras.futureUse' }] });
    expect(writesOf(requests)).toEqual([]);
    expect(await failureOf(api.cancel({ ...order, when: 'immediate' }))).toMatchObject({
      code: 'confirmation_required',
    });
    expect(writesOf(requests)[0]?.body).toBe('');
  });

  it.each([
    ['an object', { status: 200, body: {} }],
    ['a text', { status: 200, body: '"done"' }],
    ['a page', page(200)],
    ['204', { status: 204 }],
    ['201 with null', { status: 201, body: null }],
    ['an error with 200', { ...notFound, status: 200 }],
  ])('is not believed if a policy is answered with %s', async (_name, answer) => {
    const { error, writes } = await refusal([shown(), answer, shown()]);
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'none' });
    expect(writes).toBe(1);
  });

  it.each([
    ['null', { status: 200, body: null }],
    ['nothing', { status: 200 }],
    ['a page', page(200)],
    ['a number', { status: 200, body: 1 }],
    ['an error', { ...notFound, status: 200 }],
    ['the message of another call', { status: 200, body: { message: 'An email has been sent' } }],
  ])('does not say that an e-mail was sent if the response is %s', async (_name, answer) => {
    const { error } = await refusal([shown(), answer, shown()], { when: 'immediate' });
    expect(error).toMatchObject({ code: 'outcome_unknown' });
  });

  it.each([
    [400, 'BAD_PARAMETERS', 'rejected', /refused: No/],
    [400, 'INVALID_SIGNATURE', 'unauthorized', /three keys/],
    [401, 'UNAUTHORIZED', 'unauthorized', /credentials/],
    [403, 'INVALID_KEY', 'unauthorized', /endpoint/],
    [403, 'INVALID_CREDENTIAL', 'unauthorized', /endpoint/],
    [403, 'NOT_CREDENTIAL', 'unauthorized', /endpoint/],
    [403, 'NOT_GRANTED_CALL', 'forbidden', /GET and PUT on \/services/],
    [409, 'CONFLICT', 'rejected', /refused: No/],
    [429, 'TOO_MANY', 'rate_limited', /too many/],
  ] as const)('is refused by %i %s: %s', async (status, errorCode, code, message) => {
    const answer = errorAnswer(status, errorCode, 'No');
    // A 401 and a 429 invite another try.
    const { error } = await refusal([shown(), answer, answer, answer, answer]);
    expect(error).toMatchObject({ code, providerStatus: status, providerCode: errorCode });
    expect(error).toMatchObject({ providerReference: 'EU.ext-3.4711' });
    expect(error.message).toMatch(message);
  });

  it('carries the API’s own id of the response', async () => {
    const answer = { ...done, headers: { 'x-ovh-queryid': 'EU.ext-9.ab' } };
    expect((await cancel([shown(), answer])).result.providerRequestId).toBe('EU.ext-9.ab');
  });
});

describe('what is read before a cancellation at OVHcloud', () => {
  const doomed = shown({ resource: { name: serviceName, state: 'toDelete' } });
  const dated = shown({ current: { terminationDate: '2097-01-01' } });
  it.each<readonly [string, readonly ConformanceAnswer[], string]>([
    ['that there is no such service', [notFound], 'not_found'],
    ['that the keys are not valid', [errorAnswer(403, 'INVALID_KEY', 'No')], 'unauthorized'],
    ['another service', [shown({ serviceId: 5 })], 'unexpected_response'],
    ['another name', [shown({ resource: { name: 'vps-1.vps.ovh.net' } })], 'invalid_request'],
    ['no name', [shown({ resource: {} })], 'invalid_request'],
    ['another product', [shown({ route: { path: '/dedicated/server/{serviceName}' } })], 'invalid_request'],
    ['no lifecycle', [shown({ billing: { lifecycle: null } })], 'unexpected_response'],
    ['no actions', [shown({ actions: null })], 'unexpected_response'],
    ['pending actions that are no list', [shown({ current: { pendingActions: 'none' } })], 'unexpected_response'],
    ['a page', [page(200)], 'unexpected_response'],
    ['that the action is not offered', [shown({ actions: ['terminate'] })], 'unsupported'],
    ['an action that nobody knows', [pending('migrate'), pending('migrate')], 'not_cancellable'],
    ['a termination that may wait for its token', [pending('terminate'), pending('terminate')], 'not_cancellable'],
    ['a machine that is to be deleted, and no cause', [doomed, doomed], 'not_cancellable'],
    ['a date of its end, and no cause', [dated, dated], 'not_cancellable'],
    ['a service that is over', [over, notFound], ''],
  ])('ends it without a write if it shows %s', async (_name, answers, code) => {
    const { api, requests } = serviceWith(answers);
    const ended = await api.safeCancel({ account, service: both, when: 'end_of_period' });
    expect(ended.ok ? ended.result.outcome : ended.error.code).toBe(code === '' ? 'already_cancelled' : code);
    expect(writesOf(requests)).toEqual([]);
  });

  it('names what the service does offer', async () => {
    const { error } = await refusal([shown({ actions: ['terminate'] })]);
    expect(error.message).toContain('does not offer end_of_period now. It offers immediate.');
    expect((await refusal([shown({ actions: [] })])).error.message).toContain('It offers no timing.');
  });

  it.each(['terminateAtExpirationDate', 'deleteAtExpiration'])('is the response if %s is pending', async (action) => {
    const { result, writes } = await cancel([pending(action), pending(action)]);
    expect(result).toMatchObject({ outcome: 'already_cancelled', effectiveAt: periodEnd });
    expect(writes).toEqual([]);
  });

  it.each<readonly [string, When<OvhTiming>]>([
    ['terminateAtExpirationDate', 'immediate'],
    ['terminateAtExpirationDate', 'end_of_term'],
    ['terminateAtEngagementDate', 'end_of_period'],
    ['deleteAtExpiration', 'immediate'],
  ])('is a conflict if %s is pending and %s is asked for', async (action, when) => {
    const { error, writes } = await refusal([pending(action), pending(action)], { when });
    expect({ code: error.code, writes }).toEqual({ code: 'timing_conflict', writes: 0 });
  });

  it('is no reason against another e-mail if a termination waits and is still offered', async () => {
    const waiting = shown({ current: { pendingActions: ['terminate'] } });
    const { error, writes } = await refusal([waiting, mailed], { when: 'immediate' });
    expect({ code: error.code, writes }).toEqual({ code: 'confirmation_required', writes: 1 });
  });

  it.each<readonly [string, readonly ConformanceAnswer[], string]>([
    ['none', [list()], 'not_found'],
    [
      'one of another product',
      [list(serviceId), shown({ route: { path: '/vps/{serviceName}/snapshot' } })],
      'not_found',
    ],
    ['too many', [list(...Array.from({ length: 11 }, (_, index) => index + 1))], 'invalid_request'],
    ['one that is gone by then', [list(serviceId), notFound], 'not_found'],
    ['a page in place of the list', [page(200)], 'unexpected_response'],
    ['a list of texts', [{ status: 200, body: ['4711017'] }], 'unexpected_response'],
    ['a 404 in place of the list', [notFound], 'unexpected_response'],
  ])('finds by a name %s', async (_name, answers, code) => {
    const { error, writes } = await refusal(answers, { service: byName });
    expect({ code: error.code, writes }).toEqual({ code, writes: 0 });
  });

  it('takes the one of several services that has the name and the product', async () => {
    const other = shown({ serviceId: 5, route: { path: '/vps/{serviceName}/option' } });
    const { writes } = await cancel([list(5, serviceId, serviceId), other, shown(), done], { service: byName });
    expect(writes).toHaveLength(1);
    const twin = shown({ serviceId: 5 });
    const { error } = await refusal([list(5, serviceId), twin, shown()], { service: byName });
    expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'service.serviceId' }] });
  });
});

describe('after a lost response, OVHcloud', () => {
  it.each([
    ['the policy', pending('terminateAtExpirationDate'), { outcome: 'scheduled', effectiveAt: periodEnd }],
    ['that the service is gone', notFound, { outcome: 'completed' }],
    ['that the service is over', over, { outcome: 'completed' }],
  ])('is read back: %s', async (_name, answer, expected) => {
    const { result, writes } = await cancel([shown(), page(502), answer]);
    expect(result).toMatchObject({ ...expected, reconciled: true });
    expect(writes).toHaveLength(1);
  });

  it.each([
    ['nothing', shown(), 'none'],
    ['another timing', pending('terminateAtEngagementDate'), 'scheduled'],
    ['an unknown action', pending('migrate'), 'unknown'],
  ])('leaves the outcome open if it shows %s', async (_name, answer, lastSeen) => {
    const { error } = await refusal([shown(), page(502), answer]);
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen });
  });

  it('proves nothing by a list without the service', async () => {
    const { error } = await refusal([list(serviceId), shown(), page(502), list()], { service: byName });
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'absent' });
  });

  it('takes no termination that may wait for its token for a cancellation', async () => {
    const { error } = await refusal([shown(), page(502), pending('terminate')], { when: 'immediate' });
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'unknown' });
  });

  it.each([460, 404])('is read back after a %i: over or not', async (status) => {
    const nothing = errorAnswer(status, 'X', 'Nothing to terminate');
    for (const when of ['end_of_period', 'immediate'] as const) {
      const { result } = await cancel([shown(), nothing, over], { when });
      expect(result).toMatchObject({ outcome: 'already_cancelled', existing: { state: 'completed' } });
      const { error } = await refusal([shown(), nothing, shown()], { when });
      expect(error).toMatchObject({ code: 'not_cancellable', providerStatus: status });
      const { error: gone } = await refusal([shown(), nothing, notFound], { when });
      expect(gone).toMatchObject({ code: 'not_cancellable' });
    }
  });
});

describe('a read-back at OVHcloud', () => {
  const UNKNOWN = { state: 'unknown', revocable: false };
  it.each<readonly [string, ConformanceAnswer, object]>([
    ['nothing pending', shown(), { state: 'none', revocable: false }],
    ...['active', 'inCreation', 'toRenew', 'unpaid'].map(
      (state) => [`the state ${state}`, shown({ current: { state } }), { state: 'none' }] as const,
    ),
    ...['error', 'rupture', 'unrenewed', 'a new one'].map(
      (state) => [`the state ${state}`, shown({ current: { state } }), { state: 'unknown' }] as const,
    ),
    ['a renewal', pending('autorenewInProgress', 'earlyRenewal'), { state: 'none' }],
    ['the end of the period', pending('earlyRenewal', 'terminateAtExpirationDate'), { when: 'end_of_period' }],
    ['the end of the term', pending('terminateAtEngagementDate'), { when: 'end_of_term', effectiveAt: termEnd }],
    ['serviceInfos', pending('deleteAtExpiration'), { when: 'end_of_period', revocable: false }],
    ['terminate', pending('terminate'), { state: 'unknown', revocable: false }],
    ['one of both', pending('terminate', 'terminateAtExpirationDate'), { state: 'unknown' }],
    ['a new action', pending('terminateAtDawn'), { state: 'unknown' }],
    ['no lifecycle', shown({ billing: { lifecycle: null } }), { state: 'unknown' }],
    ['a date and nothing pending', shown({ current: { terminationDate: '2097-01-01' } }), { state: 'unknown' }],
    ...['toDelete', 'deleted'].map(
      (state) => [`${state} and nothing pending`, shown({ resource: { name: serviceName, state } }), UNKNOWN] as const,
    ),
    ...['suspended', 'toSuspend', 'toActivate'].map(
      (state) =>
        [`the machine ${state}`, shown({ resource: { name: serviceName, state } }), { state: 'none' }] as const,
    ),
    ['that it is over', over, { state: 'completed', effectiveAt: { value: '2096-11-01T00:00:00.000Z' } }],
    ['that it is over, no date', shown({ current: { state: 'terminated' } }), { state: 'completed' }],
  ])('shows %s', async (_name, answer, expected) => {
    const { api } = serviceWith([answer]);
    expect(await api.status({ account, service: both })).toMatchObject(expected);
  });

  it('prefers the date of the termination to that of the period', async () => {
    const current = { pendingActions: ['terminateAtExpirationDate'], terminationDate: '2097-04-01T00:00:00+00:00' };
    const { api } = serviceWith([shown({ current })]);
    const status = await api.status({ account, service: both });
    expect(status.effectiveAt?.value).toBe('2097-04-01T00:00:00.000Z');
  });

  it('does not choose between two policies', async () => {
    const { api } = serviceWith([pending('terminateAtExpirationDate', 'terminateAtEngagementDate')]);
    const status = await api.status({ account, service: both });
    expect(status).toMatchObject({ state: 'requested', revocable: true });
    expect(status).not.toHaveProperty('when');
  });
});

describe('the options at OVHcloud', () => {
  it('are what the service offers, with what exists', async () => {
    const { api } = serviceWith([shown(), shown({ actions: ['terminate'] }), pending('terminateAtExpirationDate')]);
    const ask = () => api.options({ account, service: both });
    expect((await ask()).timings).toEqual([
      { timing: 'end_of_period', effectiveAt: periodEnd },
      { timing: 'end_of_term', effectiveAt: termEnd },
      { timing: 'immediate' },
    ]);
    const later = await ask();
    expect(later.timings).toEqual([{ timing: 'immediate' }]);
    expect(later).not.toHaveProperty('existing');
    expect(await ask()).toMatchObject({ timings: [], existing: { when: 'end_of_period' } });
  });

  it('cannot be read without a lifecycle', async () => {
    const { api } = serviceWith([shown({ billing: { lifecycle: null } })]);
    expect(await failureOf(api.options({ account, service: both }))).toMatchObject({ code: 'unexpected_response' });
  });
});

describe('a confirmation at OVHcloud', () => {
  const token = 'token-of-the-mail';

  it('carries the code of the category, the text and what comes after', async () => {
    const { api, requests } = serviceWith([mailed]);
    const result = await api.confirm({
      account,
      service: byName,
      token,
      reason: { category: 'performance', text: 'Slow disks' },
      extras: { futureUse: 'SUBSCRIBE_AN_OTHER_SERVICE' },
    });
    expect(result).toMatchObject({ outcome: 'requested', when: 'immediate', warnings: [] });
    const [write] = writesOf(requests);
    expect(pathOf(write?.url ?? '')).toBe(`/vps/${serviceName}/confirmTermination`);
    expect(JSON.parse(write?.body ?? '')).toEqual({
      token,
      reason: 'LACK_OF_PERFORMANCES',
      commentary: 'Slow disks',
      futureUse: 'SUBSCRIBE_AN_OTHER_SERVICE',
    });
  });

  it('makes up no reason', async () => {
    const { api, requests } = serviceWith([mailed]);
    await api.confirm({ account, service: { ...byName, product: 'dedicated/server' }, token });
    const [write] = writesOf(requests);
    expect(pathOf(write?.url ?? '')).toBe(`/dedicated/server/${serviceName}/confirmTermination`);
    expect(write?.body).toBe(JSON.stringify({ token }));
  });

  it('refuses a code that the API does not have', async () => {
    const { api, requests } = serviceWith([]);
    const reason = { providerCode: 'UNSATISFIED_BY_CUSTOMER_SUPPORT' };
    const error = await failureOf(api.confirm({ account, service: both, token, reason }));
    expect(error).toMatchObject({ code: 'invalid_request', issues: [{ path: 'reason.providerCode' }] });
    expect(requests).toEqual([]);
  });

  it.each([
    [{ reason: 'Over' }, ['reason_not_sent']],
    [{ reason: { category: 'support' } }, ['reason_not_sent']],
    [{ reference: 'order-1' }, ['reason_not_sent']],
    [{ extras: { futureUse: 'OTHER' } }, ['reason_not_sent']],
    [{}, []],
  ] as const)('by the number alone carries the token alone: %j', async (words, warnings) => {
    const { api, requests } = serviceWith([{ status: 200, body: { message: 'Done' } }]);
    const result = await untyped(api).confirm({ account, service: { serviceId }, token, ...words });
    expect(fieldsOf(result)['warnings']).toEqual(warnings.map((code) => expect.objectContaining({ code })));
    expect(writesOf(requests).map(({ body }) => body)).toEqual([JSON.stringify({ token })]);
  });

  it.each([
    ['a token that is not accepted', errorAnswer(403, 'FORBIDDEN', 'No'), 'forbidden', /token was not accepted/],
    ['keys that are not valid', errorAnswer(403, 'INVALID_KEY', 'No'), 'unauthorized', /three keys/],
    ['a bad request', errorAnswer(400, 'BAD', 'No'), 'rejected', /refused: No/],
  ] as const)('is refused for %s', async (_name, answer, code, message) => {
    const { api } = serviceWith([answer]);
    const error = await failureOf(api.confirm({ account, service: both, token }));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it('is not believed without the text that the API answers with', async () => {
    const odd = [undefined, null, {}, 1, { ...Object(notFound.body) }].map((body) => ({ status: 200, body }));
    for (const service of [both, { serviceId }]) {
      for (const answer of [...odd, page(200)]) {
        const { api } = serviceWith([answer, shown()]);
        const error = await failureOf(api.confirm({ account, service, token }));
        expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'none' });
      }
    }
  });
});

describe('an undo at OVHcloud', () => {
  const undo = (...answers: readonly ConformanceAnswer[]) => {
    const { api, requests } = serviceWith(answers);
    return { ended: api.revoke({ account, service: both }), requests };
  };
  const set = pending('terminateAtExpirationDate');

  it('sets the empty policy, and is believed once nothing is pending', async () => {
    const { ended, requests } = undo(set, done, shown());
    expect(await ended).toMatchObject({ outcome: 'revoked' });
    expect(writesOf(requests).map(({ body }) => body)).toEqual(['{"terminationPolicy":"empty"}']);
    expect(await undo(shown()).ended).toMatchObject({ outcome: 'nothing_to_revoke' });
  });

  it('is not believed while something is pending, as a deletion by serviceInfos may be', async () => {
    for (const still of [set, pending('deleteAtExpiration')]) {
      expect(await failureOf(undo(still, done, still).ended)).toMatchObject({
        code: 'outcome_unknown',
        lastSeen: 'scheduled',
      });
    }
  });

  it.each([
    [404, 'not_found'],
    [400, 'rejected'],
    [403, 'forbidden'],
  ] as const)('is refused by %i: %s', async (status, code) => {
    expect(await failureOf(undo(set, errorAnswer(status, 'X', 'No')).ended)).toMatchObject({ code });
  });

  it('by a name finds the contract again', async () => {
    const { api, requests } = serviceWith([list(serviceId), set, list(serviceId), set, done, list(serviceId), shown()]);
    expect(await api.revoke({ account, service: byName })).toMatchObject({ outcome: 'revoked' });
    expect(writesOf(requests).map(({ url }) => pathOf(url))).toEqual([`/services/${serviceId}`]);
  });
});

describe('whatever OVHcloud answers', () => {
  const refusals = [errorAnswer(400, 'BAD', 'No'), notFound, errorAnswer(460, 'X', 'No')];
  const words = ['message', 'errorCode', 'class', 'serviceId', 'billing', 'lifecycle', 'terminate', 'null', 'done'];
  const reading = [shown(), pending('terminateAtExpirationDate'), over, pending('terminate')];
  const withTime = (answer: (method: string, count: number) => Response): typeof globalThis.fetch => {
    let count = 0;
    return recordingFetch(({ method, url }) => {
      if (url.endsWith('/auth/time')) return toResponse(time);
      count += 1;
      return answer(method, count);
    }).fetch;
  };

  it('to a policy, only a 200 without content is a success', async () => {
    const random = randomAnswers({ documented: [done, mailed, ...refusals, ...reading], words });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const fetch = withTime((method, count) =>
          count === 1 ? toResponse(shown()) : toResponse(method === 'PUT' ? answer : page(404)),
        );
        const api = createCancelService({ ovh: ovh(keys) }, { fetch });
        const outcome = await api.safeCancel({ account, service: both, when: 'end_of_period' });
        const isAccepted = answer.status === 200 && (answer.body.trim() === '' || parsed(answer.body) === null);
        expect({ answer, ok: outcome.ok }).toEqual({ answer, ok: isAccepted });
      }),
      { numRuns: RUNS, examples: [[asRandom(done)], [asRandom(notFound)], [{ status: 200, body: 'null' }]] },
    );
  });

  it('to a termination, no response is a success', async () => {
    const random = randomAnswers({ documented: [done, mailed, ...refusals, ...reading], words });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const fetch = withTime((method, count) =>
          count === 1 ? toResponse(shown()) : toResponse(method === 'POST' ? answer : page(404)),
        );
        const api = createCancelService({ ovh: ovh(keys) }, { fetch });
        const outcome = await api.safeCancel({ account, service: both, when: 'immediate' });
        expect({ answer, ok: outcome.ok }).toEqual({ answer, ok: false });
        if (outcome.ok || outcome.error.code !== 'confirmation_required') return;
        const said = parsed(answer.body);
        const isSaid = typeof said === 'string' && answer.status === 200;
        expect({ answer, isSaid }).toEqual({ answer, isSaid: true });
      }),
      { numRuns: RUNS, examples: [[asRandom(mailed)], [asRandom(done)]] },
    );
  });

  it('to a read-back, nothing but this service shows a state', async () => {
    const random = randomAnswers({ documented: [...reading, done, mailed, ...refusals], words });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const api = createCancelService({ ovh: ovh(keys) }, { fetch: withTime(() => toResponse(answer)) });
        const state = await stateIn(api.status({ account, service: both }));
        if (state === undefined || state === 'unknown') return;
        const body = fieldsOf(parsed(answer.body));
        expect({ answer, status: answer.status, id: body['serviceId'] }).toEqual({
          answer,
          status: 200,
          id: serviceId,
        });
        const life = fieldsOf(fieldsOf(fieldsOf(body['billing'])['lifecycle'])['current']);
        const actions = JSON.stringify(life['pendingActions']);
        if (state === 'none') expect(actions).not.toMatch(/terminate|delete/i);
        if (state === 'completed') expect(life['state']).toBe('terminated');
        if (state === 'scheduled' || state === 'requested') expect(actions).toMatch(/terminateAt|deleteAt/);
      }),
      { numRuns: RUNS, examples: reading.map((answer) => [asRandom(answer)] as const) },
    );
  });
});
