import { createCancelService, type Account, type CancelService, type When } from '../../../src/index.ts';
import { blind, readable, type TestService } from '../../campaign/test-provider.ts';

type ReadableAccount = Account<'readable', TestService, When, 'cancel' | 'status'>;

/** The accounts of the worker that is killed, and of the process that kills it. */
export interface CrashAccounts {
  readonly alpha: ReadableAccount;
  readonly beta: ReadableAccount;
  /** Cannot read a cancellation back. */
  readonly blind: Account<'blind', TestService, When, 'cancel'>;
}

/** Their names; jobs are spread over them in turn. */
export const ACCOUNTS: readonly (keyof CrashAccounts)[] = ['alpha', 'beta', 'blind'];

/** The services of a provider at this address. */
export function crashServices(url: string): CancelService<CrashAccounts> {
  const accounts: CrashAccounts = {
    alpha: readable.account({ baseUrl: url }),
    beta: readable.account({ baseUrl: url }),
    blind: blind.account({ baseUrl: url }),
  };
  return createCancelService(accounts);
}

/** How the queues are opened, so that what a killed worker left is soon taken up again. */
export const SHORT_DELAYS = {
  deadlineMs: 3_000,
  pollMs: 100,
  readBackAfterMs: [300, 1_000, 4_000],
  // Two readings are further apart than the provider takes to carry out what it has answered.
  follow: { afterMs: 300, everyMs: 700, forMs: 5_000 },
} as const;

// The leases of several killed workers are open concurrently, and the next one still has to find room.
const ROOM = { concurrency: 60 } as const;
export const ROOMY_LIMITS: Readonly<Record<keyof CrashAccounts, { readonly concurrency: number }>> = {
  alpha: ROOM,
  beta: ROOM,
  blind: ROOM,
};
