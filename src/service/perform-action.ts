import { configurationReader } from '../accounts/account.ts';
import { Call, type Listener } from '../call/call.ts';
import { actionOptionsSchema, optionsOrThrow } from '../call/check-options.ts';
import { checkAgainst, type MaybePromise } from '../call/check-schema.ts';
import { runCall } from '../call/run-call.ts';
import type { ActionOptions, ActionProvider, Performed, ProviderAction } from '../contract/action.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import { loadPart } from '../platform/load-part.ts';

/** An action of which only the input's schema is loaded before the first call. */
export interface LazyAction<Config, Input, Result> {
  /** The provider's id. */
  readonly provider: string;
  readonly input: StandardSchema<unknown, Input>;
  readonly load: () => MaybePromise<{
    readonly provider: ActionProvider<Config>;
    readonly action: Pick<ProviderAction<Config, Input, Result>, 'secrets' | 'run'>;
  }>;
}

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
  const load = (): { provider: ActionProvider<Config>; action: typeof action } => ({ provider, action });
  return performLazyAction({ provider: provider.id, input: action.input, load }, account, input, options);
}

/** Performs an action as {@link performAction} does, and loads it once its input has been read. */
export function performLazyAction<Config, Input, Result>(
  action: LazyAction<Config, Input, Result>,
  account: unknown,
  input: unknown,
  options: ActionOptions = {},
): Promise<Performed<Result>> {
  const call = new Call('order', listenerOf(options));
  call.provider = action.provider;
  return runCall(call, () => perform(action, account, input, options, call));
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
  { provider: id, input: schema, load }: LazyAction<Config, Input, Result>,
  account: unknown,
  input: unknown,
  options: ActionOptions,
  call: Call,
): Promise<Performed<Result>> {
  const checked = optionsOrThrow(actionOptionsSchema, options, call);
  // The input is read now, whatever its owner does with it while the rest is being loaded.
  const checking = checkAgainst(schema, input);
  const { provider, action } = await loadPart(Promise.resolve(load()));
  const read = await configurationReader(provider, account);
  if (read === undefined) {
    const issues = [{ path: 'account', expected: `an account made by this package's ${id}()` }];
    const message = 'the account is not one of this provider. Nothing was sent.';
    throw call.error({ code: 'invalid_request', message, issues });
  }
  // What comes after the checks is loaded with the first call that passes them.
  const { runAction } = await loadPart(import('./run-action.ts'));
  return await runAction({ provider, action, read, checking, options: checked, call });
}
