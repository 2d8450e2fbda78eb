import { createCancelService } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { checkAccount } from '../../../src/service/check-account.ts';
import { failureOf } from '../../support/failure.ts';
import { sandboxPerTest } from '../sandbox-per-test.ts';

// The adapter and the emulator were written apart, each from the facts.

const END = '2096-03-30T00:00:00.000Z';
const account = 'ovh';
const sandbox = sandboxPerTest();
const open = () => createCancelService({ ovh: sandbox().accounts.ovh }, { attemptTimeoutMs: 500 });
const only = ({ method, path }: { method: string; path: string }) => method !== 'GET' && !path.includes('auth');

describe('OVHcloud over real HTTP', () => {
  it('lists what is possible, cancels to the end of the period, and withdraws', async () => {
    const { active: service } = sandbox().ovh.seeded;
    const { timings } = await open().options({ account, service });
    expect(timings).toEqual([
      { timing: 'end_of_period', effectiveAt: { value: END, precision: 'instant', source: 'provider' } },
      { timing: 'immediate' },
    ]);
    const result = await open().cancel({ account, service, when: 'end_of_period' }, { verify: true });
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: END }, warnings: [] });
    expect(result.providerRequestId).toMatch(/^SBX\.emulated-\d+$/);
    expect((await open().options({ account, service })).existing).toMatchObject({ state: 'scheduled' });
    expect(await open().revoke({ account, service })).toMatchObject({ outcome: 'revoked' });
    expect(sandbox().ovh.service(service.serviceId)).toMatchObject({ cancellation: null, timesCancelled: 1 });
  });

  it('learns the API’s clock once, and signs by it', async () => {
    const { active: service } = sandbox().ovh.seeded;
    const services = open();
    await Promise.all(Array.from({ length: 5 }, () => services.status({ account, service })));
    const times = sandbox().ovh.requests.filter(({ path }) => path === '/1.0/auth/time');
    expect(times).toHaveLength(1);
    expect(times[0]?.headers).not.toHaveProperty('x-ovh-signature');
  });

  it('cancels to the end of the commitment, and not of the period', async () => {
    const { engaged: service } = sandbox().ovh.seeded;
    await open().cancel({ account, service, when: 'end_of_term' });
    expect(await open().status({ account, service })).toMatchObject({
      state: 'scheduled',
      when: 'end_of_term',
      effectiveAt: { value: '2096-10-10T08:00:00.000Z' },
    });
    const conflict = await failureOf(open().cancel({ account, service, when: 'end_of_period' }));
    expect(conflict).toMatchObject({ code: 'timing_conflict', existing: { when: 'end_of_term' } });
    expect(sandbox().ovh.service(service.serviceId).timesCancelled).toBe(1);
  });

  it('refuses the end of a commitment that the service does not have, without a write', async () => {
    const { active: service } = sandbox().ovh.seeded;
    const failure = await failureOf(open().cancel({ account, service, when: 'end_of_term' }));
    expect(failure.code).toBe('unsupported');
    expect(failure.message).toContain('It offers end_of_period, immediate.');
    expect(sandbox().ovh.requests.filter(only)).toEqual([]);
  });

  it.each(['active', 'engaged'] as const)('ends a service (%s) now with the token of an e-mail', async (name) => {
    const service = sandbox().ovh.seeded[name];
    const { serviceId } = service;
    const failure = await failureOf(open().cancel({ account, service, when: 'immediate' }));
    expect(failure).toMatchObject({ code: 'confirmation_required', confirmation: { sentTo: 'email' } });
    expect(sandbox().ovh.service(serviceId).cancellation).toBeNull();
    const wrong = await failureOf(open().confirm({ account, service, token: 'some-other-token' }));
    expect(wrong.code).toBe('forbidden');
    const token = sandbox().ovh.mailedToken(serviceId);
    const result = await open().confirm({
      account,
      service,
      token,
      reason: { category: 'support', text: 'Slow replies' },
      reference: 'order-1',
      extras: { futureUse: 'NOT_REPLACING_SERVICE' },
    });
    expect(result).toMatchObject({ outcome: 'requested', when: 'immediate', warnings: [] });
    expect(sandbox().ovh.service(serviceId).cancellation?.reason).toBe(
      'UNSATIFIED_BY_CUSTOMER_SUPPORT; NOT_REPLACING_SERVICE; Slow replies (reference: order-1)',
    );
    expect(await open().status({ account, service })).toMatchObject({ state: 'unknown' });
    sandbox().clock.advance({ hours: 3 });
    expect(await open().status({ account, service })).toMatchObject({ state: 'completed' });
  });

  it('ends a service of any product by its number, without a reason', async () => {
    const { serviceId } = sandbox().ovh.add({ product: 'hosting/web', serviceName: 'shop.example' });
    const service = { serviceId };
    expect(await failureOf(open().cancel({ account, service, when: 'immediate' }))).toMatchObject({
      code: 'confirmation_required',
    });
    const token = sandbox().ovh.mailedToken(serviceId);
    const result = await open().confirm({ account, service, token, reason: 'Project ended' });
    expect(result.warnings).toMatchObject([{ code: 'reason_not_sent' }]);
    expect(sandbox().ovh.service(serviceId)).toMatchObject({ pendingAction: 'terminate', timesCancelled: 1 });
  });

  it('sends another e-mail while one waits, and ends nothing by that', async () => {
    sandbox().ovh.configure({ unconfirmedTermination: 'shown' });
    const { active: service } = sandbox().ovh.seeded;
    const tokens = new Set<string>();
    for (let times = 0; times < 2; times += 1) {
      const failure = await failureOf(open().cancel({ account, service, when: 'immediate' }));
      expect(failure.code).toBe('confirmation_required');
      tokens.add(sandbox().ovh.mailedToken(service.serviceId));
    }
    expect(tokens.size).toBe(2);
    expect(await open().status({ account, service })).toMatchObject({ state: 'unknown' });
    const other = await failureOf(open().cancel({ account, service, when: 'end_of_period' }));
    expect(other.code).toBe('not_cancellable');
    expect(sandbox().ovh.service(service.serviceId).timesCancelled).toBe(0);
  });

  it('finds a service by its name among others of that name', async () => {
    const serviceName = 'ns4.ip-203-0-113.eu';
    sandbox().ovh.add({ product: 'backup/storage', serviceName });
    const { serviceId } = sandbox().ovh.add({ product: 'dedicated/server', serviceName });
    const service = { serviceName, product: 'dedicated/server' } as const;
    await open().cancel({ account, service, when: 'end_of_period' });
    expect(sandbox().ovh.service(serviceId).timesCancelled).toBe(1);
    expect(await open().revoke({ account, service })).toMatchObject({ outcome: 'revoked' });
    sandbox().ovh.add({ product: 'dedicated/server', serviceName });
    const failure = await failureOf(open().cancel({ account, service, when: 'end_of_period' }));
    expect(failure).toMatchObject({ code: 'invalid_request', issues: [{ path: 'service.serviceId' }] });
    const nobody = { serviceName: 'ns5.ip-203-0-113.eu', product: 'vps' } as const;
    expect(await failureOf(open().status({ account, service: nobody }))).toMatchObject({ code: 'not_found' });
  });

  it('refuses two ids that do not belong together, without a write', async () => {
    const { active, engaged, cancelled } = sandbox().ovh.seeded;
    for (const { serviceId } of [engaged, cancelled]) {
      const service = { ...active, serviceId };
      for (const call of [
        open().cancel({ account, service, when: 'end_of_period' }),
        open().revoke({ account, service }),
      ]) {
        expect(await failureOf(call)).toMatchObject({ code: 'invalid_request' });
      }
    }
    expect(sandbox().ovh.requests.filter(only)).toEqual([]);
  });

  it.each(['cancelled', 'deletedAtExpiration'] as const)('finds a cancellation that is stored: %s', async (name) => {
    const service = sandbox().ovh.seeded[name];
    const again = await open().cancel({ account, service, when: 'end_of_period' });
    expect(again).toMatchObject({ outcome: 'already_cancelled', existing: { when: 'end_of_period' } });
    const now = await failureOf(open().cancel({ account, service, when: 'immediate' }));
    expect(now.code).toBe('timing_conflict');
    expect(sandbox().ovh.requests.filter(only)).toEqual([]);
  });

  it.each([
    ['hang', { kind: 'hang', executed: true }],
    ['reset', { kind: 'reset', executed: true }],
    ['server error', { kind: 'server_error', executed: true }],
    ['truncated answer', { kind: 'truncated', executed: true }],
  ] as const)('reads back what a %s hides, and cancels once', async (_name, fault) => {
    const { active: service } = sandbox().ovh.seeded;
    sandbox().ovh.fault({ ...fault, only });
    const result = await open().cancel({ account, service, when: 'end_of_period' });
    expect(result).toMatchObject({ outcome: 'scheduled', reconciled: true, effectiveAt: { value: END } });
    expect(sandbox().ovh.service(service.serviceId).timesCancelled).toBe(1);
  });

  it('does not take an e-mail whose response was lost for a cancellation', async () => {
    sandbox().ovh.configure({ unconfirmedTermination: 'shown' });
    const { active: service } = sandbox().ovh.seeded;
    sandbox().ovh.fault({ kind: 'reset', executed: true, only });
    const failure = await failureOf(open().cancel({ account, service, when: 'immediate' }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', lastSeen: 'unknown' });
  });

  it.each([
    [460, 'shown'],
    [404, 'shown'],
    [460, 'gone'],
  ] as const)('says that a service is over after a %i, if it is %s', async (terminationOfEnded, endedService) => {
    sandbox().ovh.configure({ terminationOfEnded });
    const service = sandbox().ovh.seeded.ended;
    const over = await open().cancel({ account, service, when: 'immediate' });
    expect(over).toMatchObject({ outcome: 'already_cancelled', existing: { state: 'completed' } });
    sandbox().ovh.configure({ endedService });
    if (endedService === 'gone') {
      const failure = await failureOf(open().cancel({ account, service, when: 'immediate' }));
      expect(failure.code).toBe('not_found');
    }
  });

  it('takes both forms of a response without content, and does not believe an undo that did nothing', async () => {
    sandbox().ovh.configure({ noContent: 'empty', undo: 'ignored' });
    const { active: service } = sandbox().ovh.seeded;
    expect(await open().cancel({ account, service, when: 'end_of_period' })).toMatchObject({ outcome: 'requested' });
    const failure = await failureOf(open().revoke({ account, service }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', lastSeen: 'scheduled' });
  });

  it('checks its keys by a read', async () => {
    expect(await checkAccount(account, sandbox().accounts.ovh)).toMatchObject({ basis: 'documented' });
  });
});
