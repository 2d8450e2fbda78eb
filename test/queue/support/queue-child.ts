/**
 * A process that opens a queue in a directory and does what it reads, a word and a path a line: `copy PATH` copies the
 * directory, `enqueue ID`, `work` works until it ends. Answers each with a line of JSON.
 */
import { cpSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isProviderError } from 'cancelkit';
import { createCancelQueue } from 'cancelkit/queue';
import { openShop, request } from './shop.ts';

const [, , directory = ''] = process.argv;
const shop = openShop();
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const failed = (error: unknown): object => (isProviderError(error) ? error.toJSON() : { message: String(error) });
try {
  const queue = await createCancelQueue({ services: shop.services, database: directory, pollMs: 20 });
  say({ opened: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const [command, argument = ''] = line.split(' ');
    try {
      if (command === 'copy') cpSync(directory, argument, { recursive: true });
      if (command === 'enqueue') await queue.enqueue(request('alpha', argument), { id: argument });
      if (command === 'work') await queue.work({ stopWhenIdle: true });
      say({ done: true, writes: shop.writes() });
    } catch (error) {
      say({ ...failed(error), writes: shop.writes() });
    }
  }
} catch (error) {
  say(failed(error));
}
