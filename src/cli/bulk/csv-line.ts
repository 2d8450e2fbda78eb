import { visible } from '../terminal/visible.ts';

/**
 * A line of a CSV file. A cell that a spreadsheet would take for a formula gets an apostrophe in front, which marks it
 * as text. Reading a list removes it again.
 */
export function csvLine(cells: readonly string[]): string {
  return cells.map((cell) => quoted(asText(visible(cell)))).join(',');
}

/** Also behind what is a separator in another country, since the quotes do not hold there. */
function asText(cell: string): string {
  return cell.replace(/(^|[;|])([\s"]*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g, "$1$2'");
}

function quoted(cell: string): string {
  return /^\s|[",;'|]|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
