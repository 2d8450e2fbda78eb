import { configurationReader } from '../accounts/account.ts';
import { Call, type Listener } from '../call/call.ts';
import { type Checked, checkAgainst } from '../call/check-schema.ts';
import { runCall } from '../call/run-call.ts';
import { configure } from '../accounts/configure.ts';
import type { Exchange } from '../contract/exchange.ts';
import { DEFAULTS } from '../call/check-options.ts';
import type { ReadOptions, ServiceOptions } from '../contract/options.ts';
import { rawOf } from '../outcome/raw-answer.ts';
import { Redactor } from '../privacy/redactor.ts';
import type { SendContext } from '../sending/send-context.ts';
import { runExchange } from '../sending/run-exchange.ts';
import { checkedOrThrow, inTime, checkCallOptions } from '../call/check-input.ts';
import type { StandardSchema } from '../contract/standard-schema.ts';
import { TimeLimit } from '../call/time-limit.ts';
import type { ActionVerdict } from '../contract/verdict.ts';
import { believed, judgeWrite } from '../outcome/judge-write.ts';
import type { OperationEvent } from '../contract/event.ts';

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
  readonly onEvent?: ((event: OperationEvent) => void) | undefined;
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
  return runCall(
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
  checkCallOptions(options, OPTIONS, call);
  const read = configurationReader(provider, account);
  if (read === undefined) {
    const issues = [{ path: 'account', expected: `an account made by this package's ${provider.id}()` }];
    const message = 'the account is not one of this provider. Nothing was sent.';
    throw call.error({ code: 'invalid_request', message, issues });
  }
  const limit = new TimeLimit(options.deadlineMs ?? DEFAULTS.deadlineMs, options.signal);
  try {
    if (limit.end === 'aborted') throw call.error({ code: 'aborted', message: 'the call was aborted before it began' });
    const checked = await checkedOrThrow(inTime(checkAgainst(action.input, input), call, limit), call, 'order');
    const configured = async (): Promise<Checked<Ready<Config>>> => {
      const config = await read();
      return config.ok ? { ok: true, value: readyOf(provider, config.value) } : config;
    };
    const { configured: ready, baseUrl } = await configure(configured, provider.env, call, limit, options);
    call.redactor = new Redactor([...ready.secrets, ...action.secrets(checked)], provider.escapesHtml);
    const route: SendContext = {
      baseUrl,
      limit,
      attemptTimeoutMs: options.attemptTimeoutMs ?? DEFAULTS.attemptTimeoutMs,
      transport: options,
      // No action can be read back.
      writesOnFreshConnection: true,
    };
    const ran = await runExchange(action.run(checked, ready.config), call, route, 'write');
    const { accepted, response } = believed(judgeWrite(ran, call));
    const { attempts, operationId } = call;
    return { result: accepted.result, attempts, operationId, raw: rawOf(response, call) };
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
  return { config, baseUrl: provider.baseUrl(config), secrets: provider.secrets(config) };
}
