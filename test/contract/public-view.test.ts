import {
  HTTP_STATUS,
  httpStatusOf,
  ProviderError,
  toPublicOptions,
  toPublicResult,
  toPublicStatus,
  type CancellationOptions,
  type CancelResult,
  type CancellationStatus,
  type ErrorCode,
  type RevokeResult,
} from 'cancelkit';
import { parse } from 'valibot';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/contract/error-code.ts';
import { storedError } from '../../src/queue/ledger/stored-outcome.ts';

const codes = Object.keys(ERROR_CODES).filter((code): code is ErrorCode => code in ERROR_CODES);
// A look at the state changes nothing, so its outcome is always known.
const readCodes = codes.filter((code) => code !== 'outcome_unknown');

const upstream = {
  account: 'upstream-account',
  provider: 'upstream',
  message: 'upstream: https://api.upstream.example said 401.',
  providerStatus: 401,
  providerCode: 'upstream_code',
  providerMessage: 'upstream says no',
  operationId: 'operation-1',
  retryAt: '2026-12-01T00:00:00.000Z',
  issues: [{ path: 'service.upstreamId', expected: 'an id of upstream' }],
} as const;

const state = {
  state: 'scheduled',
  when: 'immediate',
  effectiveAt: { value: '2026-12-01', precision: 'date', source: 'provider' },
  reason: 'upstream: reason',
  revocable: true,
  raw: { upstream: true },
} as const satisfies CancellationStatus;

describe('an error', () => {
  it.each(codes)('with %s names no provider in its public view', (code) => {
    const view = new ProviderError(code, upstream).toPublic();
    expect(JSON.stringify(view)).not.toMatch(/upstream|401/i);
    expect(Object.keys(view).sort()).toEqual(['code', 'error', 'operationId', 'retryAt']);
  });

  it.each(codes)('with %s has no field that a web framework takes for its own response', (code) => {
    const error = new ProviderError(code, upstream);
    for (const field of ['status', 'statusCode', 'headers', 'expose', 'getResponse', 'body']) {
      expect({ [field]: field in error }).toEqual({ [field]: false });
    }
  });

  it('leaves out of its public view what is not set', () => {
    expect(new ProviderError('rejected', { message: 'no' }).toPublic()).toEqual({
      code: 'failed',
      error: 'The cancellation was not accepted. Please contact support.',
    });
  });

  it.each(readCodes)('of a look at the state with %s says nothing of the cancellation itself', (code) => {
    const { error } = new ProviderError(code, { ...upstream, operation: 'status' }).toPublic();
    expect(error).not.toMatch(/sent|processed|accepted|cancelled/);
  });

  it.each(codes)('of an undo with %s does not say that the service cannot be cancelled in this way', (code) => {
    const { error } = new ProviderError(code, { ...upstream, operation: 'revoke' }).toPublic();
    expect(error).not.toContain('in this way');
  });

  it.each(codes)('with %s is a success to HTTP only if it must not be repeated', (code) => {
    expect(HTTP_STATUS[code] < 400).toBe(code === 'outcome_unknown');
    expect([401, 403, 404]).not.toContain(HTTP_STATUS[code]);
  });

  it.each(codes)('with %s has the status of its code', (code) => {
    expect(httpStatusOf(new ProviderError(code, upstream))).toBe(HTTP_STATUS[code]);
  });

  it('of a queue that does not know what it stored promises neither that it was sent nor that it was accepted', () => {
    const error = new ProviderError('outcome_unknown', { ...upstream, operation: 'queue' });
    expect(error.toPublic().error).not.toMatch(/was (?:sent|accepted)|do not send/i);
    expect(error.toPublic()).toMatchObject({
      code: 'unknown',
      error: expect.stringContaining('not been confirmed yet'),
    });
    expect(httpStatusOf(error)).toBe(503);
  });

  it('with a code that only a newer copy of the package knows has a status, too', () => {
    const error = Object.assign(new ProviderError('rejected', upstream), { code: 'of_tomorrow' });
    expect(httpStatusOf(error)).toBe(500);
  });

  it('that an earlier version stored with `status` is read with `providerStatus`', () => {
    const stored = { code: 'rejected', message: 'acme: no.', status: 422, retryable: false, attempts: 1 };
    const error = parse(storedError, stored);
    expect(error.providerStatus).toBe(422);
    expect(error).not.toHaveProperty('status');
    expect(parse(storedError, error.toJSON()).providerStatus).toBe(422);
  });
});

describe('the public view of a result', () => {
  const result: CancelResult = {
    account: 'upstream-account',
    provider: 'upstream',
    service: { upstreamId: 1 },
    when: 'immediate',
    outcome: 'already_cancelled',
    providerReference: 'upstream-1',
    effectiveAt: state.effectiveAt,
    existing: state,
    reconciled: false,
    warnings: [{ code: 'timing_unknown', message: 'upstream does not say' }],
    attempts: 2,
    operationId: 'operation-1',
    raw: { status: 200, body: { upstream: true } },
  };

  it('says what a customer may know of a cancellation, and names no provider', () => {
    const { effectiveAt } = state;
    const view = { state: 'scheduled', when: 'immediate', effectiveAt, revocable: true };
    expect(toPublicResult(result)).toEqual({
      outcome: 'already_cancelled',
      when: 'immediate',
      effectiveAt,
      existing: view,
      warnings: ['timing_unknown'],
      operationId: 'operation-1',
    });
    expect(toPublicStatus(state)).toEqual(view);
  });

  it('says the same of an undo', () => {
    const { account, provider, service, raw, reconciled, attempts, operationId } = result;
    const common = { account, provider, service, raw, reconciled, attempts, operationId };
    const revoked: RevokeResult = { ...common, outcome: 'revoked', before: state };
    expect(toPublicResult(revoked)).toEqual({ outcome: 'revoked', warnings: [], operationId });
  });

  it('says of the options of a service what may be asked for, and nothing in the provider’s words', () => {
    const { effectiveAt } = state;
    const money = { amount: '9.00', currency: 'EUR' };
    const options: CancellationOptions = {
      timings: [
        { timing: 'immediate', effectiveAt, fee: money, refund: money },
        { timing: 'on_date', from: '2026-12-01', to: 'upstream: never' },
      ],
      reasons: [{ code: 'upstream-1', label: 'upstream: too dear' }],
      requiredExtras: ['upstreamPin'],
      existing: state,
      raw: { upstream: true },
    };
    expect(toPublicOptions(options)).toEqual({
      timings: [
        { timing: 'immediate', effectiveAt },
        { timing: 'on_date', from: '2026-12-01' },
      ],
      existing: toPublicStatus(state),
    });
  });

  it.each(['upstream: on renewal', '2026-12-01 (upstream)', 'upstream 2026-12-01', '2026-12-01\nupstream', ''])(
    'contains no date that is none: %j',
    (value) => {
      const effectiveAt = { ...state.effectiveAt, value };
      const existing = { ...state, effectiveAt, requestedAt: value };
      const view = toPublicResult({ ...result, effectiveAt, existing });
      expect(view).not.toHaveProperty('effectiveAt');
      expect(view.existing).toEqual({ state: 'scheduled', when: 'immediate', revocable: true });
    },
  );

  it.each(['2026-12-01', '2026-12-01T00:00:00Z', '2026-12-01T00:00:00.000Z', '2026-12-01T02:00+02:00'])(
    'contains the date %s',
    (value) => {
      const effectiveAt = { ...state.effectiveAt, value };
      expect(toPublicStatus({ ...state, effectiveAt, requestedAt: value })).toMatchObject({
        effectiveAt,
        requestedAt: value,
      });
    },
  );

  it('contains no field that an adapter adds to a date', () => {
    const effectiveAt = { ...state.effectiveAt, upstream: 'x' };
    expect(JSON.stringify(toPublicResult({ ...result, effectiveAt }))).not.toMatch(/upstream/);
  });
});
