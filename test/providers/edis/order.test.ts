import { createCancelService, type UnknownReason } from 'cancelkit';
import { edis, orderVps, type EdisOrder, type EdisOrderItem } from 'cancelkit/edis';
import type { Fault, RecordedRequest, Sandbox } from 'cancelkit/sandbox';
import { vpsbg } from 'cancelkit/vpsbg';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Reply, printed, replying, startAt8 } from '../../outcome/set-up.ts';
import { failureOf } from '../../support/failure.ts';

const key = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ7Gz+c/b1gQmY4q0v8rW2nT5u6xS9dLkEoH3pFjAaBc';
const sshPublicKey = `ssh-ed25519 ${key} ops@example.com`;

const item: EdisOrderItem = { productId: 1814, os: 92, hostname: 'kvmtest' };
const order: EdisOrder = { billingCycle: 'monthly', paymentMethod: 'paypal', applyCredit: true, items: [item] };

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startAt8();
  return () => sandbox.close();
});
beforeEach(() => {
  sandbox.edis.clearRequests();
  sandbox.edis.clearFaults();
  for (const product of [1814, 1815]) sandbox.edis.setStock(product, 10);
});
afterEach(() => vi.unstubAllEnvs());

const sentForm = (request: RecordedRequest | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(request?.body));
const sentOrder = (request: RecordedRequest | undefined): unknown => JSON.parse(sentForm(request)['order'] ?? 'null');

/** An order against a made-up server with the sandbox's credentials. */
function orderFrom(reply: Reply, given: EdisOrder = order): ReturnType<typeof orderVps> {
  const { email, password } = sandbox.settings.edis;
  return orderVps(edis({ email, password }), given, { fetch: replying(reply).fetch });
}

describe('an order at EDIS', () => {
  it('is a form whose field `order` is a JSON text with the documented keys', async () => {
    await orderVps(sandbox.accounts.edis, {
      ...order,
      items: [
        { ...item, additionalRam: 467, additionalVcpu: 468, additionalIp: 469, additionalDiskboost: 615, sshPublicKey },
      ],
    });
    const [request] = sandbox.edis.requests;
    const { email, password } = sandbox.settings.edis;
    expect(request).toMatchObject({ method: 'POST', path: '/kvm/v2/add/order', query: '' });
    expect(request?.headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.keys(sentForm(request))).toEqual(['email', 'pw', 'order']);
    expect(sentForm(request)).toMatchObject({ email, pw: password });
    expect(sentOrder(request)).toEqual({
      billingcycle: 'monthly',
      paymentmethod: 'paypal',
      applycredit: true,
      item: [
        {
          pid: 1814,
          os: 92,
          hostname: 'kvmtest',
          additional_ram: 467,
          additional_vcpu: 468,
          additional_ip: 469,
          additional_diskboost: 615,
          ssh_pubkey: sshPublicKey,
        },
      ],
    });
  });

  it('sends an empty text for what is not wanted, no key if none is given, and always whether credit is used', async () => {
    await orderVps(sandbox.accounts.edis, { billingCycle: 'annually', paymentMethod: 'banktransfer', items: [item] });
    expect(sentOrder(sandbox.edis.requests[0])).toEqual({
      billingcycle: 'annually',
      paymentmethod: 'banktransfer',
      applycredit: false,
      item: [
        {
          pid: 1814,
          os: 92,
          hostname: 'kvmtest',
          additional_ram: '',
          additional_vcpu: '',
          additional_ip: '',
          additional_diskboost: '',
        },
      ],
    });
  });

  it('keeps a zero apart from nothing', async () => {
    const zeros = { additionalRam: 0, additionalVcpu: 0, additionalIp: 0, additionalDiskboost: 0 };
    await orderVps(sandbox.accounts.edis, { ...order, items: [{ ...item, ...zeros }] });
    const sent = { additional_ram: 0, additional_vcpu: 0, additional_ip: 0, additional_diskboost: 0 };
    expect(sentOrder(sandbox.edis.requests[0])).toMatchObject({ item: [sent] });
  });

  it('of several servers gives each of them, ready to be cancelled', async () => {
    const items = [item, { ...item, productId: 1815, hostname: 'zrh.example.com' }, { ...item, hostname: 'third' }];
    const { result, attempts, operationId, raw } = await orderVps(sandbox.accounts.edis, { ...order, items });
    if (result.outcome !== 'ordered') throw new Error(`expected an order, got ${result.outcome}`);
    expect(result).toMatchObject({
      orderId: expect.stringMatching(/^\d+$/),
      invoiceId: expect.stringMatching(/^\d+$/),
      invoicePaid: true,
    });
    expect(attempts).toBe(1);
    expect(operationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(raw).toMatchObject({ status: 200, body: { status: 'success' } });
    const hostnames = result.services.map(({ serviceId }) => sandbox.edis.service(serviceId).hostname);
    expect(hostnames).toEqual(['kvmtest', 'zrh.example.com', 'third']);

    const services = createCancelService({ edis: sandbox.accounts.edis });
    for (const service of result.services) {
      const cancelled = await services.cancel({ account: 'edis', service, when: 'end_of_period' });
      expect(cancelled).toMatchObject({ outcome: 'requested', service });
      expect(sandbox.edis.service(service.serviceId)).toMatchObject({
        timesCancelled: 1,
        cancellation: { when: 'end_of_period' },
      });
    }
  });

  it.each([
    ['an unpaid invoice', { applyCredit: false }, { outcome: 'ordered', invoicePaid: false }],
    ['a paid invoice', { applyCredit: true }, { outcome: 'ordered', invoicePaid: true }],
  ])('tells %s', async (_name, given, expected) => {
    expect((await orderVps(sandbox.accounts.edis, { ...order, ...given })).result).toMatchObject(expected);
  });

  it('warns that the invoice is not paid, although credit was to pay it', async () => {
    sandbox.edis.configure({ credit: 'insufficient' });
    const asked = await orderVps(sandbox.accounts.edis, order);
    sandbox.edis.configure({ credit: 'sufficient' });
    expect(asked.result).toMatchObject({
      outcome: 'ordered',
      invoicePaid: false,
      warnings: [{ code: 'invoice_unpaid', message: expect.stringMatching(/Look at the invoice in the client area/) }],
    });
  });

  it.each([
    [true, true],
    [false, false],
    [false, undefined],
    [true, undefined],
  ])('warns of no invoice if credit was asked for: %s, and EDIS says paid: %s', async (applyCredit, invoicepaid) => {
    const body = { status: 'success', orderid: 1, serviceids: '2', invoiceid: 3, invoicepaid };
    const { result } = await orderFrom({ status: 200, body }, { ...order, applyCredit });
    expect(result).toMatchObject({ outcome: 'ordered', warnings: [] });
  });

  it('takes the disk boost under the other name of the documentation, one of them at a time', async () => {
    const boosted = { ...order, billingCycle: 'yearly', items: [{ ...item, additionalDriveboost: 615 }] };
    expect((await orderVps(sandbox.accounts.edis, boosted)).result).toMatchObject({ outcome: 'ordered' });
    const sent = sentOrder(sandbox.edis.requests[0]);
    expect(sent).toMatchObject({ item: [{ additional_driveboost: 615 }] });
    expect(JSON.stringify(sent)).not.toContain('diskboost');
    const both = { ...order, items: [{ ...item, additionalDiskboost: 1, additionalDriveboost: 1 }] };
    const failure = await failureOf(orderVps(sandbox.accounts.edis, both));
    expect(failure).toMatchObject({ code: 'invalid_request', issues: [{ path: 'order.items.0' }] });
    expect(failure.message).toContain('only one of additionalDiskboost and additionalDriveboost');
    expect(sandbox.edis.requests).toHaveLength(1);
  });

  it('that failed claims neither that it exists nor that it does not, and says where to look', async () => {
    sandbox.edis.setStock(1814, 1);
    const before = sandbox.edis.services().length;
    const { result } = await orderVps(sandbox.accounts.edis, {
      ...order,
      items: [item, { ...item, hostname: 'second' }],
    });
    if (result.outcome !== 'not_provisioned') throw new Error(`got ${result.outcome}`);
    expect(result.orderId).toMatch(/^\d+$/);
    expect(result.message).toContain(`an order may exist: look at order ${result.orderId} and its invoice`);
    expect(result.message).not.toMatch(/nothing was ordered/i);
    expect(sandbox.edis.services()).toHaveLength(before);
  });

  it('reads its configuration from the environment at the call', async () => {
    const account = edis();
    const { baseUrl, email, password } = sandbox.settings.edis;
    expect(await failureOf(orderVps(account, order))).toMatchObject({
      code: 'not_configured',
      operation: 'order',
      attempts: 0,
    });
    vi.stubEnv('EDIS_BASE_URL', baseUrl);
    vi.stubEnv('EDIS_EMAIL', email);
    vi.stubEnv('EDIS_PASSWORD', password);
    expect((await orderVps(account, order)).result.outcome).toBe('ordered');
  });

  it('tells its listener what happens, without a secret in it', async () => {
    const seen: unknown[] = [];
    const given = { ...order, items: [{ ...item, sshPublicKey }] };
    await orderVps(sandbox.accounts.edis, given, { onEvent: (event) => seen.push(event) });
    expect(seen).toMatchObject([
      { type: 'attempt', operation: 'order' },
      { type: 'answer' },
      { type: 'outcome', ok: true },
    ]);
    expect(printed(seen)).not.toContain(key);
    expect(printed(seen)).not.toContain(sandbox.settings.edis.password);
  });
});

describe('the ids in the response to an order', () => {
  it.each([
    ['a number', 123456, ['123456']],
    ['a text of one', '123456', ['123456']],
    ['a text of several', '123456,123457', ['123456', '123457']],
    ['a text with spaces', ' 123456 , 123457 ', ['123456', '123457']],
  ])('are read from %s', async (_name, serviceids, expected) => {
    const body = { status: 'success', orderid: 1, serviceids, invoiceid: 2, invoicepaid: true };
    const items = expected.map(() => item);
    const { result } = await orderFrom({ status: 200, body }, { ...order, items });
    expect(result).toMatchObject({
      services: expected.map((serviceId) => ({ serviceId })),
      orderId: '1',
      invoiceId: '2',
    });
  });

  it.each([
    ['no services', { orderid: 1 }],
    ['an empty list', { orderid: 1, serviceids: '' }],
    ['a gap', { orderid: 1, serviceids: '123456,,123457' }],
    ['a trailing comma', { orderid: 1, serviceids: '123456,' }],
    ['a service that is no number', { orderid: 1, serviceids: '123456,abc' }],
    ['a service of zero', { orderid: 1, serviceids: '0' }],
    ['more services than were ordered', { orderid: 1, serviceids: '123456,123457' }],
    ['the same service twice', { orderid: 1, serviceids: '123456,123456' }],
    ['no order', { serviceids: '123456' }],
    ['an order that is no number', { orderid: 'pending', serviceids: '123456' }],
  ])('leave the outcome open if there is %s: something was ordered', async (_name, fields) => {
    const failure = await failureOf(orderFrom({ status: 200, body: { status: 'success', ...fields } }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'unreadable_answer', attempts: 1 });
    expect(failure.message).toMatch(/accepted, but its ids cannot be read/);
  });

  it('are left out if they are no number', async () => {
    const body = { status: 'success', orderid: 1, serviceids: '2', invoiceid: 'see your mail' };
    expect((await orderFrom({ status: 200, body })).result).toEqual({
      outcome: 'ordered',
      orderId: '1',
      services: [{ serviceId: '2' }],
      invoiceId: undefined,
      invoicePaid: undefined,
      warnings: [],
    });
    const failed = { status: 'failed', orderid: 'none' };
    expect((await orderFrom({ status: 200, body: failed })).result).toEqual({
      outcome: 'not_provisioned',
      orderId: undefined,
      message: expect.stringContaining('look at the newest order'),
    });
  });
});

describe('an error of EDIS about an order', () => {
  it.each([
    [
      'the order is not in order',
      {
        status: 400,
        body: {
          status: 'error',
          message: 'Invalid parameters or missing required fields.',
          errors: ['billingcycle is required', 'invalid JSON structure'],
        },
      },
      {
        code: 'rejected',
        providerMessage: expect.stringContaining('billingcycle is required; invalid JSON structure'),
      },
    ],
    [
      'the credentials are wrong',
      {
        status: 401,
        body: {
          status: 'error',
          message: 'Invalid WHMCS credentials provided.',
          suggestion: 'Please check your credentials and try again.',
        },
      },
      { code: 'unauthorized', retryable: false },
    ],
    [
      'the server failed',
      {
        status: 500,
        body: {
          status: 'error',
          message: 'An error occurred.',
          support: 'Please contact support with the order details for assistance.',
        },
      },
      { code: 'outcome_unknown', reason: 'server_error' },
    ],
    ['it says error and nothing more', { status: 400, body: { status: 'error' } }, { code: 'unexpected_response' }],
    ['access is refused', { status: 403, body: { status: 'error', message: 'No.' } }, { code: 'forbidden' }],
    [
      'a 200 says neither success nor failure',
      { status: 200, body: { status: 'error', message: 'Something.' } },
      { code: 'outcome_unknown', reason: 'provider_error' },
    ],
    [
      'a 200 says that it failed for a reason of its own',
      { status: 200, body: { status: 'failed', message: 'The invoice could not be paid.', orderid: 5 } },
      { code: 'outcome_unknown', reason: 'provider_error' },
    ],
    [
      'a 500 says success',
      { status: 500, body: { status: 'success', orderid: 1, serviceids: '2' } },
      { code: 'outcome_unknown', reason: 'server_error' },
    ],
  ] as const)('is distinguished: %s', async (_name, reply, expected) => {
    const failure = await failureOf(orderFrom(reply));
    expect(failure).toMatchObject({
      ...expected,
      providerStatus: reply.status,
      operation: 'order',
      provider: 'edis',
      attempts: 1,
    });
  });

  it('speaks to the end customer of an order', async () => {
    const failure = await failureOf(orderFrom({ status: 400, body: { status: 'error', message: 'pid is invalid' } }));
    expect(failure.publicMessage).toBe('The order was not accepted. Please contact support.');
  });

  it.each([
    ['another cycle', { billingCycle: 'weekly' }, 'billingcycle is invalid'],
    ['another way to pay', { paymentMethod: 'cheque' }, 'paymentmethod is invalid'],
    ['another product', { items: [{ ...item, productId: 1 }] }, 'pid is invalid'],
  ])('comes through in its own words: %s', async (_name, given, said) => {
    const failure = await failureOf(orderVps(sandbox.accounts.edis, { ...order, ...given }));
    expect(failure).toMatchObject({ code: 'rejected', providerStatus: 400 });
    expect(failure.providerMessage).toContain(said);
  });
});

describe('an order whose response is lost', () => {
  let before: number;
  const placed = (): number => sandbox.edis.services().length - before;
  beforeEach(() => {
    before = sandbox.edis.services().length;
  });

  const lost: readonly (readonly [(executed: boolean) => Fault, UnknownReason])[] = [
    [(executed) => ({ kind: 'reset', executed }), 'connection_lost'],
    [(executed) => ({ kind: 'hang', executed }), 'timeout'],
    [(executed) => ({ kind: 'html', executed }), 'unreadable_answer'],
    [(executed) => ({ kind: 'truncated', executed }), 'unreadable_answer'],
    [(executed) => ({ kind: 'empty', executed }), 'unreadable_answer'],
    [(executed) => ({ kind: 'server_error', executed }), 'server_error'],
    [(executed) => ({ kind: 'server_error', status: 502, executed }), 'server_error'],
  ];

  it.each(
    lost.flatMap(([fault, reason]) => [true, false].map((executed) => ({ fault: fault(executed), reason, executed }))),
  )('is unknown and sent once: $fault.kind, placed: $executed', async ({ fault, reason, executed }) => {
    sandbox.edis.fault(fault);
    const failure = await failureOf(orderVps(sandbox.accounts.edis, order, { attemptTimeoutMs: 200 }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason, attempts: 1, retryable: false });
    expect(failure.sentAt).toBeDefined();
    expect(sandbox.edis.requests).toHaveLength(1);
    expect(placed()).toBe(executed ? 1 : 0);
  });

  it('because the caller gave up is unknown', async () => {
    sandbox.edis.fault({ kind: 'hang', executed: true });
    const controller = new AbortController();
    const pending = failureOf(orderVps(sandbox.accounts.edis, order, { signal: controller.signal }));
    await expect.poll(() => sandbox.edis.requests.length).toBe(1);
    controller.abort();
    expect(await pending).toMatchObject({ code: 'outcome_unknown', reason: 'aborted', attempts: 1 });
  });

  it('because of its deadline is unknown', async () => {
    sandbox.edis.fault({ kind: 'hang', executed: false });
    const failure = await failureOf(orderVps(sandbox.accounts.edis, order, { deadlineMs: 150 }));
    expect(failure).toMatchObject({ code: 'outcome_unknown', reason: 'timeout' });
  });

  it('is sent again only if the server refused it unprocessed', async () => {
    sandbox.edis.fault({ kind: 'rate_limit' });
    expect(await orderVps(sandbox.accounts.edis, order)).toMatchObject({ attempts: 2, result: { outcome: 'ordered' } });
    expect(placed()).toBe(1);
  });
});

describe('an order that is not valid', () => {
  const expectedHostname = 'a host name';
  const items = (fields: object): object => ({ ...order, items: [{ ...item, ...fields }] });

  it.each<[string, unknown, string, string | RegExp]>([
    ['no order', undefined, 'order', /object/],
    ['a list', [], 'order.items', /./],
    ['no billing cycle', { ...order, billingCycle: undefined }, 'order.billingCycle', /./],
    ['a billing cycle that is JSON', { ...order, billingCycle: '"}' }, 'order.billingCycle', /a word of the catalogue/],
    ['no way to pay', { ...order, paymentMethod: '' }, 'order.paymentMethod', /a word of the catalogue/],
    ['a text for the credit', { ...order, applyCredit: 'yes' }, 'order.applyCredit', 'true or false'],
    ['no items', { ...order, items: [] }, 'order.items', '1 to 100 items'],
    ['too many items', { ...order, items: Array.from({ length: 101 }, () => item) }, 'order.items', '1 to 100 items'],
    ['one item without a list', { ...order, items: item }, 'order.items', '1 to 100 items'],
    ['an empty host name', items({ hostname: '' }), 'order.items.0.hostname', expectedHostname],
    ['a host name with a space', items({ hostname: 'two words' }), 'order.items.0.hostname', expectedHostname],
    ['a host name with a line break', items({ hostname: 'kvm\n' }), 'order.items.0.hostname', expectedHostname],
    ['a host name that ends in a dash', items({ hostname: 'kvm-' }), 'order.items.0.hostname', expectedHostname],
    ['a host name of 254 characters', items({ hostname: 'k'.repeat(254) }), 'order.items.0.hostname', expectedHostname],
    [
      'a second item without a host name',
      { ...order, items: [item, { ...item, hostname: undefined }] },
      'order.items.1.hostname',
      /./,
    ],
    ['a product of another type', items({ productId: '1814' }), 'order.items.0.productId', 'a whole number'],
    ['a broken number', items({ os: 1.5 }), 'order.items.0.os', 'a whole number'],
    ['a negative number', items({ additionalRam: -1 }), 'order.items.0.additionalRam', 'a whole number'],
    ['no number', items({ additionalIp: Number.NaN }), 'order.items.0.additionalIp', 'a whole number'],
    ['an option of the wire', items({ ssh_pubkey: sshPublicKey }), 'order.items.0.ssh_pubkey', /./],
    [
      'a private key',
      items({ sshPublicKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl' }),
      'order.items.0.sshPublicKey',
      /public key/,
    ],
    [
      'two keys',
      items({ sshPublicKey: `${sshPublicKey}\n${sshPublicKey}` }),
      'order.items.0.sshPublicKey',
      /public key/,
    ],
    ['an unknown option', { ...order, coupon: 'FREE' }, 'order.coupon', /./],
  ])('is refused before anything is sent: %s', async (_name, given, path, expected) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the check at run time is what is tested
    const failure = await failureOf(orderVps(sandbox.accounts.edis, given as EdisOrder));
    expect(failure).toMatchObject({ code: 'invalid_request', operation: 'order', attempts: 0, retryable: false });
    expect(failure.issues?.map((issue) => issue.path)).toContain(path);
    const issue = failure.issues?.find((one) => one.path === path);
    expect(issue?.expected).toMatch(expected);
    expect(printed(failure)).not.toContain(key);
    expect(sandbox.edis.requests).toHaveLength(0);
  });

  it('is refused if the account is of another provider', async () => {
    const account = vpsbg(sandbox.settings.vpsbg);
    // @ts-expect-error an account at VPSBG is none at EDIS
    const failure = await failureOf(orderVps(account, order));
    expect(failure).toMatchObject({ code: 'invalid_request', provider: 'edis', issues: [{ path: 'account' }] });
    expect(sandbox.edis.requests).toHaveLength(0);
    expect(sandbox.vpsbg.requests).toHaveLength(0);
  });

  it.each([
    ['an object that looks like one', { provider: 'edis', capabilities: {} }],
    ['nothing', undefined],
    ['the settings themselves', { email: 'a@example.com', password: 'hunter22' }],
  ])('is refused if the account is %s', async (_name, account) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the check at run time is what is tested
    const failure = await failureOf(orderVps(account as typeof sandbox.accounts.edis, order));
    expect(failure).toMatchObject({ code: 'invalid_request', issues: [{ path: 'account' }] });
    expect(printed(failure)).not.toContain('hunter22');
  });

  it.each([
    ['verify', { verify: true }],
    ['a deadline of zero', { deadlineMs: 0 }],
    ['a signal that is none', { signal: {} }],
  ])('is refused with the option %s', async (_name, options) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- the check at run time is what is tested
    const failure = await failureOf(orderVps(sandbox.accounts.edis, order, options as { deadlineMs: number }));
    expect(failure).toMatchObject({ code: 'invalid_request', attempts: 0 });
    expect(sandbox.edis.requests).toHaveLength(0);
  });

  it('is not sent once the caller has aborted', async () => {
    const failure = await failureOf(orderVps(sandbox.accounts.edis, order, { signal: AbortSignal.abort() }));
    expect(failure).toMatchObject({ code: 'aborted', attempts: 0 });
    expect(sandbox.edis.requests).toHaveLength(0);
  });
});

describe('what an order keeps to itself', () => {
  const given = (): EdisOrder => ({ ...order, items: [{ ...item, sshPublicKey }] });
  const encodings = (secret: string): string[] => [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ secret }).toString().slice('secret='.length),
    JSON.stringify(secret).slice(1, -1),
    JSON.stringify(secret).slice(1, -1).replaceAll('/', '\\/'),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ];

  it.each([
    ['a refusal', 400, 'error'],
    ['bad credentials', 401, 'error'],
    ['a failure', 500, 'error'],
    ['a failed order', 200, 'failed'],
    ['something else', 200, 'odd'],
  ])('is in no encoding in the error for %s', async (_name, status, word) => {
    const { password } = sandbox.settings.edis;
    const echoes = [...encodings(password), ...encodings(key), ...encodings(sshPublicKey)];
    for (const echo of echoes) {
      const reply = { status, body: { status: word, message: `You sent ${echo} to us`, errors: [echo] } };
      const shown = printed(await failureOf(orderFrom(reply, given())));
      for (const secret of echoes) expect(shown).not.toContain(secret);
      expect(shown).toContain('[REDACTED]');
    }
  });

  it('is not in the result, which carries the response', async () => {
    const { password } = sandbox.settings.edis;
    const echo = `${password} ${sshPublicKey}`;
    const body = { status: 'success', orderid: 1, serviceids: '2', invoiceid: password, echo, nested: { [key]: key } };
    const performed = await orderFrom({ status: 200, body }, given());
    expect(performed.result).toMatchObject({ outcome: 'ordered', invoiceId: undefined });
    for (const secret of [password, key, sshPublicKey]) expect(printed(performed)).not.toContain(secret);
    expect(printed(performed.raw)).toContain('[REDACTED]');
  });

  it('is not in the result of an order that failed either', async () => {
    const { password } = sandbox.settings.edis;
    const performed = await orderFrom({ status: 200, body: { status: 'failed', orderid: password } }, given());
    expect(performed.result).toEqual({ outcome: 'not_provisioned', orderId: undefined, message: expect.any(String) });
    expect(printed(performed)).not.toContain(password);
  });
});
