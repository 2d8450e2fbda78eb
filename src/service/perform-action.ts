import { configurationReader } from '../accounts/account.ts';
import { Call, type Listener } from '../call/call.ts';
import { actionOptionsSchema, optionsOrThrow } from '../call/check-options.ts';
import { checkAgainst } from '../call/check-schema.ts';
import { runCall } from '../call/run-call.ts';
import type { ActionOptions, ActionProvider, Performed, ProviderAction } from '../contract/action.ts';

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
  return runCall(call, () => perform(provider, action, account, input, options, call));
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
  const checked = optionsOrThrow(actionOptionsSchema, options, call);
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
  return await runAction({ provider, action, read, checking, options: checked, call });
}
