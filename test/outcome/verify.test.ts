import type { When } from 'cancelkit';
import type { Sandbox } from 'cancelkit/sandbox';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { fetchAndThen, READABLE, servicesOf, startAt8, targetAt, type SandboxService, IMPATIENT } from './set-up.ts';

let sandbox: Sandbox;
let services: SandboxService;
beforeEach(async () => {
  sandbox = await startAt8();
  services = servicesOf(sandbox);
  return () => sandbox.close();
});

const VERIFY = { verify: true } as const;
const codes = ({ warnings }: { readonly warnings: readonly { readonly code: string }[] }): string[] =>
  warnings.map(({ code }) => code);
const date = (value: string, precision: 'date' | 'instant'): object => ({ value, precision, source: 'provider' });

describe('a verified cancellation at VPSBG', () => {
  const cancel = (when: When): ReturnType<SandboxService['cancel']> =>
    services.cancel({ account: 'vpsbg', service: sandbox.vpsbg.seeded.active, when }, VERIFY);

  it('is scheduled, with the end of the paid month', async () => {
    const result = await cancel('end_of_period');
    const effectiveAt = date('2026-03-30T08:00:00.000Z', 'instant');
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt, reconciled: false, attempts: 2 });
    expect(result.existing).toMatchObject({ state: 'scheduled', when: 'end_of_period', effectiveAt });
    expect(codes(result)).toEqual([]);
  });

  it('is requested if it is immediate: the server is only suspended yet', async () => {
    const result = await cancel('immediate');
    expect(result).toMatchObject({ outcome: 'requested', existing: { when: 'immediate' } });
    expect(result).not.toHaveProperty('effectiveAt');
    expect(codes(result)).toEqual(['immediate_deferred']);
  });

  it.each(['typed', 'flag'] as const)('is requested, and no more, where the API shows no timing: %s', async (form) => {
    sandbox.vpsbg.configure({ cancelRequest: form });
    const result = await cancel('end_of_period');
    expect(result).toMatchObject({ outcome: 'requested', existing: { state: 'requested' } });
    expect(result).not.toHaveProperty('effectiveAt');
  });
});

describe('a verified cancellation of a hosting', () => {
  const cancel = (when: When): ReturnType<SandboxService['cancel']> =>
    services.cancel({ account: 'hosting', service: sandbox.hosting.seeded.active, when, reason: 'Over' }, VERIFY);

  it('is requested while its job waits, and keeps the date and the id of the response', async () => {
    const result = await cancel('end_of_period');
    expect(result).toMatchObject({ outcome: 'requested', effectiveAt: date('2026-03-30', 'date'), attempts: 3 });
    expect(result.providerReference).toBe(
      sandbox.hosting.service(sandbox.hosting.seeded.active.hostingId).jobs[0]?.responseId,
    );
    expect(codes(result)).toEqual([]);
  });

  it('is scheduled once its job is done', async () => {
    sandbox.hosting.configure({ jobDelayMs: 0 });
    expect(await cancel('end_of_period')).toMatchObject({
      outcome: 'scheduled',
      effectiveAt: date('2026-03-30', 'date'),
      existing: { state: 'scheduled', when: 'end_of_period', revocable: true },
      warnings: [],
    });
  });

  it.each(['gone', 'listed'] as const)(
    'is completed once the job has deleted it and it is %s',
    async (deletedHosting) => {
      sandbox.hosting.configure({ jobDelayMs: 0, deletedHosting });
      const result = await cancel('immediate');
      expect(result).toMatchObject({ outcome: 'completed', existing: { state: 'completed', revocable: false } });
      expect(result).not.toHaveProperty('effectiveAt');
      expect(codes(result)).toEqual([]);
    },
  );

  it.each(['end_of_period', 'immediate'] as const)('is refused where its own job failed: %s', async (when) => {
    sandbox.hosting.configure({ jobDelayMs: 0 });
    sandbox.hosting.failJobs();
    const failure = await failureOf(cancel(when));
    expect(failure).toMatchObject({ code: 'rejected', provider: 'hosting' });
    expect(failure.message).toMatch(/job failed: nothing was cancelled/);
    expect(failure).not.toHaveProperty('sentAt');
    expect(sandbox.hosting.service(sandbox.hosting.seeded.active.hostingId).cancellation).toBeNull();
  });

  it('is judged by its own job, not by the one that failed before', async () => {
    sandbox.hosting.failJobs();
    await services.cancel({ account: 'hosting', service: sandbox.hosting.seeded.active, when: 'immediate' });
    sandbox.clock.advance({ minutes: 1 });
    sandbox.hosting.configure({ jobDelayMs: 0 });
    expect(await cancel('end_of_period')).toMatchObject({ outcome: 'scheduled' });
  });

  it('is not verified if the job is done and the hosting still looks untouched', async () => {
    sandbox.hosting.configure({ jobDelayMs: 0, serviceStatusAfterCancel: 'active' });
    const result = await cancel('end_of_period');
    expect(result.outcome).toBe('requested');
    expect(result.warnings).toMatchObject([
      { code: 'not_verified', message: expect.stringMatching(/its state was: unknown/) },
    ]);
  });
});

describe('a verified cancellation at WHMCS', () => {
  it.each([
    ['scheduled for the due date', 'active', 'end_of_period', 'scheduled', []],
    ['requested where there is no due date', 'free', 'end_of_period', 'requested', []],
    [
      'requested where it is immediate and waits for the cron',
      'active',
      'immediate',
      'requested',
      ['immediate_deferred'],
    ],
  ] as const)('is %s', async (_name, service, when, outcome, warnings) => {
    const request = { account: 'whmcs', service: sandbox.whmcs.seeded[service], when } as const;
    const result = await services.cancel(request, VERIFY);
    expect(result).toMatchObject({ outcome, attempts: 3, existing: { state: outcome, when } });
    expect(result.effectiveAt).toEqual(outcome === 'scheduled' ? date('2026-03-30', 'date') : undefined);
    expect(codes(result)).toEqual(warnings);
  });

  it.each([
    [
      'completed where a person ended the service meanwhile',
      (id: number) => sandbox.whmcs.terminate(id),
      'completed',
      [],
    ],
    [
      'not verified where a person removed the request meanwhile',
      (id: number) => sandbox.whmcs.deleteCancellationRequest(id),
      'requested',
      ['not_verified'],
    ],
  ] as const)('is %s', async (_name, happens, outcome, warnings) => {
    const service = sandbox.whmcs.seeded.active;
    const fetch = fetchAndThen((answers) => {
      if (answers === 1) happens(service.serviceId);
    });
    const result = await servicesOf(sandbox, { fetch }).cancel(
      { account: 'whmcs', service, when: 'end_of_period' },
      VERIFY,
    );
    expect(result.outcome).toBe(outcome);
    expect(codes(result)).toEqual(warnings);
  });
});

describe('a cancellation that is verified while somebody else cancels with another timing', () => {
  it('stays what was accepted, with a warning', async () => {
    const service = sandbox.vpsbg.seeded.active;
    const fetch = fetchAndThen(async (answers) => {
      if (answers === 1) await services.cancel({ account: 'vpsbg', service, when: 'immediate' });
    });
    const result = await servicesOf(sandbox, { fetch }).cancel(
      { account: 'vpsbg', service, when: 'end_of_period' },
      VERIFY,
    );
    expect(result).toMatchObject({ outcome: 'requested', when: 'end_of_period' });
    expect(result.warnings).toMatchObject([
      { code: 'not_verified', message: expect.stringMatching(/its timing was: immediate/) },
    ]);
  });
});

describe('a verified cancellation if nothing can be read back', () => {
  it('is what EDIS said, with a warning', async () => {
    const { kvmId } = sandbox.edis.seeded.active;
    const result = await services.cancel({ account: 'edis', service: { kvmId }, when: 'end_of_period' }, VERIFY);
    expect(result).toMatchObject({ outcome: 'requested', attempts: 1 });
    expect(codes(result)).toEqual(['not_verified']);
    expect(result).not.toHaveProperty('existing');
  });

  it('is what VPSBG said of an addon, whose state it does not show, with a warning', async () => {
    const service = { serverId: 7301, addonId: 73011 };
    const order = { account: 'vpsbg', service, when: 'end_of_period', reason: 'Over' } as const;
    const result = await services.cancel(order, VERIFY);
    expect(result).toMatchObject({ outcome: 'requested', attempts: 2 });
    expect(result.warnings).toMatchObject([
      { code: 'not_verified', message: expect.stringMatching(/its state was: unknown/) },
    ]);
  });

  it.each(['reset', 'server_error', 'html', 'truncated', 'hang'] as const)(
    'is still a success at every provider where every read-back ends in %s',
    async (kind) => {
      await Promise.all(
        READABLE.map(async (provider) => {
          const target = targetAt(provider, sandbox, servicesOf(sandbox, kind === 'hang' ? IMPATIENT : {}));
          target.faultyReads({ kind, executed: true });
          const options = kind === 'hang' ? { deadlineMs: 800 } : {};
          const result = await target.cancel('end_of_period', { verify: true, ...options });
          expect(result).toMatchObject({ outcome: 'requested', reconciled: false });
          expect(result.warnings).toMatchObject([
            { code: 'not_verified', message: expect.stringMatching(/could not be read back/) },
          ]);
          expect([target.writes(), target.timesCancelled()]).toEqual([1, 1]);
        }),
      );
    },
  );

  it.each(READABLE)('is still a success at %s where the caller gives up while it is read back', async (provider) => {
    const target = targetAt(provider, sandbox);
    target.faultyReads({ kind: 'hang', executed: true });
    const controller = new AbortController();
    const pending = target.cancel('end_of_period', { verify: true, signal: controller.signal });
    await expect.poll(() => sandbox[provider].requests.length).toBe(2);
    controller.abort();
    expect(codes(await pending)).toEqual(['not_verified']);
  });
});

describe('a cancellation that is not to be verified', () => {
  it.each(READABLE)('is not read back at %s', async (provider) => {
    const target = targetAt(provider, sandbox);
    expect(await target.cancel('end_of_period')).toMatchObject({ outcome: 'requested', attempts: 1 });
    expect(sandbox[provider].requests).toHaveLength(1);
  });
});
