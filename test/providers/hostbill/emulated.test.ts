import { createCancelService } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { checkAccount } from '../../../src/service/check-account.ts';
import { failureOf } from '../../support/failure.ts';
import { sandboxPerTest } from '../sandbox-per-test.ts';

// The adapter and the emulator were written apart, each from the facts.

const sandbox = sandboxPerTest();
const WAYS = ['hostbill', 'hostbillLogin', 'hostbillToken'] as const;
const account = 'hostbill';
const open = () => {
  const { hostbill, hostbillLogin, hostbillToken } = sandbox().accounts;
  return createCancelService({ hostbill, hostbillLogin, hostbillToken }, { attemptTimeoutMs: 500 });
};

describe('a HostBill portal over real HTTP', () => {
  it.each(WAYS)('says what is possible, and cancels for the end of the period (%s)', async (way) => {
    const { active: service } = sandbox().hostbill.seeded;
    const { timings } = await open().options({ account: way, service });
    expect(timings).toMatchObject([{ timing: 'immediate' }, { effectiveAt: { value: '2096-03-30' } }]);
    const result = await open().cancel({ account: way, service, when: 'end_of_period', reason: 'Project ended' });
    expect(result).toMatchObject({ outcome: 'requested', warnings: [] });
    expect(sandbox().hostbill.service(service.serviceId)).toMatchObject({
      timesCancelled: 1,
      cancellation: { when: 'end_of_period', reason: 'Project ended' },
    });
    expect(await open().status({ account: way, service })).toMatchObject({ state: 'unknown' });
    sandbox().clock.advance({ days: 20 });
    expect(await open().status({ account: way, service })).toMatchObject({ state: 'completed', revocable: false });
    expect(await open().options({ account: way, service })).toMatchObject({ timings: [] });
  });

  it('cancels immediately, which the portal carries out later', async () => {
    const { suspended: service } = sandbox().hostbill.seeded;
    const result = await open().cancel({ account, service, when: 'immediate' });
    expect(result.warnings.map(({ code }) => code)).toEqual(['reason_defaulted', 'immediate_deferred']);
    expect(sandbox().hostbill.service(service.serviceId).status).toBe('Suspended');
    sandbox().clock.advance({ days: 1 });
    expect(await open().status({ account, service })).toMatchObject({ state: 'completed' });
  });

  it('is the same in the other form of answers, and in the host’s own words once they are configured', async () => {
    sandbox().hostbill.configure({ answers: 'wrapped' });
    const { active, suspended } = sandbox().hostbill.seeded;
    expect((await open().cancel({ account, service: active, when: 'immediate' })).outcome).toBe('requested');
    expect(await open().status({ account, service: active })).toMatchObject({ state: 'unknown' });
    expect(await checkAccount(account, sandbox().accounts.hostbill)).toMatchObject({ basis: 'inferred' });
    sandbox().hostbill.configure({ acceptedText: 'Przyjęto zgłoszenie' });
    const error = await failureOf(open().cancel({ account, service: suspended, when: 'immediate' }));
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'unknown' });
  });

  it.each(['bare', 'wrapped'] as const)('finds a cancellation that is stored (%s)', async (answers) => {
    sandbox().hostbill.configure({ answers });
    const { cancelled: service } = sandbox().hostbill.seeded;
    const result = await open().cancel({ account, service, when: 'end_of_period' });
    expect(result).toMatchObject({ outcome: 'already_cancelled', existing: { state: 'unknown' } });
    expect(sandbox().hostbill.service(service.serviceId).timesCancelled).toBe(1);
  });

  it.each([200, 400] as const)('passes on why it is refused, in the host’s language, with %i', async (errorStatus) => {
    sandbox().hostbill.configure({ errorStatus, repeatedCancel: 'refused' });
    const { cancelled, terminated } = sandbox().hostbill.seeded;
    for (const service of [cancelled, terminated]) {
      const error = await failureOf(open().cancel({ account, service, when: 'end_of_period' }));
      expect(error).toMatchObject({ code: 'rejected', providerMessage: expect.stringMatching(/zgłoszono|nieaktywna/) });
    }
  });

  it.each([
    [200, 'rejected'],
    [404, 'not_found'],
  ] as const)('has no service of another number: %i is %s', async (unknownServiceStatus, code) => {
    sandbox().hostbill.configure({ unknownServiceStatus });
    const asked = { account, service: { serviceId: 1 } } as const;
    const errors = [
      await failureOf(open().cancel({ ...asked, when: 'immediate' })),
      await failureOf(open().status(asked)),
      await failureOf(open().options(asked)),
    ];
    expect(errors.map((error) => error.code)).toEqual([code, code, code]);
  });

  it.each([200, 401] as const)('refuses a wrong password with %i, and is asked once', async (loginStatus) => {
    sandbox().hostbill.configure({ loginStatus });
    const { hostbill } = await import('cancelkit/hostbill');
    const { baseUrl, email } = sandbox().settings.hostbill;
    for (const signIn of ['basic', 'login'] as const) {
      sandbox().hostbill.clearRequests();
      const shop = hostbill({ baseUrl, email, password: 'another-one', signIn });
      const asked = { account: 'shop', service: sandbox().hostbill.seeded.active, when: 'immediate' } as const;
      const error = await failureOf(createCancelService({ shop }).cancel(asked));
      expect([error.code, sandbox().hostbill.requests.length]).toEqual(['unauthorized', 1]);
    }
  });

  it('logs in again once its token has ended, and cancels once', async () => {
    const { active, suspended } = sandbox().hostbill.seeded;
    const services = open();
    await services.cancel({ account: 'hostbillLogin', service: active, when: 'immediate' });
    sandbox().clock.advance({ minutes: 31 });
    await services.cancel({ account: 'hostbillLogin', service: suspended, when: 'immediate' });
    expect(sandbox().hostbill.service(suspended.serviceId).timesCancelled).toBe(1);
    expect(sandbox().hostbill.requests.map(({ path }) => path.replace(/\d+/, 'n'))).toEqual([
      '/api/login',
      '/api/service/n/cancel',
      '/api/service/n/cancel',
      '/api/login',
      '/api/service/n/cancel',
    ]);
  });

  it.each([
    ['hang', { kind: 'hang', executed: true }],
    ['reset', { kind: 'reset', executed: true }],
    ['server error', { kind: 'server_error', executed: true }],
    ['truncated answer', { kind: 'truncated', executed: true }],
  ] as const)('leaves open what a %s hides, and cancels once', async (_name, fault) => {
    const { active: service } = sandbox().hostbill.seeded;
    sandbox().hostbill.fault({ ...fault, only: ({ method }) => method === 'POST' });
    const error = await failureOf(open().cancel({ account, service, when: 'immediate' }));
    expect(error).toMatchObject({ code: 'outcome_unknown', lastSeen: 'unknown' });
    expect(sandbox().hostbill.service(service.serviceId).timesCancelled).toBe(1);
    const again = await open().cancel({ account, service, when: 'immediate' });
    expect(again.outcome).toBe('already_cancelled');
  });

  it.each(WAYS)('checks its credentials by a read (%s)', async (way) => {
    expect(await checkAccount(way, sandbox().accounts[way])).toMatchObject({ basis: 'inferred' });
  });
});
