import type {
  CancellationState,
  CancellationStatus,
  CancelOutcome,
  EffectiveAt,
  ErrorCode,
  RevokeOutcome,
  UnknownReason,
  WarningCode,
  When,
} from '../index.ts';
import type { JsonValue, Provider } from '../provider/index.ts';

/** A provider with everything that the suite needs to try it out. */
export interface ConformanceSubject<ConfigInput = unknown, ServiceInput = unknown, Timing extends When = When> {
  /** What `defineProvider` returned. */
  readonly provider: Provider<string, ConfigInput, ServiceInput, Timing>;
  /** A complete configuration, as a fresh object, that sends everything to `baseUrl` (`http://127.0.0.1:<port>`). */
  readonly config: (baseUrl: string) => NoInfer<ConfigInput>;
  /**
   * Every secret value of that configuration, derived ones (a hash that is sent) included; 8 or more characters each.
   */
  readonly secrets: readonly string[];
  /** A service reference with which the fixtures are tried. */
  readonly service: NoInfer<ServiceInput>;
  /** References in the other forms that the provider takes, if there are several. */
  readonly otherServices?: readonly NoInfer<ServiceInput>[];
  /** References that must be refused, besides those that the suite derives from `service`. */
  readonly invalidServices: readonly unknown[];
  /**
   * Answers to what is sent before a cancellation, a read-back or an undo itself, such as a login. Default: none.
   */
  readonly before?: readonly ConformanceAnswer[];
  /** Documented answers to a cancellation. Every kind must be there, `already_cancelled` only for who recognizes it. */
  readonly fixtures: readonly ConformanceFixture<NoInfer<Timing>>[];
  /** Documented answers to a read-back. Needed exactly if `capabilities.readBack` is true. */
  readonly statusFixtures?: readonly ConformanceStatusFixture[];
  /** Documented answers to an undo. Needed exactly if `capabilities.revoke` is true. */
  readonly revokeFixtures?: readonly ConformanceRevokeFixture[];
}

/** One HTTP answer of the provider. */
export interface ConformanceAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent verbatim, anything else as JSON. Left out: no body. */
  readonly body?: JsonValue;
}

/** What a fixture is an example of. */
export type FixtureKind =
  | 'success'
  | 'already_cancelled'
  | 'not_found'
  | 'unauthorized'
  | 'rate_limited'
  | 'refusal'
  | 'server_error'
  | 'other';

/** A documented answer to a cancellation, and what it must become. */
export interface ConformanceFixture<Timing extends When = When> {
  /** Completes the sentence "… becomes `requested`", such as `a 202 with the hosting`. */
  readonly name: string;
  /** Where the answer is documented, or who saw it. */
  readonly source: string;
  readonly kind: FixtureKind;
  /** Default: the first of the provider's timings. */
  readonly when?: Timing;
  /**
   * In the order in which they are taken: the answer to the cancellation, then those to what follows it. If the
   * outcome is not known, the read-back that follows may be left unanswered.
   */
  readonly answers: readonly [ConformanceAnswer, ...ConformanceAnswer[]];
  readonly expected: ExpectedResult | ExpectedError;
}

/** A result; only the fields that are given are compared. */
export interface ExpectedResult {
  readonly outcome: CancelOutcome;
  readonly effectiveAt?: EffectiveAt;
  readonly providerReference?: string;
  readonly existing?: Partial<CancellationStatus>;
  /** Whether it was established by reading back after an unclear response. */
  readonly reconciled?: boolean;
  /** The codes of all the warnings, in any order. */
  readonly warnings?: readonly WarningCode[];
}

/** An error; only the fields that are given are compared. */
export interface ExpectedError {
  readonly code: ErrorCode;
  readonly reason?: UnknownReason;
  readonly providerStatus?: number;
  readonly providerCode?: string;
  readonly providerMessage?: string;
  readonly existing?: Partial<CancellationStatus>;
  readonly lastSeen?: CancellationState;
}

/** A documented answer to a read-back, and what it must become. */
export interface ConformanceStatusFixture {
  readonly name: string;
  /** Where the answer is documented, or who saw it. */
  readonly source: string;
  /** Set for an answer to a query for this very cancellation. */
  readonly providerReference?: string;
  /** One for each request of the read-back. */
  readonly answers: readonly [ConformanceAnswer, ...ConformanceAnswer[]];
  /** A status or an error; only the fields that are given are compared. */
  readonly expected: (Partial<CancellationStatus> & Pick<CancellationStatus, 'state'>) | ExpectedError;
}

/** A documented answer to an undo, and what it must become. */
export interface ConformanceRevokeFixture {
  readonly name: string;
  /** Where the answer is documented, or who saw it. */
  readonly source: string;
  /** One for each request of the undo. What is read before and after it is taken from `statusFixtures`. */
  readonly answers: readonly [ConformanceAnswer, ...ConformanceAnswer[]];
  /** A result or an error; only the fields that are given are compared. */
  readonly expected: ExpectedRevocation | ExpectedError;
}

/** A result of an undo. `revoked` is expected if a read-back shows no cancellation any more. */
export interface ExpectedRevocation {
  readonly outcome: Exclude<RevokeOutcome, 'nothing_to_revoke'>;
  readonly providerReference?: string;
}
