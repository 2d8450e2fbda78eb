import type { ErrorFacts } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import type { NoVerdict } from '../contract/verdict.ts';
import { judgeUnrecognized, rateLimited } from './judge-status.ts';
import { retryWaitOf } from './retry-after.ts';

/** What a verdict that grants nothing means for a read, a login included. */
export function judgeNo(verdict: NoVerdict, response: ProviderResponse): ErrorFacts {
  if (verdict.verdict === 'unrecognized') return judgeUnrecognized(response, 'read');
  const providerStatus = response.status;
  if (verdict.verdict === 'unclear') {
    const isDown = providerStatus >= 500;
    const code = isDown ? 'unavailable' : 'unexpected_response';
    return { ...verdict, code, providerStatus, retryInMs: isDown ? retryWaitOf(response) : undefined };
  }
  return verdict.code === 'rate_limited' ? { ...rateLimited(response), ...verdict } : { providerStatus, ...verdict };
}
