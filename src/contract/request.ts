import type { Account, AccountsOf } from './account.ts';
import type { Reason } from './reason.ts';
import type { CancelResult, RevokeResult } from './result.ts';
import type { OperationName, Timing, WhenByTiming } from './vocabulary.ts';

/** The names of the accounts. */
export type AccountKey<A extends AccountsOf<A>> = keyof A & string;

/** The names of the accounts that offer an operation. */
export type AccountKeyWith<A extends AccountsOf<A>, Operation extends OperationName> = {
  [K in AccountKey<A>]: Operation extends OperationOf<A[K]> ? K : never;
}[AccountKey<A>];

/** The service reference that an account's provider needs. */
export type ServiceOf<A> =
  A extends Account<string, infer Service, Timing, OperationName>
    ? Service extends unknown
      ? // Mapped, and here, so that an editor shows the shape itself and not the name of an interface or of a helper.
        { -readonly [Key in keyof Service]: Service[Key] }
      : never
    : never;

/** The timings that an account's provider offers. */
export type TimingOf<A> = A extends Account<string, unknown, infer T, OperationName> ? T : never;

/** The provider's own fields that a cancellation at an account can carry; `undefined` if it has none. */
export type ExtrasOf<A> =
  A extends Account<string, unknown, Timing, OperationName, infer Extras>
    ? unknown extends Extras
      ? undefined
      : Exclude<Extras, undefined>
    : never;

/** The operations that an account's provider offers. */
export type OperationOf<A> = A extends Account<string, unknown, Timing, infer Operation> ? Operation : never;

/** The id of an account's provider. */
export type ProviderOf<A> = A extends Account<infer Id, unknown, Timing, OperationName> ? Id : never;

/** What a cancellation says besides the account. */
export interface CancelDetails<A> {
  readonly service: ServiceOf<A>;
  /** Required: there is no default. */
  readonly when: WhenByTiming[TimingOf<A>];
  /** A text, or `{ category, text }`. */
  readonly reason?: Reason | undefined;
  /** The caller's own id, 1 to 128 characters: sent along if the provider has a place for it. */
  readonly reference?: string | undefined;
  /** The provider's own fields of a cancellation, if it has any. */
  readonly extras?: ExtrasOf<A> | undefined;
}

/** What the confirmation of a cancellation says besides the account. */
export interface ConfirmDetails<A> extends Omit<CancelDetails<A>, 'when'> {
  /** The token that the provider sent to a person. */
  readonly token: string;
}

/** A cancellation at one of the accounts. */
export type CancelRequest<A extends AccountsOf<A>, K extends AccountKey<A> = AccountKey<A>> = K extends unknown
  ? { readonly account: K } & CancelDetails<A[K]>
  : never;

/** A read-back at one of the accounts that can be read. */
export type StatusRequest<
  A extends AccountsOf<A>,
  K extends AccountKeyWith<A, 'status'> = AccountKeyWith<A, 'status'>,
> = K extends unknown
  ? {
      readonly account: K;
      readonly service: ServiceOf<A[K]>;
      /** That of an earlier result: the fate of that very cancellation is asked for. */
      readonly providerReference?: string | undefined;
    }
  : never;

/** The result of a cancellation at account `K`. */
export type CancelResultOf<A extends AccountsOf<A>, K extends AccountKey<A>> = CancelResult<
  K,
  ProviderOf<A[K]>,
  ServiceOf<A[K]>,
  TimingOf<A[K]>
>;

/** The result of an undo at account `K`. */
export type RevokeResultOf<A extends AccountsOf<A>, K extends AccountKey<A>> = RevokeResult<
  K,
  ProviderOf<A[K]>,
  ServiceOf<A[K]>
>;
