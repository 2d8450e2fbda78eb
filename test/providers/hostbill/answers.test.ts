import { createCancelService, type CancellationOptions, type CancelResult } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { hostbill } from 'cancelkit/hostbill';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { recordingFetch, writesOf } from '../../support/fetch.ts';
import { untyped } from '../../support/untyped.ts';
import { answering, page, toResponse, withFields } from '../answering.ts';
import { asRandom, fieldsOf, once, parsed, randomAnswers, RUNS, stateIn } from '../random-answers.ts';
import {
  accepted,
  acceptedBesideData,
  basic,
  email,
  failed,
  password,
  raw,
  repeated,
  serviceId,
  shown,
  token,
  WAYS,
  type WayIn,
  wrongLogin,
} from './fixtures.ts';

const account = 'shop';
const service = { serviceId };
const baseUrl = 'https://billing.example.com';
type When = 'immediate' | 'end_of_period';

function serviceWith(answers: readonly ConformanceAnswer[], acceptedText?: string) {
  const { fetch, requests } = answering(...answers);
  const shop = hostbill({ baseUrl, token, ...(acceptedText !== undefined && { acceptedText }) });
  return { api: createCancelService({ shop }, { fetch }), requests };
}

function cancel(answer: ConformanceAnswer, when: When = 'end_of_period', acceptedText?: string): Promise<CancelResult> {
  const { api } = serviceWith([answer], acceptedText);
  return api.cancel({ account, service, when, reason: 'Project ended' });
}

/** The error of a cancellation, and how many requests it wrote. */
async function refusal(...answers: readonly ConformanceAnswer[]) {
  const { api, requests } = serviceWith(answers);
  const error = await failureOf(api.cancel({ account, service, when: 'immediate', reason: 'Project ended' }));
  return { error, writes: writesOf(requests).length };
}

describe('a cancellation at a HostBill portal', () => {
  it.each([
    ['immediate', true],
    ['end_of_period', false],
  ] as const)('%s is sent with its timing and its reason', async (when, immediate) => {
    const { api, requests } = serviceWith([accepted]);
    await api.cancel({ account, service, when, reason: 'Project ended', reference: 'order-7' });
    expect(requests).toMatchObject([{ method: 'POST', url: `${baseUrl}/api/service/4711/cancel` }]);
    expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ immediate, reason: 'Project ended (reference: order-7)' });
  });

  it('is requested, without a date that the portal did not tell', async () => {
    const result = await cancel(accepted);
    expect(result).toMatchObject({ outcome: 'requested', warnings: [] });
    expect(result).not.toHaveProperty('effectiveAt');
    expect((await cancel(acceptedBesideData, 'immediate')).warnings).toMatchObject([{ code: 'immediate_deferred' }]);
  });

  it.each<readonly [string, ConformanceAnswer]>([
    ['that is empty', { status: 200, body: {} }],
    ['that is a list', { status: 200, body: [] }],
    ['with a success and no keyword', { status: 200, body: { success: true } }],
    ['with another text', { status: 200, body: { info: ['Zgłoszenie przyjęte'] } }],
    ['with a longer text', { status: 200, body: { info: ['cancell_sent_not'] } }],
    ['whose keyword is not in info', { status: 200, body: { data: { info: ['cancell_sent'] } } }],
    ['with 201', { ...accepted, status: 201 }],
    ['that also reports an error', withFields(accepted, { error: ['mail_failed'] })],
    ['that also reports a failure', withFields(accepted, { status: false })],
    ['that is not successful', withFields(accepted, { success: false })],
    ['that says both', { status: 200, body: { info: ['cancell_sent', 'cancelled_already'] } }],
    ['that is a page', page(200)],
    ['after another one', { status: 200, body: '{"error":["failed"]}\n{"info":["cancell_sent"]}' }],
  ])('is not believed by a response %s', async (_name, answer) => {
    const { error, writes } = await refusal(answer, shown('Active'));
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'unknown' });
    expect(writes).toBe(1);
  });

  it('is understood in texts that are escaped for HTML', async () => {
    const ownWords = { status: 200, body: { info: ['Zg&#322;oszenie przyj&#281;te'] } };
    expect(await cancel(ownWords, 'end_of_period', 'Zgłoszenie przyjęte')).toMatchObject({ outcome: 'requested' });
    const { error } = await refusal({ status: 200, body: { error: ['Tom &amp; Ann&#039;s shop: us&#322;uga'] } });
    expect(error).toMatchObject({ code: 'rejected', providerMessage: "Tom & Ann's shop: usługa" });
  });

  it('is believed by the host’s own words only if they are configured', async () => {
    const answer = { status: 200, body: { info: ['Zgłoszenie przyjęte'] } };
    expect((await cancel(answer, 'end_of_period', ' Zgłoszenie przyjęte ')).outcome).toBe('requested');
    expect((await cancel(accepted, 'end_of_period', 'Zgłoszenie przyjęte')).outcome).toBe('requested');
    const { error } = await refusal(answer, shown('Active'));
    expect(error).toMatchObject({ reason: 'unreadable_answer', providerMessage: 'Zgłoszenie przyjęte' });
    expect(error.message).toContain('acceptedText');
  });

  it.each<readonly [string, ConformanceAnswer]>([
    ['in info', repeated],
    ['in error', failed(['cancelled_already'])],
    ['in error, with a 400', failed('cancelled_already', 400)],
  ])('that was stored before is recognized by the keyword %s', async (_name, answer) => {
    const { api, requests } = serviceWith([answer, shown('Active')]);
    const result = await api.cancel({ account, service, when: 'immediate', reason: 'Project ended' });
    expect(result).toMatchObject({ outcome: 'already_cancelled', existing: { state: 'unknown' } });
    expect(result.warnings).toMatchObject([{ code: 'timing_unknown' }]);
    expect(writesOf(requests)).toHaveLength(1);
  });

  it.each([
    [failed('Nie ma takiej usługi'), 'rejected', 'Nie ma takiej usługi'],
    [failed(['Za późno', { field: 'reason' }]), 'rejected', 'Za późno; {"field":"reason"}'],
    [failed(['Zły powód'], 422), 'rejected', 'Zły powód'],
    [wrongLogin, 'unauthorized', 'wronglogin'],
    [failed(['wronglogin'], 401), 'unauthorized', 'wronglogin'],
    [failed(['Invalid token']), 'unauthorized', 'Invalid token'],
    [failed('Zabronione', 403), 'forbidden', 'Zabronione'],
    [failed('Brak', 404), 'not_found', 'Brak'],
  ] as const)('is refused by %j: %s', async (answer, code, providerMessage) => {
    const { error, writes } = await refusal(answer);
    expect(error).toMatchObject({ code, providerMessage });
    expect(writes).toBe(1);
  });

  it('of a service that is gone after a lost response stays open: a wrong id looks the same', async () => {
    const { error } = await refusal(page(502), failed('Brak', 404));
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'absent' });
  });

  it('is found after a lost response only if the service is over', async () => {
    const { api } = serviceWith([page(502), shown('Terminated')]);
    const found = await api.cancel({ account, service, when: 'immediate' });
    expect(found).toMatchObject({ outcome: 'completed', reconciled: true });
    expect((await refusal(page(502), shown('Suspended'))).error).toMatchObject({ lastSeen: 'unknown' });
  });
});

describe('what a HostBill portal shows of a service', () => {
  it.each<readonly [string, string]>([
    ['Active', 'unknown'],
    ['Pending', 'unknown'],
    ['Suspended', 'unknown'],
    ['terminated', 'unknown'],
    ['Zakończona', 'unknown'],
    ['Terminated', 'completed'],
    ['Cancelled', 'requested'],
  ])('as %s is %s, and can never be undone', async (status, state) => {
    for (const answer of [shown(status), { status: 200, body: { data: shown(status).body ?? {}, error: [] } }]) {
      expect(await serviceWith([answer]).api.status({ account, service })).toMatchObject({ state, revocable: false });
    }
  });

  it('is passed on without how the machine is entered', async () => {
    const answer = shown('Active', { username: 'root', password: 'of-the-machine' });
    expect((await serviceWith([answer]).api.status({ account, service })).raw).toEqual(raw);
    expect((await serviceWith([answer]).api.options({ account, service })).raw).toEqual(raw);
  });

  it.each<readonly [string, ConformanceAnswer]>([
    ['another service', shown('Terminated', { id: '471' })],
    ['no id', shown('Terminated', { id: undefined })],
    ['no status', shown('Terminated', { status: undefined })],
    ['an error beside it', withFields(shown('Terminated'), { error: ['oops'] })],
    ['a failure', withFields(shown('Terminated'), { status: false })],
  ])('is not believed if it shows %s', async (_name, answer) => {
    const error = await failureOf(serviceWith([answer]).api.status({ account, service }));
    expect(['unexpected_response', 'rejected']).toContain(error.code);
  });

  it('takes an id that is a number', async () => {
    expect(await serviceWith([shown('Terminated', { id: 4711 })]).api.status({ account, service })).toMatchObject({
      state: 'completed',
    });
  });

  function options(answer: ConformanceAnswer): Promise<CancellationOptions> {
    return serviceWith([answer]).api.options({ account, service });
  }

  it.each(['0000-00-00', '', undefined, 'soon'])(
    'tells no end of the period if it is next due %j',
    async (next_due) => {
      const { timings } = await options(shown('Active', { next_due }));
      expect(timings).toEqual([{ timing: 'immediate' }, { timing: 'end_of_period' }]);
    },
  );

  it('offers nothing once it is over, and shows that', async () => {
    expect(await options(shown('Terminated'))).toMatchObject({ timings: [], existing: { state: 'completed' } });
    expect(await options(shown('Active'))).not.toHaveProperty('existing');
  });
});

describe('a HostBill portal is entered', () => {
  async function sent({ config }: WayIn) {
    const { fetch, requests } = recordingFetch(({ url }) =>
      toResponse(
        url.endsWith('/login') ? { status: 200, body: { token: 'eyJ.obtained.one', refresh: 'r' } } : accepted,
      ),
    );
    await createCancelService({ shop: hostbill(config(baseUrl)) }, { fetch }).cancel({
      account,
      service,
      when: 'immediate',
    });
    return requests;
  }

  it('with Basic by default, also with letters beyond ASCII', async () => {
    const [request, ...more] = await sent(WAYS.basic);
    expect(request?.headers).toMatchObject({ authorization: `Basic ${basic}` });
    expect(more).toEqual([]);
  });

  it('by a login whose body holds the password, and with its token after it', async () => {
    const [login, request] = await sent(WAYS.login);
    expect(login).toMatchObject({ method: 'POST', url: `${baseUrl}/api/login` });
    expect(login?.headers).not.toHaveProperty('authorization');
    expect(JSON.parse(login?.body ?? '')).toEqual({ username: email, password });
    expect(request?.headers).toMatchObject({ authorization: 'Bearer eyJ.obtained.one' });
  });

  it('with a personal access token', async () => {
    const requests = await sent(WAYS.token);
    expect(requests).toMatchObject([{ headers: { authorization: `Bearer ${token}` } }]);
  });

  it.each<readonly [string, ConformanceAnswer, string]>([
    ['wronglogin', wrongLogin, 'unauthorized'],
    ['a text of its own', failed(['Błędny login']), 'rejected'],
    ['a token and an error', { status: 200, body: { token: 'eyJ.obtained.one', error: ['blocked'] } }, 'rejected'],
    ['a token that no header can carry', { status: 200, body: { token: 'eyJ\nobtained' } }, 'unexpected_response'],
    ['no token', { status: 200, body: { refresh: 'eyJ.obtained.one' } }, 'unexpected_response'],
    ['a 404', failed(['Nie ma'], 404), 'unexpected_response'],
  ])('not by a login that is answered with %s, and nothing else is sent', async (_name, answer, code) => {
    const { fetch, requests } = answering(answer);
    const api = createCancelService({ shop: hostbill(WAYS.login.config(baseUrl)) }, { fetch });
    const error = await failureOf(api.cancel({ account, service, when: 'immediate' }));
    expect([error.code, requests.length]).toEqual([code, 1]);
  });

  const environment = { HOSTBILL_BASE_URL: baseUrl, HOSTBILL_EMAIL: email, HOSTBILL_PASSWORD: password };

  it.each<readonly [object, RegExp]>([
    [{ ...environment, HOSTBILL_TOKEN: token }, /either email, password and signIn or token/],
    [{ HOSTBILL_TOKEN: token, HOSTBILL_BASE_URL: baseUrl, HOSTBILL_SIGN_IN: 'login' }, /not both forms/],
    [{ ...environment, HOSTBILL_SIGN_IN: 'jwt' }, /'basic' or 'login'/],
    [{ ...environment, HOSTBILL_EMAIL: 'a:b' }, /without a colon/],
    [{ ...environment, HOSTBILL_ACCEPTED_TEXT: 'cancelled_already' }, /not cancelled_already/],
    [{ HOSTBILL_BASE_URL: baseUrl }, /HOSTBILL_EMAIL/],
  ])('not with a configuration that is unclear: %j', async (variables, message) => {
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, String(value));
    const preview = untyped(createCancelService({ shop: hostbill() })).preview({ account, service, when: 'immediate' });
    const error = await failureOf(preview);
    vi.unstubAllEnvs();
    expect(error.code).toBe('not_configured');
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(password);
  });
});

describe('whatever a HostBill portal answers', () => {
  const refusals = [failed(['No']), failed('No', 404), wrongLogin];
  const words = [
    'info',
    'error',
    'status',
    'success',
    'data',
    'service',
    'id',
    serviceId,
    'cancell_sent',
    'Terminated',
  ];
  const bodyOf = ({ body }: { readonly body: string }): Readonly<Record<string, unknown>> => fieldsOf(parsed(body));
  const isBlank = (value: unknown): boolean =>
    value === undefined || value === null || (typeof value === 'string' && value.trim() === '');
  const saysNo = ({ error, status, success }: Readonly<Record<string, unknown>>): boolean =>
    !(Array.isArray(error) ? error.every((one) => typeof one === 'string' && isBlank(one)) : isBlank(error)) ||
    status === false ||
    success === false;

  it('to a cancellation, only its keyword in a 200 without an error is a success', async () => {
    const documented = [accepted, acceptedBesideData, repeated, ...refusals];
    const random = randomAnswers({ documented, words: [...words, 'cancelled_already'] });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const api = createCancelService({ shop: hostbill({ baseUrl, token }) }, { fetch: once(answer) });
        const outcome = await api.safeCancel({ account, service, when: 'end_of_period' });
        const { info, error } = bodyOf(answer);
        const said = JSON.stringify([info, error]);
        const repeats = answer.status < 500 && said.includes('cancelled_already');
        const isAccepted =
          answer.status === 200 && said.includes('"cancell_sent"') && !saysNo(bodyOf(answer)) && !repeats;
        if (outcome.ok) {
          const isRepeat = outcome.result.outcome === 'already_cancelled';
          expect({ answer, isRepeat, shown: isRepeat ? repeats : isAccepted }).toEqual({
            answer,
            isRepeat,
            shown: true,
          });
        } else if (isAccepted) {
          expect({ answer, code: outcome.error.code }).toEqual({ answer, code: 'outcome_unknown' });
        }
      }),
      { numRuns: RUNS, examples: documented.map((answer) => [asRandom(answer)] as const) },
    );
  });

  it('to a read-back, only the very service shows a state, and never “not cancelled”', async () => {
    const documented = [shown('Active'), shown('Terminated'), shown('Cancelled'), ...refusals];
    const random = randomAnswers({ documented, words });
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const { fetch } = recordingFetch(() => toResponse(answer));
        const api = createCancelService({ shop: hostbill({ baseUrl, token }) }, { fetch });
        const read = await stateIn(api.status({ account, service }));
        if (read === undefined) return;
        const body = bodyOf(answer);
        const inner = [body['service'], fieldsOf(body['data'])['service']].map(fieldsOf);
        const found = inner.find(({ id }) => String(id) === serviceId);
        expect({ answer, status: answer.status, no: saysNo(body) }).toEqual({ answer, status: 200, no: false });
        expect(found).toBeDefined();
        expect(read).not.toBe('none');
        if (read !== 'unknown') expect(['Terminated', 'Cancelled']).toContain(found?.['status']);
      }),
      { numRuns: RUNS, examples: documented.map((answer) => [asRandom(answer)] as const) },
    );
  });
});
