import Table from 'cli-table3';
import type { Colours } from './output.ts';
import { visible } from './visible.ts';

/** The lines of a table without borders: a head, and rows with its columns aligned. */
export function tableLines(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  { bold }: Pick<Colours, 'bold'>,
): readonly string[] {
  const table = new Table({
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  table.push(
    head.map((name) => bold(name)),
    ...rows.map((row) => row.map((cell) => (typeof cell === 'number' ? String(cell) : visible(cell)))),
  );
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '   ',
};
