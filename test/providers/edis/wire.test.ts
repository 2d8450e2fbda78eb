import { parse } from 'node:querystring';
import { createCancelService } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectOnWire, listen, watchTheWire, type Wire } from '../wire.ts';
import { answers, password } from './fixtures.ts';

watchTheWire();
afterEach(() => vi.unstubAllEnvs());

const email = 'reseller@example.com';
const origin = 'https://order.edisglobal.com';
const path = '/kvm/v2/cancel/product';
const account = edis({ email, password });
const answer = answers.success;

const encodedPassword = 'p%2Ba%26b%3Dc%2541d+%C3%BC%E2%82%AC';
const wireOf =
  (service: string, type: string) =>
  (secret: (inClear: string) => string): Wire => ({
    method: 'POST',
    origin,
    path,
    body: `email=reseller%40example.com&pw=${secret(encodedPassword)}&${service}&type=${type}`,
    headers: { authorization: undefined },
  });

const now = 'Immediate';
const later = 'End+of+Billing+Period';

describe('a cancellation at EDIS', () => {
  const service = createCancelService({ edis: account });

  it.each([
    ['a service id as a number', { serviceId: 123456 }, 'immediate', 'serviceid=123456', now],
    ['a service id as a text', { serviceId: '123456' }, 'immediate', 'serviceid=123456', now],
    ['a KVM id', { kvmId: 'kvm_xxxxx_yyyyy' }, 'immediate', 'kvmid=kvm_xxxxx_yyyyy', now],
    ['the end of the period', { serviceId: 123456 }, 'end_of_period', 'serviceid=123456', later],
    ['a KVM id and the end of the period', { kvmId: 'kvm_a&b=c+d' }, 'end_of_period', 'kvmid=kvm_a%26b%3Dc%2Bd', later],
  ] as const)('is one form with %s', async (_name, id, when, field, type) => {
    const order = { account: 'edis', service: id, when } as const;
    const calls = { cancel: () => service.cancel(order), preview: () => service.preview(order) };
    await expectOnWire({ ...calls, wire: wireOf(field, type), answer });
  });

  it.each([
    ['a text', { reason: 'Project ended' }],
    ['a category', { reason: { category: 'too_expensive' } }],
    ['a code', { reason: { providerCode: 'R-7' } }],
    ['a reference', { reference: 'order-1234' }],
  ] as const)('carries no reason and no reference, though there is %s', async (_name, details) => {
    const order = { account: 'edis', service: { serviceId: 123456 }, when: 'immediate', ...details } as const;
    const calls = { cancel: () => service.cancel(order), preview: () => service.preview(order) };
    await expectOnWire({ ...calls, wire: wireOf('serviceid=123456', now), answer });
  });

  it.each([
    'plain-password',
    password,
    '++++++',
    '&pw=xyz',
    '100%100%',
    '%2B%2B',
    'blanks in  it',
    'Zoë 密码 🔑',
    '"<>\\\'`',
  ])('carries the password %j so that a form parser finds it again', async (secret) => {
    const seen = listen({ method: 'POST', origin, path }, { status: 200, body: { status: 'success' } });
    const own = createCancelService({ edis: edis({ email, password: secret }) });
    await own.cancel({ account: 'edis', service: { serviceId: 1 }, when: 'immediate' });
    expect({ ...parse(seen().body) }).toEqual({ email, pw: secret, serviceid: '1', type: 'Immediate' });
  });
});

describe('an EDIS account', () => {
  const order = { account: 'edis', service: { serviceId: 123456 }, when: 'immediate' } as const;
  const wire = wireOf('serviceid=123456', now);

  it('takes its options from the environment if it has none', async () => {
    vi.stubEnv('EDIS_EMAIL', email);
    vi.stubEnv('EDIS_PASSWORD', password);
    vi.stubEnv('EDIS_BASE_URL', 'https://staging.example.com/api/');
    const service = createCancelService({ edis: edis() });
    await expectOnWire({
      cancel: () => service.cancel(order),
      preview: () => service.preview(order),
      wire: (secret) => ({ ...wire(secret), origin: 'https://staging.example.com', path: `/api${path}` }),
      answer,
    });
  });

  it('uses the production host if the environment names no other', async () => {
    vi.stubEnv('EDIS_EMAIL', email);
    vi.stubEnv('EDIS_PASSWORD', password);
    vi.stubEnv('EDIS_BASE_URL', '');
    const service = createCancelService({ edis: edis() });
    await expectOnWire({ cancel: () => service.cancel(order), preview: () => service.preview(order), wire, answer });
  });

  it('reads its options at each call if they are a function', async () => {
    const passwords = ['first-password', 'second-password'];
    let calls = 0;
    const service = createCancelService({ edis: edis(async () => ({ email, password: passwords[calls++] ?? '' })) });
    for (const pw of passwords) {
      const seen = listen({ method: 'POST', origin, path }, answer);
      await service.cancel(order);
      expect(seen().body).toBe(`email=reseller%40example.com&pw=${pw}&serviceid=123456&type=Immediate`);
    }
  });
});
