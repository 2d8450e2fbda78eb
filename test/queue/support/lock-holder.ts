/** A process that locks a directory, says so, and holds the lock until it is killed. */
import { lockDirectory } from '../../../src/queue/database/directory-lock.ts';

const [, , directory = ''] = process.argv;
await lockDirectory(directory);
process.stdout.write('locked\n');
setInterval(() => undefined, 60_000);
