import type { ReadConfiguration } from '../accounts/account-operations.ts';
import { openAccount } from '../accounts/ready-call.ts';
import type { Call } from '../call/call.ts';
import { type Checked, type MaybePromise, checkedOrThrow } from '../call/check-schema.ts';
import { inTime, startLimit } from '../call/time-limit.ts';
import type { ActionOptions, ActionProvider, Performed, ProviderAction } from '../contract/action.ts';
import { rawOf, believed, judgeWrite } from '../outcome/judge-write.ts';
import { redactorFor } from '../privacy/redactor-for.ts';
import { runExchange } from '../sending/run-exchange.ts';

/** An action whose options and account are valid. */
interface StartedAction<Config, Input, Result> {
  readonly provider: ActionProvider<Config>;
  readonly action: Pick<ProviderAction<Config, Input, Result>, 'secrets' | 'run'>;
  /** Reads and checks the account's configuration. */
  readonly read: () => Promise<Checked<ReadConfiguration<Config>>>;
  readonly checking: MaybePromise<Checked<Input>>;
  readonly options: ActionOptions;
  readonly call: Call;
}

/**
 * Runs an action within its deadline: waits for its input, reads the configuration, sends, judges the verdict.
 *
 * @throws ProviderError
 */
export async function runAction<Config, Input, Result>({
  provider,
  action,
  read,
  checking,
  options,
  call,
}: StartedAction<Config, Input, Result>): Promise<Performed<Result>> {
  const limit = startLimit(call, options);
  const checked = checkedOrThrow(await inTime(checking, call, limit), call, 'order');
  // No action can be read back, so its writes need connections of their own.
  const { configured: ready, context, wire } = await openAccount(read, provider.env, call, limit, options, true);
  const secrets = action.secrets(checked);
  if (wire === undefined) call.redactor = redactorFor([...ready.secrets, ...secrets], provider.escapesHtml);
  else wire.addSecrets(secrets);
  const exchanged = await runExchange(action.run(checked, ready.config), call, context, 'write');
  const { accepted, response } = believed(judgeWrite(exchanged, call));
  return { result: accepted.result, ...call.facts, raw: rawOf(response, call) };
}
