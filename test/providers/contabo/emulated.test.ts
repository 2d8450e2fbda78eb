import { createCancelService } from 'cancelkit';
import { contabo } from 'cancelkit/contabo';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkAccount } from '../../../src/service/check-account.ts';
import { failureOf } from '../../support/failure.ts';
import { sandboxPerTest } from '../sandbox-per-test.ts';

// The adapter and the emulator were written apart, each from the facts.

const FIRST = '2096-03-30';
const account = 'contabo';
const LOGIN = '/auth/realms/contabo/protocol/openid-connect/token';
const sandbox = sandboxPerTest();
let api: ReturnType<typeof open>;
beforeEach(() => {
  api = open();
});
const open = () => createCancelService({ contabo: sandbox().accounts.contabo }, { attemptTimeoutMs: 500 });
const logins = (): number => sandbox().contabo.requests.filter(({ path }) => path === LOGIN).length;
const timesCancelled = (): number =>
  sandbox().contabo.service(sandbox().contabo.seeded.active.instanceId).timesCancelled;

describe('Contabo over real HTTP', () => {
  it('cancels for the first possible day, which the response and the read-back show', async () => {
    const { active: service } = sandbox().contabo.seeded;
    expect((await api.options({ account, service })).timings).toEqual([{ timing: 'earliest' }, { timing: 'on_date' }]);
    const result = await api.cancel({ account, service, when: 'earliest', reason: 'Project ended' });
    expect(result).toMatchObject({
      outcome: 'scheduled',
      effectiveAt: { value: FIRST, precision: 'date', source: 'provider' },
      warnings: [{ code: 'reason_not_sent' }],
    });
    expect(await api.status({ account, service })).toMatchObject({
      state: 'scheduled',
      effectiveAt: { value: FIRST },
      revocable: false,
    });
    expect(await api.options({ account, service })).toMatchObject({ timings: [], existing: { state: 'scheduled' } });
  });

  it.each(['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Tokyo'] as const)(
    'cancels on the day that was asked for, whichever zone the server counts in: %s',
    async (timeZone) => {
      sandbox().contabo.configure({ timeZone });
      const { active: service } = sandbox().contabo.seeded;
      const result = await api.cancel({ account, service, when: { on: '2096-12-31' } });
      expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: '2096-12-31' }, warnings: [] });
    },
  );

  it('is refused a day before the first possible one, and has cancelled nothing', async () => {
    const { active: service } = sandbox().contabo.seeded;
    const error = await failureOf(api.cancel({ account, service, when: { on: '2096-03-29' } }));
    expect(error).toMatchObject({ code: 'rejected', providerStatus: 400 });
    expect(timesCancelled()).toBe(0);
  });

  it.each([
    ['a body', { missingBody: 'refused' }],
    ['null in place of no date', { noDate: 'null' }],
  ] as const)('cancels where the API wants %s', async (_name, options) => {
    sandbox().contabo.configure(options);
    const { active: service } = sandbox().contabo.seeded;
    expect(await api.cancel({ account, service, when: 'earliest' })).toMatchObject({ outcome: 'scheduled' });
  });

  it.each([
    ['hang', { kind: 'hang', executed: true }],
    ['reset', { kind: 'reset', executed: true }],
    ['server error', { kind: 'server_error', executed: true }],
    ['truncated answer', { kind: 'truncated', executed: true }],
  ] as const)('reads back what a %s hides, and cancels once', async (_name, fault) => {
    const { active: service } = sandbox().contabo.seeded;
    sandbox().contabo.fault({ ...fault, only: ({ path }) => path.endsWith('/cancel') });
    expect(await api.cancel({ account, service, when: 'earliest' })).toMatchObject({
      outcome: 'scheduled',
      reconciled: true,
      effectiveAt: { value: FIRST },
    });
    expect(timesCancelled()).toBe(1);
  });

  it.each(['refused', 'replaced'] as const)('sends nothing for a cancelled instance: %s', async (repeatedCancel) => {
    sandbox().contabo.configure({ repeatedCancel });
    const { cancelled: service } = sandbox().contabo.seeded;
    expect(await api.cancel({ account, service, when: { on: FIRST } })).toMatchObject({ outcome: 'already_cancelled' });
    const later = await failureOf(api.cancel({ account, service, when: { on: '2096-12-31' } }));
    expect(later).toMatchObject({ code: 'timing_conflict', existing: { effectiveAt: { value: FIRST } } });
    expect(sandbox().contabo.service(service.instanceId).timesCancelled).toBe(1);
    expect(sandbox().contabo.requests.filter(({ path }) => path.endsWith('/cancel'))).toEqual([]);
  });

  it('does not know whether an instance has ended that is still shown, and does not find one that is gone', async () => {
    const { cancelled: service } = sandbox().contabo.seeded;
    sandbox().clock.advance({ days: 30 });
    sandbox().contabo.configure({ endedInstance: 'listed' });
    expect(await api.status({ account, service })).toMatchObject({
      state: 'requested',
      effectiveAt: { value: FIRST },
    });
    sandbox().contabo.configure({ endedInstance: 'gone' });
    expect(await failureOf(api.status({ account, service }))).toMatchObject({ code: 'not_found' });
    const cancelling = api.cancel({ account, service, when: 'earliest' });
    expect(await failureOf(cancelling)).toMatchObject({ code: 'not_found' });
  });
});

describe('the login at Contabo', () => {
  it('happens once for concurrent calls, and again after a token has ended', async () => {
    const { contabo: emulated } = sandbox();
    const services = Array.from({ length: 8 }, () => ({ instanceId: emulated.add().instanceId }));
    const when = { on: '2096-12-31' };
    await Promise.all(services.map((service) => api.cancel({ account, service, when })));
    expect(logins()).toBe(1);
    emulated.expireTokens();
    expect(await api.cancel({ account, service: emulated.seeded.active, when })).toMatchObject({
      outcome: 'scheduled',
    });
    expect(logins()).toBe(2);
    expect(emulated.services().filter((one) => one.timesCancelled > 1)).toEqual([]);
  });

  it('is repeated if a token ends between the read and the cancellation, which is then carried out once', async () => {
    const { active: service } = sandbox().contabo.seeded;
    const fetch: typeof globalThis.fetch = (input, init) => {
      const isCancellation = new Request(input, init).url.endsWith('/cancel');
      if (isCancellation && logins() === 1) sandbox().contabo.expireTokens();
      return globalThis.fetch(input, init);
    };
    const expiring = createCancelService({ contabo: sandbox().accounts.contabo }, { fetch });
    expect(await expiring.cancel({ account, service, when: 'earliest' })).toMatchObject({ outcome: 'scheduled' });
    expect([logins(), timesCancelled()]).toEqual([2, 1]);
  });

  it.each(['clientId', 'clientSecret', 'username', 'password'] as const)(
    'with a wrong %s is tried once, and nothing else is sent',
    async (name) => {
      const wrong = contabo({ ...sandbox().settings.contabo, [name]: 'something-else' });
      const { active: service } = sandbox().contabo.seeded;
      const refused = createCancelService({ contabo: wrong });
      for (const _ of ['first', 'second']) {
        expect(await failureOf(refused.cancel({ account, service, when: 'earliest' }))).toMatchObject({
          code: 'unauthorized',
          message: expect.stringContaining('Check all four'),
        });
      }
      expect(sandbox().contabo.requests.map(({ path }) => path)).toEqual([LOGIN]);
    },
  );

  it('comes before the check of the account', async () => {
    expect(await checkAccount(account, sandbox().accounts.contabo)).toMatchObject({ basis: 'documented' });
    expect(sandbox().contabo.requests.map(({ path }) => path)).toEqual([LOGIN, '/v1/compute/instances']);
  });

  it('gives each attempt of a request to the API a new UUID, and has none itself', async () => {
    sandbox().contabo.fault({ kind: 'server_error', executed: false, only: ({ method }) => method === 'GET' });
    await api.cancel({ account, service: sandbox().contabo.seeded.active, when: 'earliest' });
    const [login, ...others] = sandbox().contabo.requests.map(({ headers }) => headers['x-request-id']);
    expect(login).toBeUndefined();
    expect(others.length).toBe(3);
    expect(new Set(others).size).toBe(3);
    for (const id of others) expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});
