import type { ErrorFacts } from '../call/call.ts';
import type { ProviderResponse } from '../contract/exchange.ts';
import type { NoVerdict, RefusedVerdict, ProviderWords } from '../contract/verdict.ts';
import { FAULTY } from './adapter-fault.ts';
import { judgeUnrecognized, rateLimited } from './judge-response.ts';
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
  // Adapters in JavaScript can return anything.
  if (verdict.verdict !== 'refused') return FAULTY;
  return refusalFacts(verdict, response);
}

/** What a refusal means, of a read or of a write; if there were too many requests, with the wait that is asked for. */
export function refusalFacts(refusal: RefusedVerdict, response: ProviderResponse): ErrorFacts {
  const limit = refusal.code === 'rate_limited' ? rateLimited(response) : undefined;
  return { providerStatus: response.status, ...limit, ...saidBy(refusal) };
}

/** What a refusal says: with the first possible date in its words, and with where in the request it is about. */
function saidBy(refusal: RefusedVerdict): ErrorFacts {
  const { code, message, earliest, issues } = refusal;
  if (code === 'invalid_request') {
    return {
      ...refusal,
      issues: issues ?? [{ path: 'request', expected: 'what the provider accepts (see the message)' }],
    };
  }
  if (code !== 'date_too_early' || earliest === undefined || message.includes(earliest.value)) return refusal;
  return { ...refusal, message: `${message} The earliest possible date is ${earliest.value}.` };
}

/** The provider's own words in a verdict, for an error that the core words itself. */
export function providerWords(
  verdict: ProviderWords | { readonly verdict: 'accepted' | 'unrecognized' },
): ProviderWords {
  if (!('providerCode' in verdict || 'providerMessage' in verdict || 'providerReference' in verdict)) return {};
  const { providerCode, providerMessage, providerReference } = verdict;
  return {
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(providerMessage === undefined ? {} : { providerMessage }),
    ...(providerReference === undefined ? {} : { providerReference }),
  };
}
