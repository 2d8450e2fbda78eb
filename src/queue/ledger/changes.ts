import * as v from 'valibot';
import { ERROR_CODES, type ErrorCode } from '../../contract/error-code.ts';
import type { QueryClient, Row } from '../database/database.ts';
import type { QueueChange } from '../model/change.ts';
import { QUEUE_STATES } from '../model/state.ts';

/** The columns of a change, as {@link toChange} reads them. */
export const CHANGE_COLUMNS = 'key, at, cancellation_id, account, from_state, to_state, needs_person, code, decided_by';

/** Names the person whose decision the rest of the transaction carries out; its changes carry the name. */
export async function decideAs(client: QueryClient, by: string): Promise<void> {
  await client.query(`SELECT set_config('cancelkit.by', $1, true)`, [by]);
}

/** Whether this transaction has made any change so far. */
export async function hasChanged(client: QueryClient): Promise<boolean> {
  const { rows } = await client.query(
    `SELECT COALESCE(current_setting('cancelkit.first_change', true), '') <> '' AS has_changed`,
  );
  return rows[0]?.['has_changed'] === true;
}

/** The changes that this transaction has made so far, in their order. */
export async function changesOfTransaction(client: QueryClient, schema: string): Promise<readonly QueueChange[]> {
  // The trigger keeps the number of the first one. Between them may be changes that others have committed meanwhile.
  const { rows } = await client.query(
    `SELECT ${CHANGE_COLUMNS} FROM ${schema}.change
     WHERE position IS NULL AND seq >= NULLIF(current_setting('cancelkit.first_change', true), '')::bigint
       AND xmin = pg_current_xact_id_if_assigned()::xid
     ORDER BY seq`,
  );
  return rows.map(toChange);
}

const row = v.object({
  key: v.string(),
  at: v.pipe(
    v.date(),
    v.transform((date) => date.toISOString()),
  ),
  cancellation_id: v.string(),
  account: v.string(),
  from_state: v.nullable(v.picklist(QUEUE_STATES)),
  to_state: v.picklist(QUEUE_STATES),
  needs_person: v.boolean(),
  code: v.nullable(v.string()),
  decided_by: v.nullable(v.string()),
});

/** A change out of its row. */
export function toChange(given: Row): QueueChange {
  const { key, at, cancellation_id, account, from_state, to_state, needs_person, code, decided_by } = v.parse(
    row,
    given,
  );
  return {
    changeId: key,
    at,
    id: cancellation_id,
    account,
    ...(from_state === null ? {} : { from: from_state }),
    to: to_state,
    needsPerson: needs_person,
    ...(code !== null && isErrorCode(code) ? { code } : {}),
    ...(decided_by === null ? {} : { by: decided_by }),
  };
}

/** A code of another version says nothing here, and must not keep readers from what follows. */
function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
