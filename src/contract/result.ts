import type { CancelOutcome, RevokeOutcome } from './outcome.ts';
import type { ProviderError } from './provider-error.ts';
import type { Reason } from './reason.ts';
import type { AnyWhen, CancellationStatus, EffectiveAt, Timing, Warning, WhenByTiming } from './vocabulary.ts';

/** The result of a cancellation. It never claims more than the provider said. */
export interface CancelResult<
  Key extends string = string,
  Id extends string = string,
  Service = unknown,
  T extends Timing = Timing,
> {
  readonly account: Key;
  readonly provider: Id;
  /** The service reference, as it was given. */
  readonly service: Service;
  readonly when: WhenByTiming[T];
  readonly outcome: CancelOutcome;
  readonly effectiveAt?: EffectiveAt;
  /** The provider's own id of this cancellation, if it gives one. */
  readonly providerReference?: string;
  /** The provider's own id of its last response, for a support request. */
  readonly providerRequestId?: string;
  /** What was read back of the cancellation: with `already_cancelled`, `reconciled` and `verify`. */
  readonly existing?: CancellationStatus;
  /** Whether the outcome was established by reading back after a response was lost. */
  readonly reconciled: boolean;
  readonly warnings: readonly Warning[];
  /** How many requests were sent for this call, read-backs included. */
  readonly attempts: number;
  readonly operationId: string;
  /** The provider's response: `{ status, body }`, redacted. For people and logs; its shape is the provider's. */
  readonly raw: unknown;
}

/** The result of undoing a cancellation. */
export interface RevokeResult<Key extends string = string, Id extends string = string, Service = unknown> {
  readonly account: Key;
  readonly provider: Id;
  /** The service reference, as it was given. */
  readonly service: Service;
  readonly outcome: RevokeOutcome;
  /** The provider's own id of this undo, if it gives one. */
  readonly providerReference?: string;
  /** The provider's own id of its last response, for a support request. */
  readonly providerRequestId?: string;
  /** The state before the undo. */
  readonly before: CancellationStatus;
  /** Whether the outcome was established by reading back after a response was lost. */
  readonly reconciled: boolean;
  /** How many requests were sent for this call, read-backs included. */
  readonly attempts: number;
  readonly operationId: string;
  /** The provider's response, redacted. */
  readonly raw: unknown;
}

/** A result, or the error, as a value. */
export type SafeResult<Result> =
  { readonly ok: true; readonly result: Result } | { readonly ok: false; readonly error: ProviderError };

/** The request that `cancel` would send, with every secret shown as `[REDACTED]`. */
export interface PreviewedRequest {
  readonly method: string;
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Left out if the request has no body. */
  readonly body?: string;
}

/** A cancellation that passed every check that needs no configuration. */
export interface ValidatedRequest {
  readonly account: string;
  readonly provider: string;
  /** The service reference, as it was given. */
  readonly service: Readonly<Record<string, unknown>>;
  /** Names the service among those of the account, whichever way the reference is written: `5` and `'5'` are one. */
  readonly serviceKey: string;
  readonly when: AnyWhen;
  readonly reason?: Reason;
  readonly reference?: string;
  readonly extras?: Readonly<Record<string, unknown>>;
}
