import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { readCsv } from '../../src/cli/bulk/csv-rows.ts';
import { inUtf8 } from '../../src/cli/bulk/in-utf8.ts';
import { idInCell } from '../../src/cli/bulk/spreadsheet-cell.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();
afterEach(() => sandbox.vpsbg.clearRequests());

const serverIds = (count: number): readonly number[] =>
  Array.from({ length: count }, () => sandbox.vpsbg.add().serverId);
const timesCancelled = (ids: readonly number[]): readonly number[] =>
  ids.map((id) => sandbox.vpsbg.service(id).timesCancelled);
const known = {
  names: ['account', 'service', 'when', 'reason', 'category', 'reference', 'serverId'],
  isComplete: true,
  values: new Set(['vpsbg', 'immediate', 'end_of_period']),
};
interface Row {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
  readonly problem?: string;
}
/** The rows of a text that arrives in pieces. */
async function rowsOf(text: string | Uint8Array, piece = 7): Promise<readonly Row[]> {
  const bytes = Buffer.from(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, at) =>
    bytes.subarray(at * piece, (at + 1) * piece),
  );
  const rows: Row[] = [];
  const stream = Readable.from(inUtf8(Readable.from(pieces)), { objectMode: false });
  for await (const row of readCsv(stream, known)) rows.push(row);
  return rows;
}
const utf16 = (text: string): Buffer => Buffer.from(`\uFEFF${text}`, 'utf16le');

describe('a list from a spreadsheet', () => {
  const end = 'end_of_period';
  it.each<readonly [string, (one: number, other: number) => string | Uint8Array]>([
    [
      'sep=; as its first line',
      (one, other) => `sep=;\r\naccount;service;when\r\nvpsbg;${one};${end}\r\nvpsbg;${other};${end}\r\n`,
    ],
    [
      'sep=, with a byte order mark',
      (one, other) => `\uFEFFsep=,\naccount,service,when\nvpsbg,${one},${end}\nvpsbg,${other},${end}\n`,
    ],
    [
      'a quoted separator line',
      (one, other) => `"sep=|"\naccount|service|when\nvpsbg|${one}|${end}\nvpsbg|${other}|${end}\n`,
    ],
    [
      'empty columns at the right',
      (one, other) => `account,service,when,,\nvpsbg,${one},${end},,\nvpsbg,${other},${end},,,\n`,
    ],
    [
      'short rows',
      (one, other) => `account,service,when,reason,reference\nvpsbg,${one},${end}\nvpsbg,${other},${end},Moved\n`,
    ],
    ['CRLF and LF mixed', (one, other) => `account,service,when\r\nvpsbg,${one},${end}\nvpsbg,${other},${end}\r\n`],
    ['LF and CRLF mixed', (one, other) => `account,service,when\nvpsbg,${one},${end}\r\nvpsbg,${other},${end}\n`],
    ['CR alone', (one, other) => `account,service,when\rvpsbg,${one},${end}\rvpsbg,${other},${end}\r`],
    ['every line break', (one, other) => `account,service,when\rvpsbg,${one},${end}\nvpsbg,${other},${end}\r\n`],
    [
      'UTF-16, tabs and a byte order mark',
      (one, other) => utf16(`account\tservice\twhen\r\nvpsbg\t${one}\t${end}\r\nvpsbg\t${other}\t${end}\r\n`),
    ],
    [
      'UTF-16, big end first',
      (one, other) => utf16(`account\tservice\twhen\nvpsbg\t${one}\t${end}\nvpsbg\t${other}\t${end}\n`).swap16(),
    ],
    ['a header in another case', (one, other) => `Account,SERVICE,When\nvpsbg,${one},${end}\nvpsbg,${other},${end}\n`],
    ['fields in another case', (one, other) => `ACCOUNT,serverid,WHEN\nvpsbg,${one},${end}\nvpsbg,${other},${end}\n`],
    [
      'spaces that do not break around ids',
      (one, other) =>
        `account,service,when\nvpsbg,\u00A0${one}\u202F,${end}\n\u00A0vpsbg,\u200E${other},${end}\u00A0\n`,
    ],
    [
      'a leading apostrophe',
      (one, other) => `account,service,when\nvpsbg,'${one},${end}\nvpsbg,"=""${other}""",${end}\n`,
    ],
    ['decimals', (one, other) => `account;service;when\nvpsbg;${one}.0;${end}\nvpsbg;${other},00;${end}\n`],
    ['empty rows', (one, other) => `account,service,when\n,,\nvpsbg,${one},${end}\n , ,\nvpsbg,${other},${end}\n,,\n`],
    [
      'line breaks within a text',
      (one, other) =>
        `account,service,when,reason\r\nvpsbg,${one},${end},"One\nTwo, and\r\nthree"\r\nvpsbg,${other},${end},“Quoted”\r\n`,
    ],
  ])('is read: %s', async (name, textOf) => {
    const [one = 0, other = 0] = serverIds(2);
    const file = `read-${name.replaceAll(/\W/g, '')}.csv`;
    writeFileSync(join(project.directory, file), textOf(one, other));
    const { code, stderr } = await project.run(['bulk', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(timesCancelled([one, other])).toEqual([1, 1]);
  });

  it.each<readonly [string, string, string]>([
    [
      'an id in scientific notation',
      'account,service,when\nvpsbg,1.23E+05,immediate\n',
      'line 2: service: a spreadsheet has shortened it',
    ],
    [
      'the same in a field',
      'account,serverId,when\nvpsbg,7E+09,immediate\n',
      'line 2: serverId: a spreadsheet has shortened it',
    ],
    [
      'a reference in scientific notation',
      'account,service,when,reference\nvpsbg,1,immediate,"1,2E+15"\n',
      'line 2: reference: a spreadsheet has shortened it',
    ],
    [
      'a date in the way of the country',
      'account,service,when\nvpsbg,1,31.12.2099\n',
      'line 2: when: expected immediate or end_of_period. A spreadsheet writes dates its own way',
    ],
    [
      'a timing that is none',
      'account,service,when\nvpsbg,1,End of period\n',
      'line 2: when: expected immediate or end_of_period\n',
    ],
    [
      'thousands',
      'account,service,when\nvpsbg,"1,234",immediate\n',
      'line 2: service: a spreadsheet has written it as a number',
    ],
    [
      'thousands with points',
      'account,service,when\nvpsbg,1.234,immediate\n',
      'line 2: service: a spreadsheet has written it as a number',
    ],
    [
      'thousands with a space',
      'account,service,when\nvpsbg,1\u00A0234,immediate\n',
      'line 2: service: a spreadsheet has written it as a number',
    ],
    [
      'a text id with decimals',
      'account,hostingId,domain,when\nhosting,4711.0,example.com,immediate\n',
      'line 2: hostingId: a spreadsheet has written it as a number',
    ],
    ['a sum at the end', 'account,service,when\nvpsbg,1,immediate\nTotal,1,\n', 'line 3: account: expected one of'],
    [
      'a count at the end',
      'account,service,when\nvpsbg,1,immediate\n,1,\n',
      'line 3: account: expected the name of an account',
    ],
    [
      'the header once more',
      'account,service,when\nvpsbg,1,immediate\naccount,service,when\n',
      'line 3: account: expected one of',
    ],
    [
      'a column twice, in another case',
      'account,service,when,When\nvpsbg,1,immediate,immediate\n',
      'names a column twice',
    ],
    [
      'a value in a column without a name',
      'account,service,when,\nvpsbg,1,immediate,note\n',
      'line 2: it has 4 columns; the first line names 3',
    ],
    [
      'a last row that is cut off',
      'account,when,service,reason\nvpsbg,immediate,47',
      'line 2: it has 3 columns; the first line names 4, and the file ends within this row',
    ],
    [
      'a text that a separator has split',
      'account,service,when,reason,reference\nvpsbg,1,immediate,“Moved, and gone”\n',
      'line 2: a text begins with a typographic quote',
    ],
    [
      'a row within a text',
      'account,service,when,reason\nvpsbg,1,immediate,"open\nvpsbg,2,immediate,"\n',
      'line 2: a text of it contains what looks like another row',
    ],
    [
      'the error of a formula',
      'account,service,when,reason\nvpsbg,1,immediate,#N/A\n',
      'line 2: a cell holds the error of a spreadsheet formula',
    ],
    ['a workbook named .csv', 'PK\u0003\u0004\u0014\0\u0006\0', 'the file is a workbook of a spreadsheet program'],
    [
      'columns in another language',
      'Konto,Wann\nvpsbg,1\n',
      'account is missing. The columns are: account, service, when',
    ],
    ['several ids in a cell', 'account,service,when\nvpsbg,"1\n2",immediate\n', 'line 2: service: it is several words'],
    [
      'UTF-16 without a mark',
      utf16('account,service,when\nvpsbg,1,immediate\n').subarray(2).toString('latin1'),
      'the file is not UTF-8',
    ],
  ])('is refused by its line: %s', async (name, text, words) => {
    const file = `refused-${name.replaceAll(/\W/g, '')}.csv`;
    project.write(file, text);
    const { code, stderr } = await project.run(['bulk', file, '--yes']);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
    expect(sandbox.vpsbg.requests).toEqual([]);
  });

  it('in Windows-1252 sends no reason that nobody wrote, and leaves no row out silently', async () => {
    const [one = 0, other = 0] = serverIds(2);
    const text = `account,service,when,reason\r\nvpsbg,${one},end_of_period,Zu groß\r\nvpsbg,${other},end_of_period,\r\n`;
    writeFileSync(join(project.directory, 'ansi.csv'), Buffer.from(text, 'latin1'));
    expect((await project.run(['bulk', 'ansi.csv'])).code).toBe(2);
    const { code, stderr, stdout } = await project.run(['bulk', 'ansi.csv', '--skip-bad']);
    expect(code).toBe(0);
    expect(stderr).toContain('line 2: it is not UTF-8');
    expect(stdout).toContain('bad');
    expect(timesCancelled([one, other])).toEqual([0, 1]);
  });
});

describe('the rows of a CSV file', () => {
  it('are each read once with their line, whatever ends them and however they arrive', async () => {
    const cell = fc.constantFrom('', 'plain', '"two\nlines"', '"three\r\nlines\rhere"', '"a ""quote"""', ' spaced ');
    const row = fc.tuple(cell, cell, fc.constantFrom('\n', '\r\n', '\r'), fc.constantFrom('', '\n', ',,\r\n'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        async (rows, piece) => {
          let text = 'account,service,when,reason,reference\r\n';
          const lines: number[] = [];
          for (const [index, [reason, reference, lineBreak, gap]] of rows.entries()) {
            lines.push(1 + (text.match(/\r\n|\n|\r/g)?.length ?? 0));
            // A CR before an LF would be one line break.
            const after = lineBreak === '\r' && gap === '\n' ? '' : gap;
            text += `vpsbg,${index + 1},immediate,${reason},${reference}${lineBreak}${after}`;
          }
          const read = await rowsOf(text, piece);
          expect(read.map(({ values }) => values['service'])).toEqual(rows.map((_, index) => String(index + 1)));
          expect(read.map(({ line }) => line)).toEqual(lines);
          expect(read.every(({ problem }) => problem === undefined)).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are read in UTF-16 as in UTF-8, however they arrive', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 9 }), async (reason, piece) => {
        const text = `account,service,when,reason\nvpsbg,1,immediate,"x${reason.replaceAll('"', '""')}x"\n`;
        expect(await rowsOf(utf16(text), piece)).toEqual(await rowsOf(text, 64));
      }),
      { numRuns: 100 },
    );
  });
});

describe('an id in a cell', () => {
  it('that is a whole number is read as itself or, with decimals, as that number, and never as another', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999_999_999 }),
        fc.constantFrom('', '.0', ',0', '.00'),
        (id, decimals) => {
          expect(idInCell(`${id}${decimals}`, true)).toEqual({ ok: true, id: String(id) });
          expect(idInCell(id.toExponential().replace('e', 'E'), true).ok).toBe(false);
          if (id >= 1000) {
            for (const locale of ['en', 'de', 'fr', 'de-CH', 'sv'])
              expect(idInCell(id.toLocaleString(locale), true).ok).toBe(false);
          }
        },
      ),
    );
  });

  it('that is no number is read unchanged', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,30}$/), (id) => {
        expect(idInCell(id, false)).toEqual({ ok: true, id });
      }),
    );
  });
});
