/** A process that locks a file and does what it reads by lines: `copy FROM TO`, `mine`. Answers each with a line. */
import { cpSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { lockFile } from '../../src/platform/file-lock.ts';

const [, , path = ''] = process.argv;
const lock = await lockFile(path);
process.stdout.write(`${typeof lock === 'string' ? lock : 'locked'}\n`);
if (typeof lock === 'string') process.exit();
for await (const line of createInterface({ input: process.stdin })) {
  const [command, from = '', to = ''] = line.split(' ');
  if (command === 'copy') cpSync(from, to, { recursive: true });
  process.stdout.write(`${command === 'mine' ? String(lock.isMine()) : 'done'}\n`);
}
