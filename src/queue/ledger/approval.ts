import type { QueryClient } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { Approval } from '../input/decision-input.ts';
import { toClaimed } from './claimed-row.ts';
import { type DecisionContext, locked, note } from './decision.ts';
import { toJobs } from './jobs.ts';
import { changedAt } from './record.ts';
import { isSamePerson } from './same-person.ts';

/** What is known of a proposal before it is approved, outside of the transaction. */
export interface Proposal {
  /** The fingerprint of the request as it was read; `undefined` if it is not a valid one any more. */
  readonly fingerprint: string | undefined;
  /** Where its account leads now; `undefined` if that cannot be found out here. The worker compares it, too. */
  readonly place: string | undefined;
}

/**
 * Plans a proposed cancellation, by the word of another person than the one who proposed it.
 *
 * @throws ProviderError `invalid_request` if it is not proposed, if the same person proposed it, if its request is not
 * the one that was proposed or looked at, or if its account leads to another place now
 */
export async function approve(
  client: QueryClient,
  context: DecisionContext,
  id: string,
  { fingerprint, ...decision }: Approval,
  proposal: Proposal,
): Promise<void> {
  const row = await locked(client, context, id, decision, ['proposed'], 'is proposed');
  const { request, place = proposal.place } = toClaimed(row);
  const proposer = row['asked_by'];
  if (typeof proposer !== 'string' || isSamePerson(proposer, decision.by)) {
    throw invalidInput([{ path: 'decision.by', expected: 'another person than the one who proposed it' }]);
  }
  if (fingerprint !== undefined && fingerprint !== row['fingerprint']) {
    throw invalidInput([
      { path: 'decision.fingerprint', expected: `that of this cancellation, ${String(row['fingerprint'])}` },
    ]);
  }
  if (proposal.fingerprint !== row['fingerprint']) throw invalidInput([{ path: 'id', expected: UNCHANGED }]);
  if (!context.readable.has(request.account)) {
    throw invalidInput([{ path: 'id', expected: 'a cancellation at one of the accounts of this queue' }]);
  }
  if (proposal.place !== undefined && proposal.place !== place) {
    const expected = `a cancellation whose account leads to ${String(place)}, for which it was proposed; it leads to ${proposal.place} now`;
    throw invalidInput([{ path: 'id', expected }]);
  }
  const { rows } = await client.query(
    `UPDATE ${context.schema}.cancellation SET state = 'planned', place = $2, updated_at = ${changedAt()}
     WHERE id = $1 RETURNING id, account, priority, state, not_before`,
    [id, place ?? null],
  );
  await note(client, context, id, 'approved', decision, {
    fingerprint: row['fingerprint'],
    ...(place === undefined ? {} : { place }),
  });
  await context.jobs.add(client, toJobs(rows));
}

const UNCHANGED = 'a cancellation whose request is the one that was proposed; withdraw it, and propose it again';
