import { createCancelService } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { checkAccount } from '../../../src/service/check-account.ts';
import { failureOf } from '../../support/failure.ts';
import { sandboxPerTest } from '../sandbox-per-test.ts';

// The adapter and the emulator were written apart, each from the facts.

const END = '2096-03-31T00:00:00.000Z';
const account = 'leaseweb';
const sandbox = sandboxPerTest();
const open = () => createCancelService({ leaseweb: sandbox().accounts.leaseweb }, { attemptTimeoutMs: 500 });
const writes = () => sandbox().leaseweb.requests.filter(({ method }) => method !== 'GET');

/** The first code that the account lists, and a text. */
async function reasonOf(service: { readonly serviceId: string }) {
  const { reasons = [] } = await open().options({ account, service });
  return { providerCode: reasons[0]?.code, text: 'Project ended' };
}

describe('a service of Leaseweb over real HTTP', () => {
  it('lists what is possible, is cancelled for the end of its term, and restored', async () => {
    const { active: service } = sandbox().leaseweb.seeded;
    const { timings } = await open().options({ account, service });
    expect(timings).toMatchObject([{ timing: 'end_of_term', effectiveAt: { value: END } }]);
    const reason = await reasonOf(service);
    const result = await open().cancel({ account, service, when: 'end_of_term', reason }, { verify: true });
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: END }, warnings: [] });
    expect(sandbox().leaseweb.service(service.serviceId).cancellation?.reason).toBe(
      `${reason.providerCode}: Project ended`,
    );
    expect(await open().revoke({ account, service })).toMatchObject({ outcome: 'revoked' });
    expect(sandbox().leaseweb.service(service.serviceId)).toMatchObject({ cancellation: null, timesCancelled: 1 });
    const undo = writes().at(-1);
    expect(undo?.body).toBe('');
    expect(undo?.headers).not.toHaveProperty('content-type');
  });

  it('needs a code of the list, which the error names', async () => {
    const { active: service } = sandbox().leaseweb.seeded;
    const none = await failureOf(open().cancel({ account, service, when: 'end_of_term', reason: 'Project ended' }));
    expect(none.code).toBe('invalid_request');
    expect(none.message).toContain((await reasonOf(service)).providerCode);
    expect(writes()).toEqual([]);
    const reason = { providerCode: 'NOT_LISTED' };
    const other = await failureOf(open().cancel({ account, service, when: 'end_of_term', reason }));
    expect(other).toMatchObject({ code: 'rejected', providerReference: expect.stringMatching(/^5a11db0c-/) });
  });

  it('that cannot be cancelled, or is cancelled, is left alone', async () => {
    const { fixed, cancelled } = sandbox().leaseweb.seeded;
    const reason = await reasonOf(cancelled);
    const when = 'end_of_term';
    expect(await failureOf(open().cancel({ account, service: fixed, when, reason }))).toMatchObject({
      code: 'not_cancellable',
    });
    sandbox().leaseweb.configure({ repeatedCancellation: 'replaced' });
    expect(await open().cancel({ account, service: cancelled, when, reason })).toMatchObject({
      outcome: 'already_cancelled',
    });
    expect(writes()).toEqual([]);
  });

  it('that shows its end alone is not taken for cancelled', async () => {
    sandbox().leaseweb.configure({ cancelledService: 'date_only' });
    const { cancelled: service } = sandbox().leaseweb.seeded;
    expect(await open().status({ account, service })).toMatchObject({ state: 'unknown', revocable: false });
  });

  it.each(['hang', 'reset', 'server_error'] as const)('is read back after a %s, and cancelled once', async (kind) => {
    const { active: service } = sandbox().leaseweb.seeded;
    const reason = await reasonOf(service);
    sandbox().leaseweb.fault({ kind, executed: true, only: ({ method }) => method === 'POST' });
    const result = await open().cancel({ account, service, when: 'end_of_term', reason });
    expect(result).toMatchObject({ outcome: 'scheduled', reconciled: true });
    expect(sandbox().leaseweb.service(service.serviceId).timesCancelled).toBe(1);
  });
});

describe('an instance of Leaseweb over real HTTP', () => {
  it('is destroyed now if it is hourly', async () => {
    const { hourly: service } = sandbox().leaseweb.seeded;
    expect((await open().options({ account, service })).timings).toEqual([{ timing: 'immediate' }]);
    const result = await open().cancel({ account, service, when: 'immediate' }, { verify: true });
    expect(result).toMatchObject({
      outcome: 'requested',
      warnings: [],
      existing: { when: 'immediate', revocable: false },
    });
    expect(await failureOf(open().revoke({ account, service }))).toMatchObject({ code: 'rejected' });
    sandbox().clock.advance({ minutes: 1 });
    expect(await failureOf(open().status({ account, service }))).toMatchObject({ code: 'not_found' });
    sandbox().leaseweb.configure({ ended: 'shown' });
    expect(await open().status({ account, service })).toMatchObject({ state: 'completed' });
  });

  it.each(['always', 'once_terminated'] as const)(
    'ends later if it is monthly, and is restored (%s)',
    async (endsAt) => {
      sandbox().leaseweb.configure({ endsAt });
      const { monthly: service } = sandbox().leaseweb.seeded;
      const result = await open().cancel({ account, service, when: 'end_of_period' });
      expect(result.outcome).toBe('requested');
      expect(result.effectiveAt?.value).toBe(endsAt === 'always' ? END : undefined);
      const status = await open().status({ account, service });
      expect(status).toMatchObject({ state: 'scheduled', when: 'end_of_period', effectiveAt: { value: END } });
      expect(await open().revoke({ account, service })).toMatchObject({ outcome: 'revoked' });
      expect(sandbox().leaseweb.service(service.instanceId)).toMatchObject({ cancellation: null, timesCancelled: 1 });
    },
  );

  it('is left alone with every timing but its own', async () => {
    const { hourly, monthly, committed } = sandbox().leaseweb.seeded;
    const timings = ['immediate', 'end_of_period', 'end_of_term'] as const;
    for (const [index, service] of [hourly, monthly, committed].entries()) {
      const own = timings[index];
      for (const when of timings.filter((timing) => timing !== own)) {
        const failure = await failureOf(open().cancel({ account, service, when }));
        expect(failure).toMatchObject({ code: 'unsupported', message: expect.stringContaining(`Ask for ${own}`) });
      }
    }
    expect(writes()).toEqual([]);
  });

  it('that is terminated is not terminated again', async () => {
    sandbox().leaseweb.configure({ repeatedCancellation: 'replaced' });
    const { terminated: service } = sandbox().leaseweb.seeded;
    const result = await open().cancel({ account, service, when: 'end_of_period' });
    expect(result).toMatchObject({ outcome: 'already_cancelled', effectiveAt: { value: END }, warnings: [] });
    expect(writes()).toEqual([]);
  });

  it('that is gone after a lost response is over, and one that was never there is not found', async () => {
    const { hourly: service } = sandbox().leaseweb.seeded;
    sandbox().leaseweb.fault({ kind: 'reset', executed: true, only: ({ method }) => method === 'DELETE' });
    const result = await open().cancel({ account, service, when: 'immediate' });
    expect(result).toMatchObject({ outcome: 'requested', reconciled: true });
    const other = { instanceId: '00000000-0000-4000-8000-000000000000' };
    const failure = await failureOf(open().cancel({ account, service: other, when: 'immediate' }));
    expect(failure.code).toBe('not_found');
  });
});

it('the key of Leaseweb is checked by a read', async () => {
  expect(await checkAccount(account, sandbox().accounts.leaseweb)).toMatchObject({ basis: 'documented' });
});
