import type { Account, AccountsOf } from './account.ts';
import type { Reason } from './reason.ts';
import type { CancelResult, RevokeResult } from './result.ts';
import type { OperationName, When } from './vocabulary.ts';

/** The names of the accounts. */
export type AccountKey<A extends AccountsOf<A>> = keyof A & string;

/** The names of the accounts that offer an operation. */
export type AccountKeyWith<A extends AccountsOf<A>, Operation extends OperationName> = {
  [K in AccountKey<A>]: Operation extends OperationOf<A[K]> ? K : never;
}[AccountKey<A>];

/** The service reference that an account's provider needs. */
export type ServiceOf<A> =
  A extends Account<string, infer Service, When, OperationName>
    ? Service extends unknown
      ? // Mapped, and here, so that an editor shows the shape itself and not the name of an interface or of a helper.
        { -readonly [Key in keyof Service]: Service[Key] }
      : never
    : never;

/** The timings that an account's provider offers. */
export type TimingOf<A> = A extends Account<string, unknown, infer Timing, OperationName> ? Timing : never;

/** The operations that an account's provider offers. */
export type OperationOf<A> = A extends Account<string, unknown, When, infer Operation> ? Operation : never;

/** The id of an account's provider. */
export type ProviderOf<A> = A extends Account<infer Id, unknown, When, OperationName> ? Id : never;

/** What a cancellation says besides the account. */
export interface CancelDetails<A> {
  readonly service: ServiceOf<A>;
  /** Required: there is no default. */
  readonly when: TimingOf<A>;
  /** A text, or `{ category, text }`. */
  readonly reason?: Reason | undefined;
  /** The caller's own id, 1 to 128 characters: sent along if the provider has a place for it. */
  readonly reference?: string | undefined;
}

/** A cancellation at one of the accounts. */
export type CancelRequest<A extends AccountsOf<A>, K extends AccountKey<A> = AccountKey<A>> = K extends unknown
  ? { readonly account: K } & CancelDetails<A[K]>
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
