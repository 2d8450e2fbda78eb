import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJsonLines } from '../../src/cli/bulk/json-rows.ts';

async function problemsOf(text: string): Promise<readonly (string | undefined)[]> {
  const problems: (string | undefined)[] = [];
  for await (const { problem } of readJsonLines(streamOf(text))) problems.push(problem);
  return problems;
}
async function* streamOf(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += 5) yield bytes.subarray(at, at + 5);
}
const row = '{"account":"vpsbg","service":7301,"when":"immediate"}';

describe('a list in JSON lines', () => {
  it.each([
    ['a comma after an object', `${row},`, 'it ends with a comma; expected one JSON object on each line'],
    ['an array in one line', `[${row}]`, 'it belongs to a JSON array; expected one JSON object on each line'],
    ['an object that is not closed', row.slice(0, -1), 'its object is not closed'],
    ['two objects in a line', `${row}${row}`, 'it holds more than one object'],
    ['two objects with a carriage return between them', `${row}\r${row}`, 'it holds more than one object'],
    ['another text', 'vpsbg,7301,immediate', 'it is not valid JSON; expected one JSON object on each line, such as'],
    ['a field twice', '{"service":1,"account":"vpsbg","service":2}', 'it names a field twice'],
    ['a field twice, once escaped', String.raw`{"service":1,"s\u0065rvice":2}`, 'it names a field twice'],
    ['a number with an exponent', '{"account":"vpsbg","service":1.23E+05}', 'a number such as 1.23E+05'],
  ])('says what is wrong with %s', async (_, text, words) => {
    expect(await problemsOf(`${text}\n`)).toEqual([expect.stringContaining(words)]);
    expect(await problemsOf(text)).toEqual([expect.stringContaining(words)]);
  });

  it('in an array over several lines names each of them', async () => {
    const problems = await problemsOf(`[\n${row},\n${row}\n]\n`);
    expect(problems.map((problem) => problem?.split(';')[0])).toEqual([
      'it belongs to a JSON array',
      'it ends with a comma',
      undefined,
      'it belongs to a JSON array',
    ]);
  });

  it('is read whatever its texts hold', async () => {
    const text = fc.string({ unit: 'grapheme' });
    const field = fc.oneof(text, fc.integer(), fc.record({ a: text, account: text }), fc.array(text));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.dictionary(text, field), { maxLength: 5 }), async (rows) => {
        const problems = await problemsOf(rows.map((each) => JSON.stringify(each)).join('\n'));
        expect(problems).toEqual(rows.map(() => undefined));
      }),
      { numRuns: 200 },
    );
  });
});
