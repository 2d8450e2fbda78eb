import type { CancelRequest } from '../../../src/index.ts';
import type { CancelQueue, QueuedCancellation } from '../../../src/queue/index.ts';
import { ACCOUNTS, type CrashAccounts } from './crash-accounts.ts';
import type { Job } from './verdict.ts';

/** The accounts that can be read, so that their cancellations are followed. */
const READABLE: readonly (keyof CrashAccounts)[] = ['alpha', 'beta'];

/** So many jobs, over all accounts in turn, or over these. A job has the name of its service: account first. */
export function makeJobs(count: number, accounts: readonly (keyof CrashAccounts)[] = ACCOUNTS): readonly Job[] {
  return Array.from({ length: count }, (_, index) => {
    const account = accounts[index % accounts.length] ?? 'alpha';
    const id = `${account}-${index}`;
    return { id, service: id, readable: account !== 'blind' };
  });
}

/** The request to cancel a service. */
export function requestOf(service: string): CancelRequest<CrashAccounts> {
  const account = ACCOUNTS.find((name) => service.startsWith(name)) ?? 'alpha';
  return { account, service: { id: service }, when: 'immediate', reference: service };
}

/** The service of a row. */
export function serviceOf({ request }: QueuedCancellation): string {
  return String(request.service['id']);
}

/** Puts the jobs into the queue. */
export async function enqueueJobs(queue: CancelQueue<CrashAccounts>, jobs: readonly Job[]): Promise<void> {
  await queue.enqueueMany(jobs.map(({ id, service }) => ({ id, request: requestOf(service) })));
}

/** Every row of the ledger. */
export async function everyRow(queue: CancelQueue<CrashAccounts>): Promise<readonly QueuedCancellation[]> {
  const rows: QueuedCancellation[] = [];
  for (;;) {
    const page = await queue.list({ limit: 5_000, after: rows.at(-1)?.id });
    rows.push(...page);
    if (page.length === 0) return rows;
  }
}

/**
 * Whether there is anything on which something happens by itself, now or later.
 *
 * @param isFollowing whether the queue follows what was accepted.
 */
export async function isAnythingOpen(queue: CancelQueue<CrashAccounts>, isFollowing: boolean = true): Promise<boolean> {
  const { states, accounts, needsPerson } = await queue.stats();
  const followed = READABLE.map((name) => accounts[name]?.states ?? {});
  const accepted = followed.reduce((sum, { requested = 0, scheduled = 0 }) => sum + requested + scheduled, 0);
  const held = needsPerson - states.lapsed - states.overdue;
  return (isFollowing && accepted > 0) || states.planned + states.intent + states.sent + states.unknown > held;
}
