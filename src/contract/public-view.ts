import type { CancelOutcome, RevokeOutcome } from './outcome.ts';
import { set } from './public-error.ts';
import type { CancelResult, RevokeResult } from './result.ts';
import type {
  AnyWhen,
  CancellationOptions,
  CancellationState,
  CancellationStatus,
  EffectiveAt,
  Timing,
  WarningCode,
} from './vocabulary.ts';

/** The view of a {@link CancellationStatus} for end customers. */
export interface PublicStatus {
  readonly state: CancellationState;
  readonly when?: AnyWhen;
  readonly effectiveAt?: EffectiveAt;
  readonly requestedAt?: string;
  readonly revocable: boolean;
}

/** The view of {@link CancellationOptions} for end customers. */
export interface PublicOptions<T extends Timing = Timing> {
  readonly timings: readonly {
    readonly timing: T;
    readonly effectiveAt?: EffectiveAt;
    readonly from?: string;
    readonly to?: string;
  }[];
  readonly existing?: PublicStatus;
}

/** The view of a result for end customers: no account, provider, service, provider's reference, message or `raw`. */
export interface PublicResult<Outcome extends CancelOutcome | RevokeOutcome = CancelOutcome | RevokeOutcome> {
  readonly outcome: Outcome;
  readonly when?: AnyWhen;
  readonly effectiveAt?: EffectiveAt;
  /** What was read back of an earlier cancellation. */
  readonly existing?: PublicStatus;
  /** The codes alone: a warning's message may name the provider. */
  readonly warnings: readonly WarningCode[];
  readonly operationId: string;
}

/**
 * The view of a `status` for end customers. Its `reason` is left out: the provider may have written to it. So is a date
 * that is not in ISO 8601, since an adapter may have passed the provider's own words on.
 */
export function toPublicStatus(status: CancellationStatus): PublicStatus {
  const { state, when, effectiveAt, requestedAt, revocable } = status;
  return {
    state,
    ...set({ when, effectiveAt: copyOf(effectiveAt), requestedAt: dateOf(requestedAt) }),
    revocable,
  };
}

/**
 * The view of `options` for end customers: the timings with their dates, and an earlier cancellation. The provider's
 * reasons and fields are left out, and so are fees and refunds: they are what the provider and its customer agreed.
 */
export function toPublicOptions<T extends Timing>({ timings, existing }: CancellationOptions<T>): PublicOptions<T> {
  return {
    timings: timings.map(({ timing, effectiveAt, from, to }) => ({
      timing,
      ...set({ effectiveAt: copyOf(effectiveAt), from: dateOf(from), to: dateOf(to) }),
    })),
    ...set({ existing: existing === undefined ? undefined : toPublicStatus(existing) }),
  };
}

/** The view of a result of `cancel` or `revoke` for end customers. */
export function toPublicResult(result: CancelResult): PublicResult<CancelOutcome>;

export function toPublicResult(result: RevokeResult): PublicResult<RevokeOutcome>;

export function toPublicResult(result: CancelResult | RevokeResult): PublicResult {
  const { outcome, operationId } = result;
  if (!('when' in result)) return { outcome, warnings: [], operationId };
  const { when, effectiveAt, existing, warnings } = result;
  return {
    outcome,
    when,
    ...set({
      effectiveAt: copyOf(effectiveAt),
      existing: existing === undefined ? undefined : toPublicStatus(existing),
    }),
    warnings: warnings.map(({ code }) => code),
    operationId,
  };
}

const ISO_DATE = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function dateOf(text: string | undefined): string | undefined {
  return text !== undefined && ISO_DATE.test(text) ? text : undefined;
}

/** Only these fields: an adapter's object may have more than its type says. */
function copyOf(date: EffectiveAt | undefined): EffectiveAt | undefined {
  return date === undefined || !ISO_DATE.test(date.value)
    ? undefined
    : { value: date.value, precision: date.precision, source: date.source };
}
