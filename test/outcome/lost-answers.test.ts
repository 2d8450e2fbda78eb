import type { CancelResult, UnknownReason, When } from 'cancelkit';
import type { Fault, Sandbox } from 'cancelkit/sandbox';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import {
  fetchAndThen,
  isWrite,
  READABLE,
  servicesOf,
  startAt8,
  targetAt,
  TIMINGS,
  type Readable,
  IMPATIENT,
} from './set-up.ts';

let sandbox: Sandbox;

/** A sandbox for each test, where its own services or settings are changed. */
function eachItsOwn(): void {
  beforeEach(async () => {
    sandbox = await startAt8();
    return () => sandbox.close();
  });
}

/** One sandbox for all, where every test has a service of its own. */
function oneForAll(): void {
  beforeAll(async () => {
    sandbox = await startAt8();
    return () => sandbox.close();
  });
  beforeEach(() => {
    for (const server of [sandbox.edis, sandbox.vpsbg, sandbox.hosting, sandbox.whmcs]) {
      server.clearFaults();
      server.clearRequests();
    }
  });
}

/** What is known once the state has been read after a cancellation that took effect. */
const found = (provider: Readable, when: When): Partial<CancelResult> => {
  if (provider === 'hosting')
    return { outcome: 'requested', existing: expect.objectContaining({ state: 'requested' }) };
  if (when === 'immediate')
    return { outcome: 'requested', existing: expect.objectContaining({ state: 'requested', when }) };
  const effectiveAt =
    provider === 'vpsbg'
      ? ({ value: '2026-04-10T08:00:00.000Z', precision: 'instant', source: 'provider' } as const)
      : ({ value: '2026-04-10', precision: 'date', source: 'provider' } as const);
  return {
    outcome: 'scheduled',
    effectiveAt,
    existing: expect.objectContaining({ state: 'scheduled', when, effectiveAt }),
  };
};

type Case = readonly [name: string, fault: (executed: boolean) => Fault, reason: UnknownReason];

const LOST: readonly Case[] = [
  ['a reset', (executed) => ({ kind: 'reset', executed }), 'connection_lost'],
  ['a maintenance page', (executed) => ({ kind: 'html', executed }), 'unreadable_answer'],
  ['a firewall’s page with 403', (executed) => ({ kind: 'html', status: 403, executed }), 'unreadable_answer'],
  ['half the JSON', (executed) => ({ kind: 'truncated', executed }), 'unreadable_answer'],
  ['a body over 256 KiB', (executed) => ({ kind: 'oversize', bytes: 300_000, executed }), 'unreadable_answer'],
  ['the server’s own 500', (executed) => ({ kind: 'server_error', executed }), 'server_error'],
  ['a gateway’s 502', (executed) => ({ kind: 'server_error', status: 502, executed }), 'server_error'],
  ['a 503', (executed) => ({ kind: 'server_error', status: 503, executed, retryAfter: 1 }), 'server_error'],
  ['a gateway’s 504', (executed) => ({ kind: 'server_error', status: 504, executed }), 'server_error'],
];

const SILENCE: Case = ['silence', (executed) => ({ kind: 'hang', executed }), 'timeout'];

const LOST_WITHOUT_A_BODY: Case = [
  'a 200 without a body',
  (executed) => ({ kind: 'empty', executed }),
  'unreadable_answer',
];

describe.each(READABLE)('a cancellation at %s', (provider) => {
  oneForAll();

  describe.each(TIMINGS)('%s', (when) => {
    // A 200 without a body is one of the ways in which VPSBG says yes.
    const cases = provider === 'vpsbg' ? LOST : [...LOST, LOST_WITHOUT_A_BODY];

    it.each(cases)('that was carried out and answered with %s is found by reading back', async (_name, fault) => {
      const target = targetAt(provider, sandbox);
      target.faultyCancel(fault(true));
      const result = await target.cancel(when);
      expect(result).toMatchObject({ ...found(provider, when), when, reconciled: true });
      expect(result.warnings.map(({ code }) => code)).toEqual(provider === 'hosting' ? ['timing_unknown'] : []);
      expect(target.writes()).toBe(1);
      expect(target.timesCancelled()).toBe(1);
    });

    it.each(cases)('that was not carried out and answered with %s is unknown', async (_name, fault, reason) => {
      const target = targetAt(provider, sandbox);
      target.faultyCancel(fault(false));
      const failure = await failureOf(target.cancel(when));
      expect(failure).toMatchObject({ code: 'outcome_unknown', reason, lastSeen: 'none', retryable: false });
      expect(Date.parse(failure.sentAt ?? '')).toBeGreaterThan(Date.now() - 20_000);
      expect(failure.message).toMatch(/Read back afterwards: none\.$/);
      expect(failure).not.toHaveProperty('existing');
      expect(failure).not.toHaveProperty('retryAt');
      expect(target.writes()).toBe(1);
      expect(target.timesCancelled()).toBe(0);
      expect(await target.status()).toMatchObject({ state: 'none' });
    });

    it('that was carried out and answered with half a body is found by reading back', async () => {
      const target = targetAt(provider, sandbox);
      target.faultyCancel({ kind: 'cut_body' });
      expect(await target.cancel(when)).toMatchObject({ ...found(provider, when), reconciled: true });
      expect([target.writes(), target.timesCancelled()]).toEqual([1, 1]);
    });
  });

  it('is found if the first read-back is lost too', async () => {
    const target = targetAt(provider, sandbox);
    target.faultyCancel({ kind: 'reset', executed: true });
    sandbox[provider].fault({ kind: 'reset', executed: true, only: (request) => !isWrite(request) });
    expect(await target.cancel('end_of_period')).toMatchObject({ reconciled: true });
    expect([target.writes(), target.timesCancelled()]).toEqual([1, 1]);
  });

  it('is not read back once the caller has aborted it', async () => {
    const target = targetAt(provider, sandbox);
    target.faultyCancel({ kind: 'hang', executed: true });
    const controller = new AbortController();
    const pending = failureOf(target.cancel('end_of_period', { signal: controller.signal }));
    await expect.poll(target.writes).toBe(1);
    controller.abort();
    expect(await pending).toMatchObject({ code: 'outcome_unknown', reason: 'aborted', attempts: 1 });
    expect(sandbox[provider].requests).toHaveLength(1);
  });

  it('is unknown once its deadline has passed, and does not outlive it', async () => {
    const target = targetAt(provider, sandbox);
    target.faultyCancel({ kind: 'hang', executed: true });
    const start = performance.now();
    const failure = await failureOf(target.cancel('end_of_period', { deadlineMs: 150 }));
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'timeout' });
    expect(failure).not.toHaveProperty('lastSeen');
    expect(target.writes()).toBe(1);
  });

  it('that was refused unprocessed is sent again, and takes effect once', async () => {
    const target = targetAt(provider, sandbox);
    target.faultyCancel({ kind: 'rate_limit' });
    expect(await target.cancel('end_of_period')).toMatchObject({
      outcome: 'requested',
      reconciled: false,
      attempts: 2,
    });
    expect([target.writes(), target.timesCancelled()]).toEqual([2, 1]);
  });

  it('that is answered with a redirect is not followed, not sent again and not carried out', async () => {
    const target = targetAt(provider, sandbox);
    target.faultyCancel({ kind: 'redirect', location: '/elsewhere' });
    expect(await failureOf(target.cancel('end_of_period'))).toMatchObject({
      code: 'unexpected_response',
      providerStatus: 307,
    });
    expect(sandbox[provider].requests).toHaveLength(1);
    expect(target.timesCancelled()).toBe(0);
  });

  it('that is answered with 303 may have been carried out', async () => {
    const target = targetAt(provider, sandbox);
    target.faultyCancel({ kind: 'redirect', status: 303, location: '/done' });
    expect(await failureOf(target.cancel('end_of_period'))).toMatchObject({
      code: 'outcome_unknown',
      providerStatus: 303,
      lastSeen: 'none',
    });
    expect(target.writes()).toBe(1);
  });

  it('says what it did, in events, in this order', async () => {
    const seen: string[] = [];
    const services = servicesOf(sandbox, {
      onEvent: (event) => seen.push(event.type === 'read_back' ? `${event.type}: ${event.because}` : event.type),
    });
    const target = targetAt(provider, sandbox, services);
    target.faultyCancel({ kind: 'reset', executed: true });
    await target.cancel('end_of_period');
    const reads = provider === 'vpsbg' ? 1 : 2;
    const eachRead = Array.from({ length: reads }, () => ['attempt', 'answer']).flat();
    expect(seen).toEqual(['attempt', 'answer', 'read_back: connection_lost', ...eachRead, 'outcome']);
  });
});

const EVERYWHERE = READABLE.flatMap((provider) => TIMINGS.map((when) => ({ provider, when })));

describe('a cancellation at any provider that can be read back', () => {
  oneForAll();

  it.each(['reset', 'server_error', 'html', 'truncated'] as const)(
    'and that was carried out is unknown, without a state, where every read-back ends in %s',
    async (kind) => {
      await Promise.all(
        READABLE.map(async (provider) => {
          const target = targetAt(provider, sandbox);
          target.faultyCancel({ kind: 'reset', executed: true });
          target.faultyReads({ kind, executed: true });
          const failure = await failureOf(target.cancel('end_of_period'));
          expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost', retryable: false });
          expect(failure).not.toHaveProperty('lastSeen');
          expect(failure.message).toMatch(/It could not be read back\.$/);
          expect([target.writes(), target.timesCancelled()]).toEqual([1, 1]);
        }),
      );
    },
  );

  it('and that was carried out, but never answered, is found by reading back', async () => {
    const services = servicesOf(sandbox, IMPATIENT);
    await Promise.all(
      EVERYWHERE.map(async ({ provider, when }) => {
        const target = targetAt(provider, sandbox, services);
        target.faultyCancel({ kind: 'hang', executed: true });
        expect(await target.cancel(when)).toMatchObject({ ...found(provider, when), reconciled: true });
        expect(target.timesCancelled()).toBe(1);
      }),
    );
    for (const provider of READABLE) expect(sandbox[provider].requests.filter(isWrite)).toHaveLength(TIMINGS.length);
  });

  it('and that was neither carried out nor answered is unknown', async () => {
    const services = servicesOf(sandbox, IMPATIENT);
    await Promise.all(
      EVERYWHERE.map(async ({ provider, when }) => {
        const target = targetAt(provider, sandbox, services);
        target.faultyCancel({ kind: 'hang', executed: false });
        const failure = await failureOf(target.cancel(when));
        expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'timeout', lastSeen: 'none' });
        expect(target.timesCancelled()).toBe(0);
      }),
    );
    for (const provider of READABLE) expect(sandbox[provider].requests.filter(isWrite)).toHaveLength(TIMINGS.length);
  });

  it.each(['reset', 'hang'] as const)(
    'and that is carried out only later, after a %s, is unknown now and found later',
    async (connection) => {
      const services = servicesOf(sandbox, IMPATIENT);
      await Promise.all(
        EVERYWHERE.map(async ({ provider, when }) => {
          const target = targetAt(provider, sandbox, services);
          target.faultyCancel({ kind: 'late_execution', ms: 700, connection });
          const failure = await failureOf(target.cancel(when));
          expect(failure).toMatchObject({ code: 'outcome_unknown', lastSeen: 'none' });
          await expect.poll(target.timesCancelled).toBe(1);
          expect(await target.status()).toMatchObject({ state: found(provider, when).outcome });
        }),
      );
      for (const provider of READABLE) expect(sandbox[provider].requests.filter(isWrite)).toHaveLength(TIMINGS.length);
    },
  );
});

describe('a cancellation whose response was lost, over an earlier one with another timing', () => {
  eachItsOwn();

  it.each([
    ['vpsbg', { serverId: 7302 }],
    ['whmcs', { serviceId: 103 }],
  ] as const)('is unknown at %s if only the earlier one is found', async (account, service) => {
    sandbox[account].fault({ kind: 'reset', executed: false });
    const services = servicesOf(sandbox);
    const order = { when: 'immediate' } as const;
    const failure = await failureOf(
      account === 'vpsbg'
        ? services.cancel({ account, service, ...order })
        : services.cancel({ account, service, ...order }),
    );
    expect(failure).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'scheduled',
      existing: { state: 'scheduled', when: 'end_of_period' },
    });
    expect(sandbox[account].requests.filter(isWrite)).toHaveLength(1);
  });

  it('is found at VPSBG if it has taken the place of the earlier one', async () => {
    sandbox.vpsbg.fault({ kind: 'reset', executed: true });
    const service = sandbox.vpsbg.seeded.cancelled;
    expect(await servicesOf(sandbox).cancel({ account: 'vpsbg', service, when: 'immediate' })).toMatchObject({
      outcome: 'requested',
      reconciled: true,
      existing: { when: 'immediate' },
    });
  });

  it.each(['typed', 'flag'] as const)('is found, with a warning, if VPSBG shows no timing: %s', async (form) => {
    sandbox.vpsbg.configure({ cancelRequest: form });
    const target = targetAt('vpsbg', sandbox);
    target.faultyCancel({ kind: 'reset', executed: true });
    expect(await target.cancel('immediate')).toMatchObject({
      outcome: 'requested',
      reconciled: true,
      warnings: [{ code: 'timing_unknown' }],
    });
  });
});

describe('a cancellation that is over before the read-back', () => {
  eachItsOwn();

  it('is completed at WHMCS, if a person has ended the service meanwhile', async () => {
    const service = sandbox.whmcs.seeded.active;
    sandbox.whmcs.fault({ kind: 'server_error', executed: true, only: isWrite });
    const services = servicesOf(sandbox, {
      fetch: fetchAndThen((answers) => {
        if (answers === 1) sandbox.whmcs.terminate(service.serviceId);
      }),
    });
    expect(await services.cancel({ account: 'whmcs', service, when: 'end_of_period' })).toMatchObject({
      outcome: 'completed',
      reconciled: true,
    });
  });

  it('is completed at a hosting that is gone, whose history shows its cancellation', async () => {
    sandbox.hosting.configure({ jobDelayMs: 0 });
    const target = targetAt('hosting', sandbox);
    target.faultyCancel({ kind: 'reset', executed: true });
    expect(await target.cancel('immediate')).toMatchObject({
      outcome: 'completed',
      reconciled: true,
      existing: { state: 'completed' },
    });
    expect([target.writes(), target.timesCancelled()]).toEqual([1, 1]);
  });

  it('is unknown at a hosting that is gone without a trace, and says what was seen', async () => {
    const service = { hostingId: '1_neverThere', domain: 'example.com' };
    sandbox.hosting.fault({ kind: 'reset', executed: true, only: isWrite });
    const failure = await failureOf(
      servicesOf(sandbox).cancel({ account: 'hosting', service, when: 'immediate', reason: 'Over' }),
    );
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost', lastSeen: 'absent' });
    expect(failure.message).toMatch(/no such service: either the cancellation took effect, or the id was wrong/);
  });

  it('is unknown at a hosting whose job has failed, since another may still be in flight', async () => {
    sandbox.hosting.configure({ jobDelayMs: 0 });
    sandbox.hosting.failJobs();
    const target = targetAt('hosting', sandbox);
    target.faultyCancel({ kind: 'reset', executed: true });
    expect(await failureOf(target.cancel('end_of_period'))).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'failed',
      existing: { state: 'failed' },
    });
  });
});

describe('an error of unknown wording at WHMCS', () => {
  eachItsOwn();

  const message = 'Stripe: the card was declined';

  it.each(TIMINGS)('is a success where the request was stored all the same: %s', async (when) => {
    const target = targetAt('whmcs', sandbox);
    sandbox.whmcs.failNextCancel({ message, executed: true });
    expect(await target.cancel(when)).toMatchObject({ ...found('whmcs', when), reconciled: true, attempts: 3 });
    expect([target.writes(), target.timesCancelled()]).toEqual([1, 1]);
  });

  it.each(TIMINGS)('is a refusal where nothing was stored: %s', async (when) => {
    const target = targetAt('whmcs', sandbox);
    sandbox.whmcs.failNextCancel({ message, executed: false });
    const failure = await failureOf(target.cancel(when));
    expect(failure).toMatchObject({ code: 'rejected', providerStatus: 200, providerMessage: message, attempts: 3 });
    expect(failure).not.toHaveProperty('reason');
    expect(failure).not.toHaveProperty('sentAt');
    expect(failure.message).toMatch(/Read back afterwards: nothing was stored\.$/);
    expect([target.writes(), target.timesCancelled()]).toEqual([1, 0]);
  });

  it.each([true, false])('is unknown where it cannot be read back; stored: %s', async (executed) => {
    const target = targetAt('whmcs', sandbox);
    sandbox.whmcs.failNextCancel({ message, executed });
    target.faultyReads({ kind: 'html', executed: false });
    const failure = await failureOf(target.cancel('end_of_period'));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'provider_error', providerMessage: message });
    expect(failure).not.toHaveProperty('lastSeen');
    expect(target.writes()).toBe(1);
  });

  it('is unknown if only the list of requests cannot be read', async () => {
    const target = targetAt('whmcs', sandbox);
    sandbox.whmcs.failNextCancel({ message, executed: true });
    sandbox.whmcs.fault({
      kind: 'html',
      executed: false,
      times: Infinity,
      only: ({ body }) => body.includes('GetCancelledPackages'),
    });
    expect(await failureOf(target.cancel('end_of_period'))).toMatchObject({ code: 'outcome_unknown' });
  });
});

describe('a locked server at VPSBG', () => {
  eachItsOwn();

  it.each([
    ['is cancelled later all the same', true, { state: 'scheduled', when: 'end_of_period' }, 1],
    ['stays unchanged', false, { state: 'none' }, 0],
  ] as const)('%s: nobody can know from the 423', async (_name, landing, later, times) => {
    const service = sandbox.vpsbg.seeded.active;
    sandbox.vpsbg.lock(service.serverId, { landing });
    const services = servicesOf(sandbox);
    const failure = await failureOf(services.cancel({ account: 'vpsbg', service, when: 'end_of_period' }));
    expect(failure).toMatchObject({
      code: 'outcome_unknown',
      reason: 'provider_error',
      providerStatus: 423,
      lastSeen: 'none',
    });
    expect(failure).toMatchObject({ providerMessage: 'The server is locked.', retryable: false, attempts: 2 });
    sandbox.clock.advance({ seconds: 30 });
    expect(await services.status({ account: 'vpsbg', service })).toMatchObject(later);
    expect(sandbox.vpsbg.service(service.serverId).timesCancelled).toBe(times);
    expect(sandbox.vpsbg.requests.filter(isWrite)).toHaveLength(1);
  });

  it('is cancelled if it lands before the read-back', async () => {
    const service = sandbox.vpsbg.seeded.active;
    sandbox.vpsbg.lock(service.serverId, { landing: true });
    const services = servicesOf(sandbox, {
      fetch: fetchAndThen((answers) => {
        if (answers === 1) sandbox.clock.advance({ seconds: 30 });
      }),
    });
    expect(await services.cancel({ account: 'vpsbg', service, when: 'end_of_period' })).toMatchObject({
      outcome: 'scheduled',
      reconciled: true,
    });
  });
});

describe('a cancellation at EDIS, which cannot be read back', () => {
  oneForAll();

  it.each(
    [...LOST, SILENCE, LOST_WITHOUT_A_BODY].flatMap(([name, fault, reason]) =>
      [true, false].map((executed) => ({ name, fault: fault(executed), reason, executed })),
    ),
  )('is unknown after $name, carried out or not: $executed', async ({ fault, reason, executed }) => {
    const { kvmId } = sandbox.edis.add();
    sandbox.edis.fault(fault);
    const failure = await failureOf(
      servicesOf(sandbox, IMPATIENT).cancel({ account: 'edis', service: { kvmId }, when: 'immediate' }),
    );
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason, attempts: 1, retryable: false });
    expect(failure).not.toHaveProperty('lastSeen');
    expect(sandbox.edis.requests).toHaveLength(1);
    expect(sandbox.edis.service(kvmId).timesCancelled).toBe(executed ? 1 : 0);
  });
});
