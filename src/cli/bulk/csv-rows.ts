import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import * as v from 'valibot';
import { wrongUse } from '../terminal/wrong-use.ts';
import { columnProblem, columnsOf, inKnownCase, type KnownColumns } from './columns.ts';
import type { InputRow } from './input-row.ts';

/**
 * The rows of a CSV file, whose first row names the columns. Commas separate them; semicolons or tabs if the first row
 * has these and no comma, as spreadsheets of many countries write them; or what a first line such as `sep=;` says.
 *
 * Empty rows, and empty columns at the right, hold nothing and are skipped. Cells that a row lacks at its end are
 * empty. Everything else that does not fit the first row makes a bad row: rows are never merged, and none is dropped.
 *
 * @throws ProviderError `invalid_request` if the file cannot be read as CSV any further
 */
export async function* readCsv(stream: Readable, known: KnownColumns): AsyncGenerator<InputRow, void, undefined> {
  const delimiter = await delimiterIn(stream);
  const parsed = lineCounter();
  const parser = stream.pipe(parse({ ...OPTIONS, delimiter, on_record: parsed.count }));
  stream.on('error', (error) => parser.destroy(error));
  let columns: readonly string[] | undefined;
  let isFirst = true;
  let row = 0;
  let lines = 0;
  try {
    for await (const entry of parser) {
      const { record, raw } = v.parse(recordSchema, entry);
      // Empty lines before the row belong to its text.
      const line = 1 + lines + breaksIn(/^\s*/.exec(raw)?.[0] ?? '');
      lines += breaksIn(raw);
      const cells = record.map((cell) => trimmed(cell));
      const isSeparatorLine = isFirst && SEPARATOR_LINE.test(cells.join(delimiter));
      isFirst = false;
      if (isSeparatorLine || cells.every((cell) => cell === '')) continue;
      if (columns === undefined) {
        columns = checkedColumns(cells, known);
        continue;
      }
      row += 1;
      const values = Object.fromEntries(columns.map((name, index): [string, string] => [name, cells[index] ?? '']));
      const problem = widthProblem(cells, columns, /[\r\n]$/.test(raw)) ?? cellsProblem(cells, known, delimiter);
      yield {
        row,
        line,
        isSpreadsheet: true,
        values: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')),
        ...(problem === undefined ? {} : { problem }),
      };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw wrongUse(
      `the file cannot be read as CSV from line ${parsed.lines() + 1} on. Check the quotes there. Nothing was sent.`,
    );
  }
  if (columns === undefined)
    throw wrongUse(`the file is empty. Its first line has to name the columns. ${columnsOf(known)}.`);
}

/** What is said of a spreadsheet program's own file. */
export const WORKBOOK =
  'the file is a workbook of a spreadsheet program. Save the sheet as “CSV UTF-8”, and run that file. Nothing was sent.';

/**
 * Counts the lines of the rows that were parsed. After a fault the parser discards the rows that were not read yet, so
 * the rows that were read do not tell where it is.
 */
function lineCounter(): { readonly count: <Entry>(entry: Entry) => Entry; readonly lines: () => number } {
  let lines = 0;
  return {
    count: (entry) => {
      lines += breaksIn(v.parse(recordSchema, entry).raw);
      return entry;
    },
    lines: () => lines,
  };
}

const recordSchema = v.object({ record: v.array(v.string()), raw: v.string() });

// A quote that is never closed would otherwise take the rest of the file into one cell.
const LONGEST_ROW = 256 * 1024;

const OPTIONS = {
  bom: true,
  info: true,
  raw: true,
  trim: true,
  skip_empty_lines: true,
  relax_column_count: true,
  max_record_size: LONGEST_ROW,
  // By itself the parser takes the first line break that it finds for the only one, and merges rows that end otherwise.
  record_delimiter: ['\r\n', '\n', '\r'],
};

/** The line before the first row that tells Excel the separator. */
const SEPARATOR_LINE = /^sep=([,;\t|])$/i;

async function delimiterIn(stream: Readable): Promise<string> {
  await once(stream, 'readable');
  const start: unknown = stream.read();
  if (!Buffer.isBuffer(start)) return ',';
  // A ZIP archive, which is what a workbook is under whatever name.
  if (start.toString('latin1').startsWith('PK\u0003\u0004')) throw wrongUse(WORKBOOK);
  stream.unshift(start);
  const lines = start.toString('utf8').split(/[\r\n]+/);
  const head = lines.find((line) => trimmed(line) !== '') ?? '';
  const named = SEPARATOR_LINE.exec(head.replaceAll(/["\uFEFF]/g, ''))?.[1];
  return named ?? [',', ';', '\t'].find((delimiter) => head.includes(delimiter)) ?? ',';
}

/** Without the white space around it; nor is what cannot be seen part of a cell, such as the marks of a web page. */
function trimmed(cell: string): string {
  return cell.replace(
    /^[\s\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+|[\s\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]+$/gu,
    '',
  );
}

function checkedColumns(cells: readonly string[], known: KnownColumns): readonly string[] {
  if (/[\0\uFFFD]/.test(cells.join(''))) {
    throw wrongUse('the file is not UTF-8. Save it as “CSV UTF-8”. Nothing was sent.');
  }
  const named = inKnownCase(cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1), known);
  const repeated = named.find((name, index) => name === '' || named.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw wrongUse(
      'the first line names a column twice, or leaves a name out. It has to name every column once. Nothing was sent.',
    );
  }
  if (!named.includes('account')) {
    throw wrongUse(
      `the first line has to name the columns, and account is missing. ${columnsOf(known)}. Nothing was sent.`,
    );
  }
  const problem = columnProblem(named, known);
  if (problem !== undefined) throw wrongUse(`${problem}. Nothing was sent.`);
  return named;
}

function widthProblem(cells: readonly string[], columns: readonly string[], isEnded: boolean): string | undefined {
  const widths = `it has ${cells.length} columns; the first line names ${columns.length}`;
  if (cells.slice(columns.length).some((cell) => cell !== '')) {
    return `${widths}. Put a text that contains the separator in straight quotes`;
  }
  if (cells.length < columns.length && !isEnded) {
    return `${widths}, and the file ends within this row: it may be cut off. End the row with a line break if it is complete`;
  }
  return undefined;
}

function cellsProblem(cells: readonly string[], known: KnownColumns, delimiter: string): string | undefined {
  if (cells.some((cell) => /^#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|#+$)/.test(cell))) {
    return 'a cell holds the error of a spreadsheet formula, such as #N/A. Correct it in the spreadsheet';
  }
  // The separator within such a text has split it.
  if (cells.some((cell) => /^[“„«][^”“»]*$/u.test(cell)))
    return 'a text begins with a typographic quote that is not closed: use straight quotes';
  // A quote that was left open has made the next row a part of the text.
  const further = cells.flatMap((cell) => cell.split(/[\r\n]+/).slice(1));
  const parts = further.flatMap((line) => (line.includes(delimiter) ? line.split(delimiter) : []));
  if (parts.some((part) => known.values.has(part.replaceAll('"', '').trim()))) {
    return 'a text of it contains what looks like another row. Check the quotes of this row and the next ones';
  }
  return undefined;
}

function breaksIn(text: string): number {
  return text.match(/\r\n|\n|\r/g)?.length ?? 0;
}
