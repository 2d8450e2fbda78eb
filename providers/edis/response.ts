import {
  refused,
  refusedByStatus,
  unclear,
  duplicate,
  type RefusedVerdict,
  type CancelOrder,
  type CancelVerdict,
  type ProviderResponse,
} from '../../src/provider/index.ts';
import { commonRefusal, credentialsRefusal, readAnswer, saidIn, type EdisAnswer } from './answer.ts';
import type { ResolvedEdisService } from './service.ts';

/** What a response to `cancel/product` means. */
export function fromCancelResponse(response: ProviderResponse, order: CancelOrder<ResolvedEdisService>): CancelVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  if (answer.status === 'success') return fromSuccess(response.status, answer, order);
  const providerMessage = saidIn(answer);
  const wrongCredentials = credentialsRefusal(answer);
  if (wrongCredentials !== undefined) return { ...wrongCredentials, providerMessage };
  if (response.status >= 500) {
    const message = 'the server failed while it handled the cancellation. Ask EDIS whether it was stored.';
    return unclear('server_error', message, { providerMessage });
  }
  if ([answer.message ?? '', ...(answer.errors ?? [])].some((text) => EXISTS.test(text))) {
    return { ...duplicate('a cancellation of this service exists already.'), providerMessage };
  }
  if (answer.status !== 'error' || response.status < 400) {
    const message = 'the response says neither success nor which error. Look in the client area whether it was stored.';
    return unclear('provider_error', message, { providerMessage });
  }
  // The API always says what is wrong; an error without a word may be a proxy's, and proves nothing.
  if (providerMessage === '') return { verdict: 'unrecognized' };
  const refusal = commonRefusal(response.status, providerMessage) ?? ownRefusal(response.status, providerMessage);
  return { ...refusal, providerMessage };
}

// Only as a statement of its own, or after "…: ": a sentence that doubts or denies it holds the same words.
const EXISTS = /(?:^|: )existing cancellation request exists\b/i;

function fromSuccess(
  httpStatus: number,
  answer: EdisAnswer,
  { service, when }: CancelOrder<ResolvedEdisService>,
): CancelVerdict {
  const answersAnother =
    service.field === 'serviceid' && answer.serviceid !== undefined && answer.serviceid !== service.value;
  if (httpStatus < 200 || httpStatus > 299 || answersAnother) {
    const message = answersAnother
      ? 'the response is for another service. Look in the client area which one was cancelled.'
      : `the response says success under HTTP status ${httpStatus}. Look in the client area whether it was stored.`;
    return unclear(httpStatus >= 500 ? 'server_error' : 'unreadable_answer', message);
  }
  return { verdict: 'accepted', outcome: 'requested', warnings: when === 'immediate' ? [DEFERRED] : [] };
}

const DEFERRED = {
  code: 'immediate_deferred',
  message: 'EDIS stores the request; when an immediate cancellation is carried out is not documented.',
} as const;

function ownRefusal(httpStatus: number, said: string): RefusedVerdict {
  const notFound = 'no service of this account has that id. Check the kvmId or serviceId.';
  return (
    refusedByStatus(httpStatus, { not_found: notFound }) ?? refused('rejected', `the cancellation was refused: ${said}`)
  );
}
