import type { Call } from '../call/call.ts';
import { DEFAULTS } from '../call/check-options.ts';
import type { Checked, MaybePromise } from '../call/check-schema.ts';
import { TimeLimit } from '../call/time-limit.ts';
import type { SendContext } from '../sending/send-context.ts';
import type { TransportChoice } from '../sending/transport.ts';
import type { OpenWire } from './account-wire.ts';
import { configure, type Configured } from './configure.ts';

/** How long a call may take, and what carries its requests. What is not set has its default. */
export interface OpenOptions extends TransportChoice {
  readonly deadlineMs?: number | undefined;
  readonly attemptTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the whole of a call within its deadline and signal.
 *
 * @throws ProviderError `aborted` if the signal has aborted already, or whatever `work` throws
 */
export async function withinDeadline<Value>(
  call: Call,
  options: Pick<OpenOptions, 'deadlineMs' | 'signal'>,
  work: (limit: TimeLimit) => Promise<Value>,
): Promise<Value> {
  const limit = startLimit(call, options);
  try {
    return await work(limit);
  } finally {
    limit.dispose();
  }
}

/**
 * Starts the time limit of a call, which ends with it.
 *
 * @throws ProviderError `aborted` if the signal has aborted already
 */
export function startLimit(
  call: Call,
  { deadlineMs = DEFAULTS.deadlineMs, signal }: Pick<OpenOptions, 'deadlineMs' | 'signal'>,
): TimeLimit {
  const limit = new TimeLimit(deadlineMs, signal);
  call.limit = limit;
  if (limit.end !== 'aborted') return limit;
  limit.dispose();
  throw call.error({ code: 'aborted', message: 'the call was aborted before it began' });
}

/**
 * Reads and checks an account's configuration, gives the call its secrets, and returns it with where and how long its
 * requests are sent.
 *
 * @param env the environment variable of each option, for the message.
 * @param writesOnFreshConnection as in {@link SendContext}.
 * @throws ProviderError `not_configured` or `aborted`
 */
export async function openAccount<Value extends Configured>(
  read: () => MaybePromise<Checked<Value>>,
  env: Readonly<Record<string, string>>,
  call: Call,
  limit: TimeLimit,
  options: OpenOptions,
  writesOnFreshConnection: boolean,
): Promise<{ readonly configured: Value; readonly context: SendContext; readonly wire: OpenWire | undefined }> {
  const { configured, baseUrl, wire } = await configure(read, env, call, limit, options);
  const { attemptTimeoutMs = DEFAULTS.attemptTimeoutMs } = options;
  return {
    configured,
    wire,
    context: { baseUrl, limit, attemptTimeoutMs, transport: options, writesOnFreshConnection, wire },
  };
}
