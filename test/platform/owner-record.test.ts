import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { writeOwnerRecord } from '../../src/platform/owner-record.ts';

vi.mock('node:fs', { spy: true });

let directory: string;
let path: string;
beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'owner-record-'));
  path = join(directory, 'lock.owner');
});
afterEach(() => {
  vi.mocked(fs.renameSync).mockReset();
  fs.rmSync(directory, { recursive: true });
});

it('removes its own record, and leaves nothing else behind', () => {
  writeOwnerRecord(path).remove();
  expect(fs.readdirSync(directory)).toEqual([]);
});

it.each([
  ['puts back the record of another owner that was written after it looked', false],
  ['leaves the newer one of two other owners', true],
])('%s', (_, isReplaced) => {
  const record = writeOwnerRecord(path);
  const { renameSync } = fs;
  const other = join(directory, 'other');
  let inode: bigint | undefined;
  vi.mocked(fs.renameSync).mockImplementationOnce((from, to) => {
    fs.writeFileSync(other, '{"token":"another"}');
    renameSync(other, path);
    inode = fs.statSync(path, { bigint: true }).ino;
    renameSync(from, to);
    if (isReplaced) fs.writeFileSync(path, '{"token":"the newest"}');
  });
  if (isReplaced) expect(() => record.remove()).toThrow(/EEXIST/);
  else record.remove();
  expect(fs.readFileSync(path, 'utf8')).toContain(isReplaced ? 'the newest' : 'another');
  if (!isReplaced) expect(fs.statSync(path, { bigint: true }).ino).toBe(inode);
  expect(fs.readdirSync(directory)).toEqual(['lock.owner']);
});
