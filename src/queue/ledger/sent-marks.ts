import type { QueryClient } from '../database/database.ts';
import { msSince } from './history.ts';

/** A request that has been handed to the network. */
export interface Sent {
  readonly id: string;
  readonly claim: number;
  /** When (`performance.now`). */
  readonly at: number;
}

/** Milliseconds. A request that is answered sooner is not worth a statement of its own that says that it was sent. */
export const MARK_AFTER_MS = 200;

/** The requests in flight that have been handed to the network, and whether the ledger says so. */
export class SentMarks {
  readonly #sent = new Map<string, Sent>();
  readonly #written = new WeakSet<Sent>();

  /** One has been handed over, for the first time or again. */
  note(sent: Sent): void {
    this.#sent.set(keyOf(sent), sent);
  }

  /** The requests that have been in flight for a while without the ledger saying so. */
  worthWriting(): readonly Sent[] {
    const before = performance.now() - MARK_AFTER_MS;
    return [...this.#sent.values()].filter((sent) => !this.#written.has(sent) && sent.at <= before);
  }

  /** The ledger knows of these. */
  written(marks: readonly Sent[]): void {
    for (const mark of marks) this.#written.add(mark);
  }

  /**
   * A request is no longer in flight.
   *
   * @returns when it was handed over last (`performance.now`), if it was
   */
  forget(claimed: Pick<Sent, 'id' | 'claim'>): number | undefined {
    const key = keyOf(claimed);
    const sentAt = this.#sent.get(key)?.at;
    this.#sent.delete(key);
    return sentAt;
  }
}

function keyOf({ id, claim }: Pick<Sent, 'id' | 'claim'>): string {
  return `${claim} ${id}`;
}

/** Notes that requests have been handed to the network. */
export async function markSent(client: QueryClient, schema: string, marks: readonly Sent[]): Promise<void> {
  if (marks.length === 0) return;
  await client.query(
    `UPDATE ${schema}.cancellation c SET state = CASE c.state WHEN 'intent' THEN 'sent' ELSE c.state END, 
       sent_at = clock_timestamp() - x.ago * interval '1 millisecond'
     FROM jsonb_to_recordset($1::jsonb) AS x(id text, claim bigint, ago float8)
     WHERE c.id = x.id AND c.claim = x.claim`,
    [JSON.stringify(marks.map(({ at, ...mark }) => ({ ...mark, ago: msSince(at) })))],
  );
}
