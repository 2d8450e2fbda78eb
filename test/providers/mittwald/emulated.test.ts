import { createCancelService } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { checkAccount } from '../../../src/service/check-account.ts';
import { failureOf } from '../../support/failure.ts';
import { sandboxPerTest } from '../sandbox-per-test.ts';

// The adapter and the emulator were written apart, each from the facts.

const END = '2096-03-30T22:59:59.000Z';
const account = 'mittwald';
const sandbox = sandboxPerTest();
const open = () => createCancelService({ mittwald: sandbox().accounts.mittwald }, { attemptTimeoutMs: 500 });

describe('mittwald over real HTTP', () => {
  it('lists what is possible, terminates for the first date, and withdraws', async () => {
    const { active: service } = sandbox().mittwald.seeded;
    const { timings } = await open().options({ account, service });
    expect(timings).toMatchObject([
      { timing: 'earliest', effectiveAt: { value: END } },
      { timing: 'on_date', from: '2096-03-30' },
    ]);
    const result = await open().cancel({ account, service, when: 'earliest', reason: 'Project ended' });
    expect(result).toMatchObject({ outcome: 'scheduled', effectiveAt: { value: END } });
    expect((await open().options({ account, service })).existing).toMatchObject({ state: 'scheduled' });
    expect(await open().revoke({ account, service })).toMatchObject({ outcome: 'revoked' });
    expect(sandbox().mittwald.service(service.contractId)).toMatchObject({ cancellation: null, timesCancelled: 1 });
    const undo = sandbox().mittwald.requests.find(({ method }) => method === 'DELETE');
    expect(undo?.body).toBe('');
    expect(undo?.headers).not.toHaveProperty('content-type');
  });

  it('terminates one item for a later end of its period', async () => {
    const { item: service } = sandbox().mittwald.seeded;
    const result = await open().cancel({ account, service, when: { on: '2096-05-30' } });
    expect(result).toMatchObject({ effectiveAt: { value: '2096-05-30T22:59:59.000Z' }, warnings: [] });
    expect(await open().status({ account, service })).toMatchObject({ state: 'scheduled' });
    const { contractId } = service;
    expect(await open().status({ account, service: { contractId } })).toMatchObject({ state: 'none' });
  });

  it.each([
    ['2096-03-29', 'date_too_early'],
    ['2096-04-01', 'rejected'],
  ])('refuses %s: %s', async (on, code) => {
    const { active: service } = sandbox().mittwald.seeded;
    expect(await failureOf(open().cancel({ account, service, when: { on } }))).toMatchObject({ code });
    expect(sandbox().mittwald.service(service.contractId).timesCancelled).toBe(0);
  });

  it.each([
    ['hang', { kind: 'hang', executed: true }],
    ['reset', { kind: 'reset', executed: true }],
    ['server error', { kind: 'server_error', executed: true }],
    ['truncated answer', { kind: 'truncated', executed: true }],
  ] as const)('reads back what a %s hides, and terminates once', async (_name, fault) => {
    const { active: service } = sandbox().mittwald.seeded;
    sandbox().mittwald.fault({ ...fault, only: ({ method }) => method === 'POST' });
    const result = await open().cancel({ account, service, when: 'earliest' });
    expect(result).toMatchObject({ outcome: 'scheduled', reconciled: true, effectiveAt: { value: END } });
    expect(sandbox().mittwald.service(service.contractId).timesCancelled).toBe(1);
  });

  it('finds a termination that is stored, even where the API would replace it', async () => {
    sandbox().mittwald.configure({ repeatedTermination: 'replaced' });
    const { cancelled: service } = sandbox().mittwald.seeded;
    expect(await open().cancel({ account, service, when: 'earliest' })).toMatchObject({ outcome: 'already_cancelled' });
    const later = await failureOf(open().cancel({ account, service, when: { on: '2096-05-30' } }));
    expect(later.code).toBe('timing_conflict');
    expect(sandbox().mittwald.service(service.contractId).timesCancelled).toBe(1);
  });

  it('withdraws nothing that is final, declined or over', async () => {
    const { final, cancelled } = sandbox().mittwald.seeded;
    expect(await open().status({ account, service: final })).toMatchObject({ revocable: false });
    expect(await failureOf(open().revoke({ account, service: final }))).toMatchObject({ code: 'rejected' });
    sandbox().mittwald.configure({ undo: 'declined' });
    const declined = await failureOf(open().revoke({ account, service: cancelled }));
    expect(declined).toMatchObject({ code: 'outcome_unknown', lastSeen: 'scheduled' });
    sandbox().mittwald.configure({ undo: 'works' });
    sandbox().clock.advance({ days: 30 });
    expect(await failureOf(open().revoke({ account, service: cancelled }))).toMatchObject({ code: 'rejected' });
  });

  it('lists no timing for a contract that cannot be terminated, and lets the API refuse', async () => {
    const { fixed: service } = sandbox().mittwald.seeded;
    expect((await open().options({ account, service })).timings).toEqual([]);
    expect(await failureOf(open().cancel({ account, service, when: 'earliest' }))).toMatchObject({ code: 'rejected' });
  });

  it('checks its token by a read', async () => {
    expect(await checkAccount(account, sandbox().accounts.mittwald)).toMatchObject({ basis: 'inferred' });
  });
});
