/** What is kept, and for how long. */
export interface RetentionPolicy {
  /** Days that a settled cancellation is kept after it was settled. */
  readonly keepSettledFor: number | 'forever';
  /** A directory that each month is written to before it is dropped. */
  readonly exportSettledTo: string | undefined;
}
