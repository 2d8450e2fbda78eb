/** Reads an id from a spreadsheet cell, or says why the id is ambiguous. */
export type CellId = { readonly ok: true; readonly id: string } | { readonly ok: false; readonly problem: string };

/**
 * Reads an id out of a cell that a spreadsheet may have changed. What is certain is read: the apostrophe or formula
 * that keeps an id a text (`'4711`, `="4711"`), and a whole number with its decimals (`4711.0`) if the id is a number.
 * What lost digits or can mean two numbers is refused. Leading zeros that are gone cannot be noticed.
 *
 * @param isNumber whether the id can only be a whole number
 */
export function idInCell(cell: string, isNumber: boolean): CellId {
  const text = /^="(.*)"$/su.exec(cell)?.[1] ?? /^['’](.*[^'’])$/su.exec(cell)?.[1] ?? cell;
  if (isScientific(text)) return { ok: false, problem: SHORTENED };
  const [, whole] = DECIMALS.exec(text) ?? [];
  if (whole !== undefined) return isNumber ? { ok: true, id: whole } : { ok: false, problem: REWRITTEN };
  if (GROUPED.test(text)) return { ok: false, problem: REWRITTEN };
  return { ok: true, id: text };
}

/** Whether a spreadsheet has shortened a long number, and lost its last digits: `1.23E+05`. */
export function isScientific(cell: string): boolean {
  return /^[+-]?\d+(?:[.,]\d+)?e[+-]\d+$/i.test(cell);
}

/** What is said of a cell of which {@link isScientific} is true. */
export const SHORTENED =
  'a spreadsheet has shortened it to a number such as 1.23E+05, and its digits are lost. Format the column as text, and enter it again';

const REWRITTEN =
  'a spreadsheet has written it as a number such as 4,711 or 4711.0, and which id it was is not certain. Format the column as text, and enter it again';

/** Beyond 15 digits a spreadsheet rounds. */
const DECIMALS = /^(\d{1,15})[.,]0{1,2}$/;

/** Thousands, in whatever way a country separates them. */
const GROUPED = /^[+-]?\d{1,3}([.,'’]|\s)\d{3}(?:\1\d{3})*(?:[.,]\d+)?$/u;
