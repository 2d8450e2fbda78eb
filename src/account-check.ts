import type { Exchange } from './exchange.ts';
import type { RefusedVerdict, UnclearVerdict, UnrecognisedVerdict } from './verdict.ts';

/** How a provider can be asked whether credentials are accepted, without changing anything. */
export interface CredentialsCheck<Config> {
  /** What is read, in a few words. */
  readonly reads: string;
  /** Whether the provider's pages say that this read needs the credentials, or it is inferred. */
  readonly basis: 'documented' | 'inferred';
  /** What an acceptance does not prove. */
  readonly leavesOpen?: string;
  readonly run: (config: Config) => Exchange<CredentialsVerdict>;
}

/** What a provider makes of the answers to the check of its credentials. */
export type CredentialsVerdict =
  { readonly verdict: 'accepted' } | RefusedVerdict | UnclearVerdict | UnrecognisedVerdict;
