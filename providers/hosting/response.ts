import type { CancelOrder, CancelVerdict, ProviderResponse } from '../../src/index.ts';
import { fromErrorAnswer, readAnswer, serviceEnd } from './answer.ts';
import type { HostingService } from './service.ts';

/** What an answer to `DELETE /hosting/{id}` means. */
export function fromCancelResponse(response: ProviderResponse, order: CancelOrder<HostingService>): CancelVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognised' };
  if (answer.status === 'error') {
    if (answer.errorCode !== 'not_active' || response.status >= 500) return fromErrorAnswer(response.status, answer);
    const { errorCode: providerCode, errorMessage: providerMessage } = answer;
    return {
      verdict: 'duplicate',
      ambiguous: true,
      message: 'the hosting is not active: it is cancelled already, or still being set up.',
      providerCode,
      ...(providerMessage === undefined ? {} : { providerMessage }),
    };
  }
  const { status, responseId, hosting } = answer;
  // Documented is a 202 with `pending` and the id of the job; nothing less is a promise that there is one.
  if (response.status !== 202 || status !== 'pending' || responseId === undefined || responseId === '') {
    return { verdict: 'unrecognised' };
  }
  if (hosting !== undefined && hosting.identifier !== order.service.hostingId) {
    const message = 'the answer is for another hosting. Look in the client area which one was cancelled.';
    return { verdict: 'unclear', reason: 'unreadable_answer', message };
  }
  const effectiveAt = order.when === 'end_of_period' ? serviceEnd(hosting) : undefined;
  return {
    verdict: 'accepted',
    outcome: 'requested',
    providerReference: responseId,
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
  };
}
