import type { Output } from './output.ts';
import { visible } from './visible.ts';

/** A name with what is to be said under it; left out if there is nothing. */
export type Labelled = readonly [label: string, value: string | undefined];

/** The lines of a list of labels and values, aligned. */
export function labelledLines(pairs: readonly Labelled[], dim: (text: string) => string): readonly string[] {
  const shown = pairs.flatMap(([label, value]) => (value === undefined || value === '' ? [] : [{ label, value }]));
  const width = Math.max(0, ...shown.map(({ label }) => label.length));
  return shown.map(({ label, value }) => `  ${dim(label.padEnd(width))}  ${visible(value)}`);
}

/** Writes labels and values as part of a result. */
export function writeLabelled(output: Output, pairs: readonly Labelled[]): void {
  for (const line of labelledLines(pairs, output.colours.dim)) output.line(line);
}
