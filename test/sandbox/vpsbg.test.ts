import { beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { shapeOf } from '../support/shape.ts';
import { type Answer, call, sendJson } from './http.ts';

let sandbox: Sandbox;
let active: number;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00.123Z') });
  active = sandbox.vpsbg.seeded.active.serverId;
  return () => sandbox.close();
});

function vpsbg(method: string, path: string, body?: unknown, settings = sandbox.settings.vpsbg): Promise<Answer> {
  const headers = { authorization: `Bearer ${settings.token}`, accept: 'application/json' };
  const url = `${settings.baseUrl}/v1/${path}`;
  return body === undefined ? call(url, { method, headers }) : sendJson(method, url, body, headers);
}
const cancel = (body: unknown): Promise<Answer> => vpsbg('POST', 'servers/cancel', body);
const show = (id: number): Promise<Answer> => vpsbg('GET', `servers/${id}`);

describe('a cancellation at VPSBG', () => {
  it('at the end of the period answers 204 without a body and suspends at expiry, and terminates later', async () => {
    sandbox.vpsbg.configure({ cancelRequest: 'with_now' });
    const answer = await cancel({ server_ids: [active], now: false, reason: 'Ende & vorbei' });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect((await show(active)).json).toMatchObject({
      id: active,
      status: 'active',
      locked: false,
      auto_renew: true,
      expiry_at: '2026-03-30T08:00:00.123000Z',
      potential_expiry_at: '2026-03-30T08:00:00.123000Z',
      cancel_request: { reason: 'Ende & vorbei', now: false, created_at: '2026-03-10T08:00:00.123000Z' },
    });
    sandbox.clock.advance({ days: 20 });
    expect((await show(active)).json).toMatchObject({ status: 'suspended', cancel_request: { now: false } });
    sandbox.clock.advance({ days: 1 });
    expect((await show(active)).json).toMatchObject({ status: 'terminated' });
  });

  it('suspends now and terminates later when immediate; `now` is false by default', async () => {
    await cancel({ server_ids: [active], now: true });
    expect(sandbox.vpsbg.service(active)).toMatchObject({
      status: 'suspended',
      cancellation: { when: 'immediate', reason: undefined, effectiveAt: undefined },
    });
    sandbox.clock.advance({ days: 1 });
    expect(sandbox.vpsbg.service(active).status).toBe('terminated');

    const { serverId } = sandbox.vpsbg.add();
    await cancel({ server_ids: [serverId] });
    expect(sandbox.vpsbg.service(serverId)).toMatchObject({
      status: 'active',
      cancellation: { when: 'end_of_period' },
    });
  });

  it('shows a cancel request in the form that is documented for floating IPs', async () => {
    await cancel({ server_ids: [active], reason: 'Moved' });
    expect((await show(active)).json).toMatchObject({
      cancel_request: {
        id: active,
        type: expect.any(Number),
        reason: 'Moved',
        created_at: '2026-03-10T08:00:00.123000Z',
      },
    });
    expect((await show(active)).json).not.toHaveProperty('cancel_request.now');
  });

  it('may be answered with 200 {} and be shown as a mere flag', async () => {
    sandbox.vpsbg.configure({ cancelAnswer: 'empty_object', cancelRequest: 'flag' });
    expect(await cancel({ server_ids: [active] })).toMatchObject({ status: 200, json: {} });
    expect((await show(active)).json).toMatchObject({ cancel_request: true });
  });

  it('replaces an earlier one, or is refused, as configured', async () => {
    const { serverId } = sandbox.vpsbg.seeded.cancelled;
    sandbox.vpsbg.configure({ repeatedCancel: 'refused' });
    expect((await cancel({ server_ids: [serverId], now: true })).status).toBe(422);
    expect(sandbox.vpsbg.service(serverId).timesCancelled).toBe(1);
    sandbox.vpsbg.configure({ repeatedCancel: 'accepted' });
    expect((await cancel({ server_ids: [serverId], now: true })).status).toBe(204);
    expect(sandbox.vpsbg.service(serverId)).toMatchObject({ timesCancelled: 2, cancellation: { when: 'immediate' } });
  });

  it('can be undone until the server is terminated', async () => {
    await cancel({ server_ids: [active], now: true });
    expect((await vpsbg('DELETE', 'servers/cancel', { server_ids: [active] })).status).toBe(204);
    expect(sandbox.vpsbg.service(active)).toMatchObject({ status: 'active', cancellation: null });
    const { serverId } = sandbox.vpsbg.seeded.terminated;
    expect((await vpsbg('DELETE', 'servers/cancel', { server_ids: [serverId] })).status).toBe(422);
  });

  it.each([
    ['ignored', 204],
    ['absent', 404],
  ] as const)('stays when the undo call is %s', async (undo, status) => {
    sandbox.vpsbg.configure({ undo });
    const { serverId } = sandbox.vpsbg.seeded.cancelled;
    expect((await vpsbg('DELETE', 'servers/cancel', { server_ids: [serverId] })).status).toBe(status);
    expect(sandbox.vpsbg.service(serverId).cancellation).not.toBeNull();
  });

  it.each([
    [{}, { server_ids: ['The server ids field is required.'] }],
    [{ server_ids: [] }, { server_ids: ['The server ids field is required.'] }],
    [{ server_ids: 5 }, { server_ids: ['The server ids field must be an array.'] }],
    [{ server_ids: ['x'] }, { 'server_ids.0': ['The server_ids.0 field must be an integer.'] }],
    [{ server_ids: [1], now: 'yes' }, { now: ['The now field must be true or false.'] }],
    [{ server_ids: [1], reason: 3 }, { reason: ['The reason field must be a string.'] }],
  ])('is a 422 for the body %j', async (body, errors) => {
    expect(await cancel(body)).toMatchObject({ status: 422, json: { message: expect.any(String), errors } });
  });

  it('is a 422 when the body is a form', async () => {
    const { baseUrl, token } = sandbox.settings.vpsbg;
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json' };
    const body = new URLSearchParams({ 'server_ids[]': String(active) });
    expect((await call(`${baseUrl}/v1/servers/cancel`, { method: 'POST', headers, body })).status).toBe(422);
  });

  it('of an unknown server is a 404, or a 422, and a list with one is refused whole', async () => {
    expect((await cancel({ server_ids: [active, 1] })).status).toBe(404);
    sandbox.vpsbg.configure({ unknownServer: 'invalid' });
    expect((await cancel({ server_ids: [active, 1] })).json).toMatchObject({
      errors: { 'server_ids.1': ['The selected server_ids.1 is invalid.'] },
    });
    expect(sandbox.vpsbg.service(active).cancellation).toBeNull();
  });

  it('of a locked server is a 423', async () => {
    const { serverId } = sandbox.vpsbg.seeded.locked;
    expect((await cancel({ server_ids: [serverId] })).status).toBe(423);
    sandbox.clock.advance({ minutes: 5 });
    expect(sandbox.vpsbg.service(serverId).cancellation).toBeNull();
    sandbox.vpsbg.unlock(serverId);
    expect((await cancel({ server_ids: [serverId] })).status).toBe(204);
  });

  it('of a locked server may land half a minute after the 423', async () => {
    sandbox.vpsbg.lock(active, { landing: true });
    expect((await cancel({ server_ids: [active], reason: 'late' })).status).toBe(423);
    sandbox.clock.advance({ seconds: 29 });
    expect(sandbox.vpsbg.service(active).cancellation).toBeNull();
    sandbox.clock.advance({ seconds: 1 });
    expect(sandbox.vpsbg.service(active)).toMatchObject({ timesCancelled: 1, cancellation: { reason: 'late' } });
  });
});

describe('access to VPSBG', () => {
  it('is a 401 with another token or none', async () => {
    const wrong = { ...sandbox.settings.vpsbg, token: 'nonsense' };
    expect(await vpsbg('GET', 'servers', undefined, wrong)).toMatchObject({
      status: 401,
      json: { message: 'Unauthenticated.' },
    });
    const accept = { accept: 'application/json' };
    expect((await call(`${sandbox.settings.vpsbg.baseUrl}/v1/servers`, { headers: accept })).status).toBe(401);
  });

  it('is limited to GET with a read token', async () => {
    const { vpsbgReadOnly } = sandbox.settings;
    expect((await vpsbg('GET', `servers/${active}`, undefined, vpsbgReadOnly)).status).toBe(200);
    expect((await vpsbg('POST', 'servers/cancel', { server_ids: [active] }, vpsbgReadOnly)).status).toBe(403);
    expect(sandbox.vpsbg.service(active).cancellation).toBeNull();
  });

  it('needs Accept: application/json', async () => {
    const { baseUrl, token } = sandbox.settings.vpsbg;
    const headers = { authorization: `Bearer ${token}` };
    expect((await call(`${baseUrl}/v1/servers/${active}`, { headers })).status).toBe(406);
  });
});

describe('reading at VPSBG', () => {
  it('lists active and suspended servers, 15 to a page', async () => {
    for (let count = 0; count < 20; count += 1) sandbox.vpsbg.add();
    const first = await vpsbg('GET', 'servers');
    expect(first.json).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ id: sandbox.vpsbg.seeded.suspended.serverId })]),
      links: { prev: null },
      meta: { current_page: 1, last_page: 2, per_page: 15, total: 24 },
    });
    expect(first.text).not.toContain(`"id":${sandbox.vpsbg.seeded.terminated.serverId},`);
    expect((await vpsbg('GET', 'servers?page=2')).json).toMatchObject({ meta: { from: 16, to: 24 } });
  });

  it('is a 404 for an unknown server, for the former path of the call, and for terminated ones if so configured', async () => {
    expect((await show(1)).status).toBe(404);
    expect((await vpsbg('POST', `servers/${active}/cancel`, {})).status).toBe(404);
    const { serverId } = sandbox.vpsbg.seeded.terminated;
    expect((await show(serverId)).status).toBe(200);
    sandbox.vpsbg.configure({ terminated: 'gone' });
    expect((await show(serverId)).status).toBe(404);
  });

  it('shows a server that nobody cancelled renewed month by month, or suspended without auto renewal', async () => {
    const { serverId } = sandbox.vpsbg.add({ autoRenew: false, expiryAt: new Date('2026-03-31T00:00:00Z') });
    sandbox.clock.advance({ days: 60 });
    expect(sandbox.vpsbg.service(active).expiryAt).toEqual(new Date('2026-05-30T08:00:00.123Z'));
    expect(sandbox.vpsbg.service(serverId).status).toBe('suspended');
  });
});

describe('what else VPSBG cancels', () => {
  it('cancels an addon, for which reason and now are both required', async () => {
    const addonId = sandbox.vpsbg.service(active).addons[0]?.addonId;
    const path = `servers/${active}/addons/${addonId}`;
    expect((await vpsbg('POST', path, {})).json).toMatchObject({
      errors: { now: ['The now field is required.'], reason: ['The reason field is required.'] },
    });
    expect((await vpsbg('POST', path, { reason: 'unused', now: false })).status).toBe(204);
    sandbox.clock.advance({ days: 20 });
    expect(sandbox.vpsbg.service(active).addons[0]?.cancellation).toMatchObject({
      reason: 'unused',
      effectiveAt: new Date('2026-03-30T08:00:00.123Z'),
    });
    expect((await vpsbg('POST', `servers/${active}/addons/1`, { reason: 'x', now: true })).status).toBe(404);
  });

  it('cancels floating IPs, and reboots the server that one is taken from', async () => {
    const [attached] = sandbox.vpsbg.floatingIps();
    const { floatingIpId } = sandbox.vpsbg.addFloatingIp();
    const ids = [attached?.floatingIpId, floatingIpId];
    expect((await vpsbg('POST', 'floating-ips/cancel', { ids: [...ids, 1], now: true })).status).toBe(422);
    expect(sandbox.vpsbg.service(active).reboots).toBe(0);
    expect(await vpsbg('POST', 'floating-ips/cancel', { ids, now: true, reason: 'r' })).toMatchObject({
      status: 200,
      json: {},
    });
    expect(sandbox.vpsbg.service(active).reboots).toBe(1);
    expect(sandbox.vpsbg.floatingIps()[0]).toMatchObject({ serverId: null, cancellation: { when: 'immediate' } });
  });
});

/** Shapes of the examples in the API documentation at dev.vpsbg.eu. */
const plan = {
  id: 'number',
  type: 'string',
  name: 'string',
  vcpus: 'number',
  memory: 'number',
  disk: 'number',
  bandwidth: 'number',
  minimum_billing_cycle: 'number',
  available: 'boolean',
  price: 'number',
  price_with_vat: 'number',
};
const group = { name: 'string', type: 'string', key: 'string' };
const ipAddress = {
  id: 'number',
  ip_address: 'string',
  version: 'number',
  type: 'string',
  main: 'boolean',
  ddos_protected: 'boolean',
  ptr: 'null',
};
const both = {
  id: 'number',
  hostname: 'string',
  billing_cycle: 'number',
  status: 'string',
  locked: 'boolean',
  created_at: 'string',
  expiry_at: 'string',
  auto_renew: 'boolean',
};

describe('the examples of the VPSBG documentation', () => {
  it('are answered in their shape: a server', async () => {
    expect(shapeOf((await show(active)).json)).toEqual({
      ...both,
      plan: { ...plan, key: 'string', plan_with_more_disk: 'number', plan_with_more_memory: 'number' },
      virtualization: 'string',
      promo_code: 'null',
      renew_amount: 'number',
      renew_amount_with_vat: 'number',
      potential_expiry_at: 'string',
      show_smtp_form: 'boolean',
      server_image: { id: 'number', name: 'string', eol: 'boolean', group },
      ip_addresses: [
        { ...ipAddress, prefix: 'number', floating_ip: 'boolean', floating_ip_id: 'null', assigned_on: 'string' },
      ],
      addons: [
        {
          id: 'number',
          name: 'string',
          status: 'string',
          quantity: 'number',
          amount: 'number',
          amount_with_vat: 'number',
          created_at: 'string',
          ended_at: 'null',
        },
      ],
      cancel_request: 'null',
      settings: { renew_enabled: 'boolean', snapshots_enabled: 'boolean' },
    });
  });

  it('are answered in their shape: a list of servers, which shows no cancel request', async () => {
    const { json: list } = await vpsbg('GET', 'servers');
    expect(shapeOf(list)).toMatchObject({
      data: expect.arrayContaining([
        {
          ...both,
          plan,
          server_image: { id: 'number', name: 'string', group },
          ip_addresses: [{ ...ipAddress, gateway: 'string', mask: 'string' }],
          addons: [{ name: 'string', quantity: 'number' }],
        },
      ]),
    });
    expect(JSON.stringify(list)).not.toContain('cancel_request');
  });

  it.each([
    ['a server', 'POST', 'servers/cancel', () => ({ server_ids: [active], reason: 'Project ended.', now: false }), 204],
    [
      'an addon',
      'POST',
      () => `servers/${active}/addons/${sandbox.vpsbg.service(active).addons[0]?.addonId}`,
      () => ({ reason: 'string', now: true }),
      204,
    ],
    [
      'a floating IP',
      'POST',
      'floating-ips/cancel',
      () => ({ ids: [sandbox.vpsbg.floatingIps()[0]?.floatingIpId], now: true, reason: 'r' }),
      200,
    ],
  ] as const)('are answered as on the page: the cancellation of %s', async (_name, method, path, body, status) => {
    const answer = await vpsbg(method, typeof path === 'string' ? path : path(), body());
    expect([answer.status, answer.text]).toEqual([status, status === 204 ? '' : '{}']);
  });

  it('are answered in their shape: a cancelled floating IP', async () => {
    const [attached] = sandbox.vpsbg.floatingIps();
    await vpsbg('POST', 'floating-ips/cancel', { ids: [attached?.floatingIpId], now: false, reason: 'r' });
    expect(shapeOf((await vpsbg('GET', 'floating-ips')).json)).toMatchObject({
      data: expect.arrayContaining([
        expect.objectContaining({
          cancel_request: { id: 'number', type: 'number', reason: 'string', created_at: 'string' },
        }),
      ]),
    });
  });
});
