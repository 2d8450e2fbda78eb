import { createCancelService, type CancellationStatus } from 'cancelkit';
import type { Sandbox, WhmcsControls } from 'cancelkit/sandbox';
import { whmcs } from 'cancelkit/whmcs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Reply, type SandboxService, printed, replying, servicesOf, startAt8 } from '../../outcome/set-up.ts';
import { failureOf } from '../../support/failure.ts';

type Shapes = Parameters<WhmcsControls['configure']>[0];

/** Cancels that many new services, one after another, so that their requests are in this order; gives their ids. */
async function cancelMany(sandbox: Sandbox, count: number, reason: string): Promise<number[]> {
  const services = servicesOf(sandbox);
  const ids: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const { serviceId } = sandbox.whmcs.add();
    await services.cancel({ account: 'whmcs', service: { serviceId }, when: 'end_of_period', reason });
    ids.push(serviceId);
  }
  return ids;
}

const pages = (sandbox: Sandbox): string[] =>
  sandbox.whmcs.requests.flatMap(({ body }) => {
    const form = new URLSearchParams(body);
    return form.get('action') === 'GetCancelledPackages' ? [`${form.get('limitstart')}+${form.get('limitnum')}`] : [];
  });

describe('among 501 cancellation requests at WHMCS', () => {
  let sandbox: Sandbox;
  let services: SandboxService;
  let ids: readonly number[];
  beforeAll(async () => {
    sandbox = await startAt8();
    services = servicesOf(sandbox);
    // One is there from the start.
    ids = await cancelMany(sandbox, 500, 'Over');
    return () => sandbox.close();
  });
  beforeEach(() => sandbox.whmcs.clearRequests());

  const shapes: readonly Shapes[] = (['array', 'single_object', 'numeric_keys'] as const).flatMap((lists) =>
    (['numbers', 'strings'] as const).map((form) => ({ lists, ids: form })),
  );

  describe.each(shapes)('in the shape %j', (shape) => {
    beforeEach(() => sandbox.whmcs.configure(shape));

    it.each([
      ['first', 0, ['0+250']],
      ['last of the first page', 248, ['0+250']],
      ['first of the second page', 249, ['0+250', '250+250']],
      ['only one of the last page', 499, ['0+250', '250+250', '500+250']],
    ] as const)('the %s is found, and no page is read after it', async (_name, index, read) => {
      const serviceId = ids[index] ?? 0;
      for (const id of [serviceId, String(serviceId)]) {
        sandbox.whmcs.clearRequests();
        expect(await services.status({ account: 'whmcs', service: { serviceId: id } })).toMatchObject({
          state: 'scheduled',
          when: 'end_of_period',
          effectiveAt: { value: '2026-04-10' },
          reason: 'Over',
        });
        expect(pages(sandbox)).toEqual(read);
      }
    });

    it('none is only said after the last page', async () => {
      const service = sandbox.whmcs.seeded.active;
      expect(await services.status({ account: 'whmcs', service })).toMatchObject({ state: 'none' });
      expect(pages(sandbox)).toEqual(['0+250', '250+250', '500+250']);
    });
  });

  it.each(['reset', 'html', 'truncated'] as const)('nothing is said where a later page ends in %s', async (kind) => {
    const only = ({ body }: { readonly body: string }): boolean => body.includes('limitstart=250');
    sandbox.whmcs.fault({ kind, executed: true, times: Infinity, only });
    const failure = await failureOf(services.status({ account: 'whmcs', service: sandbox.whmcs.seeded.active }));
    expect(failure.code).toBe(kind === 'reset' ? 'unavailable' : 'unexpected_response');
    sandbox.whmcs.clearFaults();
  });

  it('a lost response is found on the last page', async () => {
    const { serviceId } = sandbox.whmcs.add();
    sandbox.whmcs.fault({ kind: 'reset', executed: true });
    const result = await services.cancel({ account: 'whmcs', service: { serviceId }, when: 'immediate' });
    expect(result).toMatchObject({
      outcome: 'requested',
      reconciled: true,
      existing: { when: 'immediate' },
      attempts: 5,
    });
    expect(sandbox.whmcs.service(serviceId).timesCancelled).toBe(1);
    sandbox.whmcs.deleteCancellationRequest(serviceId);
  });
});

describe('cancellation requests with long reasons at WHMCS', () => {
  it('are read in smaller pages, since a response is read up to 256 KiB only', async () => {
    await using sandbox = await startAt8();
    const ids = await cancelMany(sandbox, 200, 'Отказ от услуги. '.repeat(50));
    sandbox.whmcs.clearRequests();
    const services = servicesOf(sandbox);
    const found = await services.status({ account: 'whmcs', service: { serviceId: ids.at(-1) ?? 0 } });
    expect(found).toMatchObject({ state: 'scheduled', when: 'end_of_period' });
    expect(pages(sandbox)).toEqual(['0+250', '0+50', '50+50', '100+50', '150+50', '200+50']);
    expect(await services.status({ account: 'whmcs', service: sandbox.whmcs.seeded.active })).toMatchObject({
      state: 'none',
    });
  });
});

describe('an empty list at WHMCS', () => {
  it.each(['empty_string', 'empty_array', 'empty_object', 'absent'] as const)(
    'is none where it is written as %s',
    async (emptyLists) => {
      await using sandbox = await startAt8();
      sandbox.whmcs.deleteCancellationRequest(sandbox.whmcs.seeded.cancelled.serviceId);
      sandbox.whmcs.configure({ emptyLists });
      const services = servicesOf(sandbox);
      expect(await services.status({ account: 'whmcs', service: sandbox.whmcs.seeded.active })).toMatchObject({
        state: 'none',
      });
      const failure = await failureOf(services.status({ account: 'whmcs', service: { serviceId: 999 } }));
      expect(failure).toMatchObject({ code: 'not_found' });
    },
  );
});

describe('the responses of a read-back at WHMCS', () => {
  const password = 'Service&Password<7>';
  const product = { id: '7', clientid: '1', status: 'Active', nextduedate: '2026-03-30', username: 'user7', password };
  const products = (list: unknown): Reply => ({
    status: 200,
    body: { result: 'success', totalresults: 1, products: list },
  });
  const PRODUCT = products({ product: [product] });
  const request = (fields: object = {}): object => ({
    id: '1',
    relid: '7',
    date: '2026-03-10 08:00:00',
    type: 'End of Billing Period',
    reason: 'Over',
    ...fields,
  });
  const packages = (list: readonly unknown[], fields: object = {}): Reply => ({
    status: 200,
    body: { result: 'success', totalresults: list.length, packages: { package: list }, ...fields },
  });

  function read(...replies: readonly Reply[]): {
    readonly status: Promise<CancellationStatus>;
    readonly requests: readonly Request[];
  } {
    const { fetch, requests } = replying(...replies);
    const account = whmcs({
      url: 'https://whmcs.example.net',
      identifier: 'anIdentifier',
      secret: 'aSecretOfSomeLength',
    });
    const services = createCancelService({ whmcs: account }, { fetch });
    return { status: services.status({ account: 'whmcs', service: { serviceId: 7 } }), requests };
  }

  it.each<[string, Reply, object]>([
    ['in another case', packages([request({ type: 'immediate' })]), { state: 'requested', when: 'immediate' }],
    ['of an unknown type', packages([request({ type: 'Later' })]), { state: 'requested', when: undefined }],
    ['without a type', packages([request({ type: null })]), { state: 'requested', when: undefined }],
    [
      'without a date',
      packages([request({ date: '0000-00-00 00:00:00' })]),
      { state: 'scheduled', requestedAt: undefined },
    ],
    [
      'on a day that is none',
      packages([request({ date: '2026-02-30 00:00:00' })]),
      { state: 'scheduled', requestedAt: undefined },
    ],
    ['without a reason', packages([request({ reason: '' })]), { state: 'scheduled', reason: undefined }],
    ['twice, of which the last counts', packages([request({ type: 'Immediate' }), request()]), { state: 'scheduled' }],
    ['beside others', packages([request({ relid: 70 }), request(), request({ relid: '17' })]), { state: 'scheduled' }],
    ['of another service only', packages([request({ relid: 70 })]), { state: 'none' }],
  ])('give a request %s', async (_name, list, expected) => {
    expect({
      when: undefined,
      requestedAt: undefined,
      reason: undefined,
      ...(await read(PRODUCT, list).status),
    }).toMatchObject(expected);
  });

  it.each<[string, readonly Reply[]]>([
    ['an entry that names no service', [PRODUCT, packages([request({ relid: undefined })])]],
    ['an entry that is no object', [PRODUCT, packages([null])]],
    ['a list that is a text', [PRODUCT, packages([], { packages: 'none' })]],
    ['no result', [PRODUCT, { status: 200, body: { packages: '' } }]],
    ['a list of another service', [products({ product: [{ ...product, id: 8 }] })]],
    ['a product without a status', [products({ product: [{ id: 7 }] })]],
    ['a count without its products', [products('')]],
  ])('are never “not cancelled” if there is %s', async (_name, replies) => {
    expect(await failureOf(read(...replies).status)).toMatchObject({ code: 'unexpected_response' });
  });

  it('are read to an empty page if there is no count, and then none exists', async () => {
    const other = packages([request({ relid: 1 })], { totalresults: undefined });
    const { status, requests } = read(PRODUCT, other, other, packages([], { totalresults: undefined }));
    expect(await status).toMatchObject({ state: 'none' });
    expect(requests).toHaveLength(4);
  });

  it('are not read for ever: a list without an end is unknown', async () => {
    const { status, requests } = read(PRODUCT, packages([request({ relid: 1 })], { totalresults: undefined }));
    expect(await status).toMatchObject({ state: 'unknown', revocable: false });
    expect(requests).toHaveLength(41);
  });

  it('are unknown if the pages end before the count says so', async () => {
    const { status } = read(PRODUCT, packages([], { totalresults: 300 }));
    expect(await status).toMatchObject({ state: 'unknown' });
  });

  it('are completed, whatever the list says, if the service is over', async () => {
    for (const status of ['Terminated', 'Cancelled', 'cancelled']) {
      const over = products({ product: [{ ...product, status }] });
      expect(await read(over, packages([])).status).toMatchObject({ state: 'completed' });
      expect(await read(over, packages([request()])).status).toMatchObject({
        state: 'completed',
        when: 'end_of_period',
      });
    }
  });

  it.each(['Active', 'Suspended', 'Pending', 'Fraud', 'Completed'])(
    'are not completed where the service is %s',
    async (status) => {
      expect(await read(products({ product: [{ ...product, status }] }), packages([])).status).toMatchObject({
        state: 'none',
      });
    },
  );

  it('keep the password of the service, and all else that is not needed, to themselves', async () => {
    const found = await read(PRODUCT, packages([request({ note: password })])).status;
    expect(found.raw).toEqual({
      service: { id: '7', status: 'Active', nextduedate: '2026-03-30' },
      request: { id: '1', relid: '7', date: '2026-03-10 08:00:00', type: 'End of Billing Period', reason: 'Over' },
    });
    expect(printed(found)).not.toContain(password);
    expect(printed(found)).not.toContain('user7');
  });

  it.each<[string, readonly Reply[]]>([
    ['the list fails', [PRODUCT, { status: 500, body: '<html>' }]],
    ['the list is refused', [PRODUCT, { status: 403, body: { result: 'error', message: 'Access Denied' } }]],
    ['the service is of no known form', [products({ product: [{ ...product, status: null }] })]],
    ['the response is no success', [{ status: 200, body: { result: 'odd', products: { product: [product] } } }]],
    [
      'the response is cut off',
      [{ status: 200, body: JSON.stringify({ products: { product: [product] } }).slice(0, -3) }],
    ],
  ])('keep it out of the error if %s', async (_name, replies) => {
    const failure = await failureOf(read(...replies).status);
    expect(printed(failure)).not.toMatch(/Service&|Password</);
  });
});

describe('the password of a service at WHMCS', () => {
  it('comes out of no operation', async () => {
    await using sandbox = await startAt8();
    const services = servicesOf(sandbox);
    const { active, cancelled } = sandbox.whmcs.seeded;
    const passwords = sandbox.whmcs.services().map(({ password }) => password);
    const order = { account: 'whmcs', when: 'end_of_period' } as const;
    const seen: unknown[] = [
      await services.status({ account: 'whmcs', service: cancelled }),
      await services.cancel({ ...order, service: active }, { verify: true }),
      await services.cancel({ ...order, service: active }),
      await failureOf(services.cancel({ ...order, service: active, when: 'immediate' })),
    ];
    const { serviceId } = sandbox.whmcs.add();
    sandbox.whmcs.fault({ kind: 'reset', executed: true });
    seen.push(await services.cancel({ ...order, service: { serviceId } }));
    sandbox.whmcs.fault({ kind: 'truncated', executed: true, times: Infinity });
    seen.push(await failureOf(services.status({ account: 'whmcs', service: cancelled })));
    const bodies = printed(seen);
    for (const password of passwords) expect(bodies).not.toContain(password);
    expect(bodies).not.toMatch(/Service&Password/);
  });
});
