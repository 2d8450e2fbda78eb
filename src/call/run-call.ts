import { tracingChannel } from 'node:diagnostics_channel';
import type { OutcomeEvent } from '../contract/event.ts';
import { isProviderError } from '../contract/provider-error.ts';
import { REPORT_IT } from '../contract/report-it.ts';
import type { SafeResult } from '../contract/result.ts';
import { LoadFailure } from '../platform/load-part.ts';
import type { Call, ErrorFacts } from './call.ts';

/**
 * Runs a call: traces it, ends it, and turns every error into one of the call's own.
 *
 * @throws ProviderError
 */
export function runCall<Value>(
  call: Call,
  work: () => Promise<Value>,
  outcomeOf: (value: Value) => OutcomeEvent['outcome'] = () => undefined,
): Promise<Value> {
  return traced(call, async () => {
    try {
      const value = await work();
      call.end({ ok: true, outcome: outcomeOf(value), code: undefined });
      return value;
    } catch (error) {
      // What is not this call's own is a fault of cancelkit or of an adapter. It may hold anything.
      const isOwn = isProviderError(error) && error.operationId === call.operationId;
      const failure = isOwn ? error : call.error(faultOf(error));
      call.end({ ok: false, outcome: undefined, code: failure.code });
      throw failure;
    }
  });
}

/** A result, or the error, as a value. */
export async function safely<Result>(work: () => Promise<Result>): Promise<SafeResult<Result>> {
  try {
    return { ok: true, result: await work() };
  } catch (error) {
    if (isProviderError(error)) return { ok: false, error };
    throw error;
  }
}

function faultOf(error: unknown): ErrorFacts {
  return error instanceof LoadFailure ? { code: 'unavailable', message: error.message } : INTERNAL_FAULT;
}

const INTERNAL_FAULT = {
  code: 'unexpected_response',
  reason: 'provider_error',
  message: `an internal fault. ${REPORT_IT}`,
} as const;

/** What subscribers of `cancelkit:operation` are given; Node adds `result` or `error` once there is one. */
export interface OperationTrace {
  readonly operationId: string;
  readonly operation: string;
  readonly account: string | undefined;
  readonly provider: string | undefined;
  readonly attempts: number;
  /** The option of the call. Not set before the options are checked; set once the call is over. */
  readonly traceparent: string | undefined;
}

const channel = tracingChannel<unknown, OperationTrace>('cancelkit:operation');

/** Publishes a call on the tracing channel `cancelkit:operation`, if it has subscribers. */
export function traced<Value>(call: Call, work: () => Promise<Value>): Promise<Value> {
  if (!channel.hasSubscribers) return work();
  return channel.tracePromise(work, {
    operation: call.operation,
    operationId: call.operationId,
    // Not known before the request has been looked at, so read when asked.
    get account() {
      return call.account;
    },
    get provider() {
      return call.provider;
    },
    get attempts() {
      return call.attempts;
    },
    get traceparent() {
      return call.traceparent;
    },
  });
}
