import type {
  CancellationOptions,
  CancellationStatus,
  CancelOutcome,
  Confirmation,
  EffectiveAt,
  ErrorCode,
  FoundService,
  LastSeen,
  ReasonDetails,
  RevokeOutcome,
  Timing,
  UnknownReason,
  WarningCode,
  When,
} from '../index.ts';
import type { JsonValue, Provider } from '../provider/index.ts';

/** A provider with everything that the suite needs to try it out. */
export interface ConformanceSubject<ConfigInput = unknown, ServiceInput = unknown, T extends Timing = Timing> {
  /** What `defineProvider` returned. */
  readonly provider: Provider<string, ConfigInput, ServiceInput, T>;
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
  /**
   * Answers to what the adapter reads before each cancellation, after those of `before`: a service that can be
   * cancelled. Default: none.
   */
  readonly beforeCancel?: readonly ConformanceAnswer[];
  /** Answers to what the adapter itself reads before each undo, after those of `before`. Default: none. */
  readonly beforeRevoke?: readonly ConformanceAnswer[];
  /**
   * Those of the provider's timings that `service` takes, if its contract fixes them: the others must be refused as
   * `unsupported` without a write. Default: all.
   */
  readonly timings?: readonly NoInfer<T>[];
  /** Whether `service` has no field for a reason, although others of the provider have one. Default `false`. */
  readonly takesNoReason?: boolean;
  /**
   * Whether no cancellation of `service` can be undone, although others of the provider can: an undo must be refused
   * without a write. Default `false`.
   */
  readonly takesNoUndo?: boolean;
  /**
   * Whether `service` takes none of the extras, although others of the provider do: they must be refused as
   * `invalid_request` without a write. Default `false`.
   */
  readonly takesNoExtras?: boolean;
  /** What every cancellation needs besides, such as the code of a reason. */
  readonly order?: { readonly reason?: ReasonDetails; readonly extras?: object };
  /**
   * How a login looks. Required if `access.obtain` logs in with this configuration, and only then. Its answers are
   * separate from the others.
   */
  readonly login?: ConformanceLogin;
  /** Documented answers to a cancellation. Every kind must be there, `already_cancelled` only for who recognizes it. */
  readonly fixtures: readonly ConformanceFixture<NoInfer<T>>[];
  /** Documented answers to a read-back. Needed exactly if `capabilities.readBack` is true. */
  readonly statusFixtures?: readonly ConformanceStatusFixture[];
  /** Documented answers to an undo. Needed exactly if `capabilities.revoke` is true, and not with `takesNoUndo`. */
  readonly revokeFixtures?: readonly ConformanceRevokeFixture[];
  /** Documented answers to the question for options. Needed exactly where `capabilities.options` is true. */
  readonly optionsFixtures?: readonly ConformanceOptionsFixture[];
  /** Needed with `capabilities.find`. */
  readonly findFixtures?: readonly ConformanceFindFixture[];
  /** Documented answers to a confirmation. Needed exactly where `capabilities.confirm` is there. */
  readonly confirmFixtures?: readonly ConformanceConfirmFixture[];
  /** Extras that are taken, and others that must be refused. Needed where `capabilities.extras` is there. */
  readonly extras?: { readonly valid: readonly object[]; readonly invalid: readonly unknown[] };
  /** How a date stands in the request that cancels. Default: unchanged. */
  readonly dateOnWire?: (day: string) => string;
}

/** One HTTP answer of the provider. */
export interface ConformanceAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent verbatim, anything else as JSON. Left out: no body. */
  readonly body?: JsonValue;
}

/** A login as `access.obtain` makes it, at the base URL that `config` is given: further origins lead there, too. */
export interface ConformanceLogin {
  /** Where the answers are documented, or who saw them. */
  readonly source: string;
  /** Whether a request is one of the login. `target` is the path with the query. */
  readonly isLogin: (request: { readonly method: string; readonly target: string; readonly body: string }) => boolean;
  /** The answers that grant this token for some minutes: one for each request of the login. */
  readonly granted: (token: string) => readonly [ConformanceAnswer, ...ConformanceAnswer[]];
  /** The answer to wrong credentials, which becomes `unauthorized`. */
  readonly refused: ConformanceAnswer;
  /**
   * Tokens for an adapter that takes only those of a certain form. Each must differ from the others. Always empty: the
   * login grants none, and learns the provider's time alone. Default: any.
   */
  readonly tokenOf?: (number: number) => string;
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
export interface ConformanceFixture<T extends Timing = 'immediate' | 'end_of_period'> {
  /** Completes the sentence "… becomes `requested`", such as `a 202 with the hosting`. */
  readonly name: string;
  /** Where the answer is documented, or who saw it. */
  readonly source: string;
  readonly kind: FixtureKind;
  /** Default: the first of the provider's timings. */
  readonly when?: When<T>;
  /** In place of the subject's `beforeCancel`: `[]` if the first of `answers` ends the operation before the write. */
  readonly before?: readonly ConformanceAnswer[];
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
  readonly lastSeen?: LastSeen;
  /** With `date_too_early`. */
  readonly earliest?: EffectiveAt;
  /** With `confirmation_required`. */
  readonly confirmation?: Confirmation;
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

/** A documented answer to the question for options, and what it must become. */
export interface ConformanceOptionsFixture {
  readonly name: string;
  /** Where the answer is documented, or who saw it. */
  readonly source: string;
  /** One for each request. */
  readonly answers: readonly [ConformanceAnswer, ...ConformanceAnswer[]];
  /** Options or an error; only the fields that are given are compared. */
  readonly expected: (Partial<CancellationOptions> & Pick<CancellationOptions, 'timings'>) | ExpectedError;
}

/** Documented answers to a search, and what they must become. */
export interface ConformanceFindFixture {
  readonly name: string;
  /** Where the answers are documented, or who saw them. */
  readonly source: string;
  readonly query: string;
  /** One for each request. */
  readonly answers: readonly [ConformanceAnswer, ...ConformanceAnswer[]];
  /** What is found, of which only the fields that are given are compared, or an error. */
  readonly expected:
    | {
        readonly services: readonly Partial<FoundService>[];
        /** Default `false`. */
        readonly truncated?: boolean;
        /** Default 0. */
        readonly unreadable?: number;
      }
    | ExpectedError;
}

/** A documented answer to a confirmation, and what it must become. */
export interface ConformanceConfirmFixture {
  readonly name: string;
  /** Where the answer is documented, or who saw it. */
  readonly source: string;
  /** In the order in which they are taken, as with a cancellation. */
  readonly answers: readonly [ConformanceAnswer, ...ConformanceAnswer[]];
  /** A result or an error; only the fields that are given are compared. */
  readonly expected: ExpectedResult | ExpectedError;
}

/** A result of an undo. `revoked` is expected if a read-back shows no cancellation any more. */
export interface ExpectedRevocation {
  readonly outcome: Exclude<RevokeOutcome, 'nothing_to_revoke'>;
  readonly providerReference?: string;
}
