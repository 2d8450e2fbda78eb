import { ProviderError, type ErrorCode } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { AccountAccess, isLetIn } from '../../src/bulk/account-access.ts';
import { noteForeign } from '../../src/call/error-notes.ts';

const said = (code: ErrorCode): ProviderError => new ProviderError(code, { message: 'acme: no', providerStatus: 400 });
const page = (): ProviderError => {
  const error = said('unexpected_response');
  noteForeign(error, false);
  return error;
};

describe('what shows that a provider has let an account in', () => {
  it.each([
    'not_found',
    'not_cancellable',
    'timing_conflict',
    'date_too_early',
    'confirmation_required',
    'rejected',
  ] as const)('is %s, so that a later forbidden is about one service', (code) => {
    const access = new AccountAccess();
    expect(access.learn(said(code))).toBe(false);
    expect(isLetIn(said(code))).toBe(true);
    expect([access.learn(said('forbidden')), access.learn(said('forbidden'))]).toEqual([false, true]);
  });

  it('is a read-back that showed a state, although the outcome is unknown', () => {
    const access = new AccountAccess();
    const error = new ProviderError('outcome_unknown', { message: 'acme: lost', lastSeen: 'none' });
    expect([access.learn(error), isLetIn(error), access.learn(said('forbidden'))]).toEqual([false, true, false]);
  });

  it.each(['unauthorized', 'forbidden', 'unexpected_response', 'unavailable', 'rate_limited'] as const)(
    'is not %s',
    (code) => {
      expect(isLetIn(said(code))).toBe(false);
    },
  );

  it('is no code that was found without asking', () => {
    expect(isLetIn(new ProviderError('date_too_early', { message: 'acme: too early' }))).toBe(false);
  });
});

describe('requests that prove nothing', () => {
  it('count once if they share a response, however many services are in the call', () => {
    const access = new AccountAccess();
    const batch = (): readonly boolean[] => [0, 1, 2, 3].map((place) => access.learn(page(), place > 0));
    expect([...batch(), ...batch()]).not.toContain(true);
    expect(access.silent).toBe(2);
    expect(batch()[0]).toBe(true);
  });

  it('count each if the outcome is unknown, since each was read back by a request of its own', () => {
    const access = new AccountAccess();
    const lost = new ProviderError('outcome_unknown', { message: 'acme: lost', providerStatus: 200 });
    expect([0, 1, 2].map((place) => access.learn(lost, place > 0))).toEqual([false, false, true]);
  });

  it('begin anew with a service of a call that the provider answered for', () => {
    const access = new AccountAccess();
    access.learn(page());
    access.learn(page());
    access.learn(page());
    access.learn(said('rejected'), true);
    expect([access.silent, access.learn(page())]).toEqual([0, false]);
  });
});
