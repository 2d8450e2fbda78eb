import type { OperationEvent } from './event.ts';
import type { Exchange } from './exchange.ts';
import type { ReadOptions, ServiceOptions } from './options.ts';
import type { Access } from './provider.ts';
import type { StandardSchema } from './standard-schema.ts';
import type { ActionVerdict } from './verdict.ts';

/** The part of a provider's definition that an action needs. The account must have been made of the same object. */
export interface ActionProvider<Config> {
  readonly id: string;
  readonly config: StandardSchema<unknown, Config>;
  readonly env: Readonly<Record<string, string>>;
  readonly baseUrl: (config: Config) => string;
  readonly secrets: (config: Config) => readonly string[];
  readonly escapesHtml?: boolean | undefined;
  readonly origins?: (config: Config) => Readonly<Record<string, string>>;
  readonly access?: Access<Config>;
  readonly responseIdHeader?: string;
}

/** Something that a provider's API does besides cancelling, as a pure function like all its operations. */
export interface ProviderAction<Config, Input, Result> {
  readonly input: StandardSchema<unknown, Input>;
  /** Every value of the input that must never come out. */
  readonly secrets: (input: Input) => readonly string[];
  readonly run: (input: Input, config: Config) => Exchange<ActionVerdict<Result>>;
}

/** Options of an action: those of a call and, since no service object is there, those of a service. */
export interface ActionOptions extends ReadOptions {
  readonly fetch?: ServiceOptions['fetch'];
  readonly proxy?: ServiceOptions['proxy'];
  readonly attemptTimeoutMs?: ServiceOptions['attemptTimeoutMs'];
  readonly onEvent?: ((event: OperationEvent) => void) | undefined;
}

/** The result of an action. */
export interface Performed<Result> {
  readonly result: Result;
  readonly attempts: number;
  readonly operationId: string;
  /** The provider's own id of its last response, for a support request. */
  readonly providerRequestId?: string;
  /** The provider's response, redacted. */
  readonly raw: unknown;
}
