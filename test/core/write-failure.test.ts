import { describe, expect, it } from 'vitest';
import type { ProviderError, ProviderResponse } from 'cancelkit';
import { Call } from '../../src/call.ts';
import { writeFailure } from '../../src/write-failure.ts';

function failureOf(
  verdict: Parameters<typeof writeFailure>[0],
  status: number,
): Pick<ProviderError, 'code' | 'reason' | 'providerStatus' | 'message' | 'providerMessage'> & {
  readonly mayHaveHappened: boolean;
} {
  const call = new Call('revoke');
  call.writeLeaves();
  const response: ProviderResponse = { status, headers: {}, body: { kind: 'other', text: '<html></html>' } };
  const { code, reason, message, providerMessage, providerStatus } = writeFailure(verdict, response, call);
  return { code, reason, message, providerMessage, providerStatus, mayHaveHappened: call.mayHaveHappened };
}

const refused = { verdict: 'refused', code: 'not_found', message: 'There is none.', providerMessage: 'none' } as const;
const unclear = { verdict: 'unclear', message: 'Odd.', providerMessage: 'odd' } as const;

describe('the answer to a write that is no yes', () => {
  it.each([
    ['a refusal', refused, 404, 'not_found', false],
    ['a refusal that was rate limited', refused, 429, 'rate_limited', false],
    ['a refusal that was not processed', refused, 408, 'unavailable', false],
    ['an unclear one', { ...unclear, reason: 'provider_error' }, 200, 'outcome_unknown', true],
    ['an unclear one that was rate limited', { ...unclear, reason: 'provider_error' }, 429, 'rate_limited', false],
    ['an odd yes that was rate limited', { ...unclear, reason: 'unreadable_answer' }, 429, 'outcome_unknown', true],
    ['a page with 404', { verdict: 'unrecognised' }, 404, 'unexpected_response', false],
    ['a page with 429', { verdict: 'unrecognised' }, 429, 'rate_limited', false],
    ['a page with 200', { verdict: 'unrecognised' }, 200, 'outcome_unknown', true],
    ['a page with 502', { verdict: 'unrecognised' }, 502, 'outcome_unknown', true],
  ] as const)('%s is as definite as it says', (_, verdict, status, code, mayHaveHappened) => {
    expect(failureOf(verdict, status)).toMatchObject({ code, mayHaveHappened });
  });

  it('says why it is unknown, in the words of the adapter where it has some', () => {
    expect(failureOf({ ...unclear, reason: 'provider_error' }, 200)).toMatchObject({
      reason: 'provider_error',
      providerStatus: 200,
      message: 'cancelkit: Odd.',
    });
    expect(failureOf({ verdict: 'unrecognised' }, 502)).toMatchObject({
      reason: 'server_error',
      providerStatus: 502,
      message: expect.stringMatching(/^cancelkit: the server answered 502 .* before anything is sent again\.$/),
    });
  });

  it('keeps the words of the provider, also of one that was not processed', () => {
    expect(failureOf(refused, 404).providerMessage).toBe('none');
    expect(failureOf({ ...unclear, reason: 'provider_error' }, 429).providerMessage).toBe('odd');
  });
});
