import { startSandbox, type Sandbox } from 'cancelkit/sandbox';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createBackend } from '../../examples/reseller-backend.ts';
import { variablesOf } from '../cli/support/project.ts';

describe('the example of a reseller’s backend', () => {
  let sandbox: Sandbox;
  let app: FastifyInstance;
  let log: Readonly<Record<string, unknown>>[];
  let address: string;

  beforeEach(async () => {
    sandbox = await startSandbox();
    const environment = variablesOf(sandbox.settings);
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    log = [];
    const { seeded } = sandbox.edis;
    app = createBackend(
      new Map([
        ['svc-1', { account: 'edis', service: { kvmId: seeded.active.kvmId } }],
        ['svc-2', { account: 'vpsbg', service: sandbox.vpsbg.seeded.active }],
        ['svc-3', { account: 'hosting', service: sandbox.hosting.seeded.active }],
        ['svc-4', { account: 'whmcs', service: sandbox.whmcs.seeded.active }],
        ['svc-5', { account: 'whmcs', service: { serviceId: 999 } }],
      ]),
      (entry) => log.push(entry),
      { attemptTimeoutMs: 300 },
    );
    address = await app.listen({ port: 0, host: '127.0.0.1' });
  });

  afterEach(async () => {
    await app.close();
    await sandbox.close();
    vi.unstubAllEnvs();
  });

  async function cancel(id: string, body: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
    const response = await fetch(`${address}/services/${id}/cancel`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const json: unknown = await response.json();
    return { status: response.status, json: Object.fromEntries(Object.entries(json ?? {})) };
  }

  test.each(['svc-1', 'svc-2', 'svc-3', 'svc-4'])('cancels %s at its provider, once', async (id) => {
    const { status, json } = await cancel(id, { when: 'end_of_period', reason: 'Project ended' });
    expect(status).toBe(202);
    expect(json).toMatchObject({ id, state: 'requested' });
    const seen = [sandbox.edis, sandbox.vpsbg, sandbox.hosting, sandbox.whmcs].map(({ requests }) => requests.length);
    expect(seen.reduce((sum, count) => sum + count)).toBe(1);
  });

  test('tells the customer neither provider nor host nor account when it fails, and the operator everything', async () => {
    const { status, json } = await cancel('svc-5', { when: 'immediate' });
    expect(status).toBe(502);
    expect(JSON.stringify(json)).not.toMatch(/whmcs|127\.0\.0\.1|svc-5|999/i);
    expect(log).toMatchObject([{ id: 'svc-5', account: 'whmcs', code: 'not_found' }]);
    expect(log[0]).toHaveProperty('operationId', json['operationId']);
  });

  test('answers 202 and asks not to repeat it when the outcome is unknown', async () => {
    sandbox.edis.fault({ kind: 'hang', executed: true });
    const { status, json } = await cancel('svc-1', { when: 'end_of_period' });
    expect(status).toBe(202);
    expect(json['error']).toMatch(/do not send it again/);
    expect(log).toMatchObject([{ code: 'outcome_unknown', reason: 'timeout' }]);
    expect(sandbox.edis.requests).toHaveLength(1);
  });

  test('tells the customer that it is done if a lost response could be read back', async () => {
    sandbox.vpsbg.fault({ kind: 'hang', executed: true });
    const { status, json } = await cancel('svc-2', { when: 'end_of_period' });
    expect(status).toBe(202);
    expect(json).toMatchObject({ state: 'requested' });
    expect(sandbox.vpsbg.service(sandbox.vpsbg.seeded.active.serverId).timesCancelled).toBe(1);
  });

  test('passes on when a rate-limited customer may try again', async () => {
    sandbox.hosting.fault({ kind: 'rate_limit', retryAfter: 30, times: Infinity });
    const { status } = await cancel('svc-3', { when: 'end_of_period' });
    expect(status).toBe(503);
    expect(log).toMatchObject([{ code: 'rate_limited' }]);
  });

  test.each([
    ['svc-9', { when: 'immediate' }, 404],
    ['svc-1', {}, 400],
    ['svc-1', { when: 'tomorrow' }, 400],
  ])('refuses bad input for %s before anything is sent: %j', async (id, body, expected) => {
    const { status } = await cancel(id, body);
    expect(status).toBe(expected);
    expect(sandbox.edis.requests).toHaveLength(0);
  });
});
