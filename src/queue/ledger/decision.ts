import type { CancelResult } from '../../contract/result.ts';
import type { QueryClient, Row } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { Choice } from '../input/decision-input.ts';
import type { FollowPlan } from '../model/follow-plan.ts';
import { isFollowedState } from '../model/state.ts';
import { checkUnchanged } from './changed.ts';
import { AGES, toClaimed } from './claimed-row.ts';
import { writeHistory } from './history.ts';
import type { Jobs } from './jobs.ts';
import { toJsonb } from './jsonb.ts';
import { lookUp } from './look-up.ts';
import { changedAt, UPDATED } from './record.ts';

/** Where decisions are written. */
export interface DecisionContext {
  readonly schema: string;
  readonly jobs: Jobs;
  /** The accounts of this process. */
  readonly readable: ReadonlyMap<string, boolean>;
  /** How what the provider accepted is followed, unless its own options say so. */
  readonly follow: FollowPlan | false;
}

/**
 * The row of a cancellation in one of the states, locked; nothing else acts on it.
 *
 * @throws ProviderError `invalid_request`, see {@link hasChanged} for one that is not as the person saw it
 */
export async function locked(
  client: QueryClient,
  { schema }: DecisionContext,
  id: string,
  { ifUpdatedAt }: Choice,
  states: readonly string[],
  expected: string,
): Promise<Row> {
  const { rows } = await client.query(
    `SELECT *, ${UPDATED}, ${AGES} FROM ${schema}.cancellation WHERE id = $1 FOR UPDATE`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) {
    const settled = await lookUp(client, schema, id);
    if (settled === undefined) throw invalidInput([{ path: 'id', expected: 'the id of a cancellation in the queue' }]);
    checkUnchanged(ifUpdatedAt, settled.updatedAt, settled.state);
    throw invalidInput([{ path: 'id', expected: `a cancellation that ${expected}; it is ${settled.state}` }]);
  }
  checkUnchanged(ifUpdatedAt, row['updated'], row['state']);
  if (!states.includes(String(row['state']))) {
    throw invalidInput([{ path: 'id', expected: `a cancellation that ${expected}; it is ${String(row['state'])}` }]);
  }
  if (row['lease_until'] !== null) {
    throw invalidInput([
      {
        path: 'id',
        expected: 'a cancellation that is not in use; it is being read back or confirmed, try again in a minute',
      },
    ]);
  }
  return row;
}

/**
 * Writes what was decided. From now on, writes of older claims are ignored. An accepted cancellation is followed anew.
 */
export async function write(
  client: QueryClient,
  { schema, readable, follow }: DecisionContext,
  id: string,
  { state, result, error, readings = 0, needsPerson = false }: Decided,
): Promise<void> {
  const { rows } = await client.query(
    `UPDATE ${schema}.cancellation SET state = $2, result = $3, error = $4, claim = claim + 1, needs_person = $6, other_place = NULL,
       lease_until = NULL, worker = NULL, not_before = NULL, readings = $5, unknown_since = CASE $2 WHEN 'unknown' THEN clock_timestamp() END, first_failed_at = NULL, updated_at = ${changedAt()},
       sent_at = CASE $2 WHEN 'planned' THEN NULL ELSE sent_at END,
       followed_since = NULL, following = NULL, follow_read_at = NULL
     WHERE id = $1 RETURNING *`,
    [id, state, json(result), json(error), readings, needsPerson],
  );
  for (const { request, follow: own } of isFollowedState(state) ? rows.map(toClaimed) : []) {
    const plan = readable.get(request.account) === true && (own ?? follow);
    if (plan === false) continue;
    await client.query(
      `UPDATE ${schema}.cancellation SET followed_since = updated_at, following = '{}',
         not_before = date_trunc('milliseconds', updated_at + $2 * interval '1 millisecond')
       WHERE id = $1`,
      [id, plan.afterMs],
    );
  }
}

interface Decided {
  readonly state: string;
  readonly result?: CancelResult;
  readonly error?: object;
  readonly readings?: number;
  readonly needsPerson?: boolean;
}

function json(value: object | undefined): string | null {
  return value === undefined ? null : toJsonb(value);
}

/** Writes who decided what into the history. */
export async function note(
  client: QueryClient,
  { schema }: DecisionContext,
  id: string,
  type: string,
  { by, note: words }: Choice,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await writeHistory(client, schema, [{ id, type, data: { by, note: words, ...more } }]);
}

/** Whether it was sent before, or may have been, and no response showed the outcome. */
export async function hasBeenInDoubt(client: QueryClient, { schema }: DecisionContext, id: string): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT 1 FROM ${schema}.history WHERE cancellation_id = $1
       AND (type = 'quarantined' OR (type = 'settled' AND data->>'state' = 'unknown')) LIMIT 1`,
    [id],
  );
  return rows.length > 0;
}
