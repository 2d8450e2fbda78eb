import { createCancelService } from 'cancelkit';
import type { Sandbox } from 'cancelkit/sandbox';
import { vpsbg } from 'cancelkit/vpsbg';
import { beforeEach, describe, expect, it } from 'vitest';
import { type SandboxService, TIMINGS, replying, servicesOf, startAt8 } from '../../outcome/set-up.ts';
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

  it('leaves the server itself unchanged', async () => {
    await services.cancel({ account: 'vpsbg', service: addon, when: 'immediate', reason: 'Over' });
    expect(sandbox.vpsbg.service(7301)).toMatchObject({ status: 'active', cancellation: null, timesCancelled: 0 });
  });

  it.each([
    ['neither reason nor reference', {}, NEUTRAL, ['reason_defaulted']],
    ['a reference', { reference: 'order-7' }, 'Reference: order-7', []],
    ['a category', { reason: { category: 'too_expensive' } }, 'Too expensive', []],
    ['an empty reason', { reason: ' ' }, NEUTRAL, ['reason_defaulted']],
  ] as const)('is sent a reason, which it requires, if it is given %s', async (_name, given, reason, warnings) => {
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
    'whose response is lost is unknown, shows nothing when read back and is sent once; carried out: %s',
    async (executed) => {
      sandbox.vpsbg.fault({ kind: 'reset', executed });
      const failure = await failureOf(services.cancel({ account: 'vpsbg', service: addon, when: 'end_of_period' }));
      expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'connection_lost', lastSeen: 'unknown' });
      expect(sandbox.vpsbg.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
      expect(stored() !== null).toBe(executed);
    },
  );
});

describe('a floating IP at VPSBG', () => {
  const service = { floatingIpId: 601 };
  const floatingIp = (): object => sandbox.vpsbg.floatingIps()[0] ?? {};

  it.each(TIMINGS)('is cancelled by its id in a list, %s, and its side effect is a warning', async (when) => {
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

  it('is sent no reason if none is given, since none is required', async () => {
    expect(codes(await services.cancel({ account: 'vpsbg', service, when: 'end_of_period' }))).toEqual(['side_effect']);
    expect(sent()).toMatchObject([['POST', '/v1/floating-ips/cancel', 'application/json', { ids: [601], now: false }]]);
    expect(sandbox.vpsbg.requests[0]?.body).not.toContain('reason');
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

describe('the cancellation of a floating IP at VPSBG', () => {
  const service = { floatingIpId: 601 };
  const request = { account: 'vpsbg', service } as const;
  const cancel = (): Promise<unknown> => services.cancel({ ...request, when: 'end_of_period', reason: 'Moved' });

  it('is read from the list, in the documented form, which does not tell the timing', async () => {
    expect(await services.status(request)).toMatchObject({ state: 'none', revocable: false });
    await cancel();
    const found = await services.status(request);
    expect(found).toMatchObject({ state: 'requested', revocable: true, reason: 'Moved' });
    expect(found).toMatchObject({ requestedAt: '2026-03-10T08:00:00.000Z' });
    expect(found).not.toHaveProperty('when');
    expect(found).not.toHaveProperty('effectiveAt');
  });

  it('is found on a later page, and what no page has is not found', async () => {
    for (let count = 0; count < 120; count += 1) sandbox.vpsbg.addFloatingIp();
    expect(await services.status({ account: 'vpsbg', service: { floatingIpId: 720 } })).toMatchObject({
      state: 'none',
    });
    expect(sandbox.vpsbg.requests.map(({ query }) => query)).toEqual(['page=1&per_page=100', 'page=2&per_page=100']);
    const failure = await failureOf(services.status({ account: 'vpsbg', service: { floatingIpId: 999 } }));
    expect(failure).toMatchObject({ code: 'not_found' });
    expect(failure.message).toMatch(/no active or suspended floating IP/);
  });

  it.each([
    ['an entry that cannot be read', { data: [{ id: 601 }], meta: { last_page: 1, total: 1 } }],
    ['no count of pages', { data: [] }],
    ['a list that is none', { data: {}, meta: { last_page: 1 } }],
  ])('is neither none nor not found after %s', async (_name, body) => {
    const api = createCancelService(
      { vpsbg: vpsbg(sandbox.settings.vpsbg) },
      { fetch: replying({ status: 200, body }).fetch },
    );
    const failure = await failureOf(api.status(request));
    expect(failure).toMatchObject({ code: 'unexpected_response' });
    expect(failure.message).not.toMatch(/adapter is faulty/);
  });

  it('is not known if the list changes between two pages', async () => {
    const page = (total: number): object => ({ data: [], meta: { last_page: 3, total } });
    const { fetch, requests } = replying({ status: 200, body: page(3) }, { status: 200, body: page(2) });
    const api = createCancelService({ vpsbg: vpsbg(sandbox.settings.vpsbg) }, { fetch });
    expect(await failureOf(api.status(request))).toMatchObject({ code: 'unexpected_response' });
    expect(requests).toHaveLength(2);
  });

  it('is undone on the inferred path, and that only a read-back shows', async () => {
    await cancel();
    sandbox.vpsbg.configure({ undo: 'ignored' });
    expect(await failureOf(services.revoke(request))).toMatchObject({
      code: 'outcome_unknown',
      lastSeen: 'requested',
    });
    sandbox.vpsbg.configure({ undo: 'works' });
    sandbox.vpsbg.clearRequests();
    expect(await services.revoke(request)).toMatchObject({ outcome: 'revoked', before: { state: 'requested' } });
    expect(sandbox.vpsbg.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/floating-ips',
      'DELETE /v1/floating-ips/cancel',
      'GET /v1/floating-ips',
    ]);
    expect(JSON.parse(sandbox.vpsbg.requests[1]?.body ?? '')).toEqual({ ids: [601] });
    expect(sandbox.vpsbg.floatingIps()[0]?.cancellation).toBeNull();
  });

  it.each([true, false])('is read back after a lost response; carried out: %s', async (executed) => {
    sandbox.vpsbg.fault({ kind: 'reset', executed });
    if (executed) {
      expect(await cancel()).toMatchObject({ outcome: 'requested', reconciled: true });
    } else {
      expect(await failureOf(cancel())).toMatchObject({ code: 'outcome_unknown', lastSeen: 'none' });
    }
  });
});

describe('the cancellation of an addon at VPSBG', () => {
  const service = { serverId: 7301, addonId: 73011 };
  const request = { account: 'vpsbg', service } as const;
  const cancel = (): Promise<unknown> => services.cancel({ ...request, when: 'end_of_period', reason: 'Moved' });

  it('is not known, since the documented addons show none', async () => {
    expect(await services.status(request)).toMatchObject({ state: 'unknown', revocable: false });
    await cancel();
    expect(await services.status(request)).toMatchObject({ state: 'unknown', revocable: false });
  });

  it('is not said to be undone if it cannot be seen', async () => {
    await cancel();
    expect(await failureOf(services.revoke(request))).toMatchObject({ code: 'outcome_unknown', lastSeen: 'unknown' });
    expect(sandbox.vpsbg.service(7301).addons[0]?.cancellation).toBeNull();
  });

  it('is read, undone and read to be gone if the API does show it', async () => {
    sandbox.vpsbg.configure({ addonCancelRequest: 'shown' });
    expect(await services.revoke(request)).toMatchObject({ outcome: 'nothing_to_revoke' });
    await cancel();
    expect(await services.status(request)).toMatchObject({ state: 'requested', reason: 'Moved' });
    sandbox.vpsbg.clearRequests();
    expect(await services.revoke(request)).toMatchObject({ outcome: 'revoked' });
    expect(sandbox.vpsbg.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/servers/7301',
      'DELETE /v1/servers/7301/addons/73011',
      'GET /v1/servers/7301',
    ]);
  });

  it('is not found if the server does not list the addon', async () => {
    const failure = await failureOf(services.status({ account: 'vpsbg', service: { serverId: 7301, addonId: 1 } }));
    expect(failure).toMatchObject({ code: 'not_found' });
  });

  it('is not found nor known if an entry of the list cannot be read', async () => {
    const body = { id: 7301, addons: [{ name: 'Backup' }] };
    const { fetch } = replying({ status: 200, body });
    const api = createCancelService({ vpsbg: vpsbg(sandbox.settings.vpsbg) }, { fetch });
    const failure = await failureOf(api.status(request));
    expect(failure).toMatchObject({ code: 'unexpected_response' });
    expect(failure.message).not.toMatch(/adapter is faulty/);
  });
});

describe('the paths of undos at VPSBG', () => {
  it.each([
    [{ serverId: 7301, addonId: 73011 }, { addonUndoPath: 'v1/undo/{server_id}/{addon_id}' }, '/v1/undo/7301/73011'],
    [
      { floatingIpId: 601 },
      { floatingIpUndoPath: '/v1/floating-ips/{floating_ip_id}/undo' },
      '/v1/floating-ips/601/undo',
    ],
  ])('can be configured: %j with %j', async (service, paths, path) => {
    const account = vpsbg({ ...sandbox.settings.vpsbg, ...paths });
    sandbox.vpsbg.configure({ addonCancelRequest: 'shown' });
    const api = createCancelService({ own: account });
    await api.cancel({ account: 'own', service, when: 'end_of_period' });
    const failure = await failureOf(api.revoke({ account: 'own', service }));
    expect(failure).toMatchObject({ code: 'unexpected_response' });
    expect(failure.message).toContain(`set the option ${Object.keys(paths)[0]}`);
    expect(sandbox.vpsbg.requests.find(({ method }) => method === 'DELETE')?.path).toBe(path);
  });

  it.each(['addonUndoPath', 'floatingIpUndoPath'])('are not configured with what is no path: %s', async (option) => {
    for (const path of ['', '../x', 'v1/{id}', 'v1//x', 'https://example.com/x']) {
      const account = vpsbg({ ...sandbox.settings.vpsbg, [option]: path });
      const failure = failureOf(
        createCancelService({ own: account }).revoke({ account: 'own', service: { floatingIpId: 601 } }),
      );
      expect(await failure).toMatchObject({ code: 'not_configured', issues: [{ path: option }] });
    }
    expect(sandbox.vpsbg.requests).toHaveLength(0);
  });
});

describe('the examples of VPSBG’s documentation', () => {
  const send = async (method: string, path: string, body: object): Promise<readonly [number, string]> => {
    const { baseUrl, token } = sandbox.settings.vpsbg;
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'content-type': 'application/json',
    };
    const response = await fetch(`${baseUrl}/v1/${path}`, { method, headers, body: JSON.stringify(body) });
    return [response.status, await response.text()];
  };

  it.each([
    ['servers/cancel', { server_ids: [7301], reason: 'Project ended.', now: false }, [204, '']],
    ['servers/7301/addons/73011', { reason: 'string', now: true }, [204, '']],
    ['floating-ips/cancel', { ids: [601, 602], now: true, reason: 'No longer needed service.' }, [200, '{}']],
  ])('are answered as there: %s', async (path, body, expected) => {
    sandbox.vpsbg.addFloatingIp();
    expect(await send('POST', path, body)).toEqual(expected);
  });

  it('require `now` for floating IPs', async () => {
    expect((await send('POST', 'floating-ips/cancel', { ids: [601] }))[0]).toBe(422);
    expect((await send('POST', 'floating-ips/cancel', { ids: [601], now: false }))[0]).toBe(200);
  });
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
    ['a floating IP', { floatingIpId: '601' }, { ids: [601], now: true }],
  ])('to %s may be a text of digits, and is sent as a number', async (_name, service, body) => {
    await services.cancel({ account: 'vpsbg', service, when: 'immediate' });
    expect(sandbox.vpsbg.requests.map((request) => JSON.parse(request.body) as unknown)).toEqual([body]);
  });

  it('does not compile if it mixes what belongs apart', () => {
    type Request = Parameters<SandboxService['cancel']>[0];
    // @ts-expect-error an addon belongs to a server
    const addon: Request = { account: 'vpsbg', service: { addonId: 1 }, when: 'immediate' };
    // @ts-expect-error a floating IP is named by itself
    const both: Request = { account: 'vpsbg', service: { serverId: 1, floatingIpId: 2 }, when: 'immediate' };
    expect([addon, both]).toHaveLength(2);
  });
});
