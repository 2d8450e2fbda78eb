import type { AccountsOf } from 'cancelkit';
import { createCancelQueue, type CancelQueue, type QueuedCancellation, type QueueOptions } from 'cancelkit/queue';
import type { Database } from '../../../src/queue/database/database.ts';
import { openPglite } from '../../../src/queue/database/pglite.ts';
import { openPostgres } from '../../../src/queue/database/postgres.ts';
import { goesAway, takePrepared, type TestDatabase } from './databases.ts';

/** A queue that is closed at the end of the test, with its schema. */
export interface TestQueue<A extends AccountsOf<A>> extends CancelQueue<A>, AsyncDisposable {
  readonly schema: string;
}

/** Opens a queue in a schema of its own; with short delays, where nothing else is said. */
export async function openQueue<A extends AccountsOf<A>>(
  database: TestDatabase,
  options: Omit<QueueOptions<A>, 'database'>,
): Promise<TestQueue<A>> {
  const { address, kind } = database;
  const schema = options.schema ?? schemaOf(database);
  const queue = await createCancelQueue<A>({
    pollMs: 20,
    readBackAfterMs: [20, 40, 60],
    ...options,
    database: address,
    schema,
  });
  return {
    ...queue,
    schema,
    [Symbol.asyncDispose]: async () => {
      await queue.close();
      // A server that was given may be used again.
      if (kind === 'postgres' && !goesAway(database) && options.schema === undefined)
        await dropSchemas(address, schema);
    },
  };
}

/** A schema that no other test uses, in which the tables of a queue are made already as long as there are any. */
export function schemaOf(database: TestDatabase): string {
  return takePrepared(database) ?? freshSchema();
}

/** A name that no other test uses, of a schema that does not exist. */
export function freshSchema(): string {
  return `t_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`;
}

/** Works on the queue until each of these is settled, or needs a person. */
export async function settle(
  queue: Pick<CancelQueue<never>, 'work' | 'wait'>,
  ...ids: readonly string[]
): Promise<readonly QueuedCancellation[]> {
  const stop = new AbortController();
  const working = queue.work({ signal: stop.signal });
  try {
    return await Promise.all(ids.map((id) => queue.wait(id, { timeoutMs: 45_000 })));
  } finally {
    stop.abort();
    await working;
  }
}

/** The database itself, as the queue opens it. The embedded one must not be open elsewhere. */
export async function openTables({ address, kind }: TestDatabase): Promise<Database & AsyncDisposable> {
  const database = await (kind === 'pglite' ? openPglite(address) : openPostgres(address));
  return { ...database, [Symbol.asyncDispose]: () => database.close() };
}

async function dropSchemas(address: string, schema: string): Promise<void> {
  const database = await openPostgres(address);
  await database.query(`DROP SCHEMA IF EXISTS ${schema}, ${schema}_jobs CASCADE`);
  await database.close();
}
