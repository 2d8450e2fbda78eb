import { createCancelService } from 'cancelkit';
import { hetzner } from 'cancelkit/hetzner';
import { describe, expect, it } from 'vitest';
import { checkAccount } from '../../../src/service/check-account.ts';
import { failureOf } from '../../support/failure.ts';
import { sandboxPerTest } from '../sandbox-per-test.ts';

// The adapter and the emulator were written apart, each from the facts.

const TODAY = '2096-03-10';
const END = '2096-03-30';
const account = 'hetzner';
const sandbox = sandboxPerTest();
const open = () => createCancelService({ hetzner: sandbox().accounts.hetzner }, { attemptTimeoutMs: 500 });

describe('Hetzner Robot over real HTTP', () => {
  it('lists what is possible, cancels for the earliest date, and withdraws', async () => {
    const { active: service } = sandbox().hetzner.seeded;
    const { timings, reasons = [] } = await open().options({ account, service });
    expect(timings).toMatchObject([
      { timing: 'earliest', effectiveAt: { value: END } },
      { timing: 'on_date', from: END },
    ]);
    const reason = { providerCode: reasons.at(-1)?.code };
    const result = await open().cancel({ account, service, when: 'earliest', reason });
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: END } });
    const { existing } = await open().options({ account, service });
    expect(existing).toMatchObject({ state: 'scheduled', reason: reason.providerCode, revocable: true });
    expect(await open().revoke({ account, service })).toMatchObject({ outcome: 'revoked' });
    expect(sandbox().hetzner.service(service.serverNumber)).toMatchObject({ cancellation: null, timesCancelled: 1 });
    const undo = sandbox().hetzner.requests.find(({ method }) => method === 'DELETE');
    expect(undo?.body).toBe('');
    expect(undo?.headers).not.toHaveProperty('content-type');
  });

  it('cancels for a later date, after which the server is gone', async () => {
    const { active: service } = sandbox().hetzner.seeded;
    const result = await open().cancel({ account, service, when: { on: '2096-04-15' } });
    expect(result).toMatchObject({ effectiveAt: { value: '2096-04-15', precision: 'date' } });
    sandbox().clock.set(new Date('2096-04-16T00:00:00Z'));
    expect(sandbox().hetzner.service(service.serverNumber).ended).toBe(true);
    expect(await failureOf(open().status({ account, service }))).toMatchObject({ code: 'not_found' });
  });

  it('ends a server now if it can end today', async () => {
    const { hourly: service } = sandbox().hetzner.seeded;
    expect((await open().options({ account, service })).timings[0]).toEqual({ timing: 'immediate' });
    const result = await open().cancel({ account, service, when: 'immediate' });
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: TODAY } });
    expect(sandbox().hetzner.service(service.serverNumber)).toMatchObject({ ended: true, timesCancelled: 1 });
  });

  it.each(['refused', 'ends_now', 'deferred'] as const)(
    'does not send now before the earliest date, whatever it would do: %s',
    async (nowTooEarly) => {
      sandbox().hetzner.configure({ nowTooEarly });
      const { active: service } = sandbox().hetzner.seeded;
      const error = await failureOf(open().cancel({ account, service, when: 'immediate' }));
      expect(error).toMatchObject({ code: 'date_too_early', earliest: { value: END } });
      expect(sandbox().hetzner.service(service.serverNumber).timesCancelled).toBe(0);
    },
  );

  it('asks for the reservation if one is possible, and sends the response', async () => {
    const { reservable: service } = sandbox().hetzner.seeded;
    expect((await open().options({ account, service })).requiredExtras).toEqual(['reserveLocation']);
    const asked = { account, service, when: 'earliest' } as const;
    expect(await failureOf(open().cancel(asked))).toMatchObject({ code: 'invalid_request' });
    const result = await open().cancel({ ...asked, extras: { reserveLocation: true } });
    expect(result.warnings.map(({ code }) => code)).toEqual(['side_effect']);
    expect(sandbox().hetzner.service(service.serverNumber)).toMatchObject({ reserved: true, timesCancelled: 1 });
  });

  it.each([
    ['hang', { kind: 'hang', executed: true }],
    ['reset', { kind: 'reset', executed: true }],
    ['server error', { kind: 'server_error', executed: true }],
    ['truncated answer', { kind: 'truncated', executed: true }],
  ] as const)('reads back what a %s hides, and cancels once', async (_name, fault) => {
    const { active, hourly } = sandbox().hetzner.seeded;
    sandbox().hetzner.fault({ ...fault, times: 2, only: ({ method }) => method === 'POST' });
    const result = await open().cancel({ account, service: active, when: 'earliest' });
    expect(result).toMatchObject({ outcome: 'scheduled', reconciled: true, effectiveAt: { value: END } });
    // A server that ended now is gone when it is read back.
    const gone = await open().cancel({ account, service: hourly, when: 'immediate' });
    expect(gone).toMatchObject({ outcome: 'completed', reconciled: true });
    for (const { serverNumber } of [active, hourly]) {
      expect(sandbox().hetzner.service(serverNumber).timesCancelled).toBe(1);
    }
  });

  it('finds a cancellation that exists, and keeps it', async () => {
    const { cancelled: service } = sandbox().hetzner.seeded;
    expect(await open().cancel({ account, service, when: { on: END } })).toMatchObject({
      outcome: 'already_cancelled',
    });
    for (const when of ['immediate', { on: '2096-05-30' }] as const) {
      expect(await failureOf(open().cancel({ account, service, when }))).toMatchObject({ code: 'timing_conflict' });
    }
    expect(sandbox().hetzner.service(service.serverNumber).timesCancelled).toBe(1);
  });

  it('does not take a transfer for a cancellation', async () => {
    const { inTransfer: service } = sandbox().hetzner.seeded;
    const error = await failureOf(open().cancel({ account, service, when: 'earliest' }));
    expect(error).toMatchObject({ code: 'not_cancellable', providerCode: 'CONFLICT' });
  });

  it.each([
    ['too_late', 'rejected'],
    ['ignored', 'outcome_unknown'],
  ] as const)('does not believe an undo that is %s', async (undo, code) => {
    sandbox().hetzner.configure({ undo });
    const { cancelled: service } = sandbox().hetzner.seeded;
    expect(await failureOf(open().revoke({ account, service }))).toMatchObject({ code });
    expect(sandbox().hetzner.service(service.serverNumber).cancellation).not.toBeNull();
  });

  it('says that there were too many requests, and cancels nothing', async () => {
    sandbox().hetzner.configure({ requestsPerHour: 1 });
    const { active: service, hourly } = sandbox().hetzner.seeded;
    await open().status({ account, service: hourly });
    const error = await failureOf(open().cancel({ account, service, when: 'earliest' }));
    expect(error).toMatchObject({ code: 'rate_limited', providerStatus: 403, retryable: true });
    expect(sandbox().hetzner.service(service.serverNumber).timesCancelled).toBe(0);
  });

  it('sends a bad login once for a whole list, so that the address is not blocked', async () => {
    const bad = hetzner({ ...sandbox().settings.hetzner, password: 'not the password' });
    const services = createCancelService({ bad });
    const outcomes = [];
    const list = sandbox()
      .hetzner.services()
      .map(({ serverNumber }) => ({
        account: 'bad' as const,
        service: { serverNumber },
        when: 'earliest' as const,
      }));
    for await (const outcome of services.cancelMany(list)) outcomes.push(outcome.ok || outcome.error.code);
    expect(outcomes).toEqual(list.map(() => 'unauthorized'));
    expect(sandbox().hetzner.requests).toHaveLength(1);
    expect(await checkAccount(account, sandbox().accounts.hetzner)).toMatchObject({ basis: 'documented' });
  });
});
