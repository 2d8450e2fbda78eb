import { createCancelService, type CancellationStatus } from 'cancelkit';
import type { Sandbox } from 'cancelkit/sandbox';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { replying, servicesOf, startAt8, type SandboxService } from './set-up.ts';

let sandbox: Sandbox;
let services: SandboxService;
beforeEach(async () => {
  sandbox = await startAt8();
  services = servicesOf(sandbox);
  return () => sandbox.close();
});

/** The whole status, its raw part aside: a field too many is a claim too many. */
type Expected = Omit<CancellationStatus, 'raw'>;
const whole = (expected: Expected): object => ({ ...expected, raw: expect.anything() });

const scheduled = (
  value: string,
  precision: 'date' | 'instant',
): Pick<CancellationStatus, 'state' | 'when' | 'effectiveAt'> => ({
  state: 'scheduled',
  when: 'end_of_period',
  effectiveAt: { value, precision, source: 'provider' },
});

describe('the state of a server at VPSBG', () => {
  const requested = { requestedAt: '2026-03-10T08:00:00.000Z' };
  type Name = keyof Sandbox['vpsbg']['seeded'];
  const read = (name: Name): Promise<CancellationStatus> =>
    services.status({ account: 'vpsbg', service: sandbox.vpsbg.seeded[name] });
  const cancel = (when: 'immediate' | 'end_of_period'): Promise<unknown> =>
    services.cancel({ account: 'vpsbg', service: sandbox.vpsbg.seeded.active, when });

  it.each<[string, Name, () => unknown, Expected]>([
    ['is none without a request', 'active', () => undefined, { state: 'none', revocable: false }],
    ['is none where it is only suspended', 'suspended', () => undefined, { state: 'none', revocable: false }],
    ['is none where it is only locked', 'locked', () => undefined, { state: 'none', revocable: false }],
    [
      'is scheduled for the end of the paid month',
      'cancelled',
      () => undefined,
      {
        ...scheduled('2026-03-30T08:00:00.000Z', 'instant'),
        ...requested,
        reason: 'No longer needed',
        revocable: true,
      },
    ],
    [
      'is requested, and not over, while an immediate one only suspends',
      'active',
      () => cancel('immediate'),
      { state: 'requested', when: 'immediate', ...requested, revocable: true },
    ],
    [
      'is completed a day after an immediate one',
      'active',
      async () => {
        await cancel('immediate');
        sandbox.clock.advance({ days: 1 });
      },
      { state: 'completed', revocable: false },
    ],
    [
      'is still scheduled on the last day',
      'cancelled',
      () => sandbox.clock.set(new Date('2026-03-30T07:59:59Z')),
      {
        ...scheduled('2026-03-30T08:00:00.000Z', 'instant'),
        ...requested,
        reason: 'No longer needed',
        revocable: true,
      },
    ],
    [
      'is requested, with a date in the past, while it is suspended after the end of the paid month',
      'cancelled',
      () => sandbox.clock.set(new Date('2026-03-30T08:00:00Z')),
      {
        ...scheduled('2026-03-30T08:00:00.000Z', 'instant'),
        ...requested,
        state: 'requested',
        reason: 'No longer needed',
        revocable: false,
      },
    ],
    [
      'is completed once it is terminated',
      'cancelled',
      () => sandbox.clock.set(new Date('2026-03-31T08:00:00Z')),
      { state: 'completed', revocable: false },
    ],
    [
      'is completed where it was terminated without a request',
      'terminated',
      () => undefined,
      { state: 'completed', revocable: false },
    ],
    [
      'is requested without a timing if the API shows none',
      'cancelled',
      () => sandbox.vpsbg.configure({ cancelRequest: 'flag' }),
      { state: 'requested', revocable: true },
    ],
    [
      'is requested without a timing if the API shows the documented type, whose meaning is not documented',
      'cancelled',
      () => sandbox.vpsbg.configure({ cancelRequest: 'typed' }),
      { state: 'requested', requestedAt: expect.any(String), reason: expect.any(String), revocable: true },
    ],
    [
      'is none again once it was undone',
      'cancelled',
      () => services.revoke({ account: 'vpsbg', service: sandbox.vpsbg.seeded.cancelled }),
      { state: 'none', revocable: false },
    ],
  ])('%s', async (_name, server, given, expected) => {
    await given();
    expect(await read(server)).toEqual(whole(expected));
  });

  it.each([false, 0, '', [], {}])('is unknown, and not none, where `cancel_request` is %j', async (cancelRequest) => {
    const { fetch } = replying({ status: 200, body: { id: 7301, status: 'active', cancel_request: cancelRequest } });
    const reading = createCancelService(sandbox.accounts, { fetch });
    const service = { serverId: 7301 };
    expect(await reading.status({ account: 'vpsbg', service })).toMatchObject({ state: 'unknown', revocable: false });
  });

  it.each([
    ['there is no such server', { serverId: 999 }, () => undefined],
    [
      'a terminated one is not shown any more',
      { serverId: 7305 },
      () => sandbox.vpsbg.configure({ terminated: 'gone' }),
    ],
  ])('is not_found if %s', async (_name, service, given) => {
    given();
    expect(await failureOf(services.status({ account: 'vpsbg', service }))).toMatchObject({
      code: 'not_found',
      providerStatus: 404,
    });
  });

  it('is read with a token that may only read, and with one GET', async () => {
    const service = sandbox.vpsbg.seeded.cancelled;
    expect(await services.status({ account: 'vpsbgReadOnly', service })).toMatchObject({ state: 'scheduled' });
    expect(sandbox.vpsbg.requests.map(({ method, path }) => [method, path])).toEqual([
      ['GET', `/v1/servers/${service.serverId}`],
    ]);
  });
});

describe('the state of a hosting', () => {
  type Name = keyof Sandbox['hosting']['seeded'];
  const read = (name: Name): Promise<CancellationStatus> =>
    services.status({ account: 'hosting', service: sandbox.hosting.seeded[name] });
  const cancel = (when: 'immediate' | 'end_of_period'): Promise<unknown> =>
    services.cancel({ account: 'hosting', service: sandbox.hosting.seeded.active, when, reference: 'order-1' });
  const renewal = { effectiveAt: { value: '2026-03-30', precision: 'date', source: 'provider' } } as const;

  it.each<[string, Name, () => unknown, Expected]>([
    ['is none without a request', 'active', () => undefined, { state: 'none', revocable: false }],
    ['is none where it is only suspended', 'suspended', () => undefined, { state: 'none', revocable: false }],
    ['is none while it is being set up', 'provisioning', () => undefined, { state: 'none', revocable: false }],
    [
      'is scheduled for the end of the period where the hosting says that it is cancelled',
      'cancelled',
      () => sandbox.hosting.configure({ serviceStatusAfterCancel: 'cancelled' }),
      { state: 'scheduled', when: 'end_of_period', ...renewal, revocable: true },
    ],
    [
      'is requested, without a date, while the job waits',
      'active',
      () => cancel('end_of_period'),
      { state: 'requested', revocable: false },
    ],
    [
      'is requested, and not over, while the job of an immediate one waits',
      'active',
      () => cancel('immediate'),
      { state: 'requested', revocable: false },
    ],
    [
      'is scheduled once the job is done',
      'active',
      async () => {
        await cancel('end_of_period');
        sandbox.clock.advance({ minutes: 1 });
      },
      { state: 'scheduled', when: 'end_of_period', ...renewal, revocable: true },
    ],
    [
      'is failed once the job has failed',
      'active',
      async () => {
        sandbox.hosting.failJobs();
        await cancel('end_of_period');
        sandbox.clock.advance({ minutes: 1 });
      },
      { state: 'failed', revocable: false },
    ],
    [
      'is requested again where a second job waits after a failed one',
      'active',
      async () => {
        sandbox.hosting.failJobs();
        await cancel('end_of_period');
        sandbox.clock.advance({ minutes: 1 });
        await cancel('end_of_period');
      },
      { state: 'requested', revocable: false },
    ],
    [
      'is scheduled where the job is done and the hosting says a word of unknown meaning',
      'cancelled',
      () => sandbox.hosting.configure({ serviceStatusAfterCancel: 'winding_down' }),
      { state: 'scheduled', when: 'end_of_period', ...renewal, revocable: true },
    ],
    [
      'is unknown where the job is done and the hosting looks untouched',
      'cancelled',
      () => sandbox.hosting.configure({ serviceStatusAfterCancel: 'active' }),
      { state: 'unknown', revocable: false },
    ],
    [
      'is completed where a deleted hosting is still listed',
      'deleted',
      () => sandbox.hosting.configure({ deletedHosting: 'listed' }),
      { state: 'completed', revocable: false },
    ],
    [
      'is completed at the end of the period where a deleted hosting is still listed',
      'cancelled',
      () => {
        sandbox.hosting.configure({ deletedHosting: 'listed' });
        sandbox.clock.set(new Date('2026-03-30T08:00:00Z'));
      },
      { state: 'completed', revocable: false },
    ],
  ])('%s', async (_name, hosting, given, expected) => {
    await given();
    expect(await read(hosting)).toEqual(whole(expected));
  });

  it.each<[string, Name, () => unknown]>([
    ['it was deleted', 'deleted', () => undefined],
    ['its period is over', 'cancelled', () => sandbox.clock.advance({ days: 21 })],
  ])(
    'is completed where %s, it is no longer listed, and its history has the cancellation',
    async (_name, hosting, given) => {
      given();
      expect(await read(hosting)).toEqual(whole({ state: 'completed', revocable: false }));
    },
  );

  it('is not_found, with the id of the response, if there never was such a hosting', async () => {
    const service = { hostingId: '1_neverThere', domain: 'example.com' };
    expect(await failureOf(services.status({ account: 'hosting', service }))).toMatchObject({
      code: 'not_found',
      providerStatus: 404,
      providerCode: 'does_not_exist',
      providerReference: expect.stringMatching(/^1_[0-9a-f]{40}$/),
    });
  });
});

describe('the state of a service at WHMCS', () => {
  type Name = keyof Sandbox['whmcs']['seeded'];
  const read = (name: Name): Promise<CancellationStatus> =>
    services.status({ account: 'whmcs', service: sandbox.whmcs.seeded[name] });
  const cancel = (name: Name, when: 'immediate' | 'end_of_period'): Promise<unknown> =>
    services.cancel({ account: 'whmcs', service: sandbox.whmcs.seeded[name], when });
  const asked = { requestedAt: '2026-03-10', revocable: false };

  it.each<[string, Name, () => unknown, Expected]>([
    ['is none without a request', 'active', () => undefined, { state: 'none', revocable: false }],
    ['is none where it is only suspended', 'suspended', () => undefined, { state: 'none', revocable: false }],
    [
      'is scheduled for the due date',
      'cancelled',
      () => undefined,
      { ...scheduled('2026-03-30', 'date'), ...asked, reason: 'No longer needed' },
    ],
    [
      'is requested, without a date, where there is no due date',
      'free',
      () => cancel('free', 'end_of_period'),
      { state: 'requested', when: 'end_of_period', ...asked },
    ],
    [
      'is requested, without the due date, where it is immediate',
      'active',
      () => cancel('active', 'immediate'),
      { state: 'requested', when: 'immediate', ...asked },
    ],
    [
      'is completed by the cron after an immediate one',
      'active',
      async () => {
        await cancel('active', 'immediate');
        sandbox.clock.set(new Date('2026-03-11T00:00:00Z'));
      },
      { state: 'completed', when: 'immediate', ...asked },
    ],
    [
      'is completed by the cron on the due date',
      'cancelled',
      () => sandbox.clock.set(new Date('2026-03-30T00:00:00Z')),
      { state: 'completed', when: 'end_of_period', ...asked, reason: 'No longer needed' },
    ],
    [
      'is completed where the request is no longer listed',
      'cancelled',
      () => {
        sandbox.whmcs.configure({ completedRequests: 'removed' });
        sandbox.clock.set(new Date('2026-03-30T00:00:00Z'));
      },
      { state: 'completed', revocable: false },
    ],
    [
      'is not completed where the owner did not automate it, whatever the date',
      'active',
      async () => {
        sandbox.whmcs.configure({ automation: false });
        await cancel('active', 'immediate');
        sandbox.clock.advance({ days: 60 });
      },
      { state: 'requested', when: 'immediate', ...asked },
    ],
    [
      'is completed where it was terminated without a request',
      'terminated',
      () => undefined,
      { state: 'completed', revocable: false },
    ],
    [
      'is none again where a person removed the request',
      'cancelled',
      () => sandbox.whmcs.deleteCancellationRequest(sandbox.whmcs.seeded.cancelled.serviceId),
      { state: 'none', revocable: false },
    ],
    [
      'is completed where a person ended the service',
      'active',
      () => sandbox.whmcs.terminate(sandbox.whmcs.seeded.active.serviceId),
      { state: 'completed', revocable: false },
    ],
  ])('%s', async (_name, service, given, expected) => {
    await given();
    expect(await read(service)).toEqual(whole(expected));
  });

  it('is not_found if there is no such service', async () => {
    const failure = await failureOf(services.status({ account: 'whmcs', service: { serviceId: 999 } }));
    expect(failure).toMatchObject({ code: 'not_found', operation: 'status' });
  });

  it('is read with a role that may only read, and the request changes nothing', async () => {
    const service = sandbox.whmcs.seeded.cancelled;
    expect(await services.status({ account: 'whmcsReadOnly', service })).toMatchObject({ state: 'scheduled' });
    const actions = sandbox.whmcs.requests.map(({ body }) => new URLSearchParams(body).get('action'));
    expect(actions).toEqual(['GetClientsProducts', 'GetCancelledPackages']);
  });
});

describe('a read-back that fails', () => {
  it.each([
    ['a reset', { kind: 'reset', executed: false }, { code: 'unavailable', retryable: true }],
    [
      'a server’s failure',
      { kind: 'server_error', executed: false },
      { code: 'unavailable', providerStatus: 500, retryable: true },
    ],
    ['a page', { kind: 'html', executed: false }, { code: 'unexpected_response', providerStatus: 200 }],
    ['a firewall', { kind: 'firewall' }, { code: 'unexpected_response', providerStatus: 403 }],
    ['half a response', { kind: 'truncated', executed: true }, { code: 'unexpected_response', providerStatus: 200 }],
    ['no body', { kind: 'empty', executed: true }, { code: 'unexpected_response', providerStatus: 200 }],
  ] as const)('because of %s is never outcome_unknown, and never “not cancelled”', async (_name, fault, expected) => {
    sandbox.vpsbg.fault({ ...fault, times: Infinity });
    sandbox.hosting.fault({ ...fault, times: Infinity });
    sandbox.whmcs.fault({ ...fault, times: Infinity });
    const { vpsbg, hosting, whmcs } = sandbox;
    const failures = await Promise.all([
      failureOf(services.status({ account: 'vpsbg', service: vpsbg.seeded.active })),
      failureOf(services.status({ account: 'hosting', service: hosting.seeded.active })),
      failureOf(services.status({ account: 'whmcs', service: whmcs.seeded.active })),
    ]);
    for (const failure of failures) expect(failure).toMatchObject({ ...expected, operation: 'status' });
  });

  it('in the middle is sent again, and then answered', async () => {
    sandbox.whmcs.fault({ kind: 'reset', executed: false, only: ({ body }) => body.includes('GetCancelledPackages') });
    const service = sandbox.whmcs.seeded.cancelled;
    expect(await services.status({ account: 'whmcs', service })).toMatchObject({ state: 'scheduled' });
    expect(sandbox.whmcs.requests).toHaveLength(3);
  });
});
