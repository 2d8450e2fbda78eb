import { createCancelService } from 'cancelkit';
import { vpsbg } from 'cancelkit/vpsbg';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectOnWire, listen, watchTheWire, type Wire } from '../wire.ts';
import { answers, server, token } from './fixtures.ts';

watchTheWire();
afterEach(() => vi.unstubAllEnvs());

const origin = 'https://api.vpsbg.eu';
const path = '/v1/servers/cancel';
const answer = answers.accepted;

const wireOf =
  (body: string) =>
  (secret: (inClear: string) => string): Wire => ({
    method: 'POST',
    origin,
    path,
    headers: { authorization: `Bearer ${secret(token)}` },
    body,
  });

const immediate = { when: 'immediate' } as const;
const endOfPeriod = { when: 'end_of_period' } as const;

describe('a cancellation at VPSBG', () => {
  const service = createCancelService({ vpsbg: vpsbg({ token }) });

  it.each([
    ['one server, now', 608, immediate, '{"server_ids":[608],"now":true}'],
    ['one server, at the end of the period', 608, endOfPeriod, '{"server_ids":[608],"now":false}'],
    ['an id that came as a text, as a number', '608', endOfPeriod, '{"server_ids":[608],"now":false}'],
    [
      'a reason',
      608,
      { ...immediate, reason: 'Ended – “für immer”\n& "so"' },
      '{"server_ids":[608],"now":true,"reason":"Ended – “für immer”\\n& \\"so\\""}',
    ],
    [
      'the label of a category',
      608,
      { ...endOfPeriod, reason: { category: 'too_expensive' } },
      '{"server_ids":[608],"now":false,"reason":"Too expensive"}',
    ],
    [
      'the text rather than the category',
      608,
      { ...endOfPeriod, reason: { category: 'other', text: 'Moved' } },
      '{"server_ids":[608],"now":false,"reason":"Moved"}',
    ],
    [
      'a reason with the reference',
      608,
      { ...endOfPeriod, reason: 'Project ended', reference: 'order-1234' },
      '{"server_ids":[608],"now":false,"reason":"Project ended (reference: order-1234)"}',
    ],
    [
      'the reference alone',
      608,
      { ...endOfPeriod, reference: 'order-1234' },
      '{"server_ids":[608],"now":false,"reason":"Reference: order-1234"}',
    ],
  ] as const)('is one JSON object with %s', async (_name, serverId, details, body) => {
    const order = { account: 'vpsbg', service: { serverId }, ...details } as const;
    const calls = { cancel: () => service.cancel(order), preview: () => service.preview(order) };
    await expectOnWire({ ...calls, wire: wireOf(body), answer });
  });
});

describe('a read-back at VPSBG', () => {
  it.each([608, '608'])('asks for the one server %j', async (serverId) => {
    const service = createCancelService({ vpsbg: vpsbg({ token }) });
    const seen = listen({ method: 'GET', origin, path: '/v1/servers/608' }, server());
    await service.status({ account: 'vpsbg', service: { serverId } });
    const { headers, body } = seen();
    expect(headers).toMatchObject({ accept: 'application/json', authorization: `Bearer ${token}` });
    expect(headers).not.toHaveProperty('content-type');
    expect(body).toBe('');
  });
});

describe('a VPSBG account', () => {
  const order = { account: 'vpsbg', service: { serverId: 608 }, when: 'immediate' } as const;
  const wire = wireOf('{"server_ids":[608],"now":true}');

  it('takes its options from the environment if it has none', async () => {
    vi.stubEnv('VPSBG_TOKEN', token);
    vi.stubEnv('VPSBG_BASE_URL', 'https://proxy.example.com/vpsbg/');
    const service = createCancelService({ vpsbg: vpsbg() });
    await expectOnWire({
      cancel: () => service.cancel(order),
      preview: () => service.preview(order),
      wire: (secret) => ({ ...wire(secret), origin: 'https://proxy.example.com', path: `/vpsbg${path}` }),
      answer,
    });
  });

  it.each(['has space', 'line\nbreak', 'ü', ''])(
    'is not configured with the token %j, and says no more',
    async (wrong) => {
      const service = createCancelService({ vpsbg: vpsbg({ token: wrong }) });
      const outcome = await service.safeCancel(order);
      expect(outcome).toMatchObject({ ok: false, error: { code: 'not_configured', issues: [{ path: 'token' }] } });
    },
  );
});
