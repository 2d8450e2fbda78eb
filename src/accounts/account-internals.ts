import type { Checked, MaybePromise } from '../call/check-schema.ts';
import type { Exchange } from '../contract/exchange.ts';
import type { FindQuery, FindVerdict } from '../contract/find.ts';
import type { CancelOrder, ConfirmOrder, ServiceForm, StatusQuery } from '../contract/provider.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import type {
  CancelVerdict,
  CredentialsCheck,
  CredentialsVerdict,
  OptionsVerdict,
  RevokeVerdict,
  StatusVerdict,
} from '../contract/verdict.ts';
import type { Timing } from '../contract/vocabulary.ts';
import type { WhereToLook } from '../contract/where-to-look.ts';
import type { Configured } from './configure.ts';

/** What the core does with an account; the provider's own types stay inside. */
export interface AccountInternals {
  readonly env: Readonly<Record<string, string>>;
  /** Reads and checks the configuration alone. */
  readonly configure: () => MaybePromise<Checked<Configured>>;
  readonly bind: (service: unknown) => MaybePromise<Checked<CheckedService>>;
  /** Checks the provider's own fields of a cancellation; `undefined` if it has none. */
  readonly extras?: StandardSchema<unknown> | undefined;
  readonly serviceForms?: readonly ServiceForm[] | undefined;
  readonly check?: AccountCheck | undefined;
  /** `undefined`: the provider cannot list its services. */
  readonly find?: { readonly configure: () => MaybePromise<Checked<ConfiguredFind>> } | undefined;
}

/** A checked service reference of an account whose configuration has not been read yet. */
export interface CheckedService {
  /** Names the service among those of the account. */
  readonly key: string;
  readonly configure: () => MaybePromise<Checked<AdapterOperations>>;
}

/** A checked service reference and a checked configuration: ready to be asked for an operation. */
export interface AdapterOperations extends Configured {
  /** Names the service among those of the account. */
  readonly key: string;
  readonly cancel: (details: OrderDetails) => Exchange<CancelVerdict>;
  /**
   * Cancels several services of the account by one request. `undefined`, or returning it: one of them cannot be
   * batched.
   */
  readonly cancelBatch:
    | ((services: readonly AdapterOperations[], details: OrderDetails) => Exchange<CancelVerdict> | undefined)
    | undefined;
  /** `undefined`, or returning it: this service cannot be read back. */
  readonly status:
    | ((providerReference?: string, query?: Pick<StatusQuery, 'afterDuplicate'>) => Exchange<StatusVerdict> | undefined)
    | undefined;
  readonly revoke: (() => Exchange<RevokeVerdict> | undefined) | undefined;
  /** `undefined`, or returning it: what this service allows cannot be read. */
  readonly options: (() => Exchange<OptionsVerdict> | undefined) | undefined;
  /** `undefined`: no cancellation of this provider needs a confirmation. */
  readonly confirm: ((details: ConfirmDetails) => Exchange<CancelVerdict>) | undefined;
  /**
   * If this or its result is `undefined`, it is not known where the service can be seen. Older copies of the package
   * lack it.
   */
  readonly whereToLook?: (() => WhereToLook | undefined) | undefined;
}

/** What an order says besides the service. */
export type OrderDetails = Omit<CancelOrder<unknown, Timing>, 'service'>;

/** What a confirmation says besides the service. */
export type ConfirmDetails = Omit<ConfirmOrder<unknown>, 'service'>;

/** What the check of an account's credentials is, and the way to begin it. */
export interface AccountCheck extends Omit<CredentialsCheck<never>, 'run'> {
  readonly configure: () => MaybePromise<Checked<ConfiguredCheck>>;
}

/** A checked configuration with the check of its credentials. */
export interface ConfiguredCheck extends Configured {
  readonly run: () => Exchange<CredentialsVerdict>;
}

/** A checked configuration with the list of the account's services. */
export interface ConfiguredFind extends Configured {
  /** Reads one page. */
  readonly list: (query: FindQuery) => Exchange<FindVerdict>;
}
