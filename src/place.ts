import type { Redactor } from './redactor.ts';

/**
 * Where an account's requests go: its provider and its base URL, without secrets. The same after a change of
 * credentials, and another one after a change of address.
 */
export function placeOf(provider: string, baseUrl: URL, redactor: Redactor): string {
  return `${provider} ${redactor.text(baseUrl.href)}`;
}
