import { channel } from 'node:diagnostics_channel';
import { setTimeout as delay } from 'node:timers/promises';
import type { ProviderError } from '../../contract/provider-error.ts';
import { handlerFailed, notNotified } from '../database/database-error.ts';
import { type Database, DatabaseFailure, type QueryClient } from '../database/database.ts';
import { changesOfTransaction, hasChanged } from '../ledger/changes.ts';
import { CHANGE_CHANNEL, type QueueChange } from '../model/change.ts';

/** What changes are announced with. */
export interface AnnouncementsContext {
  readonly schema: string;
  readonly onChange: ((change: QueueChange) => void) | undefined;
  readonly onError: (error: ProviderError) => void;
}

/**
 * Announces the changes that this process has committed: to `onChange`, on the channel of `node:diagnostics_channel`,
 * and to those who listen at the server.
 */
export class Announcements {
  /** The database. What its transactions change is announced once they are committed. */
  readonly database: Database;
  readonly #plain: Database;
  readonly #context: AnnouncementsContext;
  readonly #closing = new AbortController();
  #pending: QueueChange[] = [];
  #isDue = false;
  #notifying: Promise<void> | undefined;

  constructor(database: Database, context: AnnouncementsContext) {
    this.#plain = database;
    this.#context = context;
    this.database = { ...database, transaction: (work) => this.#transaction(work) };
  }

  /** Announces what is left. To be called before the database is closed. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#deliver();
    await this.#notifying;
  }

  async #transaction<Value>(work: (client: QueryClient) => Promise<Value>): Promise<Value> {
    const isEmbedded = this.#plain.kind === 'pglite';
    const isHeard = this.#context.onChange !== undefined || changed.hasSubscribers;
    if (isEmbedded && !isHeard) return await this.#plain.transaction(work);
    const { schema } = this.#context;
    let reading: Promise<boolean | readonly QueueChange[]> = Promise.resolve(false);
    const value = await this.#plain.transaction(async (client) => {
      const result = await work(client);
      reading = isHeard ? changesOfTransaction(client, schema) : hasChanged(client);
      // A server answers this together with the commit. The embedded database takes one statement after the other.
      if (isEmbedded) await reading;
      else reading.catch(() => undefined);
      return result;
    });
    this.#announce(await reading.catch(asUnsure));
    return value;
  }

  /** @param made the changes, if they are heard here; else whether there are any. */
  #announce(made: boolean | readonly QueueChange[]): void {
    const changes = typeof made === 'boolean' ? [] : made;
    const isAny = made === true || changes.length > 0;
    if (isAny && this.#plain.kind === 'postgres') this.#notify();
    if (changes.length === 0) return;
    // Whoever made the change goes on first.
    if (this.#pending.length === 0) setImmediate(() => this.#deliver());
    this.#pending = [...this.#pending, ...changes];
  }

  #deliver(): void {
    const { schema, onChange } = this.#context;
    const changes = this.#pending;
    this.#pending = [];
    for (const change of changes) {
      if (changed.hasSubscribers) changed.publish({ schema, change });
      if (onChange !== undefined) this.#call(onChange, change);
    }
  }

  #call(onChange: (change: QueueChange) => unknown, change: QueueChange): void {
    const failed = (): void => this.#context.onError(handlerFailed());
    try {
      const returned = onChange(change);
      if (returned instanceof Promise) returned.catch(failed);
    } catch {
      // What it threw may hold anything.
      failed();
    }
  }

  /**
   * Notifies those who listen at the server, in a transaction of its own: one that notifies keeps all others that do
   * from being committed meanwhile, and the workers' transactions must not wait for each other.
   */
  #notify(): void {
    this.#isDue = true;
    this.#notifying ??= this.#notifyWhileDue().finally(() => {
      this.#notifying = undefined;
    });
  }

  async #notifyWhileDue(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      try {
        await this.#plain.query(NOTIFY, [CHANGE_CHANNEL, this.#context.schema]);
      } catch (error) {
        this.#context.onError(notNotified(error));
      }
      await delay(NOTIFY_MS, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
    }
  }
}

const changed = channel(CHANGE_CHANNEL);

// It says that there is something to read, and need not outlast a crash of the server.
const NOTIFY = `SELECT set_config('synchronous_commit', 'off', true), pg_notify($1, $2)`;
// A busy worker commits hundreds of times a second.
const NOTIFY_MS = 100;

/** Read together with the commit: if it failed, nobody knows whether that one succeeded. */
function asUnsure(error: unknown): never {
  throw new DatabaseFailure(error, 'unknown');
}
