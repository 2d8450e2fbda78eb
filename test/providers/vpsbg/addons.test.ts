import { createCancelService } from 'cancelkit';
import { vpsbg } from 'cancelkit/vpsbg';
import type { Sandbox } from 'cancelkit/sandbox';
import { beforeEach, describe, expect, it } from 'vitest';
import { replying, servicesOf, startAt8, TIMINGS, type SandboxService } from '../../operations/set-up.ts';
import { failureOf } from '../../support/failure.ts';

let sandbox: Sandbox;
let services: SandboxService;
beforeEach(async () => {
  sandbox = await startAt8();
  services = servicesOf(sandbox);
  return () => sandbox.close();
});

const NEUTRAL = 'Cancelled by the account holder';
const sent = (): unknown =>
  sandbox.vpsbg.requests.map(({ method, path, headers, body }) => [
    method,
    path,
    headers['content-type'],
    JSON.parse(body),
  ]);
const codes = ({ warnings }: { readonly warnings: readonly { readonly code: string }[] }): string[] =>
  warnings.map(({ code }) => code);

describe('an addon of a server at VPSBG', () => {
  const addon = { serverId: 7301, addonId: 73011 };
  const stored = (): unknown => sandbox.vpsbg.service(7301).addons[0]?.cancellation;

  it.each(TIMINGS)('is cancelled by a POST to itself, %s', async (when) => {
    const order = { account: 'vpsbg', service: addon, when, reason: 'Backups moved', reference: 'order-7' } as const;
    const result = await services.cancel(order);
    expect(result).toMatchObject({ outcome: 'requested', service: addon, when, warnings: [], attempts: 1 });
    const body = { reason: 'Backups moved (reference: order-7)', now: when === 'immediate' };
    expect(sent()).toEqual([['POST', '/v1/servers/7301/addons/73011', 'application/json', body]]);
    expect(stored()).toMatchObject({ when, reason: 'Backups moved (reference: order-7)' });
  });

  it('leaves the server itself as it is', async () => {
    await services.cancel({ account: 'vpsbg', service: addon, when: 'immediate', reason: 'Over' });
    expect(sandbox.vpsbg.service(7301)).toMatchObject({ status: 'active', cancellation: null, timesCancelled: 0 });
  });

  it.each([
    ['neither reason nor reference', {}, NEUTRAL, ['reason_defaulted']],
    ['a reference', { reference: 'order-7' }, 'Reference: order-7', []],
    ['a category', { reason: { category: 'too_expensive' } }, 'Too expensive', []],
    ['an empty reason', { reason: ' ' }, NEUTRAL, ['reason_defaulted']],
  ] as const)('is sent a reason, which it requires, where it is given %s', async (_name, given, reason, warnings) => {
    const result = await services.cancel({ account: 'vpsbg', service: addon, when: 'end_of_period', ...given });
    expect(codes(result)).toEqual(warnings);
    expect(stored()).toMatchObject({ reason });
  });

  it('is previewed as it would be sent', async () => {
    const preview = await services.preview({ account: 'vpsbg', service: addon, when: 'immediate' });
    expect(preview).toMatchObject({
      method: 'POST',
      url: `${sandbox.settings.vpsbg.baseUrl}/v1/servers/7301/addons/73011`,
      body: JSON.stringify({ reason: NEUTRAL, now: true }),
    });
    expect(sandbox.vpsbg.requests).toHaveLength(0);
  });

  it.each([
    ['of another server', { serverId: 7302, addonId: 73011 }],
    ['that is not there', { serverId: 7301, addonId: 1 }],
    ['of a server that is not there', { serverId: 1, addonId: 73011 }],
  ])('%s is not found', async (_name, service) => {
    const failure = await failureOf(services.cancel({ account: 'vpsbg', service, when: 'end_of_period' }));
    expect(failure).toMatchObject({ code: 'not_found', providerStatus: 404 });
  });

  it.each([true, false])(
    'whose answer is lost is unknown, cannot be read back and is sent once; carried out: %s',
    async (executed) => {
      sandbox.vpsbg.fault({ kind: 'reset', executed });
      const failure = await failureOf(services.cancel({ account: 'vpsbg', service: addon, when: 'end_of_period' }));
      expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost', attempts: 1 });
      expect(failure).not.toHaveProperty('lastSeen');
      expect(sandbox.vpsbg.requests).toHaveLength(1);
      expect(stored() !== null).toBe(executed);
    },
  );
});

describe('a floating IP at VPSBG', () => {
  const service = { floatingIpId: 601 };
  const floatingIp = (): object => sandbox.vpsbg.floatingIps()[0] ?? {};

  it.each(TIMINGS)('is cancelled by its id in a list, %s, and its side effect is told', async (when) => {
    const result = await services.cancel({ account: 'vpsbg', service, when, reason: 'Moved' });
    expect(result).toMatchObject({ outcome: 'requested', service, when, attempts: 1 });
    expect(result.warnings).toMatchObject([
      { code: 'side_effect', message: expect.stringMatching(/reboots the servers/) },
    ]);
    const body = { ids: [601], now: when === 'immediate', reason: 'Moved' };
    expect(sent()).toEqual([['POST', '/v1/floating-ips/cancel', 'application/json', body]]);
    expect(floatingIp()).toMatchObject({ cancellation: { when, reason: 'Moved' } });
    expect(sandbox.vpsbg.service(7301).reboots).toBe(when === 'immediate' ? 1 : 0);
  });

  it('is sent a neutral reason where none is given, with both warnings', async () => {
    expect(codes(await services.cancel({ account: 'vpsbg', service, when: 'end_of_period' }))).toEqual([
      'side_effect',
      'reason_defaulted',
    ]);
    expect(floatingIp()).toMatchObject({ cancellation: { reason: NEUTRAL } });
  });

  it('that is not there is rejected, in the API’s words', async () => {
    const failure = await failureOf(
      services.cancel({ account: 'vpsbg', service: { floatingIpId: 99 }, when: 'immediate' }),
    );
    expect(failure).toMatchObject({ code: 'rejected', providerStatus: 422 });
    expect(failure.providerMessage).toMatch(/ids\.0 is invalid/);
  });

  it('that the server answers with a word besides is not believed', async () => {
    const { fetch } = replying({ status: 200, body: { failed: [601] } });
    const account = vpsbg(sandbox.settings.vpsbg);
    const api = createCancelService({ own: account }, { fetch });
    expect(await failureOf(api.cancel({ account: 'own', service, when: 'immediate' }))).toMatchObject({
      code: 'outcome_unknown',
    });
  });
});

describe('what cannot be asked of an addon or a floating IP', () => {
  it.each([{ serverId: 7301, addonId: 73011 }, { floatingIpId: 601 }])(
    'is its state, nor a withdrawal: %j',
    async (service) => {
      const request = { account: 'vpsbg', service } as const;
      const status = await failureOf(services.status(request));
      expect(status).toMatchObject({ code: 'unsupported', operation: 'status', attempts: 0 });
      expect(status.message).toMatch(/Look it up in the provider’s client area/);
      const revoke = await failureOf(services.revoke(request));
      expect(revoke).toMatchObject({ code: 'unsupported', operation: 'revoke', attempts: 0 });
      expect(revoke.message).toMatch(/A person can do it/);
      expect(sandbox.vpsbg.requests).toHaveLength(0);
    },
  );
});

describe('a reference at VPSBG', () => {
  it.each<[string, object, string]>([
    ['nothing', {}, 'service.serverId'],
    ['an addon without its server', { addonId: 1 }, 'service.serverId'],
    ['an addon of no number', { serverId: 1, addonId: 'x' }, 'service.addonId'],
    ['an addon of zero', { serverId: 1, addonId: 0 }, 'service.addonId'],
    ['an addon that would change the path', { serverId: 1, addonId: '../2' }, 'service.addonId'],
    [
      'an addon that is undefined, which must not become the server',
      { serverId: 1, addonId: undefined },
      'service.addonId',
    ],
    ['a floating IP that is undefined', { floatingIpId: undefined }, 'service.floatingIpId'],
    ['a floating IP that is negative', { floatingIpId: -1 }, 'service.floatingIpId'],
    ['a server and a floating IP', { serverId: 1, floatingIpId: 2 }, 'service.serverId'],
    ['all three', { serverId: 1, addonId: 2, floatingIpId: 3 }, 'service.serverId'],
  ])('is refused, and never taken for something else: %s', async (_name, service, path) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the check at run time is what is tested
    const order = { account: 'vpsbg', service: service as { serverId: number }, when: 'immediate' } as const;
    const failure = await failureOf(services.cancel(order));
    expect(failure).toMatchObject({ code: 'invalid_request', attempts: 0 });
    expect(failure.issues?.map((issue) => issue.path)).toContain(path);
    expect(sandbox.vpsbg.requests).toHaveLength(0);
  });

  it.each([
    ['a server', { serverId: '7301' }, { server_ids: [7301], now: true }],
    ['a floating IP', { floatingIpId: '601' }, { ids: [601], now: true, reason: NEUTRAL }],
  ])('to %s may be a text of digits, and is sent as a number', async (_name, service, body) => {
    await services.cancel({ account: 'vpsbg', service, when: 'immediate' });
    expect(sandbox.vpsbg.requests.map((request) => JSON.parse(request.body) as unknown)).toEqual([body]);
  });

  it('does not compile where it mixes what belongs apart', () => {
    type Request = Parameters<SandboxService['cancel']>[0];
    // @ts-expect-error an addon belongs to a server
    const addon: Request = { account: 'vpsbg', service: { addonId: 1 }, when: 'immediate' };
    // @ts-expect-error a floating IP is named by itself
    const both: Request = { account: 'vpsbg', service: { serverId: 1, floatingIpId: 2 }, when: 'immediate' };
    expect([addon, both]).toHaveLength(2);
  });
});
