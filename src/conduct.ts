import type { Call } from './call.ts';
import type { OutcomeEvent } from './events.ts';
import { isProviderError } from './provider-error.ts';
import { REPORT_IT } from './report-it.ts';
import type { SafeResult } from './result.ts';
import { traced } from './tracing.ts';

/**
 * Carries a call out: on the tracing channel, with an event for its outcome, and with every error one of the call's own.
 *
 * @throws ProviderError
 */
export function conduct<Value>(
  call: Call,
  work: () => Promise<Value>,
  outcomeOf: (value: Value) => OutcomeEvent['outcome'],
): Promise<Value> {
  return traced(call, async () => {
    try {
      const value = await work();
      call.emitOutcome({ ok: true, outcome: outcomeOf(value), code: undefined });
      return value;
    } catch (error) {
      // What is not this call's own is a fault of cancelkit or of an adapter. It may hold anything.
      const isOwn = isProviderError(error) && error.operationId === call.operationId;
      const failure = isOwn ? error : call.error(INTERNAL_FAULT);
      call.emitOutcome({ ok: false, outcome: undefined, code: failure.code });
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

const INTERNAL_FAULT = {
  code: 'unexpected_response',
  reason: 'provider_error',
  message: `an internal fault. ${REPORT_IT}`,
} as const;
