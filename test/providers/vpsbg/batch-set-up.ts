import { createCancelService, type CancelManyItem, type CancelManyOptions, type CancelRequest } from 'cancelkit';
import { startSandbox, type Sandbox } from 'cancelkit/sandbox';
import type { VpsbgAccount } from 'cancelkit/vpsbg';
import * as v from 'valibot';
import { collecting } from '../../bulk/set-up.ts';

/** The one account of these tests. */
export interface Own {
  readonly vpsbg: VpsbgAccount;
}
export type Item = CancelManyItem<Own>;
export type Request = CancelRequest<Own>;

/** A sandbox and a service over its emulated VPSBG. */
export interface BatchSetUp extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** Adds so many servers that can be cancelled; their ids. */
  readonly add: (count: number) => number[];
  /** Runs the requests by a new service, ten in a list where nothing else is said; the items by their place. */
  readonly run: (requests: readonly Request[], options?: CancelManyOptions<Own>) => Promise<readonly Item[]>;
  /** The ids of each cancellation that the server saw. */
  readonly batches: () => readonly (readonly number[])[];
  /** The ids of each read-back that it saw. */
  readonly reads: () => readonly number[];
}

/**
 * Servers show the timing of a cancel request here.
 *
 * @param account which of the sandbox's accounts is used.
 */
export async function setUpBatch(account: 'vpsbg' | 'vpsbgReadOnly' = 'vpsbg'): Promise<BatchSetUp> {
  const sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  sandbox.vpsbg.configure({ cancelRequest: 'with_now' });
  return {
    sandbox,
    add: (count) => Array.from({ length: count }, () => sandbox.vpsbg.add().serverId),
    async run(requests, options = {}) {
      const service = createCancelService({ vpsbg: sandbox.accounts[account] }, { attemptTimeoutMs: 300 });
      const { items, done } = collecting(service.cancelMany(requests, { batch: { vpsbg: 10 }, ...options }));
      await done;
      return items.toSorted((a, b) => a.index - b.index);
    },
    batches: () =>
      sandbox.vpsbg.requests.flatMap(({ method, path, body }) =>
        method === 'POST' && path === '/v1/servers/cancel' ? [idsIn(body)] : [],
      ),
    reads: () =>
      sandbox.vpsbg.requests.flatMap(({ method, path }) => (method === 'GET' ? [Number(path.split('/')[3])] : [])),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** The cancellation of a server at the end of the period. */
export function requestOf(
  serverId: number,
  details: Partial<Pick<Request, 'when' | 'reason' | 'reference'>> = {},
): Request {
  return { account: 'vpsbg', service: { serverId }, when: 'end_of_period', ...details };
}

/** The outcome of an item, and what a read-back saw if it is in doubt. */
export function endOf(item: Item): string {
  if (item.ok) return item.result.outcome;
  const { code, lastSeen } = item.error;
  return lastSeen === undefined ? code : `${code}, ${lastSeen}`;
}

/** The ids that a cancellation's body names. */
export function idsIn(body: string): readonly number[] {
  const parsed: unknown = JSON.parse(body);
  return v.parse(v.object({ server_ids: v.array(v.number()) }), parsed).server_ids;
}
