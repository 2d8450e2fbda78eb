import { tracingChannel } from 'node:diagnostics_channel';
import type { Call } from './call.ts';

/** What subscribers of `cancelkit:operation` are given; Node adds `result` or `error` once there is one. */
export interface OperationTrace {
  readonly operationId: string;
  readonly operation: string;
  readonly account: string | undefined;
  readonly provider: string | undefined;
  readonly attempts: number;
}

const channel = tracingChannel<unknown, OperationTrace>('cancelkit:operation');

/** Publishes a call on the tracing channel `cancelkit:operation`, if anybody listens. */
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
  });
}
