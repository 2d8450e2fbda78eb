import type { Account, ConfigSource } from './account.ts';
import type { Capabilities } from './capabilities.ts';
import type { Exchange, Moment, WireRequest } from './exchange.ts';
import type { FindQuery, FindVerdict } from './find.ts';
import type { ReasonDetails } from './reason.ts';
import type { StandardSchema } from './standard-schema.ts';
import type {
  AccessVerdict,
  CancelVerdict,
  CredentialsCheck,
  OptionsVerdict,
  RevokeVerdict,
  StatusVerdict,
} from './verdict.ts';
import type { OperationName, Timing, When } from './vocabulary.ts';
import type { WhereToLook } from './where-to-look.ts';

/** What a provider's `cancel` is given: checked, and the reason already in the form that its capabilities describe. */
export interface CancelOrder<Service, T extends Timing = 'immediate' | 'end_of_period', Extras = unknown> {
  readonly service: Service;
  readonly when: When<T>;
  /** For the provider's text field; always there if `capabilities.reason.field` is `required`. */
  readonly reasonText: string | undefined;
  /** The reason as the caller gave it, for providers with a code list of their own. */
  readonly reason: ReasonDetails;
  /** The code of the provider's own list that is to be sent: as the caller gave it, or the one of its category. */
  readonly reasonCode?: string | undefined;
  /** The caller's own id: 1 to 128 characters, no control characters. */
  readonly reference: string | undefined;
  /** As the definition's `extras` returns them; for a caller that gave none, what it returns for `{}`. */
  readonly extras?: Extras | undefined;
}

/** What a provider's `confirm` is given: the token that a person received, besides what `cancel` was given. */
export interface ConfirmOrder<Service, Extras = unknown> extends Omit<CancelOrder<Service, Timing, Extras>, 'when'> {
  readonly token: string;
}

/** How requests are let in, where a fixed header is not enough: tokens that are obtained, headers made per attempt. */
export interface Access<Config> {
  /**
   * Obtains a token. Every request counts as a read, so it may be repeated. The core runs one at a time for each
   * account. Left out, or `undefined` for a configuration: there is no token, and `headers` is given an empty one.
   */
  readonly obtain?: (config: Config, moment: Moment) => Exchange<AccessVerdict> | undefined;
  /** The headers of one attempt of an authenticated request, made just before it leaves. Lower-case names. */
  readonly headers: (
    request: WireRequest,
    config: Config,
    moment: Moment & { readonly token: string },
  ) => Readonly<Record<string, string>>;
}

/** Cancellations that go into one request: of different services, and alike in everything else. */
export interface BatchOrder<Service, T extends Timing = 'immediate' | 'end_of_period', Extras = unknown> {
  /** At least two. */
  readonly services: readonly Service[];
  readonly when: When<T>;
  readonly reasonText: string | undefined;
  /** As in {@link CancelOrder}. */
  readonly reasonCode?: string | undefined;
  /** As in {@link CancelOrder}. */
  readonly extras?: Extras | undefined;
}

/** The types that a provider's definition is about, by name. `defineProvider` infers them. */
export interface ProviderTypes {
  readonly id: string;
  /** The configuration as the caller writes it. */
  readonly configInput: unknown;
  /** The configuration as its schema returns it. */
  readonly config: unknown;
  /** The service reference as the caller writes it. */
  readonly serviceInput: unknown;
  /** The service reference as its schema returns it. */
  readonly service: unknown;
  readonly timing: Timing;
  readonly readBack: boolean;
  readonly revoke: boolean;
  /** Whether `options` exists. Left out: no. */
  readonly options?: boolean;
  /** Whether `find` exists. Left out: no. */
  readonly find?: boolean;
  /** The timing that needs `confirm`. Left out: none. */
  readonly confirm?: Timing | undefined;
  /** The provider's own fields as the caller writes them. Left out: none. */
  readonly extrasInput?: unknown;
  /** The provider's own fields as their schema returns them. */
  readonly extras?: unknown;
}

/** The provider's own fields as its operations see them, whether `ProviderTypes` has them or leaves them out. */
export type ExtrasIn<Types extends ProviderTypes> = Exclude<Types['extras'], undefined>;

/**
 * A provider: data and pure functions. It never does I/O, reads no clock and holds no state; its operations yield
 * requests and are given the responses.
 */
export interface ProviderDefinition<Types extends ProviderTypes> {
  /** Version of this contract. Version 1 has neither `access`, `origins`, `extras`, `options`, `find` nor `confirm`. */
  readonly specVersion: 1 | 2;
  /** Lower-case letters, digits and dashes; names the provider in errors and results. */
  readonly id: Types['id'];
  readonly capabilities: Capabilities<Types['timing']> & {
    readonly readBack: Types['readBack'];
    readonly revoke: Types['revoke'];
    readonly options?: Types['options'];
    readonly find?: Types['find'];
    readonly confirm?: Types['confirm'];
  };
  /** Checks the configuration. Its messages say what is expected. */
  readonly config: StandardSchema<Types['configInput'], Types['config']>;
  /** Environment variable of each configuration option. Read at call time, and only by an account without a config. */
  readonly env: Readonly<Record<string, string>>;
  /** Checks a service reference. Its messages say what is expected. */
  readonly service: StandardSchema<Types['serviceInput'], Types['service']>;
  /**
   * Names the service, the same for every form of its reference and another for every other service: two cancellations
   * of the same service are recognized by it. Not empty; one of over 256 characters is hashed. Left out: the fields of
   * the checked reference, which then has to be a plain object of texts, numbers, booleans and `null`. Anything else is
   * `invalid_request`, since it would take two services for one. Keys are compared character by character: if ids may
   * hold letters beyond ASCII, normalize them here (NFC).
   */
  readonly serviceKey?: (service: Types['service']) => string;
  /** The forms of a service reference, the most usual first. Left out: a command line takes `key=value` pairs alone. */
  readonly serviceForms?: readonly ServiceForm[];
  /** Checks the provider's own fields of a cancellation, which `capabilities.extras` describes. */
  readonly extras?: StandardSchema<Types['extrasInput'], Types['extras']>;
  /** Absolute URL below which every request's path lies: https, or http to loopback. */
  readonly baseUrl: (config: Types['config']) => string;
  /** Further base URLs by name, such as that of a login. Each is checked and pinned like `baseUrl`. */
  readonly origins?: (config: Types['config']) => Readonly<Record<string, string>>;
  /** Left out: requests carry what the adapter's own headers and bodies say. */
  readonly access?: Access<Types['config']>;
  /** The response header with the provider's own id of a response. Lower-case. Left out: none. */
  readonly responseIdHeader?: string;
  /** Every value of the configuration that must never come out, derived ones (such as a hash that is sent) included. */
  readonly secrets: (config: Types['config']) => readonly string[];
  /**
   * Whether the panel is known to escape its texts for HTML, though they stand in JSON. The core then decodes messages
   * and reasons once they are free of secrets; an adapter leaves them unchanged. Default `false`.
   */
  readonly escapesHtml?: boolean;
  readonly cancel: (
    order: CancelOrder<Types['service'], Types['timing'], ExtrasIn<Types>>,
    config: Types['config'],
  ) => Exchange<CancelVerdict>;
  /** Only with `capabilities.confirm`. Carries out what `cancel` answered with `confirmation_required`. */
  readonly confirm?: (
    order: ConfirmOrder<Types['service'], ExtrasIn<Types>>,
    config: Types['config'],
  ) => Exchange<CancelVerdict>;
  /** Only with `capabilities.options`. Reads what one service allows now. */
  readonly options?: (
    service: Types['service'],
    config: Types['config'],
  ) => Exchange<OptionsVerdict<Types['timing']>> | undefined;
  /**
   * Only with `capabilities.find`. Reads one page of the account's services. The core asks for page after page, and
   * selects what matches.
   */
  readonly find?: (query: FindQuery, config: Types['config']) => Exchange<FindVerdict<Types['serviceInput']>>;
  /**
   * Cancels several services by one request. Only with `capabilities.batch`, which needs `readBack`. `undefined` if one
   * of the services cannot be batched. After `accepted`, the core reads each service back before it reports a success.
   */
  readonly cancelBatch?: (
    order: BatchOrder<Types['service'], Types['timing'], ExtrasIn<Types>>,
    config: Types['config'],
  ) => Exchange<CancelVerdict> | undefined;
  /** Only with `capabilities.readBack`. `undefined` for a service that cannot be read back. */
  readonly status?: (
    service: Types['service'],
    config: Types['config'],
    query: StatusQuery,
  ) => Exchange<StatusVerdict> | undefined;
  /** Only with `capabilities.revoke`, which needs `readBack`. `undefined` for a service that cannot be undone. */
  readonly revoke?: (service: Types['service'], config: Types['config']) => Exchange<RevokeVerdict> | undefined;
  /** Left out: there is no read that changes nothing and needs no service. */
  readonly check?: CredentialsCheck<Types['config']>;
  /**
   * Where a person finds the service at the provider. Pure; sends nothing; throws for no checked service. The steps and
   * the address hold no secret, and lead to the host of the configuration or to one of the provider's own pages. Left
   * out, or `undefined` for a service: not known.
   */
  readonly whereToLook?: (service: Types['service'], config: Types['config']) => WhereToLook | undefined;
}

/** The data of a definition: what is known of a provider before anything is asked of it. */
export type ProviderProfile<Types extends ProviderTypes> = Pick<
  ProviderDefinition<Types>,
  'specVersion' | 'id' | 'capabilities' | 'env' | 'serviceForms'
>;

/** What is known of the check of credentials before it runs. */
export type CheckProfile = Omit<CredentialsCheck<never>, 'run'>;

/** What a read-back may go by besides the service. */
export interface StatusQuery {
  /** The `providerReference` of an earlier result: the fate of that very cancellation is asked for. */
  readonly providerReference: string | undefined;
  /**
   * Whether the provider has just answered a cancellation with a `duplicate` verdict: together with what is read, that
   * can tell a cancelled service from one that cannot be cancelled.
   */
  readonly afterDuplicate?: boolean | undefined;
}

/** A provider that accounts can be made of. */
export interface Provider<
  Id extends string,
  ConfigInput,
  ServiceInput,
  T extends Timing = Timing,
  Operations extends OperationName = OperationName,
  ExtrasInput = unknown,
> {
  readonly specVersion: 1 | 2;
  readonly id: Id;
  readonly capabilities: Capabilities<T>;
  readonly env: Readonly<Record<string, string>>;
  /**
   * An account at this provider. Nothing is read or checked before the first call.
   *
   * @param config an object, an (async) function that returns one, or nothing for the environment variables in `env`.
   */
  account(config?: ConfigSource<ConfigInput>): Account<Id, ServiceInput, T, Operations, ExtrasInput>;
}

/** The operations that a provider offers, from whether it can read back and undo. */
export type OperationsOf<
  Readable extends boolean,
  Revocable extends boolean,
  Offering = unknown,
  Confirming = unknown,
  Finding = unknown,
> =
  | 'cancel'
  | (Readable extends true ? 'status' : never)
  | (Revocable extends true ? 'revoke' : never)
  | ([Offering] extends [true] ? 'options' : never)
  | ([Confirming] extends [Timing] ? 'confirm' : never)
  | ([Finding] extends [true] ? 'find' : never);

/** One way in which a provider's services are named, as data: for command lines, forms and their messages. */
export interface ServiceForm {
  /** Every field with an example of its value; a number if the field takes one. */
  readonly example: Readonly<Record<string, string | number>>;
  /** For a form with one field: the ids that mean it if an id stands alone. Left out: none. */
  readonly plainId?: RegExp;
}
