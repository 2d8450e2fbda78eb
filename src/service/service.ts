import type { AccountsOf } from '../contract/account.ts';
import type { CancelManyItem, CancelManyOptions, StatusManyItem, StatusManyOptions } from '../contract/bulk.ts';
import type { Capabilities } from '../contract/capabilities.ts';
import type { FindResult } from '../contract/find.ts';
import type { CallOptions, ReadOptions, ServiceOptions } from '../contract/options.ts';
import { ProviderError } from '../contract/provider-error.ts';
import type {
  AccountKey,
  AccountKeyWith,
  CancelDetails,
  CancelRequest,
  CancelResultOf,
  ConfirmDetails,
  ProviderOf,
  RevokeResultOf,
  ServiceOf,
  StatusRequest,
  TimingOf,
} from '../contract/request.ts';
import type { PreviewedRequest, SafeResult, ValidatedRequest } from '../contract/result.ts';
import type { CancellationOptions, CancellationStatus } from '../contract/vocabulary.ts';
import type { WhereToLook } from '../contract/where-to-look.ts';
import { unsupportedNode } from '../platform/node-version.ts';
import { ServiceCore } from './service-core.ts';

/** Cancels services at any of the accounts. */
export interface CancelService<A extends AccountsOf<A>> {
  /**
   * Cancels one service.
   *
   * @throws ProviderError with any code. Only `outcome_unknown` can mean that something happened at the provider.
   */
  cancel<const K extends keyof A & string>(
    request: { readonly account: K } & CancelDetails<A[K]>,
    options?: CallOptions,
  ): Promise<CancelResultOf<A, K>>;

  /** The same, with the error as a value: never rejects. */
  safeCancel<const K extends keyof A & string>(
    request: { readonly account: K } & CancelDetails<A[K]>,
    options?: CallOptions,
  ): Promise<SafeResult<CancelResultOf<A, K>>>;

  /**
   * Carries out a cancellation that ended in `confirmation_required`, with the token that the provider sent to a
   * person. The token is kept out of everything that comes out. The `when` of the result is `capabilities.confirm`.
   *
   * @throws ProviderError with any code. As everywhere, only `outcome_unknown` can mean that something happened.
   */
  confirm<const K extends AccountKeyWith<A, 'confirm'>>(
    request: { readonly account: K } & ConfirmDetails<A[K]>,
    options?: CallOptions,
  ): Promise<CancelResultOf<A, K>>;

  /** The same, with the error as a value: never rejects. */
  safeConfirm<const K extends AccountKeyWith<A, 'confirm'>>(
    request: { readonly account: K } & ConfirmDetails<A[K]>,
    options?: CallOptions,
  ): Promise<SafeResult<CancelResultOf<A, K>>>;

  /**
   * What may be asked of one service now, as the provider says: its timings with their dates, its reasons with their
   * codes, the extras that it requires, and a cancellation that exists. Changes nothing at the provider.
   *
   * @throws ProviderError with any code but `outcome_unknown`; `unsupported` if the provider cannot say.
   */
  options<const K extends AccountKeyWith<A, 'options'>>(
    request: { readonly account: K; readonly service: ServiceOf<A[K]> },
    options?: ReadOptions,
  ): Promise<CancellationOptions<TimingOf<A[K]>>>;

  /**
   * The exact HTTP request that `cancel` would send, every secret shown as `[REDACTED]`. Sends nothing. If a
   * provider needs several requests, the first.
   *
   * @throws ProviderError with `invalid_request`, `unknown_account`, `not_configured`, `unsupported` or `aborted`.
   */
  preview<const K extends keyof A & string>(
    request: { readonly account: K } & CancelDetails<A[K]>,
    options?: ReadOptions,
  ): Promise<PreviewedRequest>;

  /**
   * Checks a request as `cancel` does, the configuration aside: nothing is read and nothing is sent. For lists that
   * must be valid before the first of them is sent.
   *
   * @throws ProviderError with `invalid_request`, `unknown_account` or `unsupported`.
   */
  validate<const K extends keyof A & string>(
    request: { readonly account: K } & CancelDetails<A[K]>,
  ): Promise<ValidatedRequest>;

  /**
   * Reads an account's configuration, and returns the place that it leads to: the provider's id and the base URL, as in
   * `acme https://api.example.com/v1`, without secrets. Sends nothing. The option `place` of a call holds it to that.
   *
   * @throws ProviderError with `unknown_account`, `not_configured` or `aborted`.
   */
  place(account: AccountKey<A>, options?: Pick<CallOptions, 'signal' | 'deadlineMs'>): Promise<string>;

  /**
   * Where a person finds a service at its provider, to see whether it is cancelled: steps, and an address if one is
   * known. Sends nothing. The option `place` holds it to the place of an earlier call.
   *
   * @returns `undefined` if it is not known, if the account is not configured here, or if it leads to another `place`.
   * @throws ProviderError with `invalid_request`, `unknown_account`, `aborted` or `unavailable`.
   */
  whereToLook<const K extends AccountKey<A>>(
    request: { readonly account: K; readonly service: ServiceOf<A[K]> },
    options?: Pick<CallOptions, 'signal' | 'deadlineMs' | 'place'>,
  ): Promise<WhereToLook | undefined>;

  /**
   * Reads the state of a cancellation back. Changes nothing at the provider. With the `providerReference` of an earlier
   * result, providers that keep one tell the fate of that very cancellation.
   *
   * @throws ProviderError with any code but `outcome_unknown`; `unsupported` if the provider has no read-back.
   */
  status<const K extends AccountKeyWith<A, 'status'>>(
    request: {
      readonly account: K;
      readonly service: ServiceOf<A[K]>;
      readonly providerReference?: string | undefined;
    },
    options?: ReadOptions,
  ): Promise<CancellationStatus>;

  /**
   * Searches an account's services by a part of their hostname, domain, label, address or id, whatever its case, and
   * returns the reference of each as `cancel` takes it. Changes nothing at the provider. Reads the list page by page,
   * at most 100 of them, and returns at most `limit` services (default 50, at most 1,000): see `truncated`.
   *
   * @throws ProviderError with any code but `outcome_unknown`; `unsupported` if the provider cannot list its services.
   */
  find<const K extends AccountKeyWith<A, 'find'>>(
    request: { readonly account: K; readonly query: string; readonly limit?: number | undefined },
    options?: ReadOptions,
  ): Promise<FindResult<K, ProviderOf<A[K]>, ServiceOf<A[K]>>>;

  /**
   * Undoes a cancellation that has not taken effect. Reads the state first, and once more before it says `revoked`.
   *
   * @throws ProviderError with any code; `unsupported` if the provider cannot. As everywhere, only `outcome_unknown`
   * can mean that something happened.
   */
  revoke<const K extends AccountKeyWith<A, 'revoke'>>(
    request: { readonly account: K; readonly service: ServiceOf<A[K]> },
    options?: ReadOptions,
  ): Promise<RevokeResultOf<A, K>>;

  /**
   * Cancels many services, at most `concurrency` of each account concurrently, and yields the outcome of each as it
   * finishes: exactly one item for each request that is taken from the source. No item's failure ends the run; an error
   * of the source itself is thrown once the started ones have been yielded.
   *
   * - Takes from the source only as it goes along: up to 256 requests wait, up to 10,000 if an account has nothing to
   *   do while others are slow, or if the source is a list or a set. An account begins nothing more while as many of
   *   its results as it runs concurrently have not been taken.
   * - `rate_limited` (and `unavailable` with a `status` and a `retryAt`) pauses its own account until `retryAt`, or for
   *   30 seconds; the others go on. Nothing happened at the provider, so the request is started again after the pause,
   *   at most 3 times in all. See `maxPauseMs`. `outcome_unknown` is never started again.
   * - `unauthorized` ends its account's part: what is left of it fails with `unauthorized` without being sent, since
   *   providers ban after a few bad logins. In-flight cancellations finish.
   * - An account that has answered none of the first three requests of the run ends its part, too: what is left of it
   *   fails with `unavailable` without being sent, since its address, port or network is wrong.
   * - A broken account's requests fail immediately (`unavailable` with `retryAt`), as those of `cancel` do.
   * - `signal` stops the run gracefully, see there. Leaving the loop early lets in-flight cancellations finish, and
   *   starts nothing more.
   *
   * @throws ProviderError `invalid_request` on the first `next()`, if the source or an option is not valid.
   */
  cancelMany(
    requests: Iterable<CancelRequest<A>> | AsyncIterable<CancelRequest<A>>,
    options?: CancelManyOptions<A>,
  ): AsyncGenerator<CancelManyItem<A>, void, undefined>;

  /**
   * Reads the state of many services, in the way in which `cancelMany` cancels them: as many of each account
   * concurrently, with the same pauses, limits and ends, and exactly one item for each request. Changes nothing at the
   * provider, so every request may be repeated. An account whose provider cannot be read has `unsupported` for each of
   * its requests, and the others go on.
   *
   * @throws ProviderError `invalid_request` on the first `next()`, if the source or an option is not valid.
   */
  statusMany(
    requests: Iterable<StatusRequest<A>> | AsyncIterable<StatusRequest<A>>,
    options?: StatusManyOptions<A>,
  ): AsyncGenerator<StatusManyItem<A>, void, undefined>;

  /** What each account can do. */
  readonly accounts: { readonly [K in AccountKey<A>]: AccountDescription<ProviderOf<A[K]>> };
}

/** An account as a user interface can show it. */
export interface AccountDescription<Id extends string = string> {
  readonly provider: Id;
  readonly capabilities: Capabilities;
}

/**
 * Makes the service object of a set of accounts. Nothing is read, checked or sent for an account before its first call.
 *
 * @param accounts by a name of the caller's own, each made by a provider's factory.
 * @throws ProviderError `invalid_request` if a value is not an account or an option is not valid; `not_configured` on a
 *   Node.js that is too old.
 */
export function createCancelService<const A extends AccountsOf<A>>(
  accounts: A,
  options: ServiceOptions<NoInfer<A>> = {},
): CancelService<A> {
  const problem = unsupportedNode();
  if (problem !== undefined) throw new ProviderError('not_configured', { operation: 'create', message: problem });
  const core = new ServiceCore(accounts, options);
  const service = {
    cancel: core.cancel.bind(core),
    safeCancel: core.safeCancel.bind(core),
    confirm: core.confirm.bind(core),
    safeConfirm: core.safeConfirm.bind(core),
    options: core.options.bind(core),
    preview: core.preview.bind(core),
    validate: core.validate.bind(core),
    place: core.place.bind(core),
    whereToLook: core.whereToLook.bind(core),
    status: core.status.bind(core),
    find: core.find.bind(core),
    revoke: core.revoke.bind(core),
    cancelMany: core.cancelMany.bind(core),
    statusMany: core.statusMany.bind(core),
    accounts: core.descriptions(),
  };
  // The core checks at run time what these types promise, so one and the same object serves every set of accounts.
  // oxlint-disable-next-line no-unsafe-type-assertion
  return service as unknown as CancelService<A>;
}
