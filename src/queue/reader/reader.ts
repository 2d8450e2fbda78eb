import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import * as v from 'valibot';
import { ProviderError, isProviderError } from '../../contract/provider-error.ts';
import type { CancelResult, SafeResult } from '../../contract/result.ts';
import type { NotLocked } from '../../platform/file-lock.ts';
import { clearly } from '../database/database-error.ts';
import type { QueuedCancellation, QueuedCancellationWithHistory } from '../ledger/record.ts';
import type { QueueStats } from '../ledger/stats.ts';
import { storedError } from '../ledger/stored-outcome.ts';
import { connect, lineOf, READ_VERSION, readReaderRecord, type ReadRequest } from './reader-protocol.ts';

/** A queue that is open in another process, read through it. */
export class RemoteReader {
  readonly #directory: string;
  readonly #schema: string;

  constructor(directory: string, schema: string) {
    this.#directory = directory;
    this.#schema = schema;
  }

  async get(id: unknown): Promise<QueuedCancellationWithHistory | undefined> {
    return await clearly(async () => v.parse(v.optional(detailed), await this.#ask('get', id)), 'status');
  }

  async list(filter?: unknown): Promise<readonly QueuedCancellation[]> {
    return await clearly(async () => v.parse(v.array(cancellation), await this.#ask('list', filter)), 'status');
  }

  async stats(): Promise<QueueStats> {
    return await clearly(async () => v.parse(v.custom<QueueStats>(isObject), await this.#ask('stats')), 'status');
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** @throws ProviderError what the other process says, or `unavailable` if it does not answer */
  async #ask(read: ReadRequest['read'], of?: unknown): Promise<unknown> {
    const record = readReaderRecord(this.#directory);
    if (record === undefined) throw notServed();
    let line;
    try {
      const socket = await connect(record.address);
      try {
        socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')));
        const request: ReadRequest = { version: READ_VERSION, token: record.token, schema: this.#schema, read, of };
        socket.write(`${JSON.stringify(request)}\n`);
        line = await lineOf(socket, Infinity);
      } finally {
        socket.destroy();
      }
    } catch {
      throw notServed();
    }
    const answer = v.parse(answerSchema, JSON.parse(line));
    if ('error' in answer) throw answer.error;
    return answer.value;
  }
}

/** Whether there is a queue in a directory. */
function isQueueIn(directory: string): boolean {
  return existsSync(join(directory, 'pgdata'));
}

/**
 * Opens what reads a queue in a directory: the queue itself, or the process that has it open.
 *
 * @param open opens the queue.
 * @throws ProviderError
 */
export async function openHereOrThere<Reader>(
  directory: string,
  schema: string,
  open: () => Promise<Reader>,
): Promise<Reader | RemoteReader> {
  if (!isQueueIn(directory)) {
    throw new ProviderError('not_configured', {
      operation: 'queue',
      message: `queue: there is no queue in ${resolve(directory)}. Nothing was made.`,
    });
  }
  // The other process may just have started, or may be ending.
  const until = performance.now() + STARTING_MS;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
    const reader = new RemoteReader(directory, schema);
    try {
      await reader.stats();
      return reader;
    } catch (error) {
      if (!isProviderError(error, 'unavailable') || performance.now() > until) throw error;
    }
    await delay(LOOK_MS);
  }
}

function isTaken(error: unknown): boolean {
  const taken: NotLocked = 'taken';
  return isProviderError(error, 'not_configured') && error.providerCode === taken;
}

const PATIENCE_MS = 10_000;
const STARTING_MS = 5_000;
const LOOK_MS = 200;

function notServed(): ProviderError {
  return new ProviderError('unavailable', {
    operation: 'status',
    message:
      'queue: another process has the queue’s directory open, and does not answer readers. It may be an older version of cancelkit, stopped, or in ' +
      'another container: stop it or ask it there, or move to PostgreSQL, which any number of processes can read.',
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** As the other process has it, with its errors as errors again. */
function revived<Found extends QueuedCancellation>({
  lastError,
  outcome: stored,
  ...rest
}: Found): Omit<Found, 'lastError' | 'outcome'> & Pick<QueuedCancellation, 'lastError' | 'outcome'> {
  return {
    ...rest,
    ...(stored === undefined ? {} : { outcome: revivedOutcome(stored) }),
    ...(lastError === undefined ? {} : { lastError: v.parse(storedError, lastError) }),
  };
}

function revivedOutcome(stored: SafeResult<CancelResult>): SafeResult<CancelResult> {
  return stored.ok ? stored : { ok: false, error: v.parse(storedError, stored.error) };
}

const isRecord = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'id' in value && 'state' in value && 'request' in value;
const cancellation = v.pipe(v.custom<QueuedCancellation>(isRecord), v.transform(revived));
const detailed = v.pipe(
  v.custom<QueuedCancellationWithHistory>((value) => isRecord(value) && isObject(value) && 'history' in Object(value)),
  v.transform(revived),
);
const answerSchema = v.union([
  v.strictObject({ error: storedError }),
  v.strictObject({ value: v.optional(v.unknown()) }),
]);
