import type { CancelEvent } from '../events.ts';
import { isProviderError, ProviderError } from '../provider-error.ts';
import { REPORT_IT } from '../report-it.ts';
import type { Claimed } from './claimed.ts';
import { afterFailedReading, afterReading, afterSend, type Settlement } from './settlement.ts';
import type { WorkerContext } from './worker-context.ts';

/** Sends a cancellation or reads it back, and tells what follows from that. */
export async function carryOut(
  claimed: Claimed,
  deadlineMs: number,
  { services, policy, readable }: Pick<WorkerContext, 'services' | 'policy' | 'readable'>,
  onEvent: (event: CancelEvent) => void,
): Promise<Settlement> {
  const { request } = claimed;
  const options = { deadlineMs, onEvent };
  if (claimed.task === 'send') {
    const sent = await services.safeCancel(request, options);
    return afterSend(claimed, sent, readable.get(request.account) === true, policy, Date.now());
  }
  try {
    const seen = await services.status({ account: request.account, service: request.service }, options);
    return afterReading(claimed, seen, policy, Date.now());
  } catch (error) {
    const failure = isProviderError(error) ? error : new ProviderError('unexpected_response', FAULT);
    return afterFailedReading(claimed, failure, policy, Date.now());
  }
}

const FAULT = {
  operation: 'status',
  message: `queue: an internal fault while reading back. ${REPORT_IT}`,
} as const;
