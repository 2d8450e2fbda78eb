import type { QueryClient } from '../database/database.ts';
import type { DecisionContext } from './decision.ts';
import { toJobs } from './jobs.ts';
import { changedAt } from './record.ts';

/**
 * Ends the rest of an account. Cancellations that the provider has not taken so far continue immediately, and so do
 * those that were held, or not read, because the account led to another place. They stay pinned to their own place, and
 * an unknown one is read back when that was planned.
 */
export async function resume(client: QueryClient, { schema, jobs }: DecisionContext, account: string): Promise<void> {
  await client.query(`DELETE FROM ${schema}.account WHERE name = $1`, [account]);
  const { rows } = await client.query(
    `UPDATE ${schema}.cancellation SET needs_person = false,
       not_before = CASE state WHEN 'unknown' THEN not_before WHEN 'planned' THEN NULL ELSE date_trunc('milliseconds', clock_timestamp()) END,
       other_place = NULL, updated_at = ${changedAt()}
     WHERE account = $1 AND lease_until IS NULL AND CASE state
       WHEN 'planned' THEN first_failed_at IS NOT NULL OR other_place IS NOT NULL
       WHEN 'unknown' THEN other_place IS NOT NULL
       WHEN 'requested' THEN other_place IS NOT NULL AND not_before IS NOT NULL
       WHEN 'scheduled' THEN other_place IS NOT NULL AND not_before IS NOT NULL ELSE false END
     RETURNING id, account, priority, state, not_before`,
    [account],
  );
  await jobs.add(client, toJobs(rows));
}
