import {
  plainWords,
  unclear,
  type CancelOrder,
  type CancelVerdict,
  type ProviderResponse,
} from '../../src/provider/index.ts';
import { fromErrorAnswer, readAnswer } from './answer.ts';
import type { ResolvedWhmcsService } from './service.ts';

/** What a response to `AddCancelRequest` means. */
export function fromCancelResponse(
  response: ProviderResponse,
  order: CancelOrder<ResolvedWhmcsService>,
): CancelVerdict {
  const answer = readAnswer(response);
  if (answer === undefined) return { verdict: 'unrecognized' };
  if (answer.result === 'error') {
    if (!/^existing cancellation request exists\b/.test(plainWords(answer.message ?? ''))) {
      return fromErrorAnswer(response.status, answer);
    }
    const message = 'a cancellation request of this service exists already.';
    return { verdict: 'duplicate', ambiguous: false, message, providerMessage: answer.message ?? '' };
  }
  const answered = answer['serviceid'];
  const namesAnother = isId(answered) && String(answered) !== order.service.serviceId;
  if (namesAnother) {
    const message = 'the response is for another service. Look in WHMCS which one has a cancellation request.';
    return unclear('unreadable_answer', message);
  }
  return { verdict: 'accepted', outcome: 'requested', warnings: order.when === 'immediate' ? [DEFERRED] : [] };
}

const DEFERRED = {
  code: 'immediate_deferred',
  message: 'WHMCS carries an immediate cancellation out at its next cron run, and only if its owner automated that.',
} as const;

function isId(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
