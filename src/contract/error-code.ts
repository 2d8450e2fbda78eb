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
  | 'date_too_early'
  | 'confirmation_required'
  | 'rejected'
  | 'rate_limited'
  | 'unavailable'
  | 'unexpected_response'
  | 'aborted'
  | 'outcome_unknown';

/** The codes with which a provider's adapter can say that the provider refused and did nothing. */
export type RefusalCode = Extract<
  ErrorCode,
  | 'invalid_request'
  | 'unsupported'
  | 'date_too_early'
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

/** Per code: whether the same call may succeed later without anyone changing anything. */
export const ERROR_CODES: { readonly [Code in ErrorCode]: { readonly retryable: boolean } } = {
  invalid_request: { retryable: false },
  unknown_account: { retryable: false },
  not_configured: { retryable: false },
  unsupported: { retryable: false },
  unauthorized: { retryable: false },
  forbidden: { retryable: false },
  not_found: { retryable: false },
  not_cancellable: { retryable: false },
  timing_conflict: { retryable: false },
  date_too_early: { retryable: false },
  confirmation_required: { retryable: false },
  rejected: { retryable: false },
  rate_limited: { retryable: true },
  unavailable: { retryable: true },
  unexpected_response: { retryable: false },
  aborted: { retryable: true },
  outcome_unknown: { retryable: false },
};
