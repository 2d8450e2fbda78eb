import { createCancelService, type RevokeResult } from 'cancelkit';
import type { Fault, Sandbox } from 'cancelkit/sandbox';
import { vpsbg } from 'cancelkit/vpsbg';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { fetchAndThen, isWrite, printed, servicesOf, startAt8, type SandboxService, IMPATIENT } from './set-up.ts';

let sandbox: Sandbox;
let services: SandboxService;
beforeEach(async () => {
  sandbox = await startAt8();
  services = servicesOf(sandbox);
  return () => sandbox.close();
});

const methods = (provider: 'vpsbg' | 'hosting'): string[] => sandbox[provider].requests.map(({ method }) => method);
const writes = (provider: 'vpsbg' | 'hosting'): number => sandbox[provider].requests.filter(isWrite).length;

describe('an undo at VPSBG', () => {
  type Name = keyof Sandbox['vpsbg']['seeded'];
  const revoke = (name: Name = 'cancelled', at: SandboxService = services): Promise<RevokeResult> =>
    at.revoke({ account: 'vpsbg', service: sandbox.vpsbg.seeded[name] });
  const cancellation = (name: Name = 'cancelled'): unknown =>
    sandbox.vpsbg.service(sandbox.vpsbg.seeded[name].serverId).cancellation;

  it('is done once a read-back shows no cancellation', async () => {
    const service = sandbox.vpsbg.seeded.cancelled;
    expect(await revoke()).toEqual({
      account: 'vpsbg',
      provider: 'vpsbg',
      service,
      outcome: 'revoked',
      before: expect.objectContaining({ state: 'scheduled', when: 'end_of_period', revocable: true }),
      reconciled: false,
      attempts: 3,
      operationId: expect.any(String),
      raw: { status: 204, body: null },
    });
    expect(methods('vpsbg')).toEqual(['GET', 'DELETE', 'GET']);
    expect(cancellation()).toBeNull();
  });

  it('also of an immediate one, while the server is only suspended', async () => {
    const service = sandbox.vpsbg.seeded.active;
    await services.cancel({ account: 'vpsbg', service, when: 'immediate' });
    expect(await revoke('active')).toMatchObject({
      outcome: 'revoked',
      before: { state: 'requested', when: 'immediate' },
    });
    expect(sandbox.vpsbg.service(service.serverId).status).toBe('active');
  });

  it.each(['active', 'suspended', 'locked'] as const)('changes nothing if no cancellation exists: %s', async (name) => {
    expect(await revoke(name)).toMatchObject({ outcome: 'nothing_to_revoke', before: { state: 'none' }, attempts: 1 });
    expect(methods('vpsbg')).toEqual(['GET']);
  });

  it('is tried while the server is only suspended, and done only if it is read to be gone', async () => {
    sandbox.clock.advance({ days: 20 });
    const before = { state: 'requested', revocable: false, effectiveAt: { value: '2026-03-30T08:00:00.000Z' } };
    sandbox.vpsbg.configure({ undo: 'ignored' });
    expect(await failureOf(revoke())).toMatchObject({ code: 'outcome_unknown', lastSeen: 'requested' });
    sandbox.vpsbg.configure({ undo: 'works' });
    expect(await revoke()).toMatchObject({ outcome: 'revoked', before });
  });

  it('is refused, and not sent, once the cancellation has taken effect', async () => {
    sandbox.clock.advance({ days: 21 });
    const failure = await failureOf(revoke());
    expect(failure).toMatchObject({ code: 'rejected', operation: 'revoke', retryable: false });
    expect(failure.message).toMatch(/has taken effect: it can no longer be undone/);
    expect(methods('vpsbg')).toEqual(['GET']);
  });

  it('is unknown, and not “revoked”, if the API says yes and the cancellation is still there', async () => {
    sandbox.vpsbg.configure({ undo: 'ignored' });
    const failure = await failureOf(revoke());
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'provider_error', lastSeen: 'scheduled' });
    expect(failure.message).toMatch(/the cancellation still reads as scheduled/);
    expect(writes('vpsbg')).toBe(1);
    expect(cancellation()).not.toBeNull();
  });

  it('is unknown, without a state, if it cannot be read back afterwards', async () => {
    const fetch = fetchAndThen((answers) => {
      if (answers === 1)
        sandbox.vpsbg.fault({ kind: 'html', executed: false, times: Infinity, only: ({ method }) => method === 'GET' });
    });
    const failure = await failureOf(revoke('cancelled', servicesOf(sandbox, { fetch })));
    expect(failure).toMatchObject({ code: 'outcome_unknown' });
    expect(failure).not.toHaveProperty('lastSeen');
    expect(failure.message).toMatch(/could not be read back/);
    expect(writes('vpsbg')).toBe(1);
  });

  it('says where the API has no such call, and does not call the server missing', async () => {
    sandbox.vpsbg.configure({ undo: 'absent' });
    const failure = await failureOf(revoke());
    expect(failure).toMatchObject({ code: 'unexpected_response', providerStatus: 404, attempts: 2 });
    expect(failure.message).toMatch(
      /no such call .* set the option undoPath, or undo the cancellation in the client area/,
    );
    expect(failure).not.toHaveProperty('sentAt');
    expect(cancellation()).not.toBeNull();
  });

  it('is forbidden with a token that may only read', async () => {
    const service = sandbox.vpsbg.seeded.cancelled;
    expect(await failureOf(services.revoke({ account: 'vpsbgReadOnly', service }))).toMatchObject({
      code: 'forbidden',
      providerStatus: 403,
    });
    expect(cancellation()).not.toBeNull();
  });

  it('is not found if there is no such server, and nothing is undone', async () => {
    const failure = await failureOf(services.revoke({ account: 'vpsbg', service: { serverId: 999 } }));
    expect(failure).toMatchObject({ code: 'not_found' });
    expect(methods('vpsbg')).toEqual(['GET']);
  });

  it('goes to the path that the account is configured with', async () => {
    const account = vpsbg({ ...sandbox.settings.vpsbg, undoPath: '/v1/servers/{server_id}/cancel' });
    const { serverId } = sandbox.vpsbg.seeded.cancelled;
    const failure = await failureOf(
      createCancelService({ own: account }).revoke({ account: 'own', service: { serverId } }),
    );
    expect(failure.code).toBe('unexpected_response');
    expect(sandbox.vpsbg.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET /v1/servers/${serverId}`,
      `DELETE /v1/servers/${serverId}/cancel`,
    ]);
  });
});

describe('an undo at a hosting', () => {
  type Name = keyof Sandbox['hosting']['seeded'];
  const revoke = (name: Name = 'cancelled'): Promise<RevokeResult> =>
    services.revoke({ account: 'hosting', service: sandbox.hosting.seeded[name] });
  const stateOf = (name: Name): unknown => sandbox.hosting.service(sandbox.hosting.seeded[name].hostingId).state;
  const read = (name: Name): Promise<{ state: string }> =>
    services.status({ account: 'hosting', service: sandbox.hosting.seeded[name] });

  it('is requested, since a job carries it out, and then the cancellation is gone', async () => {
    const result = await revoke();
    expect(result).toMatchObject({
      outcome: 'requested',
      before: { state: 'scheduled' },
      reconciled: false,
      attempts: 3,
    });
    const { jobs } = sandbox.hosting.service(sandbox.hosting.seeded.cancelled.hostingId);
    expect(jobs.at(-1)).toMatchObject({
      type: 'resumeHostingService',
      status: 'new',
      responseId: result.providerReference,
    });
    expect(methods('hosting')).toEqual(['GET', 'GET', 'PATCH']);

    sandbox.clock.advance({ minutes: 1 });
    expect(stateOf('cancelled')).toBe('active');
    // The history has both jobs, and their ids tell which came last.
    expect(await read('cancelled')).toMatchObject({ state: 'none' });
  });

  it('that fails as a job leaves the cancellation if it was', async () => {
    sandbox.hosting.failJobs();
    expect(await revoke()).toMatchObject({ outcome: 'requested' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await read('cancelled')).toMatchObject({ state: 'scheduled', effectiveAt: { value: '2026-03-30' } });
  });

  it('of a cancellation whose own job still waits is requested', async () => {
    const service = sandbox.hosting.seeded.active;
    await services.cancel({ account: 'hosting', service, when: 'end_of_period' });
    expect(await revoke('active')).toMatchObject({ outcome: 'requested', before: { state: 'requested' } });
    sandbox.clock.advance({ minutes: 2 });
    expect(stateOf('active')).toBe('active');
  });

  it.each(['active', 'suspended', 'provisioning'] as const)(
    'changes nothing if no cancellation exists: %s',
    async (name) => {
      expect(await revoke(name)).toMatchObject({ outcome: 'nothing_to_revoke', before: { state: 'none' } });
      expect(writes('hosting')).toBe(0);
    },
  );

  it('changes nothing if the cancellation itself has failed', async () => {
    const service = sandbox.hosting.seeded.active;
    sandbox.hosting.failJobs();
    await services.cancel({ account: 'hosting', service, when: 'end_of_period' });
    sandbox.clock.advance({ minutes: 1 });
    expect(await revoke('active')).toMatchObject({ outcome: 'nothing_to_revoke', before: { state: 'failed' } });
    expect(writes('hosting')).toBe(1);
  });

  it('of an immediate one is refused: it cannot be undone', async () => {
    const service = sandbox.hosting.seeded.active;
    await services.cancel({ account: 'hosting', service, when: 'immediate' });
    const failure = await failureOf(revoke('active'));
    expect(failure).toMatchObject({ code: 'rejected', providerStatus: 405, providerCode: 'not_active' });
    expect(failure).not.toHaveProperty('sentAt');
  });

  it('is refused, and not sent, if the hosting is over and still listed', async () => {
    sandbox.hosting.configure({ deletedHosting: 'listed' });
    expect(await failureOf(revoke('deleted'))).toMatchObject({ code: 'rejected' });
    expect(writes('hosting')).toBe(0);
  });

  it('is refused, and not sent, if the hosting is gone', async () => {
    expect(await failureOf(revoke('deleted'))).toMatchObject({ code: 'rejected' });
    expect(writes('hosting')).toBe(0);
  });
});

describe('an undo whose response is lost', () => {
  beforeEach(() => {
    services = servicesOf(sandbox, IMPATIENT);
  });

  type Case = readonly [name: string, fault: (executed: boolean) => Fault, reason: string];
  const lost: readonly Case[] = [
    ['a reset', (executed) => ({ kind: 'reset', executed }), 'connection_lost'],
    ['silence', (executed) => ({ kind: 'hang', executed }), 'timeout'],
    ['a page', (executed) => ({ kind: 'html', executed }), 'unreadable_answer'],
    ['half the JSON', (executed) => ({ kind: 'truncated', executed }), 'unreadable_answer'],
    ['a 500', (executed) => ({ kind: 'server_error', executed }), 'server_error'],
    ['a 502', (executed) => ({ kind: 'server_error', status: 502, executed }), 'server_error'],
  ];
  const server = (): { serverId: number } => sandbox.vpsbg.seeded.cancelled;
  const hosting = (): { hostingId: string; domain: string } => sandbox.hosting.seeded.cancelled;

  it.each(lost)('in %s is revoked at VPSBG where it was carried out', async (_name, fault) => {
    sandbox.vpsbg.fault({ ...fault(true), only: isWrite });
    const result = await services.revoke({ account: 'vpsbg', service: server() });
    expect(result).toMatchObject({ outcome: 'revoked', reconciled: true, before: { state: 'scheduled' }, attempts: 3 });
    expect(writes('vpsbg')).toBe(1);
  });

  it.each(lost)('in %s is unknown at VPSBG where it was not carried out', async (_name, fault, reason) => {
    sandbox.vpsbg.fault({ ...fault(false), only: isWrite });
    const failure = await failureOf(services.revoke({ account: 'vpsbg', service: server() }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason, lastSeen: 'scheduled', retryable: false });
    expect(failure.sentAt).toBeDefined();
    expect(writes('vpsbg')).toBe(1);
    expect(sandbox.vpsbg.service(server().serverId).cancellation).not.toBeNull();
  });

  it.each(lost)(
    'in %s is unknown at a hosting, carried out or not, and never sent again',
    async (_name, fault, reason) => {
      for (const executed of [true, false]) {
        sandbox.hosting.clearRequests();
        const { hostingId, domain } = sandbox.hosting.add({ state: 'cancelled' });
        sandbox.hosting.fault({ ...fault(executed), only: isWrite });
        const failure = await failureOf(services.revoke({ account: 'hosting', service: { hostingId, domain } }));
        expect(failure).toMatchObject({
          code: 'outcome_unknown',
          reason,
          lastSeen: executed ? 'unknown' : 'scheduled',
        });
        expect(writes('hosting')).toBe(1);
      }
    },
  );

  it('because the caller gave up is unknown, and not read back', async () => {
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, only: isWrite });
    const controller = new AbortController();
    const pending = failureOf(services.revoke({ account: 'vpsbg', service: server() }, { signal: controller.signal }));
    await expect.poll(() => methods('vpsbg')).toEqual(['GET', 'DELETE']);
    controller.abort();
    expect(await pending).toMatchObject({ code: 'outcome_unknown', reason: 'aborted' });
    expect(methods('vpsbg')).toEqual(['GET', 'DELETE']);
  });

  it('tells the end customer of the undo, and nobody a secret', async () => {
    sandbox.hosting.fault({ kind: 'reset', executed: false, only: isWrite });
    const failure = await failureOf(services.revoke({ account: 'hosting', service: hosting() }));
    expect(failure.publicMessage).toBe(
      'The request to undo the cancellation was sent, but has not been confirmed yet. Please do not send it again.',
    );
    expect(printed(failure)).not.toContain(sandbox.settings.hosting.token);
  });

  it('before it was sent is a failure of the read-back, and nothing happened', async () => {
    sandbox.vpsbg.fault({ kind: 'reset', executed: false, times: Infinity, only: ({ method }) => method === 'GET' });
    expect(await failureOf(services.revoke({ account: 'vpsbg', service: server() }))).toMatchObject({
      code: 'unavailable',
    });
    expect(writes('vpsbg')).toBe(0);
  });
});
