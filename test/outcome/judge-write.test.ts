import { isProviderError, type ProviderError } from 'cancelkit';
import type { CancelVerdict, ProviderResponse } from 'cancelkit/provider';
import { describe, expect, it } from 'vitest';
import { Call } from '../../src/call/call.ts';
import { believed, judgeWrite } from '../../src/outcome/judge-write.ts';

type Failure = Pick<ProviderError, 'code' | 'reason' | 'providerStatus' | 'message' | 'providerMessage'> & {
  readonly mayHaveHappened: boolean;
};

/** What a verdict on the last of the responses means, with a write among the requests or none. */
function failureOf(verdict: CancelVerdict, status: number, effect: 'write' | 'read' = 'write', wrote = true): Failure {
  const call = new Call('revoke');
  if (wrote) call.writeLeaves();
  const response: ProviderResponse = { status, headers: {}, body: { kind: 'other', text: '<html></html>' } };
  try {
    believed(judgeWrite({ verdict, lastResponse: { effect, response } }, call));
  } catch (error) {
    if (!isProviderError(error)) throw error;
    const { code, reason, message, providerMessage, providerStatus } = error;
    return { code, reason, message, providerMessage, providerStatus, mayHaveHappened: call.mayHaveHappened };
  }
  throw new Error('it was accepted');
}

const refused = { verdict: 'refused', code: 'not_found', message: 'There is none.', providerMessage: 'none' } as const;
const unclear = { verdict: 'unclear', message: 'Odd.', providerMessage: 'odd' } as const;

describe('the response to a write that is no yes', () => {
  it.each([
    ['a refusal', refused, 404, 'not_found', false],
    ['a refusal that was rate limited', refused, 429, 'rate_limited', false],
    ['a refusal that was not processed', refused, 408, 'unavailable', false],
    ['an unclear one', { ...unclear, reason: 'provider_error' }, 200, 'outcome_unknown', true],
    ['an unclear one that was rate limited', { ...unclear, reason: 'provider_error' }, 429, 'rate_limited', false],
    ['an odd yes that was rate limited', { ...unclear, reason: 'unreadable_answer' }, 429, 'outcome_unknown', true],
    ['a page with 404', { verdict: 'unrecognized' }, 404, 'unexpected_response', false],
    ['a page with 429', { verdict: 'unrecognized' }, 429, 'rate_limited', false],
    ['a page with 200', { verdict: 'unrecognized' }, 200, 'outcome_unknown', true],
    ['a page with 502', { verdict: 'unrecognized' }, 502, 'outcome_unknown', true],
  ] as const)('%s is as definite as it says', (_, verdict, status, code, mayHaveHappened) => {
    expect(failureOf(verdict, status)).toMatchObject({ code, mayHaveHappened });
  });

  it('says why it is unknown, in the words of the adapter if it has some', () => {
    expect(failureOf({ ...unclear, reason: 'provider_error' }, 200)).toMatchObject({
      reason: 'provider_error',
      providerStatus: 200,
      message: 'cancelkit: Odd.',
    });
    expect(failureOf({ verdict: 'unrecognized' }, 502)).toMatchObject({
      reason: 'server_error',
      providerStatus: 502,
      message: expect.stringMatching(/^cancelkit: the server answered 502 .* before anything is sent again\.$/),
    });
  });

  it('keeps the words of the provider, also of one that was not processed', () => {
    expect(failureOf(refused, 404).providerMessage).toBe('none');
    expect(failureOf({ ...unclear, reason: 'provider_error' }, 429).providerMessage).toBe('odd');
  });

  it('is a failure to read while nothing has been written: a login that is refused', () => {
    const login = { verdict: 'refused', code: 'unauthorized', message: 'Wrong password.' } as const;
    expect(failureOf(login, 401, 'read', false)).toMatchObject({ code: 'unauthorized', mayHaveHappened: false });
    expect(failureOf({ verdict: 'unrecognized' }, 502, 'read', false)).toMatchObject({ code: 'unavailable' });
  });

  it('stays unknown if it answers a read that follows the write', () => {
    expect(failureOf(refused, 404, 'read')).toMatchObject({ code: 'outcome_unknown', mayHaveHappened: true });
    expect(failureOf({ verdict: 'unrecognized' }, 404, 'read')).toMatchObject({ code: 'outcome_unknown' });
  });

  it('is a fault of the adapter if it does not follow from what was sent', () => {
    const accepted = { verdict: 'accepted', outcome: 'requested' } as const;
    const duplicate = { verdict: 'duplicate', ambiguous: false, message: 'Twice.' } as const;
    expect(failureOf(accepted, 200, 'read', false)).toMatchObject({ code: 'unexpected_response' });
    expect(failureOf(duplicate, 200, 'read', false).message).toMatch(/the adapter is faulty/);
  });
});
