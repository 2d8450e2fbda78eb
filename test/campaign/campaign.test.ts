import { setDefaultCACertificates } from 'node:tls';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { runCampaign, type Tally } from './campaign.ts';
import { makeCertificate, type Certificate } from './certificate.ts';
import { pickFault, randomOf, READ_FAULTS, WRITE_FAULTS } from './fault.ts';
import { runLateExecutions } from './late-execution.ts';

// The large run of the same is `npm run test:faults`.
const JOBS = 400;
const COMPARED_JOBS = 100;
const LATE_JOBS = 80;

let certificate: Certificate;
beforeAll(() => {
  // The waits between repetitions are as long here as anywhere.
  vi.restoreAllMocks();
  certificate = makeCertificate();
  setDefaultCACertificates([certificate.cert]);
});

describe('the mix of faults', () => {
  it.each([
    ['cancellations', WRITE_FAULTS],
    ['read-backs', READ_FAULTS],
  ])('of %s is the same for the same seed, and leaves 30 to 45 per cent alone', (_, shares) => {
    const picks = Array.from({ length: 2_000 }, (__, index) => pickFault(shares, randomOf(`seed ${index}`)));
    const again = Array.from({ length: 2_000 }, (__, index) => pickFault(shares, randomOf(`seed ${index}`)));
    expect(again).toEqual(picks);
    const well = picks.filter(({ kind }) => kind === 'none' || kind === 'close_after').length / picks.length;
    expect(well).toBeGreaterThan(0.3);
    expect(well).toBeLessThan(0.45);
  });
});

describe(`${JOBS} cancellations, 20 concurrently, most attempts faulted`, () => {
  let tallies: ReadonlyMap<string, Tally>;
  beforeAll(async () => {
    const run = await runCampaign({
      jobs: JOBS,
      comparedJobs: COMPARED_JOBS,
      concurrency: 20,
      seed: 'suite',
      certificate,
    });
    tallies = new Map(run.map((tally) => [tally.client, tally]));
  }, 90_000);

  const said = (tally: Tally | undefined, word: string): number => tally?.words[word] ?? 0;

  it('the faults hit at least 60 per cent of the attempts, and about as many of the other clients', () => {
    expect(tallies.size).toBe(3);
    expect(tallies.get('cancelkit')?.faulted).toBeGreaterThanOrEqual(0.6);
    for (const { client, faulted } of tallies.values()) expect([client, faulted > 0.5]).toEqual([client, true]);
  });

  it('cancelkit cancels nothing twice, and what it says holds', () => {
    expect(tallies.get('cancelkit')).toMatchObject({
      jobs: JOBS,
      duplicates: 0,
      wrongNotCancelled: 0,
      wrongCancelled: 0,
      wrongNotSent: 0,
    });
  });

  it('cancelkit met every kind of outcome', () => {
    const tally = tallies.get('cancelkit');
    const ends = ['success', 'success, reconciled', 'outcome_unknown', 'outcome_unknown, last seen: none'];
    for (const end of ends) expect([end, said(tally, end) > 0]).toEqual([end, true]);
  });

  it('the same faults make other clients cancel twice, and call failed what was cancelled', () => {
    for (const client of ['ky, default retries', 'fetch, 3 retries of anything']) {
      const tally = tallies.get(client);
      expect(tally?.duplicates).toBeGreaterThan(0);
      expect(tally?.wrongNotCancelled).toBeGreaterThan(0);
    }
  });
});

describe('cancellations that are carried out 50 to 450 ms after the connection was lost', () => {
  it('are never sent a second time, and never called anything but unknown or found', async () => {
    const tally = await runLateExecutions({ jobs: LATE_JOBS, concurrency: 20, seed: 'suite', certificate });
    expect(tally).toMatchObject({ duplicates: 0, wrongNotCancelled: 0, wrongCancelled: 0, wrongNotSent: 0 });
    // On a machine that is very busy, some connections are not even made in time.
    const ends = ['success, reconciled', 'outcome_unknown', 'outcome_unknown, last seen: none'];
    const counted = ends.reduce((sum, words) => sum + (tally.words[words] ?? 0), 0);
    expect(counted).toBeGreaterThan(LATE_JOBS / 2);
    expect(tally.words).not.toHaveProperty('success');
  }, 60_000);
});
