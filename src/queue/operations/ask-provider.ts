import { isProviderError, type ProviderError } from '../../contract/provider-error.ts';
import { invalidInput } from '../input/check-input.ts';
import type { Choice } from '../input/decision-input.ts';
import { noteStarts } from '../ledger/claim.ts';
import { beginConfirmation, endConfirmation, unwrittenConfirmation } from '../ledger/confirmation.ts';
import { type NewEntry, toLine } from '../ledger/history.ts';
import { afterReadNow, beginReadNow, policyOf } from '../ledger/read-now.ts';
import { recordStates } from '../ledger/record-states.ts';
import type { QueuedCancellation } from '../ledger/record.ts';
import { Lease, stopAtEndOf } from '../model/lease.ts';
import { execute } from '../worker/execute.ts';
import { LEASE_MARGIN_MS, type WorkerContext } from '../worker/worker-context.ts';
import type { Workers } from '../worker/workers.ts';
import type { QueueReads } from './queue-reads.ts';
import type { QueueWrites } from './queue-writes.ts';

/** What a call to a provider needs that a person makes, outside a worker. */
export interface Asking {
  readonly context: WorkerContext;
  readonly reads: QueueReads;
  readonly writes: QueueWrites;
  readonly workers: Workers;
}

/** Passes a token on to the provider, for a cancellation that waits for it. The token is kept nowhere. */
export async function confirmNow(
  { context, reads, writes, workers }: Asking,
  id: string,
  token: string,
  by: Choice,
): Promise<QueuedCancellation> {
  const { services, deadlineMs } = context;
  const leaseMs = deadlineMs + LEASE_MARGIN_MS;
  const lease = new Lease(deadlineMs);
  const claimed = await writes.decide(by, (client) => beginConfirmation(client, context, id, leaseMs, by));
  const { place, traceparent } = claimed;
  const { when: _, ...request } = claimed.request;
  const options = { deadlineMs: Math.max(1, lease.remainingMs), place, traceparent, ...stopAtEndOf(lease) };
  const settled = await services.safeConfirm({ ...request, token }, options);
  const isDefinite = !settled.ok && settled.error.code !== 'outcome_unknown';
  let record: QueuedCancellation | undefined;
  try {
    await writes.decide(by, (client) => endConfirmation(client, context, claimed, settled, by));
    if (!isDefinite) record = await reads.lookUp(id);
  } catch (error) {
    // A ledger that cannot be reached says nothing about the token. The lease covers that case.
    if (!isProviderError(error)) throw error;
  }
  if (isDefinite) throw settled.error;
  context.onSettled(id);
  workers.notify();
  if (record === undefined) throw unwrittenConfirmation(claimed);
  return record;
}

/** Reads a cancellation back now, in this process. */
export async function readBackNow(
  { context, reads, writes, workers }: Asking,
  id: string,
  by: Choice,
): Promise<QueuedCancellation> {
  const { deadlineMs, jobs, schema, policy, limits } = context;
  const reading = await writes.decide(by, async (client) => {
    const begun = await beginReadNow(client, context, id, deadlineMs + LEASE_MARGIN_MS, by);
    await noteStarts(client, schema, limits, [begun.claimed]);
    return begun;
  });
  const lines: NewEntry[] = [];
  let failure: ProviderError | undefined;
  const next = await execute(
    reading.claimed,
    {
      deadlineMs,
      signal: new AbortController().signal,
      onEvent: (event) => {
        const line = toLine(id, event);
        if (line !== undefined) lines.push(line);
      },
      // One reading says nothing of what the account was let into before.
      access: { learn: () => false },
      onFailure: (error) => (failure = error),
    },
    { ...context, policy: policyOf(reading, policy) },
  );
  const { claim, priority, task, request } = reading.claimed;
  const settled = { ...afterReadNow(reading, next), id, claim, priority, task, account: request.account };
  await writes.decide(by, (client) =>
    recordStates(client, schema, jobs, [{ ...settled, handedOver: undefined }], lines),
  );
  context.onSettled(id);
  workers.notify();
  // That there is no such service is an answer.
  if (failure !== undefined && failure.code !== 'not_found') throw failure;
  const record = await reads.lookUp(id);
  if (record === undefined) throw invalidInput([{ path: 'id', expected: 'the id of a cancellation in the queue' }]);
  return record;
}
