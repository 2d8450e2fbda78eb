import type { ErrorCode } from './error-code.ts';
import type { ProviderOperation } from './provider-error.ts';

/** The sentence for end customers. It names no provider, host or account, since it is made of nothing that came in. */
export function publicMessageOf(code: ErrorCode, operation: ProviderOperation | undefined): string {
  return SENTENCES[code](SUBJECTS[operation ?? 'cancel']);
}

const SUPPORT = 'Please contact support.';

const SUBJECTS: { readonly [Operation in ProviderOperation]: string } = {
  cancel: 'The cancellation',
  preview: 'The cancellation',
  validate: 'The cancellation',
  place: 'The cancellation',
  check: 'The check of the account',
  queue: 'The cancellation',
  create: 'The cancellation',
  status: 'The state of the cancellation',
  revoke: 'The withdrawal of the cancellation',
  order: 'The order',
};

const notProcessed = (subject: string): string => `${subject} could not be processed. ${SUPPORT}`;
const notNow = (subject: string): string => `${subject} could not be processed now. Please try again later.`;

const SENTENCES: { readonly [Code in ErrorCode]: (subject: string) => string } = {
  invalid_request: notProcessed,
  unknown_account: notProcessed,
  not_configured: notProcessed,
  unsupported: () => `This service cannot be cancelled in this way. ${SUPPORT}`,
  unauthorized: notProcessed,
  forbidden: notProcessed,
  not_found: () => `The service was not found. ${SUPPORT}`,
  not_cancellable: () => `The service cannot be cancelled at present. ${SUPPORT}`,
  timing_conflict: () => `The service is already being cancelled, for another date. ${SUPPORT}`,
  rejected: (subject) => `${subject} was not accepted. ${SUPPORT}`,
  rate_limited: notNow,
  unavailable: notNow,
  unexpected_response: notProcessed,
  aborted: (subject) => `${subject} was stopped before it was sent.`,
  outcome_unknown: (subject) => `${subject} was sent, but has not been confirmed yet. Please do not send it again.`,
};
