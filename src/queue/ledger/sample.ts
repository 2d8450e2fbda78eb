import type { QueryClient, Row } from '../database/database.ts';
import { toQuery, type Term } from './search.ts';

/** How a text is best looked for. */
export interface Way {
  /**
   * How many of the first rows of a list probably fill a page. `undefined`: an index finds all rows with the text by
   * reading fewer.
   */
  readonly near: number | undefined;
  /** What the index is asked for, as a `tsquery`: pieces that all rows with the text have, and few others. */
  readonly query: string;
}

/**
 * Chooses how to look for a text, by a sample of what is searched: rows from everywhere, and the first ones of the
 * list. So nothing depends on the statistics of the database, which may be old or missing.
 */
export async function wayTo(
  client: QueryClient,
  schema: string,
  { text, pieces }: Term,
  order: 'oldest' | 'newest' | undefined,
  limit: number,
): Promise<Way> {
  const { rows } = await client.query(
    `WITH ends AS MATERIALIZED (SELECT min(number) AS low, max(number) - min(number) AS span FROM ${schema}.search)
     SELECT s.sought, span, true AS is_from_anywhere FROM ends, generate_series(1, ${SPREAD}) AS step,
       LATERAL (SELECT sought FROM ${schema}.search WHERE number >= low + (span * (step * ${UNEVEN} % 1))::bigint
         ORDER BY number LIMIT 1) s
     UNION ALL
     (SELECT sought, span, false FROM ends, ${schema}.search ORDER BY number ${order === 'newest' ? 'DESC' : 'ASC'} LIMIT ${FIRST})`,
  );
  const share = countOf(text, rows) / rows.length;
  const near = Math.ceil((2 * limit) / share);
  // Without the first rows: what is frequent among the newest numbers may be rare among all.
  const anywhere = rows.filter((row) => row['is_from_anywhere'] === true);
  const counts = pieces.map((piece) => countOf(piece, anywhere));
  return {
    near: near < share * Number(rows[0]?.['span']) ? near : undefined,
    query: toQuery(rarest(pieces, counts)),
  };
}

function countOf(part: string, rows: readonly Row[]): number {
  return rows.filter(({ sought }) => String(sought).includes(part)).length;
}

/**
 * The few pieces that the fewest rows have. Each piece that is asked for is looked up once more for each row that has
 * the others, which takes long for a frequent one. Of those that the sample does not tell apart, the ones whose
 * neighbours are rare: a piece beside a frequent one shares most of it.
 */
function rarest(pieces: readonly string[], counts: readonly number[]): readonly string[] {
  const least = Math.min(...counts);
  return pieces
    .map((piece, at) => ({ piece, count: counts[at], around: mean(counts.slice(Math.max(0, at - 2), at + 3)) }))
    .filter(({ count }) => count === least)
    .toSorted((one, other) => one.around - other.around)
    .slice(0, ASKED)
    .map(({ piece }) => piece);
}

function mean(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0) / counts.length;
}

// How many rows from everywhere, and how many of the first ones.
const SPREAD = 100;
const FIRST = 100;
// Multiples of it modulo 1 are everywhere, and in step with nothing that repeats in the rows.
const UNEVEN = 0.618_033_988_75;
// How many pieces the index is asked for.
const ASKED = 3;
