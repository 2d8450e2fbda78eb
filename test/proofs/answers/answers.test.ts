import { describe, expect, it, vi } from 'vitest';
import { ProviderError, type CancellationState, type CancelResult, type ErrorCode } from '../../../src/index.ts';
import { isMet } from '../figure.ts';
import { readAnswer } from './answer.ts';
import { answerFigures, proveAnswers } from './answers.ts';
import { CALLS, type ProviderName } from './calls.ts';
import type { DocumentedAnswer, RequestKind } from './documented.ts';
import type { Exchanged } from './exchange.ts';
import { asAnswer } from './fuzz.ts';
import { judgeCancel, judgeRevoke, judgeStatus } from './judge.ts';
import { lenientCalls } from './lenient.ts';

const PROVIDERS = ['edis', 'vpsbg', 'hosting', 'whmcs'] as const;
const SEED = 11;

// Measured in seconds on an idle machine; a busy one takes longer.
vi.setConfig({ testTimeout: 90_000 });

describe.each(PROVIDERS)('a fuzzed answer of %s', (provider) => {
  it('is taken for no more than its documentation says', async () => {
    const found = await proveAnswers(provider, { cancel: 900, status: 250, revoke: 150, order: 150 }, SEED);
    expect(found.examples).toEqual([]);
    expect(answerFigures(found, 800).filter((one) => !isMet(one))).toEqual([]);
  });

  it('misleads an adapter that believes the HTTP status, which is seen', async () => {
    const counts = { cancel: 400, status: 0, revoke: 0, order: 0 };
    const found = await proveAnswers(provider, counts, SEED, lenientCalls(provider));
    expect(found.ends).toHaveProperty('cancel requested');
    expect(found.violations).toBeGreaterThan(10);
  });
});

describe('the judgement', () => {
  it.each<[ProviderName, string, DocumentedAnswer]>([
    ['edis', 'another word', { status: 200, body: { status: 'failed' } }],
    ['edis', 'the word under another status', { status: 404, body: { status: 'success' } }],
    ['vpsbg', 'an error under a 2xx', { status: 200, body: { message: 'Server Error' } }],
    ['vpsbg', 'a list', { status: 200, body: [] }],
    ['hosting', 'a 200', { status: 200, body: { status: 'pending', responseId: '1_2' } }],
    ['hosting', 'no id', { status: 202, body: { status: 'pending' } }],
    ['whmcs', 'another word', { status: 200, body: { result: 'not success' } }],
    ['whmcs', 'the word elsewhere', { status: 200, body: { data: { result: 'success' } } }],
  ])('of %s lets no yes pass for %s', (provider, _, answer) => {
    const end = { ok: true, result: resultOf('requested') } as const;
    expect(judgeCancel(end, [given('cancel', answer)], CALLS[provider].oracle)).toMatch(/without the documented yes/);
  });

  it.each<[ProviderName, ErrorCode, DocumentedAnswer]>([
    ['edis', 'rejected', { status: 200, body: { status: 'error', message: 'no' } }],
    ['edis', 'unexpected_response', { status: 403, body: { message: 'no' } }],
    ['vpsbg', 'rejected', { status: 423, body: { message: 'The server is locked.' } }],
    ['vpsbg', 'unexpected_response', { status: 303 }],
    ['hosting', 'rejected', { status: 500, body: { status: 'error', errorCode: 'conflict' } }],
    ['hosting', 'unexpected_response', { status: 400, body: { status: 'pending', responseId: '1_2' } }],
    ['whmcs', 'rejected', { status: 200, body: { result: 'error', message: 'at the gateway' } }],
    ['whmcs', 'unexpected_response', { status: 302, body: { result: 'success' } }],
  ])('of %s lets no %s pass for what is not a definite no', (provider, code, answer) => {
    const end = { ok: false, error: new ProviderError(code, { message: '' }) } as const;
    expect(judgeCancel(end, [given('cancel', answer)], CALLS[provider].oracle)).toMatch(/without a documented no/);
  });

  it.each<[ProviderName, CancellationState, readonly [RequestKind, DocumentedAnswer][]]>([
    ['vpsbg', 'none', [['show', { status: 200, body: { id: 123456 } }]]],
    ['vpsbg', 'completed', [['show', { status: 200, body: { id: 123456, status: 'active', cancel_request: null } }]]],
    ['hosting', 'none', [['show', { status: 200, body: { status: 'ok', hosting: { identifier: '1_aed1f0c4' } } }]]],
    ['hosting', 'completed', [['show', { status: 404, body: { status: 'error', errorCode: 'does_not_exist' } }]]],
    ['whmcs', 'none', [['show', { status: 200, body: { result: 'success', products: '' } }]]],
    ['whmcs', 'completed', [['list', { status: 200, body: { result: 'success', packages: '' } }]]],
  ])('of %s lets no state %s pass without its marker', (provider, state, answers) => {
    const { oracle } = CALLS[provider];
    const reads = answers.map(([kind, answer]) => given(kind, answer));
    const status = { state, revocable: false, raw: null };
    expect(judgeStatus({ ok: true, result: status }, reads, oracle)).toMatch(/without its marker/);
    const revoked = { ...resultOf('revoked'), before: status };
    expect(judgeRevoke({ ok: true, result: revoked }, reads, oracle)).toMatch(/without its marker/);
  });

  it('sees a write that was sent twice', () => {
    const writes = [given('cancel', { status: 500 }), given('cancel', { status: 204 })];
    const end = { ok: true, result: resultOf('requested') } as const;
    expect(judgeCancel(end, writes, CALLS.vpsbg.oracle)).toMatch(/sent again/);
    expect(
      judgeCancel(end, [given('cancel', { status: 429 }), ...writes.slice(1)], CALLS.vpsbg.oracle),
    ).toBeUndefined();
  });

  it('sees a date and a reference that nobody gave', () => {
    const accepted = [given('cancel', { status: 202, body: { status: 'pending', responseId: '1_2' } })];
    const effectiveAt = { value: '2026-01-01', precision: 'date', source: 'provider' } as const;
    const dated = { ok: true, result: { ...resultOf('requested'), effectiveAt } } as const;
    expect(judgeCancel(dated, accepted, CALLS.hosting.oracle)).toMatch(/date/);
    const referred = { ok: true, result: { ...resultOf('requested'), providerReference: '1_3' } } as const;
    expect(judgeCancel(referred, accepted, CALLS.hosting.oracle)).toMatch(/reference/);
  });
});

function given(kind: RequestKind, documented: DocumentedAnswer): Exchanged {
  const answer = asAnswer(documented);
  return { kind, isWrite: kind === 'cancel', key: kind, answer, read: readAnswer(answer) };
}

function resultOf<Outcome extends string>(
  outcome: Outcome,
): Omit<CancelResult, 'outcome'> & { readonly outcome: Outcome } {
  return {
    account: 'a',
    provider: 'p',
    service: {},
    when: 'immediate',
    outcome,
    reconciled: false,
    warnings: [],
    attempts: 1,
    operationId: '1',
    raw: null,
  };
}
