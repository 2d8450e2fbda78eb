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
  /** The pieces of that, as a `tsvector`. */
  readonly pieces: string;
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
  const joined = [...[...values, ''].join(EDGE)].slice(0, MAX_SOUGHT).join('');
  const sought = `${EDGE}${joined}`;
  return { timing: timingOf(when), sought, pieces: piecesOf(sought).map(quoted).join(' ') };
}

/** What is looked for. */
export interface Term {
  readonly text: string;
  /** Pieces of everything that holds the text, in its order: together they cover it. A short text is one itself. */
  readonly pieces: readonly string[];
}

/** Makes what is looked for. */
export function toTerm(asked: string): Term {
  const folded = fold(asked);
  // Too much would begin with so little: it is found where a value begins.
  const text = Buffer.byteLength(folded) < SHORTEST ? `${EDGE}${folded}` : folded;
  const characters = [...text];
  const last = characters.length - PIECE;
  if (last <= 0) return { text, pieces: [text] };
  const step = Math.min(PIECE, Math.ceil(last / FEW));
  const starts = [...Array.from({ length: Math.ceil(last / step) }, (_, index) => index * step), last];
  return { text, pieces: [...new Set(starts.map((start) => characters.slice(start, start + PIECE).join('')))] };
}

/** The `tsquery` for all these pieces. One that is shorter is the beginning of others. */
export function toQuery(pieces: readonly string[]): string {
  return pieces.map((piece) => ([...piece].length < PIECE ? `${quoted(piece)}:*` : quoted(piece))).join(' & ');
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
        `INSERT INTO ${schema}.search (number, account, asked_by, created_at, timing, sought, pieces)
         SELECT c.number, c.account, c.asked_by, c.created_at, x.timing, x.sought, x.pieces::tsvector
         FROM jsonb_to_recordset($1::jsonb) AS x(number bigint, timing text, sought text, pieces text)
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
const EDGE = '\n';
// In characters.
const PIECE = 4;
// In bytes: a single character of some scripts is enough.
const SHORTEST = 3;
// How many pieces of a text are asked for, unless it takes more to cover it.
const FEW = 12;
// In characters. An id and a reference have 128 each.
const MAX_SOUGHT = 2_000;

function leavesOf(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesOf);
  return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}

/**
 * The pieces that begin at each character of each value, and at the edge before it. Towards the end of a value they are
 * shorter, so that every part of it is the beginning of one.
 */
function piecesOf(sought: string): readonly string[] {
  const pieces = new Set<string>();
  for (const value of sought.split(EDGE)) {
    if (value === '') continue;
    const text = `${EDGE}${value}`;
    const starts = startsOf(text);
    for (const [at, start] of starts.entries()) {
      const piece = text.slice(start, starts[at + PIECE]);
      if (at === 0 || Buffer.byteLength(piece) >= SHORTEST) pieces.add(piece);
    }
  }
  return [...pieces];
}

/** Where each character begins: some are two units of a string. */
function startsOf(text: string): readonly number[] {
  const starts: number[] = [];
  for (let at = 0; at < text.length; at += (text.codePointAt(at) ?? 0) > 0xff_ff ? 2 : 1) starts.push(at);
  return starts;
}

/** A word of a `tsvector` or of a `tsquery`, whatever it holds. The database keeps its bytes in every encoding. */
function quoted(piece: string): string {
  return `'${piece.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
