// Checked by the compiler alone: each `@ts-expect-error` is an error of its own if the line below it compiles.
import { createCancelService } from 'cancelkit';
import {
  createCancelQueue,
  openQueueReader,
  type CancelQueue,
  type QueuedCancellation,
  type QueuedCancellationWithHistory,
  type QueueReader,
  type QueueState,
} from 'cancelkit/queue';
import pg from 'pg';
import { acmeProvider, blindAcmeProvider } from '../support/acme.ts';
import { miniProvider } from '../support/mini.ts';
import { check, type Equal } from '../support/type-check.ts';

const accounts = {
  plesk: acmeProvider().account({ baseUrl: 'https://api.example.com', token: 'a-token' }),
  blind: blindAcmeProvider().account(),
  vps: miniProvider.account(),
};
const services = createCancelService(accounts);
type Own = typeof accounts;

declare const queue: CancelQueue<Own>;

const hosting = { hostingId: 'h-1', domain: 'example.com' };
const server = { serverId: 1 };
const now = 'immediate';

export async function opening(): Promise<void> {
  const opened = await createCancelQueue({ services });
  check<Equal<typeof opened, CancelQueue<Own>>>();
  await createCancelQueue({ services, database: 'postgres://localhost/queue', schema: 'own', pollMs: 20 });
  await createCancelQueue({
    services,
    limits: { plesk: { concurrency: 2 }, vps: { rate: { count: 1, perMs: 1_000 } } },
  });
  await createCancelQueue({ services, readBackAfterMs: [1_000, 5_000], giveUpAfterMs: 1_000, deadlineMs: 5_000 });

  const reader = await openQueueReader({ services });
  check<Equal<typeof reader, QueueReader<Own>>>();
  await reader.list({ account: 'plesk' });
  // @ts-expect-error an account that there is not
  await reader.list({ account: 'brand-a' });
  // @ts-expect-error a reader changes nothing
  await reader.withdraw('one', { by: 'ann' });

  // @ts-expect-error no services
  await createCancelQueue({ database: '.cancelkit' });
  // @ts-expect-error the limit of an account that there is not
  await createCancelQueue({ services, limits: { 'brand-a': { concurrency: 2 } } });
  // @ts-expect-error a limit that there is not
  await createCancelQueue({ services, limits: { plesk: { most: 2 } } });
  // @ts-expect-error a rate without its time
  await createCancelQueue({ services, limits: { plesk: { rate: { count: 1 } } } });
  // @ts-expect-error an option that there is not
  await createCancelQueue({ services, workers: 3 });
}

export async function enqueueing(): Promise<void> {
  const one = await queue.enqueue({ account: 'plesk', service: hosting, when: 'immediate' });
  check<Equal<typeof one, { readonly id: string; readonly added: boolean }>>();
  const request = { account: 'vps', service: server, when: now } as const;
  await queue.enqueue(request, { id: 'one', notBefore: new Date(), priority: 5, by: 'ann' });
  await queue.enqueue(request, { notBefore: '2026-05-01', transaction: new pg.Client() });
  await queue.enqueue({ account: 'blind', service: hosting, when: now, reason: { category: 'other' }, reference: 'x' });

  // @ts-expect-error a name that is not among the accounts
  await queue.enqueue({ account: 'brand-a', service: hosting, when: 'immediate' });
  // @ts-expect-error the service of another provider
  await queue.enqueue({ account: 'plesk', service: server, when: 'immediate' });
  // @ts-expect-error the service of another provider, the other way round
  await queue.enqueue({ account: 'vps', service: hosting, when: 'immediate' });
  // @ts-expect-error a timing that this provider does not offer
  await queue.enqueue({ account: 'vps', service: server, when: 'end_of_period' });
  // @ts-expect-error no timing
  await queue.enqueue({ account: 'plesk', service: hosting });
  // @ts-expect-error a key that a request does not have
  await queue.enqueue({ account: 'plesk', service: hosting, when: 'immediate', id: 'one' });
  // @ts-expect-error an option that there is not
  await queue.enqueue(request, { after: new Date() });
  // @ts-expect-error a time as a number
  await queue.enqueue(request, { notBefore: 5 });
  // @ts-expect-error a transaction that nothing can be run on
  await queue.enqueue(request, { transaction: {} });
}

export async function enqueueingMany(): Promise<void> {
  const items = [
    { id: 'one', request: { account: 'plesk', service: hosting, when: now } },
    { priority: 2, request: { account: 'vps', service: server, when: now } },
  ] as const;
  const many = await queue.enqueueMany(items);
  check<Equal<typeof many, { readonly ids: readonly string[]; readonly added: number }>>();
  await queue.enqueueMany(new Set(items), { transaction: new pg.Client() });
  await queue.enqueueMany(
    (async function* () {
      yield* items;
    })(),
  );

  // @ts-expect-error the service of one account at another
  await queue.enqueueMany([{ request: { account: 'plesk', service: server, when: now } }]);
  // @ts-expect-error a timing that this account does not offer
  await queue.enqueueMany([{ request: { account: 'vps', service: server, when: 'end_of_period' } }]);
  // @ts-expect-error requests without anything around them
  await queue.enqueueMany([{ account: 'plesk', service: hosting, when: now }]);
  // @ts-expect-error one item instead of several
  await queue.enqueueMany(items[0]);
  // @ts-expect-error where it is put is said of each
  await queue.enqueueMany(items, { priority: 2 });
}

export async function reading(): Promise<void> {
  const one = await queue.get('one');
  check<Equal<typeof one, QueuedCancellationWithHistory | undefined>>();
  const listed = await queue.list({ account: 'vps', state: 'unknown', needsPerson: true, limit: 10, after: 'one' });
  check<Equal<typeof listed, readonly QueuedCancellation[]>>();
  const waited = await queue.wait('one', { timeoutMs: 5, signal: new AbortController().signal });
  check<Equal<typeof waited.state, QueueState>>();
  const { outcome } = waited;
  if (outcome?.ok === true) check<Equal<typeof outcome.result.reconciled, boolean>>();
  if (outcome?.ok === false) check<Equal<typeof outcome.error.retryable, boolean>>();
  const { states, accounts: standing } = await queue.stats();
  check<Equal<typeof states.unknown, number>>();
  check<Equal<(typeof standing)[string]['inFlight'], number>>();

  // @ts-expect-error an account that there is not
  await queue.list({ account: 'brand-a' });
  // @ts-expect-error a state that there is not
  await queue.list({ state: 'done' });
  // @ts-expect-error a filter that there is not
  await queue.list({ provider: 'acme' });
  // @ts-expect-error a list has no history
  listed[0]?.history.at(0);
  // @ts-expect-error the outcome is not there before there is one
  outcome.ok.valueOf();
}

export async function deciding(): Promise<void> {
  await queue.retry('one', { by: 'ann' });
  await queue.withdraw('one', { by: 'ann', note: 'the customer has paid' });
  await queue.resolve('one', { by: 'ann', as: 'completed' });
  await queue.resume('blind');
  await queue.work({ concurrency: 5, signal: new AbortController().signal, stopWhenIdle: true });

  // @ts-expect-error nobody decides
  await queue.retry('one', {});
  // @ts-expect-error nothing is decided
  await queue.resolve('one', { by: 'ann' });
  // @ts-expect-error an unknown one stays unknown without a person's word
  await queue.resolve('one', { by: 'ann', as: 'unknown' });
  // @ts-expect-error an account that there is not
  await queue.resume('brand-a');
  // @ts-expect-error an option that there is not
  await queue.work({ workers: 3 });
}
