import { ProviderError } from '../../contract/provider-error.ts';
import type { QueryClient, Row } from '../database/database.ts';
import type { Claimed } from '../model/claimed.ts';
import { AGES, toClaimed } from './claimed-row.ts';
import { followAgain, followed, type FollowingQueue, planOf } from './follow.ts';
import { writeHistory } from './history.ts';
import type { Jobs } from './jobs.ts';
import { becameUnknown, type NextState } from './next-state.ts';
import type { Policy } from './policy.ts';
import { recordStates } from './record-states.ts';

// What one transaction picks up; what is more comes with the next.
const AT_ONCE = 500;

/** Who recovers what, and by which rules. */
export interface Recovery extends FollowingQueue {
  readonly schema: string;
  readonly jobs: Jobs;
  readonly policy: Policy;
}

/**
 * Picks up what other workers left behind: a lease that has ended belongs to one that is gone. What it may have sent is
 * unknown from here on; it is read back, and never sent again.
 *
 * @returns how many
 */
export async function recoverExpired(client: QueryClient, recovery: Recovery): Promise<number> {
  const { rows } = await client.query(
    `SELECT *, ${AGES}, ${NEXT_IN} FROM ${recovery.schema}.cancellation
     WHERE lease_until <= clock_timestamp() AND account = ANY($1::text[])
     ORDER BY lease_until LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`,
    [[...recovery.readable.keys()]],
  );
  const lost = rows.map((row) => ({
    claimed: toClaimed(row),
    sentAt: row['sent_at'],
    waits: stillWaits(row),
  }));
  await writeOff(
    client,
    recovery,
    lost.map(({ claimed }) => claimed),
    'worker_lost',
  );
  await recordAll(
    client,
    recovery,
    lost.map(({ claimed, sentAt, waits }) => {
      const readable = recovery.readable.get(claimed.request.account) === true;
      // One that a person was reading back goes on waiting for what it waited for.
      if (claimed.task !== 'send') return { claimed, next: { ...notBegun(claimed), ...waits } };
      return { claimed, next: becameUnknown(workerLost(claimed, sentAt), readable, recovery.policy) };
    }),
  );
  return lost.length;
}

/**
 * Gives back what this worker claimed without knowing it: the answer to the claim was lost, so none of it was sent.
 *
 * @param known the ids that it knows of.
 */
export async function giveBack(
  client: QueryClient,
  recovery: Recovery,
  worker: string,
  known: readonly string[],
): Promise<void> {
  const { rows } = await client.query(
    `SELECT *, ${AGES} FROM ${recovery.schema}.cancellation
     WHERE worker = $1 AND lease_until IS NOT NULL AND NOT (id = ANY($2::text[])) FOR UPDATE`,
    [worker, known],
  );
  const unsent = rows.map(toClaimed);
  await writeOff(client, recovery, unsent, 'not_sent');
  await recordAll(
    client,
    recovery,
    unsent.map((claimed) => ({
      claimed,
      next: notBegun(claimed),
    })),
  );
}

/** A column for what {@link stillWaits} reads: how long it is until the cancellation is due. */
export const NEXT_IN: string = `(extract(epoch FROM not_before - clock_timestamp()) * 1000)::float8 AS next_in_ms`;

/**
 * What an unknown cancellation waits for after a person has read it back: a person, or a planned reading. One that is
 * held waits for its place alone, and every reading compares that anew.
 */
export function stillWaits(row: Row): Pick<NextState, 'needsPerson' | 'nextInMs'> {
  if (row['needs_person'] === true && row['other_place'] === null) return { needsPerson: true };
  const nextInMs = Number(row['next_in_ms'] ?? 0);
  return { needsPerson: false, ...(nextInMs > 0 ? { nextInMs } : {}) };
}

/** A call that was not started, or not finished where that makes no difference: it is claimed again. */
export function notBegun(claimed: Claimed): NextState {
  if (claimed.followed !== undefined) return followAgain(claimed, claimed.followed);
  return claimed.task === 'read' ? readAgain(claimed) : sendAgain(claimed);
}

/** A claim that ended before anything was sent. */
export function sendAgain({ readBackAttempts, error }: Claimed): NextState {
  return { state: 'planned', readBackAttempts, needsPerson: false, ...(error === undefined ? {} : { error }) };
}

/** A read-back that was not finished. */
export function readAgain({ readBackAttempts, error }: Claimed): NextState {
  return { state: 'unknown', readBackAttempts, needsPerson: false, ...(error === undefined ? {} : { error }) };
}

async function recordAll(
  client: QueryClient,
  recovery: Recovery,
  all: readonly { readonly claimed: Claimed; readonly next: NextState }[],
): Promise<void> {
  await recordStates(
    client,
    recovery.schema,
    recovery.jobs,
    all.map(({ claimed, next }) => {
      const { id, claim, priority, task, request } = claimed;
      // The yes to an earlier request may settle it, which is followed then.
      const settled = task === 'send' ? followed(next, planOf(claimed, recovery)) : next;
      return { ...settled, id, claim, priority, task, account: request.account, handedOver: undefined };
    }),
  );
}

async function writeOff(
  client: QueryClient,
  { schema }: Recovery,
  all: readonly Claimed[],
  type: 'worker_lost' | 'not_sent',
): Promise<void> {
  await writeHistory(
    client,
    schema,
    all.map(({ id, task }) => ({ id, type, data: { task } })),
  );
}

function workerLost({ request, provider }: Claimed, sentAt: unknown): ProviderError {
  const message =
    `${provider}: the worker stopped while it was at this cancellation. It may have been carried out: it is read back ` +
    'if the provider can be asked, and never sent again by itself.';
  return new ProviderError('outcome_unknown', {
    message,
    account: request.account,
    provider,
    operation: 'cancel',
    reason: 'connection_lost',
    sentAt: sentAt instanceof Date ? sentAt.toISOString() : undefined,
    attempts: sentAt instanceof Date ? 1 : 0,
  });
}
