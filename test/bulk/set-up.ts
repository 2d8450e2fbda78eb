// Loaded before time stands still, which otherwise happens during the first call.
import '../../src/bulk/batch.ts';
import '../../src/bulk/run-many.ts';
import '../../src/bulk/options.ts';
import '../../src/bulk/plan.ts';
import '../../src/service/operations.ts';
import '../../src/accounts/account-operations.ts';
import '../../src/accounts/ready-call.ts';
import 'ky';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  createCancelService,
  type CancelManyItem,
  type CancelRequest,
  type CancelService,
  type ServiceOptions,
} from 'cancelkit';
import type { CancelVerdict, Exchange } from 'cancelkit/provider';
import { afterEach, beforeEach, vi } from 'vitest';
import { acme, acmeCancel, REQUEST, type AcmeAccount } from '../support/acme.ts';
import { json, recordingFetch, type RecordedRequest } from '../support/fetch.ts';

/** The accounts that runs are tested with. */
export type Names = 'fast' | 'slow' | 'third';
export type Own = Readonly<Record<Names, AcmeAccount>>;
export type Item = CancelManyItem<Own>;

/** A response to a cancellation of a service of an account. A read-back finds nothing. */
export type Answer = (name: string, id: string) => Response | Promise<Response>;

/** A service over the made-up provider, whose 401 is a refusal of the credentials, with what was sent to it. */
export interface ManySetUp {
  readonly service: CancelService<Own>;
  readonly requests: readonly RecordedRequest[];
  /** The ids that were sent for an account, in order. */
  readonly sent: (name: Names) => readonly string[];
  readonly running: (name: Names) => number;
  readonly most: (name: Names) => number;
}

export const ok = (): Response => json({ result: 'success' });
export const limited = (retryAfter?: number): Response =>
  json({ result: 'refused' }, 429, retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) });

export function setUpMany(answer: Answer = ok, options: ServiceOptions<Own> = {}): ManySetUp {
  const log: { readonly name: string; readonly id: string }[] = [];
  const running = new Map<string, number>();
  const most = new Map<string, number>();
  const { fetch, requests } = recordingFetch(async ({ url, method }) => {
    const { hostname, pathname } = new URL(url);
    const name = hostname.split('.')[0] ?? '';
    const id = pathname.split('/')[2] ?? '';
    if (method !== 'GET') log.push({ name, id });
    const now = (running.get(name) ?? 0) + 1;
    running.set(name, now);
    most.set(name, Math.max(now, most.get(name) ?? 0));
    try {
      return method === 'GET' ? json({ state: 'none' }) : await answer(name, id);
    } finally {
      running.set(name, (running.get(name) ?? 1) - 1);
    }
  });
  const account = (name: Names): AcmeAccount =>
    acme({ baseUrl: `https://${name}.example.com`, token: `token-of-${name}` }, { cancel });
  const accounts: Own = { fast: account('fast'), slow: account('slow'), third: account('third') };
  return {
    service: createCancelService(accounts, { fetch, ...options }),
    requests,
    sent: (name) => log.flatMap((entry) => (entry.name === name ? [entry.id] : [])),
    running: (name) => running.get(name) ?? 0,
    most: (name) => most.get(name) ?? 0,
  };
}

function* cancel(...[order, config]: Parameters<typeof acmeCancel>): Exchange<CancelVerdict> {
  const inner = acmeCancel(order, config);
  const first = inner.next();
  if (first.done === true) return first.value;
  const response = yield first.value;
  if (response.status === 401) return { verdict: 'refused', code: 'unauthorized', message: 'Wrong token.' };
  const last = inner.next(response);
  return last.done === true ? last.value : { verdict: 'unrecognized' };
}

/** A cancellation of the service `id`. */
export function requestOf(account: Names, id: string | number): CancelRequest<Own> {
  return { ...REQUEST, account, service: { ...REQUEST.service, hostingId: String(id) } };
}

/** Cancellations of the services `0`, `1`, … of an account. */
export function requestsOf(account: Names, count: number): CancelRequest<Own>[] {
  return Array.from({ length: count }, (_, index) => requestOf(account, index));
}

/** Takes the items of a run as they come. */
export function collecting<Item>(items: AsyncIterable<Item>): {
  readonly items: readonly Item[];
  readonly done: Promise<void>;
} {
  const collected: Item[] = [];
  const run = async (): Promise<void> => {
    for await (const item of items) collected.push(item);
  };
  return { items: collected, done: run() };
}

/** The outcome of an item, or its error's code. */
export function endOf(item: Item): string {
  return item.ok ? item.result.outcome : item.error.code;
}

/** Lets everything that needs no timer come to rest. */
export async function rest(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await nextTurn();
}

/** Stops the clock and the timers. Everything else goes on. */
export function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] });
}

/** Stops the clock before each test of a file, and lets it go on afterwards. */
export function withStoppedClock(): void {
  beforeEach(stopTheClock);
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Moves the clock on, and lets what that sets off come to rest. */
export async function advance(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await rest();
}
