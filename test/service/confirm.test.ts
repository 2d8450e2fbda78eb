import { inspect } from 'node:util';
import { createCancelService, type OperationEvent, type ProviderError } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { acme, REQUEST } from '../support/acme.ts';
import { datedService, TOKEN } from '../support/dated.ts';
import { failureOf } from '../support/failure.ts';
import { answering, json, networkError, writesOf } from '../support/fetch.ts';
import { untyped } from '../support/untyped.ts';

const MAILED = 'mailed-token-9c1d55aa';
const CONFIRM = { account: 'dated', service: { id: 's-1' }, token: MAILED } as const;
const CANCEL = { account: 'dated', service: { id: 's-1' }, when: 'immediate' } as const;

const printed = (value: unknown): string =>
  `${JSON.stringify(value)} ${inspect(value, { depth: Infinity, showHidden: true })} ${value instanceof Error ? `${value.message} ${value.stack}` : ''}`;

describe('a cancellation that a person has to confirm', () => {
  const expiresAt = { value: '2026-03-12', precision: 'date', source: 'provider' };

  it('is an error that says how the token reaches a person: nothing is cancelled', async () => {
    const sent = answering({ verdict: 'confirmation_required', sentTo: 'email', expiresAt });
    const failure = await failureOf(datedService(sent.fetch).cancel(CANCEL));
    expect(failure).toMatchObject({ code: 'confirmation_required', confirmation: { sentTo: 'email', expiresAt } });
    expect(failure).toMatchObject({ retryable: false, attempts: 1 });
    expect(failure.message).toContain('nothing is cancelled yet');
    expect(failure.toPublic().error).toContain('has to be confirmed');
  });

  it('is not believed of a read, or of a response with an error status', async () => {
    const required = { verdict: 'confirmation_required', sentTo: 'email' };
    const service = { id: 's-1', look: true };
    const read = await failureOf(datedService(answering(required).fetch).cancel({ ...CANCEL, service }));
    expect(read.code).toBe('unexpected_response');
    const failed = await failureOf(datedService(answering(json(required, 500)).fetch).cancel(CANCEL));
    expect(failed.code).toBe('outcome_unknown');
  });
});

describe('confirm', () => {
  it('sends the token with what the request says, and is judged as a cancellation', async () => {
    const sent = answering({ verdict: 'accepted', outcome: 'completed', providerReference: 'c-1' });
    const result = await datedService(sent.fetch).confirm({
      ...CONFIRM,
      reason: 'Over',
      extras: { reserveLocation: true },
    });
    expect(result).toMatchObject({
      outcome: 'completed',
      when: 'immediate',
      account: 'dated',
      providerReference: 'c-1',
    });
    expect(sent.requests[0]).toMatchObject({ method: 'POST', url: 'https://dated.example/services/s-1/confirm' });
    expect(JSON.parse(sent.requests[0]?.body ?? '')).toEqual({
      token: MAILED,
      reasonText: 'Over',
      reserveLocation: true,
    });
  });

  it('takes a token that was copied with white space around it', async () => {
    const sent = answering({ verdict: 'accepted', outcome: 'completed' });
    await datedService(sent.fetch).confirm({ ...CONFIRM, token: ` ${MAILED}\n` });
    expect(JSON.parse(sent.requests[0]?.body ?? '')).toMatchObject({ token: MAILED });
  });

  it('after a lost response is read back, and never sent again', async () => {
    const status = { state: 'completed', revocable: false, raw: null };
    const sent = answering(networkError('ECONNRESET', 'read'), { verdict: 'found', status });
    expect(await datedService(sent.fetch).confirm(CONFIRM)).toMatchObject({ outcome: 'completed', reconciled: true });
    expect(writesOf(sent.requests)).toHaveLength(1);
  });

  it('of what is confirmed already is a success', async () => {
    const status = { state: 'scheduled', when: 'immediate', revocable: false, raw: null };
    const duplicate = { verdict: 'duplicate', ambiguous: false, message: 'It is confirmed already.' };
    const sent = answering(duplicate, { verdict: 'found', status });
    expect(await datedService(sent.fetch).confirm(CONFIRM)).toMatchObject({ outcome: 'already_cancelled' });
  });

  it('reads back what was accepted where asked to', async () => {
    const status = { state: 'scheduled', when: 'immediate', revocable: false, raw: null };
    const sent = answering({ verdict: 'accepted', outcome: 'requested' }, { verdict: 'found', status });
    const result = await datedService(sent.fetch).confirm(CONFIRM, { verify: true });
    expect(result).toMatchObject({ outcome: 'scheduled', attempts: 2 });
  });

  it('as safeConfirm gives the error as a value', async () => {
    const refused = { verdict: 'refused', code: 'rejected', message: 'The token has expired.' };
    const settled = await datedService(answering(refused).fetch).safeConfirm(CONFIRM);
    expect(settled).toMatchObject({ ok: false, error: { code: 'rejected', operation: 'confirm' } });
  });

  it.each([undefined, null, 7, '', ' ', 'a\nb', 'x'.repeat(5000)])(
    'refuses a token that is none before anything is sent: %j',
    async (token) => {
      const sent = answering({});
      const failure = await failureOf(untyped(datedService(sent.fetch)).confirm({ ...CONFIRM, token }));
      expect(failure).toMatchObject({ code: 'invalid_request', issues: [{ path: 'token' }] });
      expect(sent.requests).toEqual([]);
    },
  );

  it('refuses a timing: the one that needs a confirmation is the only one', async () => {
    const failure = await failureOf(
      untyped(datedService(answering({}).fetch)).confirm({ ...CONFIRM, when: 'immediate' }),
    );
    expect(failure).toMatchObject({ code: 'invalid_request', issues: [{ path: 'when', problem: 'unknown' }] });
  });

  it('is unsupported where no cancellation needs it', async () => {
    const sent = answering({});
    const account = acme({ baseUrl: 'https://a.example', token: TOKEN });
    const services = untyped(createCancelService({ acme: account }, { fetch: sent.fetch }));
    const failure = await failureOf(services.confirm({ account: 'acme', service: REQUEST.service, token: MAILED }));
    expect(failure).toMatchObject({ code: 'unsupported', operation: 'confirm', attempts: 0 });
    expect(sent.requests).toEqual([]);
  });

  it('never lets the token out, whatever the provider echoes', async () => {
    const events: OperationEvent[] = [];
    const echo = `It says ${MAILED} and ${encodeURIComponent(MAILED)} and ${Buffer.from(MAILED).toString('base64')}`;
    const words = { providerMessage: echo, providerCode: MAILED, providerReference: MAILED };
    const status = {
      state: 'scheduled',
      when: 'immediate',
      reason: echo,
      requestedAt: MAILED,
      revocable: false,
      raw: { echo },
    };
    const answers: readonly (readonly unknown[])[] = [
      [{ verdict: 'accepted', outcome: 'requested', providerReference: MAILED, note: echo }],
      [{ verdict: 'refused', code: 'rejected', message: echo, ...words }],
      [{ verdict: 'refused', code: 'invalid_request', message: echo, issues: [{ path: MAILED, expected: echo }] }],
      [{ verdict: 'unclear', reason: 'provider_error', message: echo, ...words }],
      [
        { verdict: 'duplicate', ambiguous: false, message: echo, ...words },
        { verdict: 'found', status },
      ],
      [{ verdict: 'confirmation_required', sentTo: 'email', expiresAt: { value: MAILED } }],
      [json({ echo }, 500)],
    ];
    for (const each of answers) {
      const services = datedService(answering(...each).fetch, undefined, {
        onEvent: (event) => void events.push(event),
      });
      const settled: unknown = await services.confirm(CONFIRM).catch((error: unknown) => error);
      expect(printed(settled)).not.toContain(MAILED);
      expect(printed(settled)).not.toContain(TOKEN);
    }
    expect(events.length).toBeGreaterThan(answers.length);
    expect(printed(events)).not.toContain(MAILED);
  });

  it('says which secret was wrong without showing it', async () => {
    const failure: ProviderError = await failureOf(
      untyped(datedService(answering({}).fetch)).confirm({ ...CONFIRM, token: `${MAILED}\u0000` }),
    );
    expect(printed(failure)).not.toContain(MAILED);
    expect(failure.message).toContain('token: expected the token that the provider sent');
  });
});
