import type { Fault } from 'cancelkit/sandbox';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requestOf, setUpBatch } from './batch-set-up.ts';

const faults: fc.Arbitrary<Fault> = fc
  .record({
    fault: fc.constantFrom<Fault>(
      { kind: 'reset', executed: true },
      { kind: 'reset', executed: false },
      { kind: 'server_error', executed: true },
      { kind: 'server_error', executed: false },
      { kind: 'html', executed: true },
      { kind: 'html', executed: false, status: 403 },
      { kind: 'cut_body' },
      { kind: 'rate_limit', retryAfter: 600 },
    ),
    method: fc.constantFrom('POST', 'GET'),
    after: fc.nat(6),
    times: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ fault, method, after, times }) => {
    let seen = 0;
    return { ...fault, times, only: (request) => request.method === method && (seen += 1) > after };
  });
const kinds = fc.constantFrom('good', 'good', 'good', 'good', 'unknown', 'terminated', 'same', 'other', 'locked');
const world = fc.record({
  servers: fc.array(kinds, { minLength: 1, maxLength: 12 }),
  size: fc.integer({ min: 2, max: 8 }),
  when: fc.constantFrom('immediate', 'end_of_period'),
  faults: fc.array(faults, { maxLength: 2 }),
  options: fc.record({
    unknownServer: fc.constantFrom('not_found', 'invalid'),
    partlyBadList: fc.constantFrom('refused', 'partly_executed', 'skipped'),
    repeatedCancel: fc.constantFrom('accepted', 'refused'),
    cancelRequest: fc.constantFrom('typed', 'with_now', 'flag'),
  }),
});

it('whatever VPSBG makes of a list, no server is cancelled twice and no result says more than is true', async () => {
  await using own = await setUpBatch();
  const { vpsbg } = own.sandbox;
  await fc.assert(
    fc.asyncProperty(world, async ({ servers, size, when, faults: given, options }) => {
      vpsbg.clearFaults();
      vpsbg.configure({ repeatedCancel: 'accepted', cancelRequest: 'with_now' });
      const ids = servers.map((kind, index) => {
        const { serverId } = vpsbg.add(kind === 'terminated' ? { status: 'terminated' } : {});
        if (kind === 'locked') vpsbg.lock(serverId);
        return kind === 'unknown' ? 900_000 + index : serverId;
      });
      const other = when === 'immediate' ? 'end_of_period' : 'immediate';
      const earlier = ids.flatMap((id, index) =>
        servers[index] === 'same' || servers[index] === 'other'
          ? [requestOf(id, { when: servers[index] === 'same' ? when : other })]
          : [],
      );
      for (const { ok } of await own.run(earlier)) expect(ok).toBe(true);
      const stateOf = (id: number) => (id < 900_000 ? vpsbg.service(id) : undefined);
      const before = ids.map((id) => stateOf(id)?.timesCancelled ?? 0);
      vpsbg.configure(options);
      for (const fault of given) vpsbg.fault(fault);
      const items = await own.run(
        ids.map((id) => requestOf(id, { when })),
        { batch: { vpsbg: { size, immediate: true } }, maxPauseMs: 0 },
      );
      expect(items.map(({ index }) => index)).toEqual([...ids.keys()]);
      for (const [index, item] of items.entries()) {
        const state = stateOf(ids[index] ?? 0);
        const timesMore = (state?.timesCancelled ?? 0) - (before[index] ?? 0);
        expect(timesMore).toBeLessThanOrEqual(1);
        if (!item.ok && item.error.code !== 'outcome_unknown') expect(timesMore).toBe(0);
        if (!item.ok) continue;
        const isOver = state?.status === 'terminated';
        const isUntold = item.result.warnings.some(({ code }) => code === 'timing_unknown');
        expect(state?.cancellation !== null || isOver).toBe(true);
        if (!isOver && !isUntold) expect(state?.cancellation?.when).toBe(when);
      }
    }),
    { numRuns: 150 },
  );
});
