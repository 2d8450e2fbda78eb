/** A row of the input before its meaning is known. */
export interface InputRow {
  /** From 1; the head of a CSV file is none. */
  readonly row: number;
  /** Where it begins in the file, from 1. */
  readonly line: number;
  /** By column; a cell of a CSV file is a text. */
  readonly values: Readonly<Record<string, unknown>>;
  /** Whether the values are the cells of a spreadsheet, which may have changed them. */
  readonly isSpreadsheet?: boolean;
  /** What is wrong with the row as such. */
  readonly problem?: string;
}
