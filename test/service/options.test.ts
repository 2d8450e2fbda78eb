import { createCancelService, type ProviderError, type Reason } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { acme, REQUEST } from '../support/acme.ts';
import { CODES, datedService, TOKEN } from '../support/dated.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch, type RecordingFetch } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';

const LOOK = { account: 'dated', service: { id: 's-1' } } as const;
const answering = (answer: unknown, status = 200): RecordingFetch => recordingFetch(() => json(answer, status));

const OFFERED = {
  timings: [
    { timing: 'earliest', effectiveAt: { value: '2099-06-30', precision: 'date', source: 'provider' } },
    { timing: 'on_date', from: '2099-06-30', to: '2101-06-30', fee: { amount: '12.50', currency: 'EUR' } },
  ],
  reasons: [{ code: 'R1', label: 'Too dear', categories: ['too_expensive'] }],
  requiredExtras: ['reserveLocation'],
  existing: { state: 'scheduled', revocable: true, raw: null },
  raw: { id: 's-1' },
};

describe('options', () => {
  it('says what the service allows now, and only reads', async () => {
    const sent = answering({ verdict: 'offered', options: OFFERED });
    expect(await datedService(sent.fetch).options(LOOK)).toEqual(OFFERED);
    expect(sent.requests.map(({ method, url }) => [method, url])).toEqual([
      ['GET', 'https://dated.example/services/s-1/options'],
    ]);
  });

  it('holds no secret and nothing that its type does not name', async () => {
    const options = {
      timings: [{ timing: 'on_date', from: TOKEN, fee: { amount: TOKEN, currency: 'EUR', more: TOKEN }, more: TOKEN }],
      reasons: [{ code: TOKEN, label: `It was ${TOKEN}`, more: TOKEN }],
      requiredExtras: [TOKEN],
      existing: { state: 'scheduled', reason: TOKEN, revocable: true, raw: { TOKEN } },
      raw: { echo: TOKEN },
    };
    const read = await datedService(answering({ verdict: 'offered', options }).fetch).options(LOOK);
    expect(JSON.stringify(read)).not.toContain(TOKEN);
    expect(read.timings[0]).toEqual({
      timing: 'on_date',
      from: '[REDACTED]',
      fee: { amount: '[REDACTED]', currency: 'EUR' },
    });
  });

  it.each([
    [{ verdict: 'refused', code: 'not_cancellable', message: 'Not yet.' }, 200, 'not_cancellable'],
    [{ verdict: 'unclear', reason: 'provider_error', message: 'It did not say.' }, 200, 'unexpected_response'],
    [{ verdict: 'absent' }, 404, 'not_found'],
    [{ verdict: 'offered', options: { timings: [{ timing: 'tomorrow' }], raw: null } }, 200, 'unexpected_response'],
    [{ other: true }, 200, 'unexpected_response'],
  ])('is never outcome_unknown: %j', async (verdict, status, code) => {
    const failure = await failureOf(datedService(answering(verdict, status).fetch).options(LOOK));
    expect(failure).toMatchObject({ code, operation: 'options' });
    expect(failure.publicMessage).toMatch(/could not be looked up|was not found/);
  });

  it('is unsupported, before anything is sent, where the provider cannot say', async () => {
    const sent = answering({});
    const account = acme({ baseUrl: 'https://a.example', token: TOKEN });
    const services = untyped(createCancelService({ acme: account }, { fetch: sent.fetch }));
    const failure = await failureOf(services.options({ account: 'acme', service: REQUEST.service }));
    expect(failure).toMatchObject({ code: 'unsupported', operation: 'options', attempts: 0 });
    expect(sent.requests).toEqual([]);
  });
});

describe('the provider’s own fields of a cancellation', () => {
  const ACCEPTED = { verdict: 'accepted', outcome: 'requested' };
  const CANCEL = { ...LOOK, when: 'earliest' } as const;
  const refusals = async (extras: unknown): Promise<readonly ProviderError[]> => {
    const sent = answering(ACCEPTED);
    const services = untyped(datedService(sent.fetch));
    const request = { ...CANCEL, extras };
    const failures = [];
    for (const call of [services.cancel, services.preview, services.validate])
      failures.push(await failureOf(call(request)));
    expect(sent.requests).toEqual([]);
    return failures;
  };

  it('are sent as the schema returns them, and stand in the preview', async () => {
    const sent = answering(ACCEPTED);
    const services = datedService(sent.fetch);
    const request = { ...CANCEL, extras: { reserveLocation: false } };
    await services.cancel(request);
    expect(JSON.parse(sent.requests[0]?.body ?? '')).toEqual({ when: 'earliest', reserveLocation: false });
    expect((await services.preview(request)).body).toBe(sent.requests[0]?.body);
    expect(await services.validate(request)).toMatchObject({ extras: { reserveLocation: false } });
  });

  it.each([
    [{ reserveLocation: 'yes' }, 'extras.reserveLocation', 'true or false'],
    [{ reserveLocaton: true }, 'extras.reserveLocaton', 'an object with only reserveLocation'],
    [null, 'extras', 'an object with the provider’s own fields'],
    [[], 'extras', 'an object with the provider’s own fields'],
    ['reserveLocation', 'extras', 'an object with the provider’s own fields'],
  ])('are refused before anything is sent: %j', async (extras, path, expected) => {
    for (const failure of await refusals(extras)) {
      expect(failure).toMatchObject({ code: 'invalid_request', attempts: 0, issues: [{ path, expected }] });
    }
  });

  it('are refused where the provider has none', async () => {
    const account = acme({ baseUrl: 'https://a.example', token: TOKEN });
    const services = untyped(createCancelService({ acme: account }, { fetch: answering(ACCEPTED).fetch }));
    const failure = await failureOf(services.validate({ ...REQUEST, extras: { reserveLocation: true } }));
    expect(failure).toMatchObject({ code: 'invalid_request', issues: [{ path: 'extras' }] });
    expect(failure.message).toContain('expected nothing: this provider has no fields of its own');
    await services.validate({ ...REQUEST, extras: {} });
  });
});

describe('a reason at a provider with codes of its own', () => {
  const FIXED = { field: 'optional', codes: CODES } as const;
  const sentFor = async (
    reason: Reason,
    field: Parameters<typeof datedService>[1],
  ): Promise<{ readonly body: unknown; readonly warnings: unknown }> => {
    const sent = answering({ verdict: 'accepted', outcome: 'requested' });
    const result = await datedService(sent.fetch, field).cancel({ ...LOOK, when: 'immediate', reason });
    return {
      body: JSON.parse(sent.requests[0]?.body ?? ''),
      warnings: result.warnings.map(({ code: warning }) => warning),
    };
  };

  it.each([
    ['a code of the list, verbatim', { providerCode: 'R2' }, FIXED, 'R2', []],
    ['the code that names the category', { category: 'too_expensive' }, FIXED, 'R1', []],
    [
      'the code that was given rather than the category’s',
      { category: 'too_expensive', providerCode: 'R2' },
      FIXED,
      'R2',
      [],
    ],
    ['no code for a category that none names', { category: 'support' }, FIXED, undefined, ['reason_code_not_sent']],
    ['no code for a text alone', 'Over', FIXED, undefined, []],
    ['any code where only options lists them', { providerCode: 'X/9' }, { field: 'no', codes: 'listed' }, 'X/9', []],
    [
      'no code for a category where only options lists them',
      { category: 'other' },
      { field: 'optional', codes: 'listed' },
      undefined,
      ['reason_code_not_sent'],
    ],
    ['a category as a code alone', { category: 'other' }, { field: 'no', codes: CODES }, 'R2', []],
    ['any code where no list is known', { providerCode: 'X' }, { field: 'optional', providerCode: true }, 'X', []],
    [
      'no code where none can be sent',
      { providerCode: 'X' },
      { field: 'optional' },
      undefined,
      ['reason_code_not_sent'],
    ],
  ] as const)('sends %s', async (_name, reason, field, code, warnings) => {
    const { body, warnings: codes } = await sentFor(reason, field);
    expect(body).toEqual(
      expect.objectContaining({ when: 'immediate', ...(code === undefined ? {} : { reasonCode: code }) }),
    );
    if (code === undefined) expect(body).not.toHaveProperty('reasonCode');
    expect(codes).toEqual(warnings);
  });

  it.each([
    [{ providerCode: 'R9' }, FIXED, 'one of the codes R1 (Too dear), R2 (Something else)', undefined],
    [{ providerCode: 'r1' }, FIXED, 'one of the codes R1 (Too dear), R2 (Something else)', undefined],
    [undefined, { ...FIXED, codeRequired: true }, 'one of the codes R1 (Too dear), R2 (Something else)', 'missing'],
    [{ category: 'support' }, { ...FIXED, codeRequired: true }, 'one of the codes R1', 'missing'],
    ['Over', { field: 'optional', codes: 'listed', codeRequired: true }, 'options()', 'missing'],
  ] as const)(
    'refuses %j before anything is sent, and says which codes there are',
    async (reason, field, expected, problem) => {
      const sent = answering({ verdict: 'accepted', outcome: 'requested' });
      const services = untyped(datedService(sent.fetch, field));
      const request = { ...LOOK, when: 'immediate', reason };
      const { when: _, ...confirmation } = { ...request, token: 'mailed-token-1' };
      const calls = [
        services.cancel(request),
        services.preview(request),
        services.validate(request),
        services.confirm(confirmation),
      ];
      for (const call of calls) {
        const failure = await failureOf(call);
        expect(failure.code).toBe('invalid_request');
        expect(failure.issues).toEqual([
          { path: 'reason.providerCode', expected: expect.stringContaining(expected), ...(problem ? { problem } : {}) },
        ]);
      }
      expect(sent.requests).toEqual([]);
      expect(await failureOf(services.status({ ...LOOK, service: { id: 's-1' } }))).toMatchObject({ attempts: 1 });
    },
  );
});
