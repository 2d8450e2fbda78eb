import { HTTP_STATUS, ProviderError, type ErrorCode } from 'cancelkit';
import { expect, it } from 'vitest';
import { textOf } from '../structure/source-tree.ts';

const page = textOf('docs/errors.md');
const codes = Object.keys(HTTP_STATUS).filter((code): code is ErrorCode => Object.hasOwn(HTTP_STATUS, code));

it('docs/errors.md has a section for each code, and no other', () => {
  const headings = [...page.matchAll(/^## `(\w+)`$/gm)].map(([, code]) => code);
  expect(headings).toEqual(codes);
});

it('docs/errors.md shows the HTTP status and the public code of each code', () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| (\d+) +\| `(\w+)` +\|$/gm)].map(([, ...row]) => row);
  const expected = codes.map((code) => {
    const { code: publicCode } = new ProviderError(code, { message: '' }).toPublic();
    return [code, String(HTTP_STATUS[code]), publicCode];
  });
  expect(rows).toEqual(expected);
});
