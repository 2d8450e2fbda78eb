import { beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Answer, call, sendJson } from './http.ts';

// Called by plain HTTP as the public modules for HostBill portals do: nothing of the adapter is known here.

let sandbox: Sandbox;
let api: string;
let authorization: string;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  const { baseUrl, email, password } = sandbox.settings.hostbill;
  api = `${baseUrl}/api`;
  authorization = `Basic ${Buffer.from(`${email}:${password}`).toString('base64')}`;
  return () => sandbox.close();
});

function cancel(id: number, body: unknown): Promise<Answer> {
  return sendJson('POST', `${api}/service/${id}/cancel`, body, { authorization });
}

function show(id: number): Promise<Answer> {
  return call(`${api}/service/${id}`, { headers: { authorization } });
}

describe('the emulated HostBill portal', () => {
  it('stores a cancellation, which it shows nowhere, and carries it out on the day', async () => {
    const { serviceId } = sandbox.hostbill.seeded.active;
    const before = await show(serviceId);
    expect(before.json).toMatchObject({ service: { id: String(serviceId), status: 'Active', next_due: '2026-03-30' } });
    const answer = await cancel(serviceId, { immediate: false, reason: 'ticket 77' });
    expect([answer.status, answer.json]).toEqual([200, { info: ['cancell_sent'] }]);
    expect((await show(serviceId)).json).toEqual(before.json);
    sandbox.clock.set(new Date('2026-03-30T00:00:00Z'));
    expect((await show(serviceId)).json).toMatchObject({ service: { status: 'Terminated' } });
    const { cancellation } = sandbox.hostbill.service(serviceId);
    expect(cancellation).toMatchObject({ when: 'end_of_period', reason: 'ticket 77', effectiveAt: expect.any(Date) });
  });

  it('takes the end of the period without a timing, and renews what nobody cancels', async () => {
    const { active, suspended } = sandbox.hostbill.seeded;
    await cancel(active.serviceId, { reason: 'ticket 78' });
    expect(sandbox.hostbill.service(active.serviceId).cancellation?.when).toBe('end_of_period');
    sandbox.clock.advance({ days: 60 });
    expect(sandbox.hostbill.service(suspended.serviceId)).toMatchObject({ status: 'Suspended', nextDue: '2026-05-30' });
  });

  it('carries an immediate one out at the next midnight', async () => {
    const { serviceId } = sandbox.hostbill.add();
    await cancel(serviceId, { immediate: true, reason: 'ticket 79' });
    sandbox.clock.set(new Date('2026-03-10T23:59:59Z'));
    expect(sandbox.hostbill.service(serviceId).status).toBe('Active');
    sandbox.clock.advance({ seconds: 1 });
    expect(sandbox.hostbill.service(serviceId).status).toBe('Terminated');
  });

  it.each([{}, { reason: ' ' }, { reason: 'x', immediate: 'true' }, 'reason', []])(
    'refuses %j within a 200',
    async (body) => {
      const { serviceId } = sandbox.hostbill.seeded.active;
      const { status, json } = await cancel(serviceId, body);
      expect([status, json]).toEqual([200, { error: [expect.any(String)] }]);
      expect(sandbox.hostbill.service(serviceId).timesCancelled).toBe(0);
    },
  );

  it.each([
    ['noted', { info: ['cancelled_already'] }, 1],
    ['refused', { error: [expect.any(String)] }, 1],
    ['accepted', { info: ['cancell_sent'] }, 2],
  ] as const)('answers a second cancellation as configured: %s', async (repeatedCancel, expected, times) => {
    sandbox.hostbill.configure({ repeatedCancel });
    const { serviceId } = sandbox.hostbill.seeded.cancelled;
    expect((await cancel(serviceId, { immediate: true, reason: 'ticket 80' })).json).toEqual(expected);
    expect(sandbox.hostbill.service(serviceId).timesCancelled).toBe(times);
  });

  it('puts the fields below data if it is configured so', async () => {
    sandbox.hostbill.configure({ answers: 'wrapped' });
    const { serviceId } = sandbox.hostbill.seeded.active;
    expect((await show(serviceId)).json).toMatchObject({
      data: { service: { status: 'Active' } },
      error: [],
      info: [],
    });
    const { json } = await cancel(serviceId, { immediate: true, reason: 'ticket 81' });
    expect(json).toEqual({ data: {}, error: [], info: ['cancell_sent'] });
  });

  it('lets in by Basic, by a personal access token, and by a token of a login until that ends', async () => {
    const { email: username, password } = sandbox.settings.hostbill;
    const login = await sendJson('POST', `${api}/login`, { username, password }, {});
    expect(login.json).toEqual({ token: expect.any(String), refresh: expect.any(String) });
    const { token: obtained }: { token?: unknown } = Object(login.json);
    const list = async (value: string): Promise<number> =>
      (await call(`${api}/service`, { headers: { authorization: value } })).status;
    const own = `Bearer ${sandbox.settings.hostbillToken.token}`;
    expect(await Promise.all([authorization, own, `Bearer ${String(obtained)}`].map(list))).toEqual([200, 200, 200]);
    sandbox.clock.advance({ hours: 1 });
    expect(await list(`Bearer ${String(obtained)}`)).toBe(401);
  });

  it.each([200, 401] as const)('says wronglogin with %i', async (loginStatus) => {
    sandbox.hostbill.configure({ loginStatus });
    const login = await sendJson('POST', `${api}/login`, { username: 'a', password: 'b' }, {});
    const listed = await call(`${api}/service`, { headers: { authorization: 'Bearer none' } });
    for (const { status, json } of [login, listed])
      expect([status, json]).toEqual([loginStatus, { error: ['wronglogin'] }]);
  });
});
