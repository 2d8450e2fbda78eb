import { ProviderError } from '../provider-error.ts';
import { toClaimed } from './claimed-row.ts';
import type { Claimed } from './claimed.ts';
import type { QueryClient } from './database.ts';
import { writeHistory } from './history.ts';
import type { Jobs } from './jobs.ts';
import type { Policy } from './policy.ts';
import { settle } from './settle.ts';
import { becameUnknown, type Settlement } from './settlement.ts';

// What one transaction picks up; what is more comes with the next.
const AT_ONCE = 500;

/** Who recovers what, and by which rules. */
export interface Recovery {
  readonly schema: string;
  readonly jobs: Jobs;
  readonly policy: Policy;
  /** The accounts that are worked on here, and whether each can be read back. */
  readonly readable: ReadonlyMap<string, boolean>;
}

/**
 * Picks up what other workers left behind: a lease that has ended belongs to one that is gone. What it may have sent is
 * unknown from here on; it is read back, and never sent again.
 *
 * @returns how many
 */
export async function recoverExpired(client: QueryClient, recovery: Recovery): Promise<number> {
  const { rows } = await client.query(
    `SELECT * FROM ${recovery.schema}.cancellation
     WHERE lease_until <= clock_timestamp() AND account = ANY($1::text[])
     ORDER BY lease_until LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED`,
    [[...recovery.readable.keys()]],
  );
  const lost = rows.map((row) => ({ claimed: toClaimed(row), sentAt: row['sent_at'] }));
  await writeOff(
    client,
    recovery,
    lost.map(({ claimed }) => claimed),
    'worker_lost',
  );
  await settleAll(
    client,
    recovery,
    lost.map(({ claimed, sentAt }) => {
      const readable = recovery.readable.get(claimed.request.account) === true;
      if (claimed.task === 'read') return { claimed, settlement: readAgain(claimed) };
      return { claimed, settlement: becameUnknown(workerLost(claimed, sentAt), readable, recovery.policy) };
    }),
  );
  return lost.length;
}

/**
 * Gives back what this worker claimed without knowing it: the answer to the claim was lost, so none of it was sent.
 *
 * @param inHand what it does know of.
 */
export async function giveBack(
  client: QueryClient,
  recovery: Recovery,
  worker: string,
  inHand: readonly string[],
): Promise<void> {
  const { rows } = await client.query(
    `SELECT * FROM ${recovery.schema}.cancellation
     WHERE worker = $1 AND lease_until IS NOT NULL AND NOT (id = ANY($2::text[])) FOR UPDATE`,
    [worker, inHand],
  );
  const unsent = rows.map(toClaimed);
  await writeOff(client, recovery, unsent, 'not_sent');
  await settleAll(
    client,
    recovery,
    unsent.map((claimed) => ({
      claimed,
      settlement: claimed.task === 'read' ? readAgain(claimed) : sendAgain(claimed),
    })),
  );
}

/** A claim that ended before anything was sent. */
export function sendAgain({ error }: Claimed): Settlement {
  return { state: 'planned', readings: 0, needsPerson: false, ...(error === undefined ? {} : { error }) };
}

/** A read-back that was not finished. */
export function readAgain({ readings, error }: Claimed): Settlement {
  return { state: 'unknown', readings, needsPerson: false, ...(error === undefined ? {} : { error }) };
}

async function settleAll(
  client: QueryClient,
  { schema, jobs }: Recovery,
  all: readonly { readonly claimed: Claimed; readonly settlement: Settlement }[],
): Promise<void> {
  await settle(
    client,
    schema,
    jobs,
    all.map(({ claimed, settlement }) => {
      const { id, claim, priority, task, request } = claimed;
      return { ...settlement, id, claim, priority, task, account: request.account, handedOver: undefined };
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
    'where the provider can be asked, and never sent again by itself.';
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
