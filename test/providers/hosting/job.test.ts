import { createCancelService, type CancellationStatus, type When } from 'cancelkit';
import { hosting } from 'cancelkit/hosting';
import type { HostingServiceId, Sandbox } from 'cancelkit/sandbox';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Reply, type SandboxService, TIMINGS, replying, servicesOf, startAt8 } from '../../outcome/set-up.ts';
import { failureOf } from '../../support/failure.ts';

let sandbox: Sandbox;
let services: SandboxService;
let service: HostingServiceId;
beforeEach(async () => {
  sandbox = await startAt8();
  services = servicesOf(sandbox);
  service = sandbox.hosting.seeded.active;
  return () => sandbox.close();
});

/** Cancels, and gives the id by which the API knows that cancellation. */
async function cancel(when: When, at: HostingServiceId = service): Promise<string> {
  const result = await services.cancel({ account: 'hosting', service: at, when, reason: 'Over' });
  if (result.providerReference === undefined) throw new Error('expected the id of a job');
  return result.providerReference;
}

const fateOf = (providerReference: string, at: HostingServiceId = service): Promise<CancellationStatus> =>
  services.status({ account: 'hosting', service: at, providerReference });
const whole = (expected: Omit<CancellationStatus, 'raw'>): object => ({ ...expected, raw: expect.anything() });
const aMinuteLater = (): void => void sandbox.clock.advance({ minutes: 1 });

describe('the fate of one cancellation of a hosting', () => {
  it.each(TIMINGS)('is requested while its job waits: %s', async (when) => {
    const id = await cancel(when);
    sandbox.hosting.clearRequests();
    expect(await fateOf(id)).toEqual(whole({ state: 'requested', revocable: false }));
    expect(sandbox.hosting.requests.map(({ method, path, query }) => `${method} ${path}?${query}`)).toEqual([
      `GET /api/v1/hosting/${service.hostingId}/history?start=0&limit=50&responseId=${id}`,
      `GET /api/v1/hosting/${service.hostingId}?`,
    ]);
  });

  it('is scheduled, with the end of the period, once its job is done', async () => {
    const id = await cancel('end_of_period');
    aMinuteLater();
    expect(await fateOf(id)).toEqual(
      whole({
        state: 'scheduled',
        when: 'end_of_period',
        effectiveAt: { value: '2026-03-30', precision: 'date', source: 'provider' },
        revocable: true,
      }),
    );
  });

  it.each(TIMINGS)('is failed once its job has failed: %s', async (when) => {
    sandbox.hosting.failJobs();
    const id = await cancel(when);
    aMinuteLater();
    expect(await fateOf(id)).toEqual(whole({ state: 'failed', revocable: false }));
  });

  it.each(['gone', 'listed'] as const)(
    'is completed once its job has deleted the hosting, which is %s',
    async (deletedHosting) => {
      sandbox.hosting.configure({ deletedHosting });
      const id = await cancel('immediate');
      aMinuteLater();
      expect(await fateOf(id)).toEqual(whole({ state: 'completed', revocable: false }));
    },
  );

  it.each(['gone', 'listed'] as const)(
    'is completed at the end of the period, and not called immediate, where the hosting is %s',
    async (deletedHosting) => {
      sandbox.hosting.configure({ deletedHosting });
      const id = await cancel('end_of_period');
      sandbox.clock.advance({ days: 21 });
      expect(await fateOf(id)).toEqual(whole({ state: 'completed', revocable: false }));
    },
  );

  it('is unknown once it was undone', async () => {
    const id = await cancel('end_of_period');
    aMinuteLater();
    await services.revoke({ account: 'hosting', service });
    aMinuteLater();
    expect(sandbox.hosting.service(service.hostingId).state).toBe('active');
    expect(await fateOf(id)).toEqual(whole({ state: 'unknown', revocable: false }));
  });

  it('is distinguished from that of another cancellation of the same hosting', async () => {
    sandbox.hosting.failJobs();
    const failed = await cancel('immediate');
    aMinuteLater();
    const done = await cancel('end_of_period');
    aMinuteLater();
    expect(await fateOf(failed)).toMatchObject({ state: 'failed' });
    expect(await fateOf(done)).toMatchObject({ state: 'scheduled' });
  });

  it('is unknown, and never none, for the id of another hosting’s job', async () => {
    const { hostingId, domain } = sandbox.hosting.add();
    const other = await cancel('end_of_period', { hostingId, domain });
    aMinuteLater();
    expect(await fateOf(other)).toEqual(whole({ state: 'unknown', revocable: false }));
    await cancel('end_of_period');
    aMinuteLater();
    expect(await fateOf(other)).toMatchObject({ state: 'unknown' });
  });

  it('is unknown for the id of the undo’s job', async () => {
    await cancel('end_of_period');
    aMinuteLater();
    const { providerReference = '' } = await services.revoke({ account: 'hosting', service });
    aMinuteLater();
    expect(await fateOf(providerReference)).toMatchObject({ state: 'unknown' });
  });

  it('is not found if there never was such a hosting', async () => {
    const at = { hostingId: '1_0000', domain: 'active.example' };
    expect(await failureOf(fateOf('1_2aa0', at))).toMatchObject({ code: 'not_found', providerStatus: 404 });
  });

  it.each([
    ['an empty text', ''],
    ['a space', '1_2aa0 1'],
    ['a line break', '1_2aa0\n'],
    ['257 characters', 'x'.repeat(257)],
  ])('is not asked for with %s', async (_name, id) => {
    const failure = await failureOf(fateOf(id));
    expect(failure).toMatchObject({ code: 'invalid_request', issues: [{ path: 'providerReference' }] });
    expect(sandbox.hosting.requests).toHaveLength(0);
  });

  it('is asked for with an id that would change the query, as one value', async () => {
    expect(await fateOf('1_2aa0&limit=1#x')).toMatchObject({ state: 'unknown' });
    const [request] = sandbox.hosting.requests;
    expect(Object.fromEntries(new URLSearchParams(request?.query))).toEqual({
      start: '0',
      limit: '50',
      responseId: '1_2aa0&limit=1#x',
    });
  });
});

describe('the responses that tell the fate of a cancellation', () => {
  const hostingId = '1_aed1';
  const id = '1_2aa0';
  const history = (...hostingEvents: readonly object[]): Reply => ({
    status: 200,
    body: { responseId: 'x', status: 'ok', hostingEvents },
  });
  const job = (jobStatus: unknown, fields: object = {}): object => ({
    type: 'job',
    jobType: 'cancelHosting',
    jobStatus,
    responseId: id,
    ...fields,
  });
  const shown = (fields: object = {}): Reply => ({
    status: 200,
    body: {
      responseId: 'x',
      status: 'ok',
      hosting: {
        identifier: hostingId,
        status: 'ok',
        serviceStatus: 'cancelled',
        openJobCount: 0,
        nextServiceRenewalDate: '2026-03-30',
        ...fields,
      },
    },
  });
  const missing: Reply = {
    status: 404,
    body: { responseId: 'x', status: 'error', errorCode: 'does_not_exist', errorMessage: 'No.' },
  };
  const read = (...replies: readonly Reply[]): Promise<CancellationStatus> => {
    const account = hosting({ baseUrl: 'https://hosting.example.net/api/v1', token: 'aTokenOfSomeLength' });
    const { fetch } = replying(...replies);
    return createCancelService({ hosting: account }, { fetch }).status({
      account: 'hosting',
      service: { hostingId, domain: 'example.com' },
      providerReference: id,
    });
  };

  it.each<[string, readonly Reply[], object]>([
    [
      'a job without a date of the hosting',
      [history(job('done')), shown({ nextServiceRenewalDate: '0000-00-00' })],
      { state: 'requested', when: 'end_of_period' },
    ],
    ['a status of unknown meaning', [history(job('paused')), shown()], { state: 'unknown' }],
    ['no status', [history(job(undefined)), shown()], { state: 'unknown' }],
    ['two jobs under one id', [history(job('failed'), job('done')), shown()], { state: 'unknown' }],
    ['no event', [history(), shown()], { state: 'unknown' }],
    ['no event of a hosting that is gone', [history(), missing], { state: 'unknown' }],
    ['a failed job of a hosting that is gone', [history(job('failed')), missing], { state: 'unknown' }],
    [
      'a job of another kind',
      [history(job('done', { jobType: 'resumeHostingService' })), shown()],
      { state: 'unknown' },
    ],
    [
      'a job that names another response',
      [history(job('done', { responseId: '1_other' })), shown()],
      { state: 'unknown' },
    ],
    [
      'a job that names its response in the older key',
      [history(job('done', { responseId: undefined, response_id: id })), shown()],
      { state: 'scheduled' },
    ],
    ['a history that cannot be read', [{ status: 200, body: '<html>' }, shown()], { state: 'unknown' }],
    [
      'a hosting that looks untouched',
      [history(job('done')), shown({ serviceStatus: 'active' })],
      { state: 'unknown' },
    ],
    [
      'a hosting that is deleted and listed',
      [history(job('done')), shown({ status: 'Deleted' })],
      { state: 'completed' },
    ],
    [
      'a job that waits, of a hosting that says it is cancelled',
      [history(job('new')), shown()],
      { state: 'requested' },
    ],
  ])('are read with care: %s', async (_name, replies, expected) => {
    const { raw, ...found } = await read(...replies);
    expect(raw).toBeDefined();
    expect(found).toMatchObject(expected);
    if (!('when' in expected) && found.state !== 'scheduled') expect(found).not.toHaveProperty('when');
  });

  it.each<[string, readonly Reply[], object]>([
    ['of another hosting', [history(job('done')), shown({ identifier: '1_other' })], { code: 'unexpected_response' }],
    ['a page', [history(job('done')), { status: 200, body: '<html>' }], { code: 'unexpected_response' }],
    [
      'a page with 404, which is no proof that the hosting is gone',
      [history(job('done')), { status: 404, body: '<html>' }],
      { code: 'unexpected_response' },
    ],
    [
      'a refusal',
      [history(job('done')), { status: 401, body: { status: 'error', errorCode: 'no', errorMessage: 'No.' } }],
      { code: 'unauthorized' },
    ],
    [
      'a history that is refused, after which nothing else is asked',
      [{ status: 403, body: { status: 'error', errorCode: 'no', errorMessage: 'No.' } }],
      { code: 'forbidden', attempts: 1 },
    ],
    [
      'a hosting that is gone with a history that cannot be read',
      [{ status: 200, body: '<html>' }, missing],
      { code: 'not_found' },
    ],
  ])('are not taken for a fate: %s', async (_name, replies, expected) => {
    expect(await failureOf(read(...replies))).toMatchObject(expected);
  });
});
