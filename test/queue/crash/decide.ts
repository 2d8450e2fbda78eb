import type { CancelQueue, QueuedCancellation } from '../../../src/queue/index.ts';
import type { CrashAccounts } from './crash-accounts.ts';
import { everyRow, requestOf, serviceOf } from './jobs.ts';

const DECISION = { by: 'a person', note: 'looked it up at the provider' } as const;

/**
 * Plays the person, who looks up at the provider what is unknown, and the caller, who enqueues again what was confirmed
 * not cancelled.
 *
 * @returns how many decisions there were to make
 */
export async function decideOnTheRest(
  queue: CancelQueue<CrashAccounts>,
  executions: ReadonlyMap<string, number>,
): Promise<number> {
  const rows = await everyRow(queue);
  const isCancelled = (row: QueuedCancellation): boolean => executions.has(serviceOf(row));
  const unknown = rows.filter(({ state }) => state === 'unknown');
  for (const row of unknown) {
    if (isCancelled(row)) await queue.resolve(row.id, { ...DECISION, as: 'requested' });
    else await queue.retry(row.id, DECISION);
  }
  const undecided = new Set(unknown.map(serviceOf));
  const refused = rows.filter((row) => row.state === 'refused' && !isCancelled(row) && !undecided.has(serviceOf(row)));
  // One that was refused again is there twice; the last one is the one to go on from.
  const last = new Map(refused.map((row) => [serviceOf(row), row.id]));
  const again = [...last].map(([service, id]) => ({ id: `${id}-again`, request: requestOf(service) }));
  await queue.enqueueMany(again);
  return unknown.length + again.length;
}
