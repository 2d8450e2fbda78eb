import type { QueryClient } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { CheckedList } from '../input/queue-input.ts';
import { QUEUE_STATES } from '../model/state.ts';
import { toRecord, UPDATED, type QueuedCancellation } from './record.ts';
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
  // What is searched for is often among the first ones, and then an index would only find all the others, too.
  const near = await searchNear(client, wanted, limit);
  return near ?? (await searchAll(client, wanted, limit));
}

type Wanted = CheckedList & { readonly schema: string };

/** Whether a filter names something that the table of what is searched has. */
function isSearch({ text, by, when, since, until }: CheckedList): boolean {
  return [text, by, when, since, until].some((one) => one !== undefined);
}

/** The first ones by what can change, each in the order of an index, and with the numbers merged. */
function inOrder(
  { schema, states, account, needsPerson, after, order }: Wanted,
  limit: number,
  value: Value,
  columns: '*' | 'number' = '*',
): string {
  // Only what is asked for is in the statement, so that the planner sees which index serves it.
  const conditions = [
    ...(account === undefined ? [] : [`account = ${value(account)}`]),
    ...(needsPerson === undefined ? [] : [needsPerson ? 'needs_person' : 'NOT needs_person']),
    ...(after === undefined ? [] : [beyond(schema, after, order, value)]),
  ];
  // What waits for a person is never moved to the settled ones.
  const table = needsPerson === true ? `${schema}.cancellation` : ledger(schema);
  const select = (more: readonly string[]): string => {
    const all = [...more, ...conditions];
    return `(SELECT ${columns} FROM ${table} c ${all.length === 0 ? '' : `WHERE ${all.join(' AND ')}`} ${sorted(order, limit)})`;
  };
  const [first, ...others] = (states ?? [undefined]).map((one) =>
    select(one === undefined ? [] : [`state = ${value(one)}`]),
  );
  if (others.length === 0) return String(first);
  return `(SELECT * FROM (${[first, ...others].join(' UNION ALL ')}) merged ${sorted(order, limit)})`;
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
): Promise<readonly QueuedCancellation[] | undefined> {
  const { values, value } = parameters();
  const near = Math.max(NEAR, limit);
  const { rows } = await client.query(
    `WITH near AS MATERIALIZED (SELECT number FROM ${inOrder(wanted, near, value, 'number')} c), hits AS MATERIALIZED (
       SELECT number FROM near JOIN ${wanted.schema}.search s USING (number)
       WHERE ${matches(wanted, value).join(' AND ')} ${sorted(wanted.order, limit)}
     )
     SELECT c.*, ${UPDATED}, (SELECT count(*)::int FROM near) AS searched
     FROM hits JOIN ${ledger(wanted.schema)} c USING (number) ${sorted(wanted.order, limit)}`,
    values,
  );
  return rows.length === limit || Number(rows[0]?.['searched'] ?? near) < near ? rows.map(toRecord) : undefined;
}

/** Searches all of them, beginning with what never changes. */
async function searchAll(client: QueryClient, wanted: Wanted, limit: number): Promise<readonly QueuedCancellation[]> {
  const { schema, states, needsPerson, after, order, account, text } = wanted;
  const { values, value } = parameters();
  const fixed = [
    ...matches(wanted, value),
    ...(account === undefined ? [] : [`s.account = ${value(account)}`]),
    ...(after === undefined ? [] : [beyond(schema, after, order, value)]),
  ].join(' AND ');
  const changing = [
    ...(states === undefined ? [] : [`c.state = ANY(${value(states)}::text[])`]),
    ...(needsPerson === undefined ? [] : [needsPerson ? 'c.needs_person' : 'NOT c.needs_person']),
  ];
  const table = needsPerson === true ? `${schema}.cancellation` : ledger(schema);
  // Without order and limit, the index of the trigrams is the way to what holds a text.
  const hits = text === undefined ? `SELECT number FROM ${schema}.search s WHERE ${fixed}` : `SELECT number FROM hits`;
  const first = changing.length === 0 ? `${hits} ${sorted(order, limit)}` : hits;
  const { rows } = await client.query(
    `${text === undefined ? '' : `WITH hits AS MATERIALIZED (SELECT number FROM ${schema}.search s WHERE ${fixed})`}
     SELECT c.*, ${UPDATED} FROM (${first}) s JOIN ${table} c ON c.number = s.number
     ${changing.length === 0 ? '' : `WHERE ${changing.join(' AND ')}`} ${sorted(order, limit, 's.number')}`,
    values,
  );
  return rows.map(toRecord);
}

/** The conditions on what is searched. */
function matches({ text, by, when, since, until }: CheckedList, value: Value): readonly string[] {
  const conditions: string[] = [];
  if (text !== undefined) {
    const { term, grams } = toTerm(text);
    conditions.push(`s.grams @> ${value(grams)}::int4[]`, `strpos(s.sought, ${value(term)}) > 0`);
  }
  if (by !== undefined) conditions.push(`s.asked_by = ${value(by)}`);
  if (when !== undefined) conditions.push(`s.timing = ${value(when === 'date' ? 'on_date' : when)}`);
  if (since !== undefined) conditions.push(`s.created_at >= ${value(since)}::timestamptz`);
  if (until !== undefined) conditions.push(`s.created_at < ${value(until)}::timestamptz`);
  return conditions;
}

/** A row keeps its number for ever, whatever else changes: a page begins where the one before ended. */
function beyond(schema: string, after: string, order: CheckedList['order'], value: Value): string {
  const number = `(SELECT number FROM ${ledger(schema)} a WHERE id = ${value(after)})`;
  return `number ${order === 'newest' ? '<' : '>'} ${number}`;
}

function sorted(order: CheckedList['order'], limit: number, number = 'number'): string {
  return `ORDER BY ${number} ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT ${limit}`;
}

type Value = (one: unknown) => string;

function parameters(): { readonly values: unknown[]; readonly value: Value } {
  const values: unknown[] = [];
  return { values, value: (one) => `$${values.push(one)}` };
}

// How many are looked at before an index is asked for all that match.
const NEAR = 2_000;
