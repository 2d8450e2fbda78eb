import type { Account, ConfigSource } from './account.ts';
import type { Capabilities } from './capabilities.ts';
import type { Exchange } from './exchange.ts';
import type { ReasonDetails } from './reason.ts';
import type { StandardSchema } from './standard-schema.ts';
import type { CancelVerdict, CredentialsCheck, RevokeVerdict, StatusVerdict } from './verdict.ts';
import type { OperationName, When } from './vocabulary.ts';

/** What a provider's `cancel` is given: checked, and the reason already in the form that its capabilities describe. */
export interface CancelOrder<Service, Timing extends When = When> {
  readonly service: Service;
  readonly when: Timing;
  /** For the provider's text field; always there if `capabilities.reason.field` is `required`. */
  readonly reasonText: string | undefined;
  /** The reason as the caller gave it, for providers with a code list of their own. */
  readonly reason: ReasonDetails;
  /** The caller's own id: 1 to 128 characters, no control characters. */
  readonly reference: string | undefined;
}

/** Cancellations that go into one request: they differ in their service alone. */
export interface BatchOrder<Service, Timing extends When = When> {
  /** At least two. */
  readonly services: readonly Service[];
  readonly when: Timing;
  readonly reasonText: string | undefined;
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
  readonly timing: When;
  readonly readBack: boolean;
  readonly revoke: boolean;
}

/**
 * A provider: data and pure functions. It never does I/O, reads no clock and holds no state; its operations yield
 * requests and are given the answers.
 */
export interface ProviderDefinition<Types extends ProviderTypes> {
  /** Version of this contract. */
  readonly specVersion: 1;
  /** Lower-case letters, digits and dashes; names the provider in errors and results. */
  readonly id: Types['id'];
  readonly capabilities: Capabilities<Types['timing']> & {
    readonly readBack: Types['readBack'];
    readonly revoke: Types['revoke'];
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
  /** Absolute URL below which every request's path lies: https, or http to loopback. */
  readonly baseUrl: (config: Types['config']) => string;
  /** Every value of the configuration that must never come out, derived ones (such as a hash that is sent) included. */
  readonly secrets: (config: Types['config']) => readonly string[];
  /**
   * Whether the panel is known to escape its texts for HTML, though they stand in JSON. The core then decodes messages
   * and reasons once they are free of secrets; an adapter leaves them unchanged. Default `false`.
   */
  readonly escapesHtml?: boolean;
  readonly cancel: (
    order: CancelOrder<Types['service'], Types['timing']>,
    config: Types['config'],
  ) => Exchange<CancelVerdict>;
  /**
   * Cancels several services by one request. Only with `capabilities.batch`, which needs `readBack`. `undefined` if one
   * of the services cannot be batched. After `accepted`, the core reads each service back before it reports a success.
   */
  readonly cancelBatch?: (
    order: BatchOrder<Types['service'], Types['timing']>,
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
}

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
  Timing extends When = When,
  Operations extends OperationName = OperationName,
> {
  readonly specVersion: 1;
  readonly id: Id;
  readonly capabilities: Capabilities<Timing>;
  readonly env: Readonly<Record<string, string>>;
  /**
   * An account at this provider. Nothing is read or checked before the first call.
   *
   * @param config an object, an (async) function that returns one, or nothing for the environment variables in `env`.
   */
  account(config?: ConfigSource<ConfigInput>): Account<Id, ServiceInput, Timing, Operations>;
}

/** The operations that a provider offers, from whether it can read back and undo. */
export type OperationsOf<Readable extends boolean, Revocable extends boolean> =
  'cancel' | (Readable extends true ? 'status' : never) | (Revocable extends true ? 'revoke' : never);

/** One way in which a provider's services are named, as data: for command lines, forms and their messages. */
export interface ServiceForm {
  /** Every field with an example of its value; a number if the field takes one. */
  readonly example: Readonly<Record<string, string | number>>;
  /** For a form with one field: the ids that mean it if an id stands alone. Left out: none. */
  readonly plainId?: RegExp;
}
