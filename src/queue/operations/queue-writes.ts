import { ProviderError } from '../../contract/provider-error.ts';
import { clearly } from '../database/database-error.ts';
import type { Database, QueryClient } from '../database/database.ts';
import { decideAs } from '../ledger/changes.ts';

/** What writes the tables of a queue, until it is closed. */
export class QueueWrites {
  readonly #database: Database;
  #isClosed = false;

  constructor({ database }: { readonly database: Database }) {
    this.#database = database;
  }

  /** Writes what a person has decided; the changes that follow from it name that person. */
  async decide<Value>({ by }: { readonly by: string }, work: (client: QueryClient) => Promise<Value>): Promise<Value> {
    return await this.write(async (client) => {
      await decideAs(client, by);
      return await work(client);
    });
  }

  async write<Value>(work: (client: QueryClient) => Promise<Value>): Promise<Value> {
    this.checkOpen();
    return await clearly(() => this.#database.transaction(work));
  }

  close(): void {
    this.#isClosed = true;
  }

  /** @throws ProviderError `not_configured` once the queue has been closed */
  checkOpen(operation: 'queue' | 'status' = 'queue'): void {
    if (!this.#isClosed) return;
    throw new ProviderError('not_configured', { operation, message: 'queue: it has been closed.' });
  }
}
