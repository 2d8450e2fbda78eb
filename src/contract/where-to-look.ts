/** Where a person finds a service at the provider, to see whether it is cancelled. Holds no secret. */
export interface WhereToLook {
  /** What to do there, in order; English. */
  readonly steps: readonly string[];
  /** Where to begin: https, or http to loopback, without user info. Left out: no address is known. */
  readonly url?: string;
  /**
   * The weakest ground that a step or the address has: the provider's own pages (`documented`), public code (`seen`),
   * or an inference (`inferred`), which the steps mention.
   */
  readonly source: 'documented' | 'seen' | 'inferred';
}
