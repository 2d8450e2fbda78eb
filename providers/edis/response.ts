import * as v from 'valibot';
import type { CancelOrder, CancelVerdict, ProviderResponse } from '../../src/index.ts';
import type { EdisServiceField } from './service.ts';

const words = v.fallback(v.optional(v.string()), undefined);

// Every answer of this API is an object with a `status` of its own; the HTTP status comes second.
const answerSchema = v.object({
  status: v.string(),
  serviceid: v.fallback(v.optional(v.union([v.number(), v.string()])), undefined),
  message: words,
  errors: v.fallback(v.optional(v.array(v.string())), undefined),
});

type Answer = v.InferOutput<typeof answerSchema>;

/** What an answer to `cancel/product` means. */
export function fromCancelResponse(response: ProviderResponse, order: CancelOrder<EdisServiceField>): CancelVerdict {
  const parsed = response.body.kind === 'json' ? v.safeParse(answerSchema, response.body.value) : undefined;
  if (!parsed?.success) return { verdict: 'unrecognised' };
  const answer = parsed.output;
  if (answer.status === 'success') return fromSuccess(response.status, answer, order);
  const { message: said, errors = [] } = answer;
  const providerMessage = [said ?? '', errors.join('; ')].filter((text) => text !== '').join(' ');
  if (response.status >= 500) {
    const message = 'the server failed while it handled the cancellation. Ask EDIS whether it was stored.';
    return { verdict: 'unclear', reason: 'server_error', message, providerMessage };
  }
  if ([said ?? '', ...errors].some((text) => EXISTS.test(text))) {
    const message = 'a cancellation of this service exists already.';
    return { verdict: 'duplicate', ambiguous: false, message, providerMessage };
  }
  if (answer.status !== 'error' || response.status < 400) {
    const message = 'the answer says neither success nor which error. Look in the client area whether it was stored.';
    return { verdict: 'unclear', reason: 'provider_error', message, providerMessage };
  }
  // The API always says what is wrong; an error without a word may be a proxy's, and proves nothing.
  if (providerMessage === '') return { verdict: 'unrecognised' };
  return { verdict: 'refused', ...fromErrorStatus(response.status, providerMessage), providerMessage };
}

// Only as a statement of its own, or after "…: ": a sentence that doubts or denies it holds the same words.
const EXISTS = /(?:^|: )existing cancellation request exists\b/i;

function fromSuccess(
  httpStatus: number,
  answer: Answer,
  { service, when }: CancelOrder<EdisServiceField>,
): CancelVerdict {
  const answersAnother =
    service.field === 'serviceid' && answer.serviceid !== undefined && String(answer.serviceid) !== service.value;
  if (httpStatus < 200 || httpStatus > 299 || answersAnother) {
    const message = answersAnother
      ? 'the answer is for another service. Look in the client area which one was cancelled.'
      : `the answer says success under HTTP status ${httpStatus}. Look in the client area whether it was stored.`;
    return { verdict: 'unclear', reason: httpStatus >= 500 ? 'server_error' : 'unreadable_answer', message };
  }
  return { verdict: 'accepted', outcome: 'requested', warnings: when === 'immediate' ? [DEFERRED] : [] };
}

const DEFERRED = {
  code: 'immediate_deferred',
  message: 'EDIS stores the request; when an immediate cancellation is carried out is not documented.',
} as const;

function fromErrorStatus(
  httpStatus: number,
  said: string,
): {
  readonly code: 'unauthorized' | 'forbidden' | 'not_found' | 'rate_limited' | 'rejected';
  readonly message: string;
} {
  switch (httpStatus) {
    case 401:
      return { code: 'unauthorized', message: 'the email address or the client-area password is wrong. Check both.' };
    case 403:
      return { code: 'forbidden', message: `access was refused: ${said}` };
    case 404:
      return { code: 'not_found', message: 'no service of this account has that id. Check the kvmId or serviceId.' };
    case 429:
      return { code: 'rate_limited', message: 'too many requests. Nothing was processed; try again later.' };
    default:
      return { code: 'rejected', message: `the cancellation was refused: ${said}` };
  }
}
