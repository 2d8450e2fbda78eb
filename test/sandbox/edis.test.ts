import { beforeEach, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { type Answer, call, postForm, sendJson } from './http.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ now: new Date('2026-03-10T08:00:00Z') });
  return () => sandbox.close();
});

function edis(path: string, fields: Record<string, string> = {}): Promise<Answer> {
  const { baseUrl, email, password } = sandbox.settings.edis;
  return postForm(`${baseUrl}/kvm/v2/${path}`, { email, pw: password, ...fields });
}
const cancel = (fields: Record<string, string>): Promise<Answer> => edis('cancel/product', fields);

describe('a cancellation at EDIS', () => {
  it('is stored by service id, and carried out when the paid period ends', async () => {
    const { serviceId } = sandbox.edis.seededByServiceId.active;
    const answer = await cancel({ serviceid: String(serviceId), type: 'End of Billing Period' });
    expect(answer).toMatchObject({ status: 200, json: { status: 'success', serviceid: serviceId, clientid: 4711 } });
    expect(sandbox.edis.service(serviceId)).toMatchObject({
      status: 'active',
      timesCancelled: 1,
      cancellation: { when: 'end_of_period', reason: undefined, effectiveAt: undefined },
    });
    sandbox.clock.advance({ days: 19 });
    expect(sandbox.edis.service(serviceId).status).toBe('active');
    sandbox.clock.advance({ days: 1 });
    const over = sandbox.edis.service(serviceId);
    expect(over.status).toBe('cancelled');
    expect(over.cancellation?.effectiveAt).toEqual(new Date('2026-03-30T08:00:00Z'));
  });

  it('is stored by KVM id, and when immediate carried out the next midnight', async () => {
    const { kvmId } = sandbox.edis.seeded.active;
    expect((await cancel({ kvmid: kvmId, type: 'Immediate' })).status).toBe(200);
    expect(sandbox.edis.service(kvmId).status).toBe('active');
    sandbox.clock.set(new Date('2026-03-11T00:00:00Z'));
    expect(sandbox.edis.service(kvmId)).toMatchObject({ status: 'cancelled', cancellation: { when: 'immediate' } });
  });

  it('can answer with a null clientid, or with another status, in which case nothing is stored', async () => {
    const { kvmId } = sandbox.edis.seeded.active;
    sandbox.edis.configure({ clientId: null, cancelAnswer: 'failed' });
    const answer = await cancel({ kvmid: kvmId, type: 'Immediate' });
    expect(answer).toMatchObject({ status: 200, json: { status: 'failed', clientid: null } });
    expect(sandbox.edis.service(kvmId).cancellation).toBeNull();
  });

  it('is refused the second time', async () => {
    const answer = await cancel({ kvmid: sandbox.edis.seeded.cancelled.kvmId, type: 'Immediate' });
    expect(answer).toMatchObject({
      status: 400,
      json: { status: 'error', message: 'Existing Cancellation Request Exists' },
    });
    expect(sandbox.edis.service(sandbox.edis.seeded.cancelled.kvmId).cancellation?.when).toBe('end_of_period');
  });

  it.each([
    ['neither id nor type', {}, ['service ID is required', 'cancellation type is invalid']],
    ['a type in the wrong case', { serviceid: '500101', type: 'immediate' }, ['cancellation type is invalid']],
    ['an empty id', { kvmid: '', type: 'Immediate' }, ['service ID is required']],
  ])('is refused with %s', async (_, fields, errors) => {
    const message = 'Invalid parameters or missing required fields.';
    expect(await cancel({ ...fields })).toMatchObject({ status: 400, json: { status: 'error', message, errors } });
  });

  it.each([{ serviceid: '999999' }, { kvmid: 'kvm_99_none' }, { kvmid: '500101' }, { serviceid: 'kvm_500101_aq5hx' }])(
    'is refused for %o, which does not exist',
    async (id) => {
      expect(await cancel({ ...id, type: 'Immediate' })).toMatchObject({
        status: 404,
        json: {
          message: 'The specified KVM ID or service ID does not exist.',
          hint: 'Please verify the provided KVM ID or service ID and try again.',
        },
      });
    },
  );

  it('is refused with a wrong password, and with a body that is no form', async () => {
    const refused = {
      status: 401,
      json: {
        status: 'error',
        message: 'Invalid WHMCS credentials provided.',
        suggestion: 'Please check your credentials and try again.',
      },
    };
    const order = { kvmid: sandbox.edis.seeded.active.kvmId, type: 'Immediate' };
    expect(await cancel({ ...order, pw: 'wrong' })).toMatchObject(refused);
    const { baseUrl, email, password } = sandbox.settings.edis;
    const asJson = sendJson('POST', `${baseUrl}/kvm/v2/cancel/product`, { email, pw: password, ...order }, {});
    expect(await asJson).toMatchObject(refused);
    expect(sandbox.edis.service(order.kvmid).timesCancelled).toBe(0);
  });

  it('is a POST', async () => {
    expect((await call(`${sandbox.settings.edis.baseUrl}/kvm/v2/cancel/product`)).status).toBe(405);
  });
});

describe('the examples of the EDIS documentation', () => {
  it('are answered as on the page: a cancellation by the id of the service or of the KVM', async () => {
    const type = 'End of Billing Period';
    const example = { status: 'success', serviceid: expect.any(Number), clientid: expect.any(Number) };
    const { serviceId } = sandbox.edis.add();
    expect(await cancel({ serviceid: String(serviceId), type })).toMatchObject({ status: 200, json: example });
    expect((await cancel({ kvmid: sandbox.edis.add().kvmId, type: 'Immediate' })).json).toEqual(example);
    sandbox.edis.configure({ clientId: null });
    expect((await cancel({ kvmid: sandbox.edis.add().kvmId, type })).json).toEqual({ ...example, clientid: null });
  });
});

describe('an order at EDIS', () => {
  const item = { pid: 1814, os: 92, hostname: 'kvmtest', additional_ram: 467, additional_ip: '' };
  const order = { billingcycle: 'monthly', paymentmethod: 'paypal', applycredit: true, item: [item] };
  const add = (value: unknown): Promise<Answer> =>
    edis('add/order', { order: typeof value === 'string' ? value : JSON.stringify(value) });

  it('creates services that can be cancelled', async () => {
    const answer = await add({ ...order, item: [item, { ...item, hostname: 'second' }] });
    expect(answer).toMatchObject({
      status: 200,
      json: {
        status: 'success',
        orderid: expect.any(Number),
        serviceids: '500104,500105',
        invoiceid: expect.any(Number),
        invoicepaid: true,
      },
    });
    expect(sandbox.edis.service('500105')).toMatchObject({ hostname: 'second', status: 'active' });
    expect((await cancel({ serviceid: '500105', type: 'Immediate' })).status).toBe(200);
  });

  it('is answered as on the page of the documentation', async () => {
    const key = 'ssh-rsa. ...';
    const extras = { additional_ram: 467, additional_vcpu: 467, additional_ip: 467, additional_diskboost: 615 };
    const none = { additional_ram: '', additional_vcpu: '', additional_ip: '', additional_driveboost: '' };
    const example = {
      billingcycle: 'monthly',
      paymentmethod: 'paypal',
      applycredit: true,
      item: [
        { pid: 1814, os: 92, hostname: 'kvmtest', ...extras, ssh_pubkey: key },
        { pid: 1814, os: 88, hostname: 'kvmtest2', ...none, ssh_pubkey: key },
      ],
    };
    const success = {
      status: 'success',
      orderid: expect.any(Number),
      serviceids: expect.stringMatching(/^\d+,\d+$/),
      invoiceid: expect.any(Number),
    };
    expect(await add(example)).toMatchObject({ status: 200, json: { ...success, invoicepaid: true } });
    expect((await add({ ...example, billingcycle: 'yearly' })).json).toEqual({ ...success, invoicepaid: true });
    sandbox.edis.configure({ credit: 'insufficient' });
    expect((await add(example)).json).toEqual({ ...success, invoicepaid: false });
    sandbox.edis.setStock(1814, 0);
    expect(await add(example)).toMatchObject({ status: 200, json: { status: 'failed', orderid: expect.any(Number) } });
    expect(await add({ ...example, billingcycle: undefined })).toMatchObject({
      status: 400,
      json: { status: 'error', errors: ['billingcycle is required'] },
    });
    expect(await add('{')).toMatchObject({ status: 400, json: { errors: ['invalid JSON structure'] } });
  });

  it('has another text for a bad order than for a bad cancellation', async () => {
    const texts = [(await add('{')).json, (await cancel({})).json].map((body) => JSON.stringify(body));
    expect(texts[0]).not.toContain('Invalid parameters or missing required fields.');
    expect(texts[1]).toContain('Invalid parameters or missing required fields.');
  });

  it('leaves an unpaid service pending', async () => {
    expect((await add({ ...order, applycredit: false })).json).toMatchObject({ invoicepaid: false });
    expect(sandbox.edis.service(500_104).status).toBe('pending');
  });

  it('fails as a whole, with 200, when the location is out of stock', async () => {
    sandbox.edis.setStock(1814, 1);
    const answer = await add({ ...order, item: [item, item] });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({ status: 'failed', orderid: expect.any(Number) });
    expect(sandbox.edis.services()).toHaveLength(3);
  });

  it.each([
    ['{', ['invalid JSON structure']],
    ['', ['order is required']],
    [{ ...order, billingcycle: '' }, ['billingcycle is required']],
    [{ ...order, paymentmethod: 'gold' }, ['paymentmethod is invalid']],
    [{ ...order, item: [] }, ['item is required']],
    [{ ...order, item: [{ ...item, pid: 1, hostname: '' }] }, ['pid is invalid', 'hostname is required']],
    [{ ...order, item: [{ ...item, additional_ram: 'much' }] }, ['additional_ram is invalid']],
  ])('is refused when it is %j', async (value, errors) => {
    expect(await add(value)).toMatchObject({ status: 400, json: { status: 'error', errors } });
  });
});

describe('the lists at EDIS', () => {
  it.each(['paymentmethods', 'billingcycles', 'locations', 'products'])('shows the %s', async (list) => {
    const answer = await edis(`get/${list}`);
    expect(answer.json).toMatchObject({ status: 'success', [list]: expect.arrayContaining([expect.anything()]) });
  });
});
