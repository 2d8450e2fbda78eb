import { setDefaultCACertificates } from 'node:tls';
import { afterEach, expect, it, vi } from 'vitest';
import { makeCertificate } from './certificate.ts';
import { runSlowProviders } from './deadlines.ts';
import { runOutages } from './outage.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('an outage costs at most 1.1 sends a call and ten, at first as well as in the long run', async () => {
  // What is sent is counted here, not waited for.
  vi.spyOn(Math, 'random').mockReturnValue(0.01);
  for (const { what, jobs, sends, allowed, failedFast, withRetryAt, otherCodes } of await runOutages(60)) {
    expect([what, sends <= allowed, sends > 0, otherCodes]).toEqual([what, true, true, 0]);
    // A call while the breaker is open fails with the time to try again.
    expect([what, withRetryAt]).toEqual([what, failedFast]);
    expect([what, failedFast > jobs / 2]).toEqual([what, what.endsWith('all concurrently')]);
  }
}, 60_000);

// How soon exactly is measured by `npm run test:faults`: here, other tests keep the machine busy.
it('a call to a provider that keeps it for ever settles', async () => {
  const certificate = makeCertificate();
  setDefaultCACertificates([certificate.cert]);
  const settlings = await runSlowProviders(30, certificate);
  expect(settlings).toHaveLength(10);
  for (const { what, calls, worstOvershootMs, outcomes } of settlings) {
    const settled = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
    expect([what, settled, worstOvershootMs < 5_000]).toEqual([what, calls, true]);
    // Nobody says that nothing happened, nor that it is done, on account of a response that never came.
    if (what.includes('a byte at a time')) expect(Object.keys(outcomes)).toEqual(['outcome_unknown']);
  }
}, 60_000);
