/**
 * A process that opens the embedded queue's database in a directory, runs some statements, and prints the most memory
 * that it had, in MB.
 */
import { openPglite } from '../../../src/queue/database/pglite.ts';

const [, , directory = ''] = process.argv;
const database = await openPglite(directory);
for (let index = 0; index < 300; index += 1) await database.query('SELECT $1::int + count(*) FROM pg_class', [index]);
console.log(String(process.resourceUsage().maxRSS / 1_024));
await database.close();
