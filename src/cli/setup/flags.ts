import type { When } from '../../contract/vocabulary.ts';

/** What `bulk` is told besides the file. */
export interface BulkFlags {
  readonly format?: 'csv' | 'jsonl';
  readonly results?: string;
  readonly resume?: boolean;
  readonly skipBad?: boolean;
  readonly verify?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly concurrency?: number;
}

/** What `cancel` and `preview` are told besides the service. */
export interface CancelFlags {
  readonly when?: When;
  readonly reason?: string;
  readonly category?: string;
  readonly reference?: string;
  readonly verify?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** What an unknown one may be settled as. */
export const RESOLUTIONS = ['requested', 'scheduled', 'completed', 'refused'] as const;

/** What a decision is told. */
export interface DecisionFlags {
  readonly as?: string;
  readonly by?: string;
  readonly note?: string;
  readonly yes?: boolean;
  readonly acceptPlace?: boolean;
}

/** What `queue quarantine` is given. */
export interface QuarantineFlags extends DecisionFlags {
  readonly since?: string;
  readonly whenAbsent?: string;
}

/** What `queue list` is told. */
export interface ListFlags {
  readonly state?: string;
  readonly account?: string;
  readonly needsPerson?: boolean;
  readonly limit?: number;
  readonly after?: string;
}

/** What `queue add` is told besides the cancellation. */
export interface AddFlags extends CancelFlags {
  readonly id?: string;
  readonly by?: string;
  readonly notBefore?: string;
  readonly priority?: number;
  readonly whenAbsent?: string;
}

/** What `queue work` is told. */
export interface WorkFlags {
  readonly concurrency?: number;
  readonly untilIdle?: boolean;
}

/** What may happen to one that the last read-back does not find. */
export const WHEN_ABSENT = ['refuse', 'send_again'] as const;

/** What `sandbox` is told. */
export interface SandboxFlags {
  readonly port?: number;
}
