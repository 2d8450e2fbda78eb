import { beforeEach, describe, expect, it } from 'vitest';
import { type HostingServiceId, type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Answer, call, sendJson } from './http.ts';

let sandbox: Sandbox;
let active: HostingServiceId;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  active = sandbox.hosting.seeded.active;
  return () => sandbox.close();
});

function hosting(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const { baseUrl, token } = sandbox.settings.hosting;
  const url = `${baseUrl}/hosting/${path}`;
  const all = { token, ...headers };
  return body === undefined ? call(url, { method, headers: all }) : sendJson(method, url, body, all);
}
function cancel(service: HostingServiceId, body: Record<string, unknown> = {}, headers = {}): Promise<Answer> {
  return hosting(
    'DELETE',
    service.hostingId,
    { reason: 'ticket 77', domain: service.domain, immediate: false, ...body },
    headers,
  );
}
const serviceStatus = async (): Promise<unknown> => (await hosting('GET', active.hostingId)).json;

describe('a cancellation at the Hosting API', () => {
  it('answers 202 pending, is carried out by a job, and ends the hosting when the period is over', async () => {
    const answer = await cancel(active, {}, { 'client-request-id': 'order-1234' });
    expect(answer).toMatchObject({
      status: 202,
      json: {
        responseId: expect.stringMatching(/^1_[0-9a-f]{40}$/),
        clientRequestId: 'order-1234',
        status: 'pending',
        message: 'Your cancel request is pending',
        hosting: {
          identifier: active.hostingId,
          domain: active.domain,
          suspended: false,
          openJobCount: 1,
          serviceStatus: 'active',
          nextServiceRenewalDate: '2026-03-30',
          created: 1_773_129_600,
          modified: 1_773_129_600,
        },
      },
    });
    sandbox.clock.advance({ minutes: 1 });
    expect(await serviceStatus()).toMatchObject({
      status: 'ok',
      hosting: { openJobCount: 0, serviceStatus: 'expiring', nextServiceRenewalDate: '2026-03-30' },
    });
    expect(sandbox.hosting.service(active.hostingId).jobs[0]).toMatchObject({
      status: 'done',
      reason: 'ticket 77',
      clientRequestId: 'order-1234',
    });
    sandbox.clock.advance({ days: 20 });
    expect(await hosting('GET', active.hostingId)).toMatchObject({
      status: 404,
      json: { errorCode: 'does_not_exist' },
    });
    const over = sandbox.hosting.service(active.hostingId);
    expect(over.cancellation?.effectiveAt).toEqual(new Date('2026-03-30T08:00:00Z'));
  });

  it('deletes the hosting when immediate, and cannot be undone', async () => {
    sandbox.hosting.configure({ jobDelayMs: 0, deletedHosting: 'listed' });
    await cancel(active, { immediate: true });
    expect(sandbox.hosting.service(active.hostingId).state).toBe('deleted');
    expect((await hosting('PATCH', active.hostingId, { resumeService: true })).status).toBe(405);
    expect(await serviceStatus()).toMatchObject({ hosting: { status: 'deleted' } });
  });

  it('can be undone with a job before the period is over', async () => {
    const { hostingId } = sandbox.hosting.seeded.cancelled;
    const answer = await hosting('PATCH', hostingId, { resumeService: true });
    expect(answer).toMatchObject({ status: 202, json: { status: 'pending' } });
    expect(sandbox.hosting.service(hostingId).state).toBe('cancelled');
    sandbox.clock.advance({ minutes: 1 });
    expect(sandbox.hosting.service(hostingId)).toMatchObject({ state: 'active', cancellation: null });
    expect((await hosting('PATCH', hostingId, { resumeService: 'yes' })).status).toBe(400);
    expect((await hosting('PATCH', hostingId, { resumeService: true })).status).toBe(405);
  });

  it('cannot be resumed by a job that comes after the end', async () => {
    const { hostingId } = sandbox.hosting.add({
      state: 'cancelled',
      nextServiceRenewalDate: new Date('2026-03-10T08:00:30Z'),
    });
    await hosting('PATCH', hostingId, { resumeService: true });
    sandbox.clock.advance({ minutes: 2 });
    expect(sandbox.hosting.service(hostingId)).toMatchObject({ state: 'deleted', jobs: [{}, { status: 'failed' }] });
  });

  it('can fail afterwards: the history tells, by the id of the 202', async () => {
    sandbox.hosting.failJobs();
    const first = await cancel(active);
    const history = async (answer: Answer): Promise<unknown> => {
      const responseId = /"responseId":"([^"]+)"/.exec(answer.text)?.[1] ?? '';
      return (await hosting('GET', `${active.hostingId}/history?start=0&limit=50&responseId=${responseId}`)).json;
    };
    const job = { type: 'job', jobType: 'cancelHosting' };
    expect(await history(first)).toMatchObject({ status: 'ok', hostingEvents: [{ ...job, jobStatus: 'new' }] });
    sandbox.clock.advance({ minutes: 1 });
    expect(await history(first)).toMatchObject({ hostingEvents: [{ ...job, jobStatus: 'failed' }] });
    expect(sandbox.hosting.service(active.hostingId)).toMatchObject({ state: 'active', cancellation: null });

    const second = await cancel(active, { immediate: true });
    sandbox.clock.advance({ minutes: 1 });
    expect(await history(second)).toMatchObject({ hostingEvents: [{ ...job, jobStatus: 'done' }] });
    expect((await hosting('GET', `${active.hostingId}/history?start=1&limit=1`)).json).toMatchObject({
      hostingEvents: [{ jobStatus: 'failed' }],
    });
  });

  it.each(['cancelled', 'provisioning'] as const)('is a 405 not_active for a hosting that is %s', async (name) => {
    expect(await cancel(sandbox.hosting.seeded[name])).toMatchObject({
      status: 405,
      json: { status: 'error', errorCode: 'not_active', errorMessage: expect.any(String) },
    });
  });

  it('is a 405 while the job of an earlier one is open', async () => {
    await cancel(active);
    expect((await cancel(active, { immediate: true })).status).toBe(405);
    expect(sandbox.hosting.service(active.hostingId).timesCancelled).toBe(1);
  });

  it.each([
    [{ reason: undefined }, 400, 'missing_parameter'],
    [{ reason: '' }, 400, 'missing_parameter'],
    [{ domain: undefined }, 400, 'missing_parameter'],
    [{ immediate: 'yes' }, 400, 'invalid_parameter'],
    [{ domain: 'other.example' }, 409, 'conflict'],
  ])('with %j is refused with %i %s', async (body, status, errorCode) => {
    expect(await cancel(active, body)).toMatchObject({ status, json: { status: 'error', errorCode } });
    expect(sandbox.hosting.service(active.hostingId).cancellation).toBeNull();
  });

  it('needs its parameters in a JSON body', async () => {
    expect(await hosting('DELETE', active.hostingId)).toMatchObject({
      status: 400,
      json: { errorCode: 'invalid_json' },
    });
    const query = `${active.hostingId}?reason=r&domain=${active.domain}`;
    expect((await hosting('DELETE', query)).status).toBe(400);
  });

  it('of an unknown or deleted hosting is a 404', async () => {
    const unknown = { hostingId: '1_unknown', domain: active.domain };
    for (const service of [unknown, sandbox.hosting.seeded.deleted]) {
      expect(await cancel(service)).toMatchObject({ status: 404, json: { errorCode: 'does_not_exist' } });
    }
  });
});

/** What the documentation shows as the response to each call; ids, names, dates and stats are a deployment's own. */
describe('the examples of the Hosting API’s documentation', () => {
  const text: unknown = expect.any(String);
  const number: unknown = expect.any(Number);
  const shown = {
    identifier: text,
    status: 'active',
    domain: text,
    info: {
      serverPlan: text,
      pleskUser: text,
      pleskFtpUser: text,
      pleskClientId: number,
      pleskHostingId: number,
      activeDomains: number,
      subdomains: number,
      diskspace: number,
      databases: number,
      traffic: number,
      trafficPrevDay: number,
    },
    options: [{ name: 'letsEncrypt', value: 'disabled', arguments: [] }],
    package: { packageId: text, type: 'plesk', status: 'active', spec: [{ type: 'diskspace', value: text }] },
    server: {
      identifier: text,
      hostname: text,
      type: 'plesk',
      status: 'active',
      ips: [{ version: 4 }, { version: 6 }],
    },
    suspended: false,
    renewalDay: number,
    period: 1,
    nextRenewal: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    openJobCount: number,
    servicePeriod: number,
    serviceStatus: text,
    nextServiceRenewalDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    created: number,
    modified: number,
  };
  const pending = (message: string): object => ({ responseId: text, status: 'pending', message, hosting: shown });
  const seeded = (): Sandbox['hosting']['seeded'] => sandbox.hosting.seeded;
  const events = [
    { id: 2, hostingIdentifier: text, domainName: text, type: 'job', jobType: 'createHosting', jobStatus: 'done' },
    { id: 1, hostingIdentifier: text, domainName: text, type: 'request', message: 'create hosting requested' },
  ];

  it.each<[string, () => Promise<Answer>, number, object]>([
    ['cancel', () => cancel(active, { immediate: undefined }), 202, pending('Your cancel request is pending')],
    [
      'resume',
      () => hosting('PATCH', seeded().cancelled.hostingId, { resumeService: true }),
      202,
      pending('Your update request is pending'),
    ],
    [
      'get',
      () => hosting('GET', active.hostingId),
      200,
      { responseId: text, status: 'ok', message: 'The hosting object is attached', hosting: shown },
    ],
    [
      'history',
      () => hosting('GET', `${active.hostingId}/history?start=0&limit=50`),
      200,
      {
        responseId: text,
        status: 'ok',
        message: 'The event list is attached',
        listItemCount: 2,
        hostingEvents: events,
      },
    ],
    [
      'a hosting that is not active',
      () => cancel(seeded().provisioning),
      405,
      {
        responseId: text,
        status: 'error',
        errorCode: 'not_active',
        errorMessage: 'This hosting is not in an active state so cannot be deleted',
      },
    ],
    [
      'a domain that is not in the hosting',
      () => cancel(active, { domain: 'other.example' }),
      409,
      { responseId: text, status: 'error', errorCode: 'conflict', errorMessage: 'Domain does not exist in hosting' },
    ],
  ])('are answered as on the page: %s', async (_name, ask, status, expected) => {
    expect(await ask()).toMatchObject({ status, json: expected });
  });

  it('have no status in an error of an older deployment', async () => {
    sandbox.hosting.configure({ keyStyle: 'snake_case' });
    expect((await cancel(seeded().provisioning)).json).toEqual({
      response_id: text,
      error_code: 'not_active',
      error_message: 'This hosting is not in an active state so cannot be deleted',
    });
  });

  it('leave open what the service status is after a cancellation: the default is a word that no client knows', async () => {
    sandbox.hosting.configure({ jobDelayMs: 0 });
    await cancel(active);
    expect(await serviceStatus()).toMatchObject({ hosting: { status: 'active', serviceStatus: 'expiring' } });
  });
});

describe('deployments of the Hosting API', () => {
  it('refuse another token', async () => {
    expect(await cancel(active, {}, { token: 'wrong' })).toMatchObject({ status: 401, json: { status: 'error' } });
  });

  it('may want the token in another header, with a scheme', async () => {
    sandbox.hosting.configure({ tokenHeader: 'Authorization', tokenScheme: 'Bearer' });
    expect((await cancel(active)).status).toBe(401);
    const authorization = `Bearer ${sandbox.settings.hosting.token}`;
    expect((await cancel(active, {}, { authorization })).status).toBe(202);
  });

  it('may be older, with other names for the fields', async () => {
    sandbox.hosting.configure({ keyStyle: 'snake_case' });
    expect((await cancel(active, { domain: 'other.example' })).json).toEqual({
      response_id: expect.any(String),
      error_code: 'conflict',
      error_message: expect.any(String),
    });
    expect((await cancel(active)).json).toMatchObject({ response_id: expect.any(String), status: 'pending' });
  });

  it('may say another service status after a cancellation', async () => {
    sandbox.hosting.configure({ serviceStatusAfterCancel: 'adopting', jobDelayMs: 0 });
    await cancel(active);
    expect(await serviceStatus()).toMatchObject({ hosting: { serviceStatus: 'adopting' } });
  });
});
