import type { Call } from './call.ts';
import type { Checked } from './check.ts';
import { configure } from './configure.ts';
import { DEFAULTS } from './options.ts';
import type { ActionOptions, ActionProvider, Performed, ProviderAction } from './perform-action.ts';
import { rawOf } from './raw-answer.ts';
import { redactorFor } from './redactor-for.ts';
import { REPORT_IT } from './report-it.ts';
import type { Route } from './route.ts';
import { runExchange, type Ran } from './run-exchange.ts';
import { checkedOrThrow, inTime } from './sound-input.ts';
import { TimeLimit } from './time-limit.ts';
import type { ActionVerdict } from './verdict.ts';
import { writeFailure } from './write-failure.ts';

/** An action whose options and account are sound. */
interface StartedAction<Config, Input, Result> {
  readonly provider: ActionProvider<Config>;
  readonly action: ProviderAction<Config, Input, Result>;
  /** Reads and checks the account's configuration. */
  readonly read: () => Promise<Checked<Config>>;
  readonly checking: Promise<Checked<Input>>;
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
  const limit = new TimeLimit(options.deadlineMs ?? DEFAULTS.deadlineMs, options.signal);
  try {
    if (limit.end === 'aborted') throw call.error({ code: 'aborted', message: 'the call was aborted before it began' });
    const checked = await checkedOrThrow(inTime(checking, call, limit), call, 'order');
    const configured = async (): Promise<Checked<Ready<Config>>> => {
      const config = await read();
      return config.ok ? { ok: true, value: readyOf(provider, config.value) } : config;
    };
    const { configured: ready, baseUrl } = await configure(configured, provider.env, call, limit, options);
    call.redactor = redactorFor([...ready.secrets, ...action.secrets(checked)], provider.escapesHtml);
    const route: Route = {
      baseUrl,
      limit,
      attemptTimeoutMs: options.attemptTimeoutMs ?? DEFAULTS.attemptTimeoutMs,
      transport: options,
      // No action can be read back.
      writesOnFreshConnection: true,
    };
    return judge(await runExchange(action.run(checked, ready.config), call, route, 'write'), call);
  } finally {
    limit.dispose();
  }
}

interface Ready<Config> {
  readonly config: Config;
  readonly baseUrl: string;
  readonly secrets: readonly string[];
}

function readyOf<Config>(provider: ActionProvider<Config>, config: Config): Ready<Config> {
  return { config, baseUrl: provider.baseUrl(config), secrets: [...provider.secrets(config)] };
}

function judge<Result>({ verdict, last }: Ran<ActionVerdict<Result>>, call: Call): Performed<Result> {
  if (last === undefined || last.effect !== 'write') {
    const message = `the adapter is faulty: its verdict does not follow from what it sent. ${REPORT_IT}`;
    throw call.error({ code: 'unexpected_response', reason: 'provider_error', message });
  }
  const { response } = last;
  if (verdict.verdict === 'accepted' && response.status < 500) {
    const { attempts, operationId } = call;
    return { result: verdict.result, attempts, operationId, raw: rawOf(response, call) };
  }
  if (verdict.verdict === 'accepted') {
    const message = `the server said yes and failed with ${response.status}.`;
    throw call.error({ code: 'outcome_unknown', reason: 'server_error', providerStatus: response.status, message });
  }
  throw writeFailure(verdict, response, call);
}
