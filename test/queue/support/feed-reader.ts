/**
 * A process that follows the changes of a queue: writes each into a file, and then its cursor into another one. It
 * takes its time, and can be killed between the two.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createCancelQueue } from 'cancelkit/queue';
import { openShop } from './shop.ts';

const [, , database = '', schema = '', directory = ''] = process.argv;
const queue = await createCancelQueue({ services: openShop().services, database, schema });
for (let after = cursor(); ;) {
  const { changes } = await queue.changes({ after, limit: 20 });
  for (const change of changes) {
    appendFileSync(join(directory, 'changes'), `${JSON.stringify(change)}\n`);
    await delay(Math.random() < 0.1 ? 8 : 1);
    after = change.cursor;
    writeFileSync(join(directory, 'draft'), after);
    renameSync(join(directory, 'draft'), join(directory, 'cursor'));
  }
  if (changes.length === 0) await delay(10);
}

function cursor(): string | undefined {
  try {
    return readFileSync(join(directory, 'cursor'), 'utf8');
  } catch {
    // Nothing has been read.
    return undefined;
  }
}
