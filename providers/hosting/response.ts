import {
  unclear,
  type CancelOrder,
  type CancelVerdict,
  type ProviderResponse,
  type RevokeVerdict,
  type UnclearVerdict,
  type UnrecognizedVerdict,
} from '../../src/provider/index.ts';
import { fromErrorAnswer, readAnswer, serviceEnd, wordsOf, type HostingAnswer } from './answer.ts';
import type { HostingService } from './service.ts';

/** What a response to `DELETE /hosting/{id}` means. */
export function fromCancelResponse(response: ProviderResponse, order: CancelOrder<HostingService>): CancelVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  if (answer.status === 'error') {
    if (answer.errorCode?.toLowerCase() !== 'not_active' || response.status >= 500)
      return fromErrorAnswer(response.status, answer);
    return {
      verdict: 'duplicate',
      ambiguous: true,
      message: 'the hosting is not active: it is cancelled already, or still being set up.',
      ...wordsOf(answer),
    };
  }
  const jobId = queuedJob(response, answer);
  if (jobId === undefined) return notQueued(response, answer);
  const { hosting } = answer;
  if (hosting !== undefined && hosting.identifier !== order.service.hostingId) {
    const message = 'the response is for another hosting. Look in the client area which one was cancelled.';
    return unclear('unreadable_answer', message, wordsOf(answer));
  }
  const effectiveAt = order.when === 'end_of_period' ? serviceEnd(hosting) : undefined;
  return {
    verdict: 'accepted',
    outcome: 'requested',
    providerReference: jobId,
    ...(effectiveAt === undefined ? {} : { effectiveAt }),
  };
}

/** What a response to `PATCH /hosting/{id}` means. */
export function fromResumeResponse(response: ProviderResponse): RevokeVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  if (answer.status === 'error') return fromErrorAnswer(response.status, answer);
  const jobId = queuedJob(response, answer);
  return jobId === undefined
    ? notQueued(response, answer)
    : { verdict: 'accepted', outcome: 'requested', providerReference: jobId };
}

/** Documented is a 202 with `pending` and the id of the job; nothing less is a promise that there is one. */
function queuedJob(response: ProviderResponse, { status, responseId }: HostingAnswer): string | undefined {
  return response.status === 202 && status === 'pending' && responseId !== '' ? responseId : undefined;
}

/** The API's own words for a yes count against the status, which alone could mean "not processed". */
function notQueued(response: ProviderResponse, answer: HostingAnswer): UnclearVerdict | UnrecognizedVerdict {
  const { status } = answer;
  if (status !== 'pending' && status !== 'ok') return { verdict: 'unrecognized' };
  const message = `the response says ${status} under HTTP ${response.status} and names no job as it should. Look in the client area whether one was queued.`;
  return unclear(response.status >= 500 ? 'server_error' : 'unreadable_answer', message, wordsOf(answer));
}
