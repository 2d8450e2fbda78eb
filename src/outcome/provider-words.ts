import type { ProviderWords } from '../contract/verdict.ts';

/** The provider's own words in a verdict, for an error that the core words itself. */
export function providerWords(
  verdict: ProviderWords | { readonly verdict: 'accepted' | 'unrecognized' },
): ProviderWords {
  if (!('providerCode' in verdict || 'providerMessage' in verdict || 'providerReference' in verdict)) return {};
  const { providerCode, providerMessage, providerReference } = verdict;
  return {
    ...(providerCode === undefined ? {} : { providerCode }),
    ...(providerMessage === undefined ? {} : { providerMessage }),
    ...(providerReference === undefined ? {} : { providerReference }),
  };
}
