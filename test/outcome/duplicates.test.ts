import type { When } from 'cancelkit';
import type { Sandbox } from 'cancelkit/sandbox';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { fetchAndThen, isWrite, servicesOf, startAt8, TIMINGS, type SandboxService } from './set-up.ts';

let sandbox: Sandbox;
let services: SandboxService;
beforeEach(async () => {
  sandbox = await startAt8();
  services = servicesOf(sandbox);
  return () => sandbox.close();
});

const other = (when: When): When => (when === 'immediate' ? 'end_of_period' : 'immediate');

describe('a second cancellation at WHMCS', () => {
  const cancel = (when: When, at: SandboxService = services): ReturnType<SandboxService['cancel']> =>
    at.cancel({ account: 'whmcs', service: sandbox.whmcs.seeded.active, when });
  const timesCancelled = (): number => sandbox.whmcs.service(sandbox.whmcs.seeded.active.serviceId).timesCancelled;
  const writes = (): number => sandbox.whmcs.requests.filter(isWrite).length;

  it.each(TIMINGS)('with the same timing, %s, changes nothing and is a success', async (when) => {
    await cancel(when);
    const result = await cancel(when);
    const state = when === 'immediate' ? 'requested' : 'scheduled';
    expect(result).toMatchObject({ outcome: 'already_cancelled', reconciled: false, warnings: [], attempts: 3 });
    expect(result.existing).toMatchObject({ state, when, requestedAt: '2026-03-10' });
    expect(result.effectiveAt?.value).toBe(when === 'immediate' ? undefined : '2026-03-30');
    expect([writes(), timesCancelled()]).toEqual([2, 1]);
  });

  it.each(TIMINGS)('with another timing than %s is a conflict, which carries the earlier one', async (when) => {
    await cancel(when);
    const failure = await failureOf(cancel(other(when)));
    expect(failure).toMatchObject({
      code: 'timing_conflict',
      existing: { when },
      retryable: false,
      providerStatus: 200,
    });
    expect(failure).toMatchObject({ providerMessage: 'Existing Cancellation Request Exists', attempts: 3 });
    expect(failure.message).toContain(`with the timing ${when} instead of ${other(when)}`);
    expect([writes(), timesCancelled()]).toEqual([2, 1]);
  });

  it.each(TIMINGS)('is a success whatever its timing once the service is over: %s', async (when) => {
    await cancel('immediate');
    sandbox.clock.advance({ days: 1 });
    expect(await cancel(when)).toMatchObject({
      outcome: 'already_cancelled',
      existing: { state: 'completed' },
      warnings: [],
    });
  });

  it.each(TIMINGS)('is a success with a warning where the earlier one cannot be read: %s', async (when) => {
    await cancel('end_of_period');
    sandbox.whmcs.fault({ kind: 'html', executed: false, times: Infinity, only: (request) => !isWrite(request) });
    const result = await cancel(when);
    expect(result).toMatchObject({ outcome: 'already_cancelled', warnings: [{ code: 'timing_unknown' }] });
    expect(result).not.toHaveProperty('existing');
    expect(result).not.toHaveProperty('effectiveAt');
  });

  it('is not cancellable if the read-back shows that a person has just removed the earlier one', async () => {
    await cancel('end_of_period');
    const fetch = fetchAndThen((answers) => {
      if (answers === 1) sandbox.whmcs.deleteCancellationRequest(sandbox.whmcs.seeded.active.serviceId);
    });
    const failure = await failureOf(cancel('end_of_period', servicesOf(sandbox, { fetch })));
    expect(failure).toMatchObject({ code: 'not_cancellable' });
    expect(failure.message).toMatch(/none could be found when it was read back/);
  });

  it('is not verified once more: the result holds what was read', async () => {
    await cancel('end_of_period');
    const service = sandbox.whmcs.seeded.active;
    const result = await services.cancel({ account: 'whmcs', service, when: 'end_of_period' }, { verify: true });
    expect(result).toMatchObject({ outcome: 'already_cancelled', attempts: 3 });
  });

  it('after a lost response settles the outcome of the first one, without a second cancellation', async () => {
    sandbox.whmcs.fault({ kind: 'reset', executed: true });
    sandbox.whmcs.fault({ kind: 'html', executed: false, times: 1, only: (request) => !isWrite(request) });
    expect(await failureOf(cancel('end_of_period'))).toMatchObject({ code: 'outcome_unknown' });
    expect(await cancel('end_of_period')).toMatchObject({ outcome: 'already_cancelled' });
    expect(timesCancelled()).toBe(1);
  });
});

describe('a hosting that is not active', () => {
  type Name = keyof Sandbox['hosting']['seeded'];
  const cancel = (name: Name, when: When): ReturnType<SandboxService['cancel']> =>
    services.cancel({ account: 'hosting', service: sandbox.hosting.seeded[name], when, reason: 'Over' });
  const timesCancelled = (name: Name): number =>
    sandbox.hosting.service(sandbox.hosting.seeded[name].hostingId).timesCancelled;

  it.each(['expiring', 'resigned', 'quarantine', 'inactive', 'ended', 'terminated', 'suspended', 'cancelled'])(
    'is cancelled already where the job of an earlier one is done, whatever it is then called: %s',
    async (serviceStatusAfterCancel) => {
      sandbox.hosting.configure({ serviceStatusAfterCancel });
      const { providerReference } = await cancel('active', 'end_of_period');
      sandbox.clock.advance({ minutes: 5 });
      expect(await cancel('active', 'end_of_period')).toMatchObject({
        outcome: 'already_cancelled',
        existing: { state: 'scheduled', when: 'end_of_period' },
        effectiveAt: { value: '2026-03-30' },
        warnings: [],
      });
      expect(await failureOf(cancel('active', 'immediate'))).toMatchObject({ code: 'timing_conflict' });
      expect(timesCancelled('active')).toBe(1);
      const reference = { account: 'hosting', service: sandbox.hosting.seeded.active } as const;
      expect(await services.status({ ...reference, providerReference })).toMatchObject({ state: 'scheduled' });
      expect(await services.status(reference)).toMatchObject({ state: 'scheduled' });
    },
  );

  it.each(TIMINGS)('is cancelled already where the job of an earlier one waits: %s', async (when) => {
    await cancel('active', 'end_of_period');
    expect(await cancel('active', when)).toMatchObject({
      outcome: 'already_cancelled',
      existing: { state: 'requested' },
      warnings: [{ code: 'timing_unknown' }],
    });
    expect(timesCancelled('active')).toBe(1);
  });

  it.each(['camelCase', 'snake_case'] as const)(
    'is not cancellable while it is being set up, in %s',
    async (keyStyle) => {
      sandbox.hosting.configure({ keyStyle });
      const failure = await failureOf(cancel('provisioning', 'end_of_period'));
      expect(failure).toMatchObject({
        code: 'not_cancellable',
        providerStatus: 405,
        providerCode: 'not_active',
        attempts: 3,
      });
      expect(failure.message).toMatch(/still being set up\. No cancellation is in force/);
      expect(timesCancelled('provisioning')).toBe(0);
    },
  );

  it.each([
    ['the hosting cannot be read', 'cancelled', { kind: 'html', executed: false }],
    ['the server fails', 'cancelled', { kind: 'server_error', executed: false }],
    ['the history cannot be read', 'provisioning', { kind: 'empty', executed: false }],
  ] as const)('is not said to be cancelled if %s', async (_name, hosting, fault) => {
    sandbox.hosting.fault({ ...fault, times: Infinity, only: (request) => !isWrite(request) });
    const failure = await failureOf(cancel(hosting, 'end_of_period'));
    expect(failure).toMatchObject({ code: 'not_cancellable', providerCode: 'not_active' });
    expect(failure.message).toMatch(/could not be read back|does not show a cancellation/);
  });

  it.each(TIMINGS)('is over where it is deleted and still listed: %s', async (when) => {
    sandbox.hosting.configure({ deletedHosting: 'listed' });
    expect(await cancel('deleted', when)).toMatchObject({
      outcome: 'already_cancelled',
      existing: { state: 'completed' },
      warnings: [],
    });
  });

  it('can be cancelled again if the job of the earlier one failed', async () => {
    sandbox.hosting.failJobs();
    await cancel('active', 'end_of_period');
    sandbox.clock.advance({ minutes: 1 });
    expect(await cancel('active', 'end_of_period')).toMatchObject({ outcome: 'requested' });
    sandbox.clock.advance({ minutes: 1 });
    expect(sandbox.hosting.service(sandbox.hosting.seeded.active.hostingId).state).toBe('cancelled');
  });
});

describe('a second cancellation at EDIS', () => {
  it.each(TIMINGS)('is a success with a warning: EDIS tells no timing (%s)', async (when) => {
    const { kvmId } = sandbox.edis.seeded.cancelled;
    const result = await services.cancel({ account: 'edis', service: { kvmId }, when });
    expect(result).toMatchObject({ outcome: 'already_cancelled', attempts: 1 });
    expect(result.warnings.map(({ code }) => code)).toEqual(['timing_unknown']);
    expect(sandbox.edis.service(kvmId).timesCancelled).toBe(1);
  });
});

describe('a second cancellation at VPSBG, which does not recognize one', () => {
  const cancel = (when: When): ReturnType<SandboxService['cancel']> =>
    services.cancel({ account: 'vpsbg', service: sandbox.vpsbg.seeded.cancelled, when });

  it('takes the place of the first if the API accepts it', async () => {
    expect(await cancel('immediate')).toMatchObject({ outcome: 'requested' });
    expect(sandbox.vpsbg.service(sandbox.vpsbg.seeded.cancelled.serverId).cancellation).toMatchObject({
      when: 'immediate',
    });
  });

  it('is rejected, in the API’s words, if the API refuses it', async () => {
    sandbox.vpsbg.configure({ repeatedCancel: 'refused' });
    const failure = await failureOf(cancel('immediate'));
    expect(failure).toMatchObject({ code: 'rejected', providerStatus: 422, attempts: 1 });
    expect(failure.message).toMatch(/cannot be cancelled/);
  });
});
