import type { AnyWhen } from '../../contract/vocabulary.ts';

/** The options of `bulk`. */
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

/** The options of `status --list`. */
export interface StatusListFlags {
  readonly format?: 'csv' | 'jsonl';
  readonly out?: string;
  readonly concurrency?: number;
}

/** The options of `status`. */
export interface StatusFlags extends StatusListFlags {
  readonly list?: string;
  readonly providerReference?: string;
}

/** The options of `cancel` and `preview`. */
export interface CancelFlags {
  readonly when?: AnyWhen;
  readonly reason?: string;
  readonly category?: string;
  readonly reasonCode?: string;
  readonly reference?: string;
  readonly extra?: Readonly<Record<string, string>>;
  readonly verify?: boolean;
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

/** The options of a decision. */
export interface DecisionFlags {
  readonly as?: string;
  readonly by?: string;
  readonly note?: string;
  readonly yes?: boolean;
  readonly acceptPlace?: boolean;
  readonly effectiveAt?: string;
  readonly ifUpdatedAt?: string;
}

/** What `queue quarantine` is given. */
export interface QuarantineFlags extends DecisionFlags {
  readonly since?: string;
  readonly whenAbsent?: string;
}

/** The options of `queue list`. */
export interface ListFlags {
  readonly state?: string;
  readonly account?: string;
  readonly needsPerson?: boolean;
  readonly search?: string;
  readonly oldest?: boolean;
  readonly limit?: number;
  readonly after?: string;
}

/** The options of `queue add`, besides those of `cancel`. */
export interface AddFlags extends CancelFlags {
  readonly id?: string;
  readonly by?: string;
  readonly notBefore?: string;
  readonly priority?: number;
  readonly whenAbsent?: string;
  /** `false` with `--no-follow`. */
  readonly follow?: boolean;
  readonly propose?: boolean;
}

/** The options of `queue work`. */
export interface WorkFlags extends UiFlags {
  readonly concurrency?: number;
  readonly untilIdle?: boolean;
  readonly ui?: boolean;
}

/** The options of `queue ui`. */
export interface UiFlags {
  readonly port?: number;
  readonly by?: string;
  readonly work?: boolean;
  readonly concurrency?: number;
}

/** The options of `sandbox`. */
export interface SandboxFlags {
  readonly port?: number;
}

/** The options of `queue export`. */
export interface ExportFlags {
  readonly before?: string;
}
