import type { RefusalCode, UnknownReason } from './error-code.ts';
import type { Exchange } from './exchange.ts';
import type { AcceptedOutcome } from './outcome.ts';
import type { Issue } from './provider-error.ts';
import type {
  CancellationOptions,
  CancellationStatus,
  Confirmation,
  EffectiveAt,
  Timing,
  Warning,
} from './vocabulary.ts';

/** How a provider can be asked whether credentials are accepted, without changing anything. */
export interface CredentialsCheck<Config> {
  /** What is read, in a few words. */
  readonly reads: string;
  /** Whether the provider's pages say that this read needs the credentials, or it is inferred. */
  readonly basis: 'documented' | 'inferred';
  /** What an acceptance does not prove. */
  readonly leavesOpen?: string;
  readonly run: (config: Config) => Exchange<CredentialsVerdict>;
}

/** What a provider makes of the responses to the check of its credentials. */
export type CredentialsVerdict =
  { readonly verdict: 'accepted' } | RefusedVerdict | UnclearVerdict | UnrecognizedVerdict;

/** What a provider says in a response that is no yes. */
export interface ProviderWords {
  /** The provider's own error code, if it has one. */
  readonly providerCode?: string;
  /** The provider's own message. The core scrubs and cuts it. */
  readonly providerMessage?: string;
  /** The provider's own id of this response, if it documents one. The core scrubs and cuts it. */
  readonly providerReference?: string;
}

/** The provider said yes, in its own documented words. */
export interface AcceptedVerdict {
  readonly verdict: 'accepted';
  /** `scheduled` needs an `effectiveAt` that the provider gave; `completed` means that the service is over. */
  readonly outcome: AcceptedOutcome;
  readonly effectiveAt?: EffectiveAt;
  readonly providerReference?: string;
  readonly warnings?: readonly Warning[];
}

/** The provider said that there is such a request already. The core reads back what it can. */
export interface DuplicateVerdict extends ProviderWords {
  readonly verdict: 'duplicate';
  /** `true` if the same response can also mean that the service cannot be cancelled (hosting: still provisioning). */
  readonly ambiguous: boolean;
  readonly message: string;
}

/**
 * A definite no: the provider is known to have done nothing. `not_found` is the provider's own word that it has no such
 * service, never a bare 404: a read-back relies on it.
 */
export interface RefusedVerdict extends ProviderWords {
  readonly verdict: 'refused';
  readonly code: RefusalCode;
  /** What happened and what to do next, without the provider's name. */
  readonly message: string;
  /** HTTP status of the response that this rests on. Default: that of the last response. */
  readonly providerStatus?: number;
  /** With `date_too_early`: the first date that the provider allows. */
  readonly earliest?: EffectiveAt;
  /** With `invalid_request`: where in the request, such as `extras.reserveLocation`. Default: the whole request. */
  readonly issues?: readonly Issue[];
}

/** Nothing is cancelled until the token that the provider has sent to a person is passed to `confirm`. */
export interface ConfirmationRequiredVerdict extends Confirmation {
  readonly verdict: 'confirmation_required';
}

/**
 * The provider says in its own words that it has no such service. Once this call's own write is known to have been
 * accepted (by a 2xx), that proves that it is gone. So it does after a lost response if the service was seen earlier in
 * the call (`serviceSeen` of the write). Anywhere else it is `not_found`, because a wrong id looks the same.
 */
export interface AbsentVerdict extends ProviderWords {
  readonly verdict: 'absent';
}

/** Any response that grants nothing. */
export type NoVerdict = RefusedVerdict | UnclearVerdict | UnrecognizedVerdict;

/** Access for a while. The core keeps it per account, renews it before it ends, and redacts `token` as a secret. */
export interface GrantedVerdict {
  readonly verdict: 'granted';
  readonly token: string;
  /** Seconds. Left out, or not above 0: for one call. */
  readonly expiresInS?: number;
  /** The provider's clock minus the `now` that `obtain` was given, in milliseconds. Default 0: that was right. */
  readonly clockOffsetMs?: number;
}

/** What a provider makes of the responses to a login. */
export type AccessVerdict = GrantedVerdict | NoVerdict;

/** What a service allows was read. */
export interface OfferedVerdict<T extends Timing = Timing> {
  readonly verdict: 'offered';
  readonly options: CancellationOptions<T>;
}

/** What a provider makes of the responses to `options`. */
export type OptionsVerdict<T extends Timing = Timing> = OfferedVerdict<T> | AbsentVerdict | NoVerdict;

/** The provider answered in its own words, but they do not tell whether something happened. */
export interface UnclearVerdict extends ProviderWords {
  readonly verdict: 'unclear';
  readonly reason: Extract<UnknownReason, 'server_error' | 'unreadable_answer' | 'provider_error'>;
  readonly message: string;
  /**
   * Whether the provider is done with the request, so that a read-back without a cancellation is a definite no. Default
   * `false`: it may still be at work.
   */
  readonly settled?: boolean;
}

/** The response is not in the provider's language. The core judges it by its HTTP status alone. */
export interface UnrecognizedVerdict {
  readonly verdict: 'unrecognized';
}

/** What a provider makes of the responses to a cancellation. */
export type CancelVerdict =
  AcceptedVerdict | ConfirmationRequiredVerdict | DuplicateVerdict | AbsentVerdict | NoVerdict;

/** The provider withdrew the cancellation, or accepted the request to do so. */
export interface RevokedVerdict {
  readonly verdict: 'accepted';
  /**
   * `revoked` is believed only after a read-back shows no cancellation; `requested` means that a job can still fail.
   */
  readonly outcome: 'revoked' | 'requested';
  readonly providerReference?: string;
}

/** What a provider makes of the responses to an undo. */
export type RevokeVerdict = RevokedVerdict | NoVerdict;

/** The provider did what an action asks of it. */
export interface ActionDoneVerdict<Result> {
  readonly verdict: 'accepted';
  readonly result: Result;
}

/** What a provider makes of the responses to an action of its own, such as an order. */
export type ActionVerdict<Result> = ActionDoneVerdict<Result> | RefusedVerdict | UnclearVerdict | UnrecognizedVerdict;

/** The state of a cancellation was read. */
export interface FoundVerdict {
  readonly verdict: 'found';
  readonly status: CancellationStatus;
}

/** What a provider makes of the responses to a read-back. */
export type StatusVerdict = FoundVerdict | AbsentVerdict | NoVerdict;
