import { createCancelService, type Accounts, type CancelResult, type When } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { edis, type EdisService } from 'cancelkit/edis';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../support/failure.ts';
import { answering, page, withFields } from '../answering.ts';
import { always, asRandom, fieldsOf, parsed, randomAnswers, DOWN, PAGE, RUNS } from '../random-answers.ts';
import { answers, password } from './fixtures.ts';

const account = edis({ email: 'reseller@example.com', password });

function cancel(
  answer: ConformanceAnswer,
  service: EdisService = { serviceId: 123456 },
  when: When = 'immediate',
): Promise<CancelResult> {
  const { fetch } = answering(answer);
  return createCancelService({ edis: account }, { fetch }).cancel({ account: 'edis', service, when });
}

const error = (status: number, fields: Readonly<Record<string, string | string[]>>): ConformanceAnswer => ({
  status,
  body: { status: 'error', ...fields },
});

describe('a text of EDIS, which is a front for WHMCS', () => {
  it('is read out of its escapes for HTML', async () => {
    const failure = await failureOf(
      cancel(error(400, { message: 'Tom &amp; Ann&#039;s shop', errors: ['&quot;x&quot;'] })),
    );
    expect(failure).toMatchObject({ code: 'rejected', providerMessage: `Tom & Ann's shop "x"` });
  });
});

describe('a success of EDIS', () => {
  it('is a request and no more: no date, no reference, nothing completed', async () => {
    const result = await cancel(answers.success, { serviceId: 123456 }, 'end_of_period');
    expect(result).toMatchObject({ outcome: 'requested', warnings: [], reconciled: false, attempts: 1 });
    expect(result).not.toHaveProperty('effectiveAt');
    expect(result).not.toHaveProperty('providerReference');
    expect(result.raw).toEqual({ status: 200, body: answers.success.body });
  });

  it('warns that an immediate cancellation waits for somebody at EDIS', async () => {
    const { warnings } = await cancel(answers.success);
    expect(warnings).toEqual([
      { code: 'immediate_deferred', message: expect.stringMatching(/EDIS stores the request; .*not documented/) },
    ]);
  });

  it('says in a warning that something came before it', async () => {
    const body = `<b>Notice</b>: x in y.php on line 3<br />\n${JSON.stringify(answers.success.body)}`;
    const { outcome, warnings } = await cancel({ status: 200, body }, { serviceId: 123456 }, 'end_of_period');
    expect([outcome, warnings.map(({ code }) => code)]).toEqual(['requested', ['text_before_answer']]);
  });

  it.each([
    ['the same id as a text', { serviceid: '123456' }],
    ['no id', { serviceid: undefined }],
    ['a null in place of the id', { serviceid: null }],
    ['an id of no known type', { serviceid: { id: 123456 } }],
    ['fields that are new', { ticket: 'T-1' }],
  ])('is recognized with %s', async (_name, fields) => {
    expect(await cancel(withFields(answers.success, fields))).toMatchObject({ outcome: 'requested' });
  });

  it('is recognized whatever the number of the service with the KVM id is', async () => {
    expect(await cancel(answers.success, { kvmId: 'kvm_xxxxx_yyyyy' })).toMatchObject({ outcome: 'requested' });
  });

  it.each([
    [
      'is for another service',
      withFields(answers.success, { serviceid: 654321 }),
      'unreadable_answer',
      /another service/,
    ],
    [
      'comes with 201 and another status',
      withFields({ ...answers.success, status: 201 }, { status: 'queued' }),
      'provider_error',
      /neither/,
    ],
    ['comes with 404', { ...answers.success, status: 404 }, 'unreadable_answer', /success under HTTP status 404/],
    ['comes with 500', { ...answers.success, status: 500 }, 'server_error', /success under HTTP status 500/],
  ] as const)('is not believed if it %s', async (_name, answer, reason, message) => {
    const failure = await failureOf(cancel(answer));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason, retryable: false });
    expect(failure.message).toMatch(message);
    expect(failure.message).toMatch(/client area/);
  });
});

describe('a refusal of EDIS', () => {
  it.each([
    ['the fields that are wrong', answers.invalid, 'rejected', /service ID is required; cancellation type is invalid$/],
    [
      'what to check for wrong credentials',
      answers.unauthorized,
      'unauthorized',
      /email address.*password.*Check both/,
    ],
    ['what to check for an unknown id', answers.notFound, 'not_found', /no service .* has that id.*kvmId or serviceId/],
    ['why access was refused', error(403, { message: 'Account locked.' }), 'forbidden', /refused: Account locked\./],
    ['when to try again', error(429, { message: 'Slow down.' }), 'rate_limited', /too many requests.*try again later/],
    ['the API’s own words for any other', error(422, { errors: ['pid'] }), 'rejected', /was refused: pid$/],
  ] as const)('says %s', async (_name, answer, code, message) => {
    const failure = await failureOf(cancel(answer));
    // Only what was refused unprocessed is sent again, twice.
    expect(failure).toMatchObject({ code, providerStatus: answer.status, attempts: answer.status === 429 ? 3 : 1 });
    expect(failure.message).toMatch(message);
  });

  it.each([
    ['an error without a word', error(401, {}), 'unexpected_response'],
    ['an error of another API', { status: 401, body: { error: 'invalid_token' } }, 'unexpected_response'],
    ['a page with 401', page(401), 'unexpected_response'],
    ['a page with 404', page(404), 'unexpected_response'],
    ['a 404 without a body', { status: 404 }, 'unexpected_response'],
    ['a page with 403', page(403), 'outcome_unknown'],
    ['an error without a word and 403', error(403, { message: '' }), 'outcome_unknown'],
  ] as const)('is not read into %s', async (_name, answer, code) => {
    expect(await failureOf(cancel(answer))).toMatchObject({ code, providerStatus: answer.status });
  });
});

describe('the documented words for wrong credentials at EDIS', () => {
  it.each([200, 400, 403, 500])('are a refusal with %d too, and nothing is asked after it', async (status) => {
    const failure = await failureOf(cancel({ ...answers.unauthorized, status }));
    expect(failure).toMatchObject({ code: 'unauthorized', providerStatus: status, attempts: 1 });
  });

  it('are none beside a success', async () => {
    const message = 'Invalid WHMCS credentials provided.';
    expect(await cancel(withFields(answers.success, { message }))).toMatchObject({ outcome: 'requested' });
  });
});

describe('a repetition at EDIS', () => {
  it.each([
    ['WHMCS’s own words', answers.existing],
    [
      'WHMCS’s words among the errors',
      error(400, { message: 'Failed.', errors: ['existing cancellation request exists.'] }),
    ],
    ['WHMCS’s words after others', error(409, { message: 'WHMCS error: Existing Cancellation Request Exists' })],
    [
      'WHMCS’s words with 200',
      { status: 200, body: { status: 'failed', message: 'Existing Cancellation Request Exists' } },
    ],
  ] as const)('is recognized by %s, and its timing stays open', async (_name, answer) => {
    const result = await cancel(answer);
    expect(result).toMatchObject({ outcome: 'already_cancelled', warnings: [{ code: 'timing_unknown' }] });
    expect(result).not.toHaveProperty('existing');
  });

  it.each([
    'No existing cancellation request exists',
    'Could not find out whether an existing cancellation request exists',
    'Existing Cancellation Request',
  ])('is not read into %j', async (message) => {
    expect(await failureOf(cancel(error(400, { message })))).toMatchObject({ code: 'rejected' });
  });

  it('is not known after a server error', async () => {
    const failure = await failureOf(cancel({ ...answers.existing, status: 500 }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'server_error' });
  });
});

describe('a response of EDIS that leaves the outcome open', () => {
  it.each([
    ['another status', answers.failed, 'provider_error'],
    ['an error with 200', { ...answers.invalid, status: 200 }, 'provider_error'],
    ['a success in capitals', withFields(answers.success, { status: 'SUCCESS' }), 'provider_error'],
    ['a server error in its own words', answers.serverError, 'server_error'],
    ['a server error in a page', page(502), 'server_error'],
    ['a page with 200', page(200), 'unreadable_answer'],
    ['an empty body', { status: 200 }, 'unreadable_answer'],
    ['XML', { status: 200, body: '<?xml version="1.0"?><status>success</status>' }, 'unreadable_answer'],
    ['truncated JSON', { status: 200, body: '{"status":"success","serviceid":1234' }, 'unreadable_answer'],
    ['a list', { status: 200, body: [{ status: 'success' }] }, 'unreadable_answer'],
  ] as const)('is %s', async (_name, answer, reason) => {
    const failure = await failureOf(cancel(answer));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason, providerStatus: answer.status, retryable: false });
    expect(failure.sentAt).toMatch(/^\d{4}-\d\d-\d\dT/);
  });
});

describe('any response at EDIS', () => {
  const untyped: Accounts = { edis: account };
  const random = randomAnswers({
    documented: Object.values(answers),
    words: [
      'status',
      'success',
      'error',
      'failed',
      'serviceid',
      'message',
      'errors',
      'Existing Cancellation Request Exists',
    ],
  });

  it('is a success only with the documented marker, and never an error of another kind', async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(random, async (answer) => {
        const service = createCancelService({ edis: account }, { fetch: always(answer) });
        const outcome = await service.safeCancel({
          account: 'edis',
          service: { serviceId: 123456 },
          when: 'immediate',
        });
        const { status, message, errors } = fieldsOf(parsed(answer.body));
        const isOk = answer.status >= 200 && answer.status < 300;
        if (outcome.ok) {
          seen.add(outcome.result.outcome);
          const texts = JSON.stringify([message, errors]).toLowerCase();
          const marked =
            outcome.result.outcome === 'requested'
              ? isOk && status === 'success'
              : outcome.result.outcome === 'already_cancelled' &&
                texts.includes('existing cancellation request exists');
          expect(marked).toBe(true);
          return;
        }
        const { code } = outcome.error;
        seen.add(code);
        const refusesLogin = JSON.stringify([message, errors]).includes('Invalid WHMCS credentials provided');
        if (code === 'unauthorized' && !refusesLogin) expect([answer.status, status]).toEqual([401, 'error']);
        if (code === 'not_found') expect([answer.status, status]).toEqual([404, 'error']);
        if (isOk || answer.status >= 500)
          expect(['outcome_unknown', ...(refusesLogin ? ['unauthorized'] : [])]).toContain(code);
      }),
      { numRuns: RUNS, examples: [...Object.values(answers), DOWN, PAGE].map((answer) => [asRandom(answer)]) },
    );
    const expected = ['requested', 'already_cancelled', 'unauthorized', 'not_found', 'rejected', 'outcome_unknown'];
    expect([...seen]).toEqual(expect.arrayContaining(expected));
  });

  it('is asked for exactly the service that was named, or nothing is sent', async () => {
    const id = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.nat().map(String), fc.integer(), fc.double());
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('kvmId', 'serviceId'), id, async (key, value) => {
        const { fetch, requests } = answering({ status: 200, body: { status: 'success' } });
        const service = createCancelService(untyped, { fetch });
        const outcome = await service.safeCancel({ account: 'edis', service: { [key]: value }, when: 'immediate' });
        if (!outcome.ok) {
          expect([outcome.error.code, requests.length]).toEqual(['invalid_request', 0]);
          return;
        }
        sent += 1;
        const [request] = requests;
        expect(request?.url).toBe('https://order.edisglobal.com/kvm/v2/cancel/product');
        expect(new URLSearchParams(request?.body).get(key.toLowerCase())).toBe(String(value));
      }),
      { numRuns: RUNS },
    );
    expect(sent).toBeGreaterThan(20);
  });
});
