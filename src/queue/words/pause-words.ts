/** Says why an account is paused. A code that is not known is named. */
export function pauseWords(code: string | undefined): string {
  return PAUSES[code ?? ''] ?? code ?? 'the reason is not known';
}

const PAUSES: Readonly<Record<string, string>> = {
  unauthorized: 'the provider refused its credentials',
  forbidden: 'the provider refused access',
  not_configured: 'its configuration cannot be used',
  rate_limited: 'the provider asked for a pause',
  unavailable: 'the provider cannot be reached',
  unexpected_response: 'the provider’s responses cannot be used',
  outcome_unknown: 'the outcome of its last requests is not known',
};
