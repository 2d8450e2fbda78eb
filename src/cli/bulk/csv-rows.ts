import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import * as v from 'valibot';
import { wrongUse } from '../wrong-use.ts';
import type { InputRow } from './input-row.ts';

const recordSchema = v.object({
  record: v.array(v.string()),
  raw: v.string(),
  info: v.object({ lines: v.number() }),
});

/** What is wrong with the names of columns, where something is. */
export type ColumnProblem = (names: readonly string[]) => string | undefined;

/**
 * The rows of a CSV file, whose first row names the columns. They are parted by commas; by semicolons or tabs where the
 * first row has these and no comma, as spreadsheets of many countries write them.
 *
 * @throws ProviderError `invalid_request` for a file that cannot be read as CSV any further
 */
export async function* readCsv(
  stream: Readable,
  columnProblem: ColumnProblem,
): AsyncGenerator<InputRow, void, undefined> {
  const delimiter = await delimiterIn(stream);
  const parser = stream.pipe(parse({ ...OPTIONS, delimiter }));
  stream.on('error', (error) => parser.destroy(error));
  let columns: readonly string[] | undefined;
  let row = 0;
  try {
    for await (const entry of parser) {
      const { record, raw, info } = v.parse(recordSchema, entry);
      if (columns === undefined) {
        columns = checkedColumns(record, columnProblem);
        continue;
      }
      row += 1;
      yield { row, line: info.lines - breaksIn(raw), ...toValues(record, columns) };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw wrongUse(
      `the file cannot be read as CSV from line ${lineOf(error)} on. Check the quotes there. Nothing was sent.`,
    );
  }
  if (columns === undefined) throw wrongUse('the file is empty. Its first line has to name the columns.');
}

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
};

async function delimiterIn(stream: Readable): Promise<string> {
  await once(stream, 'readable');
  const start: unknown = stream.read();
  if (!Buffer.isBuffer(start)) return ',';
  stream.unshift(start);
  const [head = ''] = start.toString('utf8').split(/[\r\n]/, 1);
  return [',', ';', '\t'].find((delimiter) => head.includes(delimiter)) ?? ',';
}

function checkedColumns(record: readonly string[], columnProblem: ColumnProblem): readonly string[] {
  if (/[\0\uFFFD]/.test(record.join(''))) throw wrongUse('the file is not UTF-8. Save it as “CSV UTF-8”.');
  const repeated = record.find((name, index) => name === '' || record.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw wrongUse('the first line names a column twice, or leaves a name out. It has to name every column once.');
  }
  if (!record.includes('account')) {
    throw wrongUse('the first line has to name the columns, and account is missing. Nothing was sent.');
  }
  const problem = columnProblem(record);
  if (problem !== undefined) throw wrongUse(`${problem}. Nothing was sent.`);
  return record;
}

function toValues(record: readonly string[], columns: readonly string[]): Pick<InputRow, 'values' | 'problem'> {
  const cells = columns.map((name, index): [string, string] => [name, record[index] ?? '']);
  const values = Object.fromEntries(cells.filter(([, value]) => value !== ''));
  if (record.length === columns.length) return { values };
  return { values, problem: `it has ${record.length} columns; the first line names ${columns.length}` };
}

/** How many lines a row goes on for after its first. */
function breaksIn(raw: string): number {
  return raw.trim().split(/\r\n|\n|\r/).length - 1;
}

function lineOf(error: CsvError): string {
  return typeof error['lines'] === 'number' ? String(error['lines']) : '?';
}
