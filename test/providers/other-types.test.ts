import { createCancelService, type CancellationStatus } from 'cancelkit';
import type { ConformanceAnswer } from 'cancelkit/conformance';
import { edis, orderVps } from 'cancelkit/edis';
import { hosting } from 'cancelkit/hosting';
import type { JsonValue } from 'cancelkit/provider';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import { describe, expect, it } from 'vitest';
import { answering } from './answering.ts';

const ok = (body: JsonValue): ConformanceAnswer => ({ status: 200, body });

describe('VPSBG', () => {
  const account = vpsbg({ token: 'a-token-of-the-account' });
  const service = { serverId: 7 };
  const server = (fields: Readonly<Record<string, JsonValue>>): ConformanceAnswer =>
    ok({ id: 7, status: 'active', expiry_at: '2030-01-01T00:00:00.000000Z', cancel_request: null, ...fields });
  const status = (answer: ConformanceAnswer): Promise<CancellationStatus> =>
    createCancelService({ own: account }, { fetch: answering(answer).fetch }).status({ account: 'own', service });

  it.each(['0', 'false', 'none', 'null', ' No ', ''])(
    'takes the text %j for no request, and not for none',
    async (text) => {
      expect(await status(server({ cancel_request: text }))).toMatchObject({ state: 'unknown', revocable: false });
    },
  );

  const request = { id: 1, type: 1, reason: 'x', created_at: '2029-12-01T00:00:00.000000Z' };
  it.each([
    ['Tue, 01 Jan 2030 00:00:00 GMT', false],
    ['Mon, 31 Dec 2029 23:59:59 GMT', true],
  ])('with a request without a timing, at %s by its own clock, can be undone: %s', async (date, revocable) => {
    const answer = { ...server({ status: 'suspended', cancel_request: request }), headers: { date } };
    expect(await status(answer)).toMatchObject({ state: 'requested', revocable });
  });
});

describe('the Hosting API', () => {
  const account = hosting({ baseUrl: 'https://hosting.example.com', token: 'a-token-of-the-account' });
  const service = { hostingId: '1_a', domain: 'example.com' };
  const shown = (fields: Readonly<Record<string, JsonValue>> = {}): ConformanceAnswer => {
    const fixed = {
      identifier: '1_a',
      status: 'active',
      serviceStatus: 'active',
      nextServiceRenewalDate: '2099-01-01',
    };
    return ok({ responseId: 'r', status: 'ok', hosting: { ...fixed, ...fields } });
  };
  const history = (...hostingEvents: readonly JsonValue[]): ConformanceAnswer =>
    ok({ responseId: 'r', status: 'ok', hostingEvents });
  const job = (jobStatus: string, fields: Readonly<Record<string, JsonValue>> = {}): JsonValue => {
    return { id: 1, created: 1, type: 'job', jobType: 'cancelHosting', jobStatus, ...fields };
  };
  const gone: ConformanceAnswer = {
    status: 404,
    body: { responseId: 'r', status: 'error', errorCode: 'does_not_exist', errorMessage: 'None' },
  };
  const status = (answers: readonly ConformanceAnswer[], providerReference?: string): Promise<CancellationStatus> => {
    const services = createCancelService({ own: account }, { fetch: answering(...answers).fetch });
    return services.status({
      account: 'own',
      service,
      ...(providerReference === undefined ? {} : { providerReference }),
    });
  };

  it.each([
    ['the hosting is gone', job('failed', { responseId: 'R1' }), gone],
    ['the hosting is deleted', job('failed', { responseId: 'R1' }), shown({ status: 'deleted', openJobCount: 0 })],
    ['another job is open, counted as a text', job('failed'), shown({ openJobCount: '1' })],
    ['no open jobs are counted, and it names no response', job('failed'), shown()],
  ])('has a failed job that proves nothing if %s', async (_, event, answer) => {
    expect(await status([history(event), answer], 'R1')).toMatchObject({ state: 'unknown' });
  });

  it.each([
    ['it names the response', job('failed', { responseId: 'R1' }), shown()],
    ['no job is open, counted as a text', job('failed'), shown({ openJobCount: '0' })],
    ['its words are in other letters', job('FAILED', { jobType: 'CancelHosting' }), shown({ openJobCount: 0 })],
  ])('has a failed job that is one if %s', async (_, event, answer) => {
    expect(await status([history(event), answer], 'R1')).toMatchObject({ state: 'failed' });
  });

  it.each(['1', true, null, 'some'])(
    'has no cancellation only where no job is open, not with %j',
    async (openJobCount) => {
      expect(await status([shown({ openJobCount }), history()])).toMatchObject({ state: 'unknown' });
    },
  );

  it('has a cancellation whose job is written in other letters', async () => {
    const answers = [shown({ serviceStatus: 'expiring' }), history(job('Done', { jobType: 'CancelHosting' }))];
    expect(await status(answers)).toMatchObject({ state: 'scheduled' });
  });

  it('is cancelled already if its code for that is in other letters', async () => {
    const body = { responseId: 'r', status: 'error', errorCode: 'NOT_ACTIVE', errorMessage: 'Already cancelled' };
    const { fetch } = answering({ status: 405, body }, shown({ serviceStatus: 'expiring' }), history(job('done')));
    const services = createCancelService({ own: account }, { fetch });
    const result = await services.cancel({ account: 'own', service, when: 'end_of_period', reason: 'Over' });
    expect(result.outcome).toBe('already_cancelled');
  });
});

describe('WHMCS', () => {
  const account = whmcs({
    url: 'https://whmcs.example.com',
    identifier: 'an-identifier',
    secret: 'a-secret-of-the-api',
  });
  const status = (product: string, type: string): Promise<CancellationStatus> => {
    const products = { product: [{ id: 5, status: product, nextduedate: '2099-01-01' }] };
    const packages = { package: [{ id: 1, relid: '5', type }] };
    const { fetch } = answering(
      ok({ result: 'success', totalresults: 1, products }),
      ok({ result: 'success', totalresults: 1, packages }),
    );
    return createCancelService({ own: account }, { fetch }).status({ account: 'own', service: { serviceId: 5 } });
  };

  it('is over in either spelling, and has a timing with space around it', async () => {
    expect(await status('Canceled', 'Immediate')).toMatchObject({ state: 'completed' });
    expect(await status('Active', ' Immediate ')).toMatchObject({ state: 'requested', when: 'immediate' });
  });
});

describe('an order at EDIS', () => {
  const order = {
    billingCycle: 'monthly',
    paymentMethod: 'paypal',
    applyCredit: true,
    items: [{ productId: 1, os: 2, hostname: 'a' }],
  };
  const answered = (body: JsonValue): ReturnType<typeof orderVps> =>
    orderVps(edis({ email: 'reseller@example.com', password: 'correct-horse' }), order, {
      fetch: answering(ok(body)).fetch,
    });

  it.each([false, 0, '0', 'false'])('is unpaid with %j', async (invoicepaid) => {
    const { result } = await answered({ status: 'success', orderid: 1, serviceids: '5', invoiceid: 2, invoicepaid });
    expect(result).toMatchObject({ outcome: 'ordered', invoicePaid: false, warnings: [{ code: 'invoice_unpaid' }] });
  });

  it.each([[['5']], [[5]], [5]])('has its services in %j, too', async (serviceids) => {
    const { result } = await answered({ status: 'success', orderid: 1, serviceids, invoiceid: 2, invoicepaid: 1 });
    expect(result).toMatchObject({ outcome: 'ordered', services: [{ serviceId: '5' }], invoicePaid: true });
  });

  it.each(['', ' ', null, []])('is not provisioned with %j for its services', async (serviceids) => {
    const { result } = await answered({ status: 'failed', orderid: 3, serviceids });
    expect(result).toMatchObject({ outcome: 'not_provisioned', orderId: '3' });
  });
});
