import { clearly } from '../database/database-error.ts';
import type { Database, QueryClient } from '../database/database.ts';
import { checkInput } from '../input/check-input.ts';
import { idSchema, listSchema } from '../input/queue-input.ts';
import { lookUpAll } from '../ledger/look-up-all.ts';
import { lookUp, lookUpHistory } from '../ledger/look-up.ts';
import type { QueuedCancellation, QueuedCancellationWithHistory } from '../ledger/record.ts';
import { type QueueStats, readStats } from '../ledger/stats.ts';
import type { Limit } from '../model/limits.ts';

interface Place {
  readonly database: Database;
  readonly schema: string;
  /** Of the accounts that this process has. */
  readonly limits: readonly Limit[];
}

/** What reads the tables of a queue: takes anything, and checks it. */
export class QueueReads {
  readonly #database: Database;
  readonly #schema: string;
  readonly #limits: readonly Limit[];

  constructor({ database, schema, limits }: Place) {
    this.#database = database;
    this.#schema = schema;
    this.#limits = limits;
  }

  async get(id: unknown): Promise<QueuedCancellationWithHistory | undefined> {
    const own = await checkInput(idSchema, id, 'id');
    const record = await this.lookUp(own);
    if (record === undefined) return undefined;
    const history = await this.#read((client) => lookUpHistory(client, this.#schema, own));
    return { ...record, history };
  }

  async list(filter: unknown): Promise<readonly QueuedCancellation[]> {
    const wanted = await checkInput(listSchema, filter, 'filter');
    return await this.#read((client) => lookUpAll(client, this.#schema, wanted));
  }

  async stats(): Promise<QueueStats> {
    return await this.#read(() => readStats(this.#database, this.#schema, this.#limits));
  }

  lookUp(id: string): Promise<QueuedCancellation | undefined> {
    return this.#read((client) => lookUp(client, this.#schema, id));
  }

  #read<Value>(work: (client: QueryClient) => Promise<Value>): Promise<Value> {
    return clearly(() => work(this.#database), 'status');
  }
}
