/**
 * Sends each change of the queue to another system, signed, in order, and again until that system has taken it. After a
 * restart it goes on where it was: the cursor of the last change that was taken is in a file.
 *
 * Requests are those of Standard Webhooks (https://www.standardwebhooks.com), for which receivers have libraries. A
 * change may arrive twice, if the receiver's answer was lost: both times with the same `webhook-id`.
 *
 * ```ts
 * const cursor = cursorIn('./webhook-cursor');
 * await deliverChanges(queue, { url, secret: process.env.WEBHOOK_SECRET, cursor, signal });
 * ```
 */
import { createHmac, randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isProviderError } from 'cancelkit';
import type { CancelQueue, FeedChange } from 'cancelkit/queue';

/** Where to, and how. */
export interface Delivery {
  /** An account's name is in each change: if it says who the upstream is, send it to no customer. */
  readonly url: string;
  /** `whsec_` and 24 to 64 bytes in Base64, which the receiver has, too. */
  readonly secret: string;
  readonly cursor: CursorStore;
  readonly signal: AbortSignal;
  /** How often the feed is read while nothing changes, in milliseconds. Default 1,000. */
  readonly pollMs?: number;
  /**
   * The first pause after a delivery that failed, in milliseconds; each further one is twice as long, up to 5 minutes.
   * Default 1,000.
   */
  readonly pauseMs?: number;
  /** Called with each failed delivery, and without a change if the database cannot be reached. */
  readonly onFailure?: (change: FeedChange | undefined, why: string) => void;
}

/** What keeps the cursor of the last change that was taken. */
export interface CursorStore {
  readonly load: () => Promise<string | undefined>;
  readonly save: (cursor: string) => Promise<void>;
}

/**
 * Delivers changes until the signal aborts.
 *
 * @throws ProviderError `invalid_request` if changes behind the cursor were dropped, or the database was restored: read
 * the cancellations with `list`, and begin with a new cursor. Also what the store of the cursor throws.
 */
export async function deliverChanges(queue: Pick<CancelQueue<never>, 'changes'>, delivery: Delivery): Promise<void> {
  const { cursor, signal, pollMs = 1_000 } = delivery;
  const key = keyOf(delivery.secret);
  for (let after = await cursor.load(); !signal.aborted;) {
    const changes = await changesAfter(queue, after, delivery);
    for (const change of changes) {
      if (!(await deliver(change, key, delivery))) return;
      await cursor.save(change.cursor);
      after = change.cursor;
    }
    if (changes.length === 0) await pause(pollMs, signal);
  }
}

/** None while the database cannot be reached: it is asked again, so that its restart does not end the deliveries. */
async function changesAfter(
  queue: Pick<CancelQueue<never>, 'changes'>,
  after: string | undefined,
  { onFailure }: Delivery,
): Promise<readonly FeedChange[]> {
  try {
    return (await queue.changes({ after })).changes;
  } catch (error) {
    // Reading is repeatable, so a connection that broke while it was read is no different.
    if (!isProviderError(error, 'unavailable') && !isProviderError(error, 'outcome_unknown')) throw error;
    onFailure?.(undefined, 'the database cannot be reached');
    return [];
  }
}

/** Keeps the cursor in a file, which is never there by half. */
export function cursorIn(file: string): CursorStore {
  return {
    load: async () => {
      try {
        return await readFile(file, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    save: async (cursor) => {
      const draft = `${file}.${randomUUID()}`;
      await writeFile(draft, cursor, { mode: 0o600, flush: true });
      await rename(draft, file);
    },
  };
}

/**
 * The signature of a message, as Standard Webhooks has it.
 *
 * @param timestamp in seconds since 1970.
 */
export function signatureOf(key: Buffer, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

/** The key of a secret. */
export function keyOf(secret: string): Buffer {
  const [, encoded = ''] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(encoded, 'base64');
  if (key.length < 24 || key.length > 64) throw new Error('the secret of the webhook is not whsec_ and 24 to 64 bytes');
  return key;
}

/** @returns whether the receiver has taken it; `false` once the signal has aborted. */
async function deliver(change: FeedChange, key: Buffer, delivery: Delivery): Promise<boolean> {
  const { signal, pauseMs = 1_000, onFailure } = delivery;
  for (let failures = 0; !signal.aborted; failures += 1) {
    const why = await post(change, key, delivery);
    if (why === undefined) return true;
    if (signal.aborted) break;
    onFailure?.(change, why);
    // Half of it by chance, so that many senders do not come back together.
    const longest = Math.min(pauseMs * 2 ** failures, MOST_PAUSE_MS);
    await pause(longest * (0.5 + Math.random() / 2), signal);
  }
  return false;
}

/** @returns why the receiver has not taken it, or `undefined` */
async function post(change: FeedChange, key: Buffer, { url, signal }: Delivery): Promise<string | undefined> {
  const { changeId, at, cursor: _cursor, ...data } = change;
  const body = JSON.stringify({ type: 'cancellation.changed', timestamp: at, data });
  const timestamp = Math.floor(Date.now() / 1_000);
  try {
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'webhook-id': changeId,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': signatureOf(key, changeId, timestamp, body),
      },
      // Signed for this address alone.
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    return response.ok ? undefined : `it answered ${response.status}`;
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'it did not answer in time' : 'no connection';
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}

const TIMEOUT_MS = 10_000;
const MOST_PAUSE_MS = 300_000;
