import type { ProviderError } from '../../contract/provider-error.ts';
import type { Database } from '../database/database.ts';
import type { Recovery } from '../ledger/recovery.ts';
import type { Limit } from '../model/limits.ts';
import type { QueueServices } from '../model/services.ts';
import type { WhenAbsent } from '../model/state.ts';

/** What a worker works with. */
export interface WorkerContext extends Recovery {
  readonly database: Database;
  readonly services: QueueServices;
  readonly limits: readonly Limit[];
  /** Milliseconds for one cancellation or one read-back. */
  readonly deadlineMs: number;
  /** How often the database is asked for what is due while nothing else happens. */
  readonly pollMs: number;
  /** What happens to an absent cancellation, unless its own options say so. */
  readonly whenAbsent: WhenAbsent;
  /** How long what is settled is kept. */
  readonly retention: RetentionPolicy;
  /** Called with the id of each cancellation whose new state is in the ledger. */
  readonly onSettled: (id: string) => void;
  /** Called with the error of a failing database. */
  readonly onError: (error: ProviderError) => void;
}

/** What is kept, and for how long. */
interface RetentionPolicy {
  /** Days that a settled cancellation is kept after it was settled. */
  readonly keepSettledFor: number | 'forever';
  /** A directory that each month is written to before it is dropped. */
  readonly exportSettledTo: string | undefined;
}

/** How one run of a worker is bounded. */
export interface WorkPlan {
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  readonly stopWhenIdle: boolean;
}

/** Milliseconds by which a lease outlasts the call that it is for: the call is over before another worker may act. */
export const LEASE_MARGIN_MS = 5_000;
