/** The closed list of error codes. Every code except `outcome_unknown` means that nothing happened at the provider. */
export type ErrorCode =
  | 'invalid_request'
  | 'unknown_account'
  | 'not_configured'
  | 'unsupported'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'not_cancellable'
  | 'timing_conflict'
  | 'rejected'
  | 'rate_limited'
  | 'unavailable'
  | 'unexpected_response'
  | 'aborted'
  | 'outcome_unknown';

/** The codes with which a provider's adapter can say that the provider refused and did nothing. */
export type RefusalCode = Extract<
  ErrorCode,
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'not_cancellable'
  | 'rejected'
  | 'rate_limited'
  | 'unavailable'
  | 'unexpected_response'
>;

/** Why an outcome is unknown. */
export type UnknownReason =
  'timeout' | 'connection_lost' | 'aborted' | 'server_error' | 'unreadable_answer' | 'provider_error';

interface CodeFacts {
  readonly publicMessage: string;
  readonly retryable: boolean;
}

const SUPPORT = 'Please contact support.';

/**
 * Per code: the sentence for end customers, which names no provider, host or account, and whether the same call may
 * succeed later without anyone changing anything.
 */
export const ERROR_CODES: { readonly [Code in ErrorCode]: CodeFacts } = {
  invalid_request: { publicMessage: `The cancellation could not be processed. ${SUPPORT}`, retryable: false },
  unknown_account: { publicMessage: `The cancellation could not be processed. ${SUPPORT}`, retryable: false },
  not_configured: { publicMessage: `The cancellation could not be processed. ${SUPPORT}`, retryable: false },
  unsupported: { publicMessage: `This service cannot be cancelled in this way. ${SUPPORT}`, retryable: false },
  unauthorized: { publicMessage: `The cancellation could not be processed. ${SUPPORT}`, retryable: false },
  forbidden: { publicMessage: `The cancellation could not be processed. ${SUPPORT}`, retryable: false },
  not_found: { publicMessage: `The service was not found. ${SUPPORT}`, retryable: false },
  not_cancellable: { publicMessage: `The service cannot be cancelled at present. ${SUPPORT}`, retryable: false },
  timing_conflict: {
    publicMessage: `The service is already being cancelled, for another date. ${SUPPORT}`,
    retryable: false,
  },
  rejected: { publicMessage: `The cancellation was not accepted. ${SUPPORT}`, retryable: false },
  rate_limited: {
    publicMessage: 'The cancellation could not be processed now. Please try again later.',
    retryable: true,
  },
  unavailable: {
    publicMessage: 'The cancellation could not be processed now. Please try again later.',
    retryable: true,
  },
  unexpected_response: { publicMessage: `The cancellation could not be processed. ${SUPPORT}`, retryable: false },
  aborted: { publicMessage: 'The cancellation was stopped before it was sent.', retryable: true },
  outcome_unknown: {
    publicMessage: 'The cancellation was sent, but has not been confirmed yet. Please do not send it again.',
    retryable: false,
  },
};
