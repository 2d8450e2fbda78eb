import { createHash } from 'node:crypto';
import type { Issue } from '../../contract/provider-error.ts';
import type { ValidatedRequest } from '../../contract/result.ts';
import { whenText } from '../../contract/when.ts';
import type { QueryClient } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { CheckedPlacing } from '../input/enqueue-input.ts';
import type { StoredRequest } from '../model/claimed.ts';
import { type FollowPlan, followPlanOf } from '../model/follow-plan.ts';
import { OPEN_STATES, sqlList, type WhenAbsent } from '../model/state.ts';
import { writeHistory, type NewEntry } from './history.ts';
import type { Jobs } from './jobs.ts';
import { isStorable } from './jsonb.ts';
import { toSearched } from './search.ts';
import { checkNotMoved, ledger } from './settled.ts';

/** A cancellation that is to be put into the ledger. */
export interface NewCancellation {
  readonly id: string;
  readonly fingerprint: string;
  readonly account: string;
  readonly provider: string;
  readonly serviceKey: string;
  readonly request: StoredRequest;
  readonly priority: number;
  readonly notBefore: string | undefined;
  readonly by: string | undefined;
  /** Where its requests may go; `undefined`: not known here. */
  readonly place: string | undefined;
  readonly whenAbsent: WhenAbsent;
  /** The trace context that it is enqueued in. */
  readonly traceparent: string | undefined;
  /** How it is followed; `undefined`: as the queue that works on it does. */
  readonly follow: FollowPlan | false | undefined;
  readonly state: 'planned' | 'proposed';
}

/**
 * What there is to put into the ledger for a valid request.
 *
 * @throws ProviderError `invalid_request` for a value that the database would not keep unchanged
 */
export function toNew(
  validated: ValidatedRequest,
  {
    id,
    notBefore,
    priority = 0,
    by,
    whenAbsent,
    traceparent,
    follow,
    propose = false,
  }: CheckedPlacing & { readonly whenAbsent: WhenAbsent },
  place: string | undefined,
): NewCancellation {
  const { account, provider, service, serviceKey, when, reason, reference, extras } = validated;
  const request: StoredRequest = { account, service, when, reason, reference, extras };
  if (!isStorable([request, serviceKey])) {
    throw invalidInput([{ path: 'request', expected: STORABLE }]);
  }
  return {
    id: id ?? crypto.randomUUID(),
    fingerprint: fingerprintOf(validated),
    account,
    provider,
    serviceKey,
    request,
    priority,
    notBefore,
    by,
    place,
    whenAbsent,
    traceparent,
    follow: follow === undefined ? undefined : followPlanOf(follow),
    state: propose ? 'proposed' : 'planned',
  };
}

const STORABLE =
  'what JSON keeps unchanged: well-formed texts without NUL characters, finite numbers, true, false, null, lists and ' +
  'plain objects';

/** The same for two requests that ask for the same, however they are written. */
export function fingerprintOf({ account, serviceKey, when, reason, reference, extras }: ValidatedRequest): string {
  const { category, text, providerCode } = typeof reason === 'object' ? reason : { text: reason };
  const parts = [account, serviceKey, whenText(when), category, text, providerCode, reference].map(
    (part) => part ?? null,
  );
  // Without extras as in rows of earlier versions.
  const asked =
    extras === undefined
      ? parts
      : [...parts, Object.entries(extras).toSorted(([one], [other]) => (one < other ? -1 : 1))];
  return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
}

/** Where a part of a cancellation stands in what the caller gave. */
export type PathOf = (index: number, part: 'id' | 'service') => string;

// What goes in one statement.
const AT_ONCE = 1_000;

/**
 * Puts cancellations and their jobs into the ledger, within a transaction.
 *
 * @returns how many are new; the others were there before, with the same id and the same request
 * @throws ProviderError `invalid_request` for an id that belongs to another request, and for a service of which another
 * cancellation is open
 */
export async function enqueue(
  client: QueryClient,
  schema: string,
  jobs: Jobs,
  cancellations: readonly NewCancellation[],
  pathOf: PathOf,
): Promise<number> {
  let added = 0;
  const issues: Issue[] = [];
  for (let start = 0; start < cancellations.length; start += AT_ONCE) {
    const batch = cancellations.slice(start, start + AT_ONCE);
    const inserted = await insert(client, schema, batch);
    await checkNotMoved(client, schema, [...inserted.keys()]);
    const isNew = ({ id, fingerprint }: NewCancellation): boolean => inserted.get(id) === fingerprint;
    // The same one twice in a batch is one row, and one job.
    const fresh = [...new Map(batch.filter(isNew).map((one) => [one.id, one])).values()];
    added += fresh.length;
    await writeHistory(client, schema, fresh.map(entryOf));
    await jobs.add(
      client,
      fresh
        .filter(({ state }) => state === 'planned')
        .map(({ id, account, priority, notBefore }) => ({ id, account, priority, startAfter: notBefore })),
    );
    issues.push(...(await conflictsOf(client, schema, batch, (index, part) => pathOf(start + index, part))));
  }
  if (issues.length > 0) throw invalidInput(issues);
  return added;
}

/** @returns the fingerprint of each id that was inserted */
async function insert(
  client: QueryClient,
  schema: string,
  batch: readonly NewCancellation[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await client.query(
    `WITH given AS MATERIALIZED (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS x(id text, fingerprint text, account text, provider text,
         "serviceKey" text, request jsonb, by text, priority integer, "notBefore" timestamptz, place text,
         "whenAbsent" text, traceparent text, follow jsonb, state text, timing text, sought text, pieces text)
     ), added AS (
       INSERT INTO ${schema}.cancellation (id, fingerprint, account, provider, service_key, request, asked_by, priority, not_before, place, when_absent, traceparent, follow, state)
       SELECT id, fingerprint, account, provider, "serviceKey", request, by, priority, "notBefore", place, "whenAbsent", traceparent, follow, state
       FROM given x WHERE NOT EXISTS (SELECT FROM ${schema}.settled s WHERE s.id = x.id)
       ON CONFLICT DO NOTHING RETURNING id, fingerprint, number, created_at
     ), searched AS (
       INSERT INTO ${schema}.search (number, account, asked_by, created_at, timing, sought, pieces)
       SELECT number, account, by, created_at, timing, sought, pieces::tsvector FROM added JOIN given USING (id)
       ON CONFLICT DO NOTHING
     )
     SELECT id, fingerprint FROM added`,
    [JSON.stringify(batch.map((one) => ({ ...one, ...toSearched(one) })))],
  );
  return new Map(rows.map(({ id, fingerprint }) => [String(id), String(fingerprint)]));
}

/** What stands in the way of those that are not there as they were asked for. */
async function conflictsOf(
  client: QueryClient,
  schema: string,
  batch: readonly NewCancellation[],
  pathOf: PathOf,
): Promise<readonly Issue[]> {
  const { rows } = await client.query(
    `SELECT x.index, own.fingerprint AS own, own.state AS own_state, other.id AS other
     FROM jsonb_to_recordset($1::jsonb) AS x(index integer, id text, fingerprint text, account text, "serviceKey" text)
     LEFT JOIN ${ledger(schema)} own ON own.id = x.id
     LEFT JOIN ${schema}.cancellation other ON other.account = x.account AND other.service_key = x."serviceKey"
       AND other.state IN ${sqlList(OPEN_STATES)} AND other.id <> x.id
     WHERE own.fingerprint IS DISTINCT FROM x.fingerprint
     ORDER BY x.index`,
    [JSON.stringify(batch.map((one, index) => ({ index, ...one })))],
  );
  return rows.map(({ index, own, other }) => {
    if (own !== null) {
      return { path: pathOf(Number(index), 'id'), expected: 'an id that does not belong to another request already' };
    }
    const open = typeof other === 'string' ? `“${other}”` : 'one that was enqueued at the same moment';
    return {
      path: pathOf(Number(index), 'service'),
      expected: `a service without an open cancellation; ${open} is open`,
    };
  });
}

function entryOf({ id, by, state }: NewCancellation): NewEntry {
  return { id, type: state === 'proposed' ? 'proposed' : 'enqueued', data: by === undefined ? {} : { by } };
}
