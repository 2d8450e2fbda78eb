import * as v from 'valibot';
import { timingOf } from '../../contract/when.ts';
import type { QueryClient } from '../database/database.ts';
import type { StoredRequest } from '../model/claimed.ts';
import { storedRequest } from './claimed-row.ts';

/** What never changes of a cancellation, as it is searched. */
export interface Searched {
  readonly timing: string;
  /** Its id, its reference and the values of its service, folded, between {@link EDGE}s. */
  readonly sought: string;
  /** The trigrams of that, as an array of PostgreSQL. */
  readonly grams: string;
}

/** Makes what is searched of a cancellation. */
export function toSearched({
  id,
  request: { reference, service, when },
}: {
  readonly id: string;
  readonly request: StoredRequest;
}): Searched {
  const values = new Set([id, ...(reference === undefined ? [] : [reference]), ...leavesOf(service)].map(fold));
  const sought = [...[...values, ''].join(EDGE)].slice(0, MAX_SOUGHT).join('');
  return { timing: timingOf(when), sought: `${EDGE}${sought}`, grams: gramsOf(`${EDGE}${sought}`) };
}

/** What is looked for, and its trigrams as an array of PostgreSQL. */
export function toTerm(text: string): { readonly term: string; readonly grams: string } {
  const folded = fold(text);
  // What has no trigram of its own has some with the edge before it: it is found where a value begins.
  const term = Buffer.byteLength(folded) < GRAM ? `${EDGE}${folded}` : folded;
  return { term, grams: gramsOf(term) };
}

/**
 * Text in the form in which it is compared: upper and lower case are the same, and so are the spellings of a character.
 * Character by character, so that a part of a text stays a part of it.
 */
export function fold(text: string): string {
  const spaced = text.normalize('NFC').replace(/\p{Cc}/gu, ' ');
  return [...spaced].map((character) => character.toUpperCase().toLowerCase()).join('');
}

/** Puts what is searched of all cancellations beside them that have none, in pieces that a transaction can hold. */
export async function fillSearch(client: QueryClient, schema: string): Promise<void> {
  for (const table of ['cancellation', 'settled']) {
    for (let after: unknown = 0; ;) {
      const { rows } = await client.query(
        `SELECT number, id, request FROM ${schema}.${table} c WHERE number > $1
           AND NOT EXISTS (SELECT FROM ${schema}.search s WHERE s.number = c.number)
         ORDER BY number LIMIT ${AT_ONCE}`,
        [after],
      );
      const last = rows.at(-1);
      if (last === undefined) break;
      const filled = rows.map(({ number, ...row }) => ({ number, ...toSearched(v.parse(rowSchema, row)) }));
      await client.query(
        `INSERT INTO ${schema}.search (number, account, asked_by, created_at, timing, sought, grams)
         SELECT c.number, c.account, c.asked_by, c.created_at, x.timing, x.sought, x.grams::int4[]
         FROM jsonb_to_recordset($1::jsonb) AS x(number bigint, timing text, sought text, grams text)
         JOIN ${schema}.${table} c ON c.number = x.number ON CONFLICT DO NOTHING`,
        [JSON.stringify(filled)],
      );
      after = last['number'];
    }
  }
}

const rowSchema = v.object({ id: v.string(), request: storedRequest });

const AT_ONCE = 1_000;

// Around each value. No text that is folded holds it, so nothing is found across two values.
const EDGE = '\n\n';
const GRAM = 3;
// In characters. An id and a reference have 128 each.
const MAX_SOUGHT = 2_000;

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

/** Trigrams of the bytes in UTF-8, each as a number: the same in every encoding and collation of the database. */
function gramsOf(text: string): string {
  const bytes = Buffer.from(text);
  const grams = new Set<number>();
  for (let at = 0; at + GRAM <= bytes.length; at += 1) grams.add(bytes.readUIntBE(at, GRAM));
  return `{${[...grams].join(',')}}`;
}
