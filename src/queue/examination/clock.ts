import type { QueryClient } from '../database/database.ts';
import { type Finding, ok, warning } from './finding.ts';

/** One comparison of two clocks, in milliseconds since the epoch by each. */
export interface ClockSample {
  readonly before: number;
  readonly database: number;
  readonly after: number;
}

/**
 * By how much this machine's clock differs from the database's, at least. The round trip is taken into account: the
 * database read its clock at some moment between asking and receiving.
 *
 * @returns milliseconds; positive if this clock is ahead, 0 if the two may agree
 */
export function skewOf(samples: readonly ClockSample[]): number {
  // Each sample bounds the offset; together they bound it more closely.
  const lowest = Math.max(...samples.map(({ before, database }) => before - database));
  const highest = Math.min(...samples.map(({ database, after }) => after - database));
  if (lowest > 0) return lowest;
  return highest < 0 ? highest : 0;
}

/** Compares the clocks a few times. */
export async function compareClocks(client: QueryClient): Promise<Finding> {
  const samples: ClockSample[] = [];
  for (let count = 0; count < SAMPLES; count += 1) {
    const before = Date.now();
    const { rows } = await client.query('SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now');
    samples.push({ before, database: Number(rows[0]?.['now']), after: Date.now() });
  }
  const skew = skewOf(samples);
  if (Math.abs(skew) <= TOLERANCE_MS) return ok('clock', 'this machine and the database agree');
  const seconds = (Math.abs(skew) / 1_000).toFixed(1);
  return warning(
    'clock',
    `this machine is at least ${seconds} seconds ${skew > 0 ? 'ahead of' : 'behind'} the database`,
    'Set both by NTP. The queue goes by the database’s clock; times that you pass (not before, since) go by this one.',
  );
}

const SAMPLES = 5;
// `Date.now` counts whole milliseconds, and clocks that are kept by NTP differ by some.
const TOLERANCE_MS = 1_000;
