import { beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Answer, call, postForm } from './http.ts';

// Called as the documentation says, without the adapter. Contabo has no client for JavaScript.

let sandbox: Sandbox;
let token: string;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  token = tokenOf(await logIn());
  return () => sandbox.close();
});

function logIn(changed: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const { authUrl, clientId, clientSecret, username, password } = sandbox.settings.contabo;
  const credentials = { client_id: clientId, client_secret: clientSecret, username, password };
  const form = { grant_type: 'password', ...credentials, ...changed };
  return postForm(`${authUrl}/auth/realms/contabo/protocol/openid-connect/token`, form);
}

function tokenOf({ json }: Answer): string {
  const { access_token: granted }: { access_token?: unknown } = Object(json);
  return String(granted);
}

function ask(method: string, path: string, body?: string, headers: Readonly<Record<string, string>> = {}) {
  const usual = { authorization: `Bearer ${token}`, 'x-request-id': '51A87ECD-754E-4104-9C54-D01AD0F83406' };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  return call(`${sandbox.settings.contabo.baseUrl}/v1/compute/instances${path}`, {
    method,
    headers: { ...usual, ...type, ...headers },
    ...(body === undefined ? {} : { body }),
  });
}

const cancel = (instanceId: number, body?: string): Promise<Answer> => ask('POST', `/${instanceId}/cancel`, body);
const active = (): number => sandbox.contabo.seeded.active.instanceId;

describe('the emulated Contabo', () => {
  it('grants tokens to its user alone, for 300 seconds', async () => {
    expect(await logIn()).toMatchObject({ status: 200, json: { token_type: 'Bearer', expires_in: 300 } });
    expect(await logIn({ password: 'other' })).toMatchObject({ status: 401, json: { error: 'invalid_grant' } });
    expect(await logIn({ client_secret: 'other' })).toMatchObject({ status: 401, json: { error: 'invalid_client' } });
    expect(await logIn({ grant_type: 'client_credentials' })).toMatchObject({ status: 400 });
    expect(await ask('GET', '')).toMatchObject({ status: 200 });
    sandbox.clock.advance({ seconds: 299 });
    expect(await ask('GET', '')).toMatchObject({ status: 200 });
    sandbox.clock.advance({ seconds: 1 });
    expect(await ask('GET', '')).toMatchObject({ status: 401 });
    token = tokenOf(await logIn());
    expect(await ask('GET', '')).toMatchObject({ status: 200 });
    sandbox.contabo.expireTokens();
    expect(await ask('GET', '')).toMatchObject({ status: 401 });
  });

  it.each(['', 'request-1', '51a87ecd-754e-1104-9c54-d01ad0f83406'])(
    'refuses the request id %j, which is no UUID of version 4',
    async (id) => {
      expect(await ask('GET', '', undefined, { 'x-request-id': id })).toMatchObject({ status: 400 });
    },
  );

  it('cancels without a body, or without a date, for the first possible day', async () => {
    const data = [{ instanceId: active(), cancelDate: '2026-03-30' }];
    expect(await cancel(active())).toMatchObject({ status: 201, json: { data } });
    expect(await ask('GET', `/${active()}`)).toMatchObject({ status: 200, json: { data } });
    const { instanceId } = sandbox.contabo.add();
    expect(await cancel(instanceId, '{}')).toMatchObject({ status: 201 });
    sandbox.contabo.configure({ missingBody: 'refused' });
    expect(await cancel(sandbox.contabo.add().instanceId)).toMatchObject({ status: 400 });
  });

  it('cancels for the day on which the point in time lies, in the zone that is configured', async () => {
    const days: string[] = [];
    for (const timeZone of ['UTC', 'Europe/Berlin', 'America/Los_Angeles', 'Asia/Tokyo'] as const) {
      sandbox.contabo.configure({ timeZone });
      const { instanceId } = sandbox.contabo.add();
      await cancel(instanceId, '{"cancelDate":"2026-12-31T00:00:00Z"}');
      days.push(sandbox.contabo.service(instanceId).cancelDate);
    }
    expect(days).toEqual(['2026-12-31', '2026-12-31', '2026-12-30', '2026-12-31']);
  });

  it.each(['{"cancelDate":"2026-12-31"}', '{"cancelDate":7}', '{"cancelDate":"2026-03-29T12:00:00Z"}', '[]', '{'])(
    'refuses %s',
    async (body) => {
      expect(await cancel(active(), body)).toMatchObject({ status: 400, json: { statusCode: 400 } });
      expect(sandbox.contabo.service(active()).timesCancelled).toBe(0);
    },
  );

  it.each([
    ['refused', 409, 1],
    ['replaced', 201, 2],
  ] as const)('answers a second cancellation as configured: %s', async (repeatedCancel, status, times) => {
    sandbox.contabo.configure({ repeatedCancel });
    const { instanceId } = sandbox.contabo.seeded.cancelled;
    expect(await cancel(instanceId, '{"cancelDate":"2026-12-31T12:00:00Z"}')).toMatchObject({ status });
    expect(sandbox.contabo.service(instanceId).timesCancelled).toBe(times);
  });

  it('shows an instance without a cancellation with an empty date, or null', async () => {
    expect(await ask('GET', `/${active()}`)).toMatchObject({ json: { data: [{ cancelDate: '' }] } });
    sandbox.contabo.configure({ noDate: 'null' });
    expect(await ask('GET', '?size=1')).toMatchObject({
      json: { data: [{ cancelDate: null }], _pagination: { totalElements: 2 } },
    });
  });

  it('ends what is cancelled on its day, and renews the rest by months', async () => {
    const { instanceId } = sandbox.contabo.seeded.cancelled;
    sandbox.clock.set(new Date('2026-03-29T23:59:59Z'));
    expect(sandbox.contabo.service(instanceId)).toMatchObject({
      ended: false,
      cancellation: { effectiveAt: undefined },
    });
    sandbox.clock.set(new Date('2026-03-30T00:00:00Z'));
    const effectiveAt = new Date('2026-03-30T00:00:00Z');
    expect(sandbox.contabo.service(instanceId)).toMatchObject({ ended: true, cancellation: { effectiveAt } });
    expect(sandbox.contabo.service(active())).toMatchObject({ ended: false, earliest: '2026-04-30' });
    token = tokenOf(await logIn());
    expect(await ask('GET', `/${instanceId}`)).toMatchObject({ status: 404 });
    sandbox.contabo.configure({ endedInstance: 'listed' });
    expect(await ask('GET', `/${instanceId}`)).toMatchObject({ status: 200 });
  });

  it('knows no other instance, and no other path', async () => {
    expect(await cancel(7, '{}')).toMatchObject({ status: 404 });
    expect(await ask('GET', '/7')).toMatchObject({ status: 404 });
    expect(await ask('DELETE', `/${active()}/cancel`)).toMatchObject({ status: 404 });
    expect(() => sandbox.contabo.service(7)).toThrow(RangeError);
  });
});
