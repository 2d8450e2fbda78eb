import type { Capabilities } from './capabilities.ts';
import type { OperationName, Timing } from './vocabulary.ts';

/** Where an account's configuration comes from. Left out, it is the provider's environment variables. */
export type ConfigSource<ConfigInput> = ConfigInput | (() => ConfigInput | Promise<ConfigInput>) | undefined;

declare const accountTypes: unique symbol;

/**
 * An account at a provider, as its factory returns it. Opaque: its configuration is held in a closure, out of reach of
 * every inspection.
 */
export interface Account<
  Id extends string = string,
  Service = unknown,
  T extends Timing = Timing,
  Operations extends OperationName = OperationName,
  Extras = unknown,
> {
  readonly provider: Id;
  readonly capabilities: Capabilities;
  /** Never there at run time; carries the types. */
  readonly [accountTypes]?: {
    readonly service: Service;
    readonly timing: T;
    readonly operations: Operations;
    readonly extras: Extras;
  };
}

/** Accounts by the names that the caller gave them. */
export type Accounts = Readonly<Record<string, Account>>;

/** The same as a constraint, which an interface satisfies too, though it has no index signature. */
export type AccountsOf<A> = { readonly [K in keyof A]: Account };
