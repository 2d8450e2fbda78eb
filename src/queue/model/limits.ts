/** The limits of an account, over all processes that work on one database. */
export interface AccountLimit {
  /**
   * How many of its cancellations and read-backs run concurrently. Default: what suits the provider
   * (`capabilities.concurrency`), else 4.
   */
  readonly concurrency?: number | undefined;
  /** At most `count` cancellations and read-backs are started in any `perMs` milliseconds. Default: no limit. */
  readonly rate?: { readonly count: number; readonly perMs: number } | undefined;
}

/** The same, complete. */
export interface Limit {
  readonly account: string;
  readonly concurrency: number;
  readonly rate: { readonly count: number; readonly perMs: number } | undefined;
}
