import { type Sandbox, startSandbox } from 'cancelkit/sandbox';
import { beforeEach, describe, expect, it } from 'vitest';
import { findOperation, readOperations } from '../openapi/description.ts';
import { violationsOf } from '../openapi/json-schema.ts';
import { type Answer, call } from './http.ts';

// No client of the vendor's for Node.js exists, so the caller is the description: it names the call and
// judges the response.

const operations = await readOperations(['leaseweb-public-cloud', 'leaseweb-services.facts']);
const API = 'https://api.leaseweb.com';
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2096-03-10T08:00:00Z') });
  return () => sandbox.close();
});

/** Calls the emulator, and holds its response against the description. */
async function ask(method: string, path: string, body?: object): Promise<Answer> {
  const { baseUrl, apiKey } = sandbox.settings.leaseweb;
  const headers = { 'x-lsw-auth': apiKey, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
  const answer = await call(baseUrl + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const responses = findOperation(operations, method, API + path)?.operation.responses ?? {};
  expect(Object.keys(responses)).toContain(String(answer.status));
  const schema = responses[answer.status]?.content['application/json']?.schema;
  if (schema === undefined) expect(answer.text).toBe('');
  else expect(violationsOf(schema, answer.json)).toEqual([]);
  return answer;
}

const service = ({ serviceId }: { readonly serviceId: string }): string => `/services/v1/services/${serviceId}`;
const instance = ({ instanceId }: { readonly instanceId: string }): string => `/publicCloud/v1/instances/${instanceId}`;

describe('the emulated Services API', () => {
  it('cancels for the end of the term with a code of its list, and restores', async () => {
    const path = service(sandbox.leaseweb.seeded.active);
    const { json } = await ask('GET', '/services/v1/services/cancellationReasons');
    expect(json).toMatchObject({
      cancellationReasons: expect.arrayContaining([{ reason: expect.any(String), reasonCode: expect.any(String) }]),
    });
    expect((await ask('POST', `${path}/cancel`, { reasonCode: 'OTHER' })).status).toBe(400);
    expect((await ask('POST', `${path}/cancel`, { reason: 'No code' })).status).toBe(400);
    const body = { reason: 'Over', reasonCode: 'SANDBOX_TEST' };
    expect((await ask('POST', `${path}/cancel`, body)).status).toBe(204);
    const { json: cancelled } = await ask('GET', path);
    expect(cancelled).toMatchObject({ cancellable: false, uncancellable: true, endDate: '2096-03-31T00:00:00+00:00' });
    expect((await ask('POST', `${path}/cancel`, body)).status).toBe(400);
    expect((await ask('POST', `${path}/uncancel`)).status).toBe(204);
    expect((await ask('GET', path)).json).toMatchObject({ cancellable: true, uncancellable: false, endDate: null });
    expect((await ask('POST', `${path}/uncancel`)).status).toBe(400);
  });

  it('has a service that cannot be cancelled, and no other ids', async () => {
    const path = service(sandbox.leaseweb.seeded.fixed);
    expect((await ask('POST', `${path}/cancel`, { reasonCode: 'SANDBOX_TEST' })).status).toBe(400);
    expect((await ask('GET', service({ serviceId: '1' }))).status).toBe(404);
    expect((await ask('GET', service({ serviceId: sandbox.leaseweb.seeded.hourly.instanceId }))).status).toBe(404);
  });

  it('ends a cancelled service at the end of its term', async () => {
    const { cancelled } = sandbox.leaseweb.seeded;
    sandbox.leaseweb.configure({ ended: 'shown' });
    sandbox.clock.advance({ days: 30 });
    expect((await ask('GET', service(cancelled))).json).toMatchObject({ status: 'ENDED', uncancellable: false });
    sandbox.leaseweb.configure({ ended: 'gone' });
    expect((await ask('GET', service(cancelled))).status).toBe(404);
  });
});

describe('the emulated Public Cloud', () => {
  it('destroys an hourly instance now', async () => {
    const path = instance(sandbox.leaseweb.seeded.hourly);
    expect((await ask('GET', path)).json).toMatchObject({
      contract: { type: 'HOURLY', endsAt: null, state: 'ACTIVE' },
    });
    expect((await ask('DELETE', path)).status).toBe(200);
    expect((await ask('GET', path)).json).toMatchObject({ state: 'DESTROYING' });
    expect((await ask('POST', `${path}/cancelTermination`)).status).toBe(400);
    sandbox.clock.advance({ minutes: 1 });
    expect((await ask('GET', path)).status).toBe(404);
    sandbox.leaseweb.configure({ ended: 'shown' });
    expect((await ask('GET', path)).json).toMatchObject({ state: 'DESTROYED' });
  });

  it('ends a monthly instance with its contract, and restores it before', async () => {
    const { monthly, committed } = sandbox.leaseweb.seeded;
    for (const [path, endsAt] of [
      [instance(monthly), '2096-03-31T00:00:00+00:00'],
      [instance(committed), '2097-03-31T00:00:00+00:00'],
    ] as const) {
      expect((await ask('DELETE', path)).status).toBe(200);
      expect((await ask('DELETE', path)).status).toBe(400);
      const contract = { type: 'MONTHLY', state: 'DELETE_SCHEDULED', endsAt };
      expect((await ask('GET', path)).json).toMatchObject({ state: 'RUNNING', contract });
      expect((await ask('POST', `${path}/cancelTermination`)).status).toBe(204);
      expect((await ask('GET', path)).json).toMatchObject({ contract: { ...contract, state: 'ACTIVE' } });
    }
  });

  it('takes the place of a termination, if it is configured so', async () => {
    const { terminated } = sandbox.leaseweb.seeded;
    sandbox.leaseweb.configure({ repeatedCancellation: 'replaced' });
    expect((await ask('DELETE', instance(terminated))).status).toBe(200);
    expect(sandbox.leaseweb.service(terminated.instanceId).timesCancelled).toBe(2);
  });
});

describe('the emulated Leaseweb', () => {
  it('lets nobody in without the key', async () => {
    const { baseUrl } = sandbox.settings.leaseweb;
    const answer = await call(`${baseUrl}/services/v1/services/cancellationReasons`);
    expect(answer).toMatchObject({ status: 401, json: { errorCode: '401', correlationId: expect.any(String) } });
  });

  it('refuses a body where none is described', async () => {
    const { baseUrl, apiKey } = sandbox.settings.leaseweb;
    const { cancelled, monthly } = sandbox.leaseweb.seeded;
    const init = { headers: { 'x-lsw-auth': apiKey, 'content-type': 'application/json' }, body: '{}' };
    expect((await call(`${baseUrl}${service(cancelled)}/uncancel`, { method: 'POST', ...init })).status).toBe(415);
    expect((await call(baseUrl + instance(monthly), { method: 'DELETE', ...init })).status).toBe(415);
    expect(sandbox.leaseweb.service(monthly.instanceId).timesCancelled).toBe(0);
  });

  it('adds what it is asked for', () => {
    const added = sandbox.leaseweb.add({ kind: 'instance', contractType: 'MONTHLY', term: 6, cancelled: true });
    expect(added).toMatchObject({ term: 6, cancellation: { when: 'end_of_term', reason: 'ticket 77' } });
    expect(sandbox.leaseweb.add()).toMatchObject({ kind: 'service', cancellation: null });
    expect(sandbox.leaseweb.services()).toHaveLength(9);
  });
});
