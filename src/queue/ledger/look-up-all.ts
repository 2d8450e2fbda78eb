import type { QueryClient } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { CheckedList } from '../input/queue-input.ts';
import { QUEUE_STATES } from '../model/state.ts';
import { toRecord, UPDATED, type QueuedCancellation } from './record.ts';
import { type Way, wayTo } from './sample.ts';
import { toTerm } from './search.ts';
import { ledger } from './settled.ts';

/**
 * The cancellations that a filter leaves, in the order in which they were enqueued, or the newest first.
 *
 * @throws ProviderError `invalid_request` if there is no cancellation with the id `after`
 */
export async function lookUpAll(
  client: QueryClient,
  schema: string,
  filter: CheckedList,
): Promise<readonly QueuedCancellation[]> {
  const found = await pageOf(client, schema, filter);
  if (found.length === 0 && filter.after !== undefined) await checkThere(client, schema, filter.after);
  return found;
}

/** A page that ends the list because what it begins after is gone would look like the end of the list. */
async function checkThere(client: QueryClient, schema: string, id: string): Promise<void> {
  const { rows } = await client.query(`SELECT 1 FROM ${ledger(schema)} c WHERE id = $1`, [id]);
  if (rows.length === 0)
    throw invalidInput([{ path: 'filter.after', expected: 'the id of a cancellation in the queue' }]);
}

async function pageOf(
  client: QueryClient,
  schema: string,
  filter: CheckedList,
): Promise<readonly QueuedCancellation[]> {
  const { state, limit = 100 } = filter;
  const states = state === undefined ? filter.states : (filter.states ?? [state]).filter((one) => one === state);
  if (states?.length === 0) return [];
  const wanted: Wanted = { ...filter, schema, states: states?.length === QUEUE_STATES.length ? undefined : states };
  if (!isSearch(filter)) {
    const { values, value } = parameters();
    const { rows } = await client.query(`SELECT *, ${UPDATED} FROM ${inOrder(wanted, limit, value)} c`, values);
    return rows.map(toRecord);
  }
  // If only a time is asked for, an index finds the first ones.
  if (isOfTime(filter) && !isFiltered(wanted)) return await searchAll(client, wanted, limit);
  const way =
    filter.text === undefined ? undefined : await wayTo(client, schema, toTerm(filter.text), filter.order, limit);
  if (way !== undefined && way.near === undefined) return await searchAll(client, wanted, limit, way);
  // What is frequent is among the first ones, and then an index would only find all the others, too.
  const near = isOfTime(filter)
    ? ((await searchNearInTime(client, wanted, limit)) ?? (await searchFew(client, wanted, limit)))
    : await searchNear(client, wanted, limit, way?.near ?? NEAR);
  return near ?? (await searchAll(client, wanted, limit, way));
}

type Wanted = CheckedList & { readonly schema: string };

/** Whether a filter names something that the table of what is searched has. */
function isSearch({ text, by, when, since, until }: CheckedList): boolean {
  return [text, by, when, since, until].some((one) => one !== undefined);
}

/** Whether a filter names a time. Then the time is the order, so that a page begins where an index has it. */
function isOfTime({ since, until }: CheckedList): boolean {
  return since !== undefined || until !== undefined;
}

/** Whether a filter names anything besides the time. */
function isFiltered({ text, by, when, states, needsPerson, account }: Wanted): boolean {
  return [text, by, when, states, needsPerson, account].some((one) => one !== undefined);
}

/** The first ones by what can change, each in the order of an index, and with the numbers merged. */
function inOrder(wanted: Wanted, limit: number, value: Value, columns: '*' | 'number' = '*'): string {
  const { states, account, needsPerson, after } = wanted;
  // Only what is asked for is in the statement, so that the planner sees which index serves it.
  const conditions = [
    ...(account === undefined ? [] : [`account = ${value(account)}`]),
    ...(needsPerson === undefined ? [] : [needsPerson ? 'needs_person' : 'NOT needs_person']),
    ...(after === undefined ? [] : [beyond(wanted, after, value)]),
  ];
  const select = (more: readonly string[]): string => {
    const all = [...more, ...conditions];
    return `(SELECT ${columns} FROM ${tableOf(wanted)} c ${all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`} ${sorted(wanted, limit)})`;
  };
  const [first, ...others] = (states ?? [undefined]).map((one) =>
    select(one === undefined ? [] : [`state = ${value(one)}`]),
  );
  if (others.length === 0) return String(first);
  return `(SELECT * FROM (${[first, ...others].join(' UNION ALL ')}) merged ${sorted(wanted, limit)})`;
}

/**
 * Searches among the first ones only.
 *
 * @returns `undefined` if that does not fill the page although there are more
 */
async function searchNear(
  client: QueryClient,
  wanted: Wanted,
  limit: number,
  most: number,
): Promise<readonly QueuedCancellation[] | undefined> {
  const { schema, after } = wanted;
  const { values, value } = parameters();
  // Without a filter on what the ledger has, the order is that of what is searched itself.
  const isOwnOrder = !isFiltered({ ...wanted, text: undefined, by: undefined, when: undefined });
  const near = Math.max(limit, isOwnOrder ? most : Math.min(most, NEAR));
  const first = isOwnOrder
    ? `${schema}.search s ${after === undefined ? '' : `WHERE ${beyond(wanted, after, value, 's.')}`} ${sorted(wanted, near, 's.')}`
    : `${inOrder(wanted, near, value, 'number')} c LEFT JOIN ${schema}.search s USING (number)`;
  const { rows } = await client.query(
    `WITH near AS MATERIALIZED (
       SELECT number, ${matches(wanted, value).join(' AND ')} AS is_hit FROM ${first}
     ), hits AS MATERIALIZED (
       SELECT number FROM near WHERE is_hit ${sorted(wanted, limit)}
     )
     SELECT c.*, ${UPDATED}, (SELECT count(*)::int FROM near) AS searched
     FROM hits JOIN ${ledger(schema)} c USING (number) ${sorted(wanted, limit)}`,
    values,
  );
  return rows.length === limit || Number(rows[0]?.['searched'] ?? near) < near ? rows.map(toRecord) : undefined;
}

/**
 * Searches among the first ones of a time only.
 *
 * @returns `undefined` if that does not fill the page although there are more
 */
async function searchNearInTime(
  client: QueryClient,
  wanted: Wanted,
  limit: number,
): Promise<readonly QueuedCancellation[] | undefined> {
  const { values, value } = parameters();
  const near = Math.max(NEAR_IN_TIME, limit);
  const { rows } = await client.query(
    `WITH near AS MATERIALIZED (
       SELECT number FROM ${wanted.schema}.search s WHERE ${inTime(wanted, value).join(' AND ')} ${sorted(wanted, near, 's.')}
     ), hits AS MATERIALIZED (
       SELECT number FROM near JOIN ${wanted.schema}.search s USING (number)
       WHERE ${['true', ...matches(wanted, value), ...ofAccount(wanted, value)].join(' AND ')}
     )
     SELECT c.*, ${UPDATED}, (SELECT count(*)::int FROM near) AS searched
     FROM hits JOIN ${tableOf(wanted)} c USING (number)
     WHERE ${['true', ...changing(wanted, value)].join(' AND ')} ${sorted(wanted, limit, 'c.')}`,
    values,
  );
  return rows.length === limit || Number(rows[0]?.['searched'] ?? near) < near ? rows.map(toRecord) : undefined;
}

/**
 * Searches all that are in a few states, or wait for a person, whatever their time.
 *
 * @returns `undefined` if that is not asked for, and if there are many of them
 */
async function searchFew(
  client: QueryClient,
  wanted: Wanted,
  limit: number,
): Promise<readonly QueuedCancellation[] | undefined> {
  if (wanted.states === undefined && wanted.needsPerson === undefined) return undefined;
  const { values, value } = parameters();
  const few = inOrder({ ...wanted, since: undefined, until: undefined, after: undefined }, NEAR, value, 'number');
  const { rows } = await client.query(
    `WITH few AS MATERIALIZED (SELECT number FROM ${few} c), hits AS MATERIALIZED (
       SELECT number FROM few JOIN ${wanted.schema}.search s USING (number)
       WHERE ${[...matches(wanted, value), ...inTime(wanted, value)].join(' AND ')} ${sorted(wanted, limit, 's.')}
     )
     SELECT c.*, ${UPDATED}, searched FROM (SELECT count(*)::int AS searched FROM few) all_of_them
     LEFT JOIN (hits JOIN ${tableOf(wanted)} c USING (number)) ON true ${sorted(wanted, limit, 'c.')}`,
    values,
  );
  if (Number(rows[0]?.['searched'] ?? NEAR) >= NEAR) return undefined;
  return rows.filter(({ id }) => id !== null).map(toRecord);
}

/** Searches all of them, beginning with what never changes. */
async function searchAll(
  client: QueryClient,
  wanted: Wanted,
  limit: number,
  way?: Way,
): Promise<readonly QueuedCancellation[]> {
  const { schema, text } = wanted;
  const { values, value } = parameters();
  const fixed = [
    ...matches(wanted, value),
    ...(way === undefined ? [] : [`s.pieces @@ ${value(way.query)}::tsquery`]),
    ...ofAccount(wanted, value),
    ...inTime(wanted, value),
  ].join(' AND ');
  const filters = changing(wanted, value);
  // Without order and limit, the index of the pieces is the way to what holds a text.
  const found = `SELECT number, created_at FROM ${schema}.search s WHERE ${fixed}`;
  const hits = text === undefined ? found : 'SELECT number, created_at FROM hits';
  const first = filters.length === 0 ? `${hits} ${sorted(wanted, limit)}` : hits;
  const { rows } = await client.query(
    `${text === undefined ? '' : `WITH hits AS MATERIALIZED (${found})`}
     SELECT c.*, ${UPDATED} FROM (${first}) s JOIN ${tableOf(wanted)} c ON c.number = s.number
     ${filters.length === 0 ? '' : `WHERE ${filters.join(' AND ')}`} ${sorted(wanted, limit, 's.')}`,
    values,
  );
  return rows.map(toRecord);
}

/** What waits for a person is never moved to the settled ones. */
function tableOf({ schema, needsPerson }: Wanted): string {
  return needsPerson === true ? `${schema}.cancellation` : ledger(schema);
}

/** The conditions on what can change. */
function changing({ states, needsPerson }: Wanted, value: Value): readonly string[] {
  return [
    ...(states === undefined ? [] : [`c.state = ANY(${value(states)}::text[])`]),
    ...(needsPerson === undefined ? [] : [needsPerson ? 'c.needs_person' : 'NOT c.needs_person']),
  ];
}

function ofAccount({ account }: Wanted, value: Value): readonly string[] {
  return account === undefined ? [] : [`s.account = ${value(account)}`];
}

/** The time that is asked for, and the page. */
function inTime(wanted: Wanted, value: Value): readonly string[] {
  const { since, until, after } = wanted;
  return [
    ...(since === undefined ? [] : [`s.created_at >= ${value(since)}::timestamptz`]),
    ...(until === undefined ? [] : [`s.created_at < ${value(until)}::timestamptz`]),
    ...(after === undefined ? [] : [beyond(wanted, after, value, 's.')]),
  ];
}

/** The conditions on what is searched. */
function matches({ text, by, when }: CheckedList, value: Value): readonly string[] {
  const conditions: string[] = [];
  if (text !== undefined) conditions.push(`strpos(s.sought, ${value(toTerm(text).text)}) > 0`);
  if (by !== undefined) conditions.push(`s.asked_by = ${value(by)}`);
  if (when !== undefined) conditions.push(`s.timing = ${value(when === 'date' ? 'on_date' : when)}`);
  return conditions;
}

/** A row keeps its number and its time for ever, whatever else changes: a page begins where the one before ended. */
function beyond(wanted: Wanted, after: string, value: Value, of: Alias = ''): string {
  const keys = keysOf(wanted);
  const own = keys.map((key) => `${of}${key}`).join(', ');
  return `(${own}) ${wanted.order === 'newest' ? '<' : '>'} (SELECT ${keys.join(', ')} FROM ${ledger(wanted.schema)} a WHERE id = ${value(after)})`;
}

function sorted(wanted: Wanted, limit: number, of: Alias = ''): string {
  const direction = wanted.order === 'newest' ? 'DESC' : 'ASC';
  const keys = keysOf(wanted).map((key) => `${of}${key} ${direction}`);
  return `ORDER BY ${keys.join(', ')} LIMIT ${limit}`;
}

/** What the list is ordered by. Numbers follow the times, except those of entries that are enqueued concurrently. */
function keysOf(wanted: Wanted): readonly string[] {
  return isOfTime(wanted) ? ['created_at', 'number'] : ['number'];
}

/** The table of a column. */
type Alias = '' | 's.' | 'c.';

type Value = (one: unknown) => string;

function parameters(): { readonly values: unknown[]; readonly value: Value } {
  const values: unknown[] = [];
  return { values, value: (one) => `$${values.push(one)}` };
}

// How many are looked at before an index is asked for all that match, unless a sample says how many are worth it.
const NEAR = 2_000;
// The same for a time, where each of them is looked up in the ledger.
const NEAR_IN_TIME = 500;
