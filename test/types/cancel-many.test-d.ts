// Checked by the compiler alone: each `@ts-expect-error` is an error of its own if the line below it compiles.
import { createCancelService, type CancelManyItem, type CancelManyOptions, type CancelRequest } from 'cancelkit';
import { acmeProvider } from '../support/acme.ts';
import { miniProvider } from '../support/mini.ts';

const accounts = {
  plesk: acmeProvider().account({ baseUrl: 'https://api.example.com', token: 'a-token' }),
  vps: miniProvider.account(),
};
type Own = typeof accounts;
const services = createCancelService(accounts, { concurrency: { plesk: 2 } });
const requests: CancelRequest<Own>[] = [{ account: 'vps', service: { serverId: 1 }, when: 'immediate' }];

export async function options(signal: AbortSignal): Promise<void> {
  services.cancelMany(requests, { concurrency: 3, signal, maxPauseMs: 1_000, total: 5, deadlineMs: 5, verify: true });
  services.cancelMany(requests, { concurrency: { plesk: 1, vps: 2 } });
  services.cancelMany(requests, { batch: { vps: 10, plesk: { size: 5, immediate: true } } });
  services.cancelMany(requests, {
    onProgress: ({ done, total, outcomes, accounts, remainingMs }) => {
      const counts: readonly (number | undefined)[] = [done, total, remainingMs, outcomes.requested, outcomes.rejected];
      const pausedUntil: string | undefined = accounts.vps?.pausedUntil;
      // @ts-expect-error an account that there is not
      const other: unknown = accounts.other;
      // @ts-expect-error an outcome that there is not
      const done2: unknown = outcomes.done;
      return void [counts, pausedUntil, other, done2];
    },
  });

  // @ts-expect-error the concurrency of an account that there is not
  services.cancelMany(requests, { concurrency: { vsp: 1 } });
  // @ts-expect-error lists at an account that there is not
  services.cancelMany(requests, { batch: { vsp: 10 } });
  // @ts-expect-error lists without a size
  services.cancelMany(requests, { batch: { vps: { immediate: true } } });
  // @ts-expect-error the same for the whole service
  createCancelService(accounts, { concurrency: { vsp: 1 } });
  // @ts-expect-error an option that there is not
  services.cancelMany(requests, { parallel: 3 });
}

export async function items(): Promise<void> {
  // The options and the items can be named by the accounts.
  const own: CancelManyOptions<Own> = { concurrency: { vps: 1 } };
  for await (const item of services.cancelMany(requests, own)) {
    const named: CancelManyItem<Own> = item;
    // @ts-expect-error whether there is a result is not known
    named.result.toString();
    const end: string = named.ok ? named.result.outcome : named.error.code;
    void end;
  }
}
