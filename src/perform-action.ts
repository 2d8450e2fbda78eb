import { configurationReader } from './account.ts';
import { Call, type Listener } from './call.ts';
import { checkAgainst } from './check.ts';
import { conduct } from './conduct.ts';
import type { Exchange } from './exchange.ts';
import type { ReadOptions, ServiceOptions } from './options.ts';
import { soundOptions } from './sound-input.ts';
import type { StandardSchema } from './standard-schema.ts';
import type { ActionVerdict } from './verdict.ts';
import type { CancelEvent } from './events.ts';

/** The part of a provider's definition that an action needs. The account must have been made of the same object. */
export interface ActionProvider<Config> {
  readonly id: string;
  readonly config: StandardSchema<unknown, Config>;
  readonly env: Readonly<Record<string, string>>;
  readonly baseUrl: (config: Config) => string;
  readonly secrets: (config: Config) => readonly string[];
  readonly escapesHtml?: boolean | undefined;
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
  readonly onEvent?: ((event: CancelEvent) => void) | undefined;
}

/** What an action came to. */
export interface Performed<Result> {
  readonly result: Result;
  readonly attempts: number;
  readonly operationId: string;
  /** The provider's answer, redacted. */
  readonly raw: unknown;
}

const OPTIONS = ['signal', 'deadlineMs', 'fetch', 'proxy', 'attemptTimeoutMs', 'onEvent'];

/**
 * Performs a provider's own action under the same rules as a cancellation: checked before anything is sent, a write
 * sent at most once unless it provably did not leave, nothing secret in what comes out.
 *
 * @throws ProviderError with any code. Only `outcome_unknown` can mean that something happened at the provider.
 */
export function performAction<Config, Input, Result>(
  provider: ActionProvider<Config>,
  action: ProviderAction<Config, Input, Result>,
  account: unknown,
  input: unknown,
  options: ActionOptions = {},
): Promise<Performed<Result>> {
  const call = new Call('order', listenerOf(options));
  call.provider = provider.id;
  return conduct(
    call,
    () => perform(provider, action, account, input, options, call),
    () => undefined,
  );
}

/** The options are checked later, with everything else; here they may still be anything. */
function listenerOf(options: ActionOptions | null): Listener | undefined {
  try {
    return typeof options?.onEvent === 'function' ? options.onEvent : undefined;
  } catch {
    // A getter that throws makes the options unreadable, which their check says.
    return undefined;
  }
}

async function perform<Config, Input, Result>(
  provider: ActionProvider<Config>,
  action: ProviderAction<Config, Input, Result>,
  account: unknown,
  input: unknown,
  options: ActionOptions,
  call: Call,
): Promise<Performed<Result>> {
  soundOptions(options, OPTIONS, call);
  const read = configurationReader(provider, account);
  if (read === undefined) {
    const issues = [{ path: 'account', expected: `an account made by this package's ${provider.id}()` }];
    const message = 'the account is not one of this provider. Nothing was sent.';
    throw call.error({ code: 'invalid_request', message, issues });
  }
  // The input is read now, whatever its owner does with it while the rest is being loaded.
  const checking = checkAgainst(action.input, input);
  // What comes after the checks is loaded with the first call that passes them.
  const { runAction } = await import('./run-action.ts');
  return await runAction({ provider, action, read, checking, options, call });
}
