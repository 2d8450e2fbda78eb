import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createCancelService } from 'cancelkit';
import { startSandbox } from 'cancelkit/sandbox';
import { load } from 'js-yaml';
import { Registry } from 'prom-client';
import * as v from 'valibot';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMetrics } from '../../examples/queue/prometheus.ts';
import { startPglite, type TestDatabase } from '../queue/support/databases.ts';
import { openQueue, settle } from '../queue/support/open-queue.ts';
import { lost, openShop, refuses, request, TOKEN } from '../queue/support/shop.ts';
import { listen } from '../support/listen.ts';

const ALERTS = fileURLToPath(new URL('../../examples/queue/alerts.yml', import.meta.url));

const rulesSchema = v.strictObject({
  groups: v.array(
    v.strictObject({
      name: v.string(),
      rules: v.array(
        v.strictObject({
          alert: v.pipe(v.string(), v.regex(/^[A-Z]\w+$/)),
          expr: v.string(),
          for: v.pipe(v.string(), v.regex(/^\d+[smh]$/)),
          labels: v.strictObject({ severity: v.picklist(['warning', 'critical']) }),
          annotations: v.strictObject({ summary: v.string(), description: v.string() }),
        }),
      ),
    }),
  ),
});

/** The samples of what Prometheus would scrape: the value of each name with its labels. */
function samplesIn(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

describe('the example for Prometheus', { timeout: 60_000 }, () => {
  let database: TestDatabase;
  let registry: Registry;
  beforeAll(async () => {
    database = await startPglite();
  }, 60_000);
  afterAll(() => database[Symbol.asyncDispose]());
  beforeEach(() => {
    registry = new Registry();
  });

  /** Asks for the metrics over HTTP, as Prometheus does. */
  async function scrape(): Promise<ReadonlyMap<string, number>> {
    const server = createServer((_request, response) => {
      void registry.metrics().then(
        (text) => response.setHeader('content-type', registry.contentType).end(text),
        () => response.writeHead(500).end(),
      );
    });
    const port = await listen(server);
    try {
      const response = await fetch(`http://127.0.0.1:${port}/metrics`);
      return response.ok ? samplesIn(await response.text()) : new Map([['status', response.status]]);
    } finally {
      server.close();
    }
  }

  it('counts what is settled, and shows what waits for a person and which account rests', async () => {
    const shop = openShop({
      lost: { writes: [lost] },
      refused: { writes: [() => refuses('rejected')] },
      turnedAway: { writes: [() => refuses('unauthorized')] },
    });
    const metrics = createMetrics(registry);
    await using queue = await openQueue(database, { services: shop.services });
    metrics.watch(queue);
    // The first request for the metrics is where the count begins.
    expect((await scrape()).get('cancelkit_settled_total')).toBeUndefined();
    for (const [account, id] of [
      ['alpha', 'one'],
      ['alpha', 'two'],
      ['alpha', 'refused'],
      ['blind', 'lost'],
    ] as const) {
      await queue.enqueue(request(account, id), { id });
    }
    await settle(queue, 'one', 'two', 'refused', 'lost');
    await queue.enqueue(request('beta', 'turnedAway'), { id: 'turnedAway' });
    await queue.work({ stopWhenIdle: true });
    const first = await scrape();
    expect(Object.fromEntries(first)).toMatchObject({
      'cancelkit_settled_total{account="alpha",state="requested"}': 2,
      'cancelkit_settled_total{account="alpha",state="refused"}': 1,
      'cancelkit_needs_person{account="blind"}': 1,
      'cancelkit_needs_person{account="alpha"}': 0,
      'cancelkit_account_paused{account="beta",code="unauthorized"}': 1,
      cancelkit_oldest_due_seconds: 0,
    });
    await queue.resolve('lost', { by: 'ann', as: 'completed' });
    await queue.withdraw('turnedAway', { by: 'ann' });
    await queue.resume('beta');
    const [second, third] = await Promise.all([scrape(), scrape()]);
    for (const samples of [second, third]) {
      expect(Object.fromEntries(samples)).toMatchObject({
        'cancelkit_settled_total{account="alpha",state="requested"}': 2,
        'cancelkit_settled_total{account="blind",state="completed"}': 1,
        'cancelkit_settled_total{account="beta",state="refused"}': 1,
        'cancelkit_needs_person{account="blind"}': 0,
      });
      expect([...samples.keys()].filter((name) => name.startsWith('cancelkit_account_paused'))).toEqual([]);
    }
    expect([...first.keys(), ...second.keys()].join('\n')).not.toContain(TOKEN);
  });

  it('shows for how long the oldest one has been due', async () => {
    const metrics = createMetrics(registry);
    await using queue = await openQueue(database, { services: openShop().services });
    metrics.watch(queue);
    await queue.enqueue(request('alpha', 'later'), { id: 'later', notBefore: '2999-01-01' });
    expect((await scrape()).get('cancelkit_oldest_due_seconds')).toBe(0);
    await queue.enqueue(request('alpha', 'due'), { id: 'due', notBefore: new Date(Date.now() - 3_600_000) });
    const seconds = (await scrape()).get('cancelkit_oldest_due_seconds') ?? 0;
    expect(seconds).toBeGreaterThan(3_000);
  });

  it('measures the requests to the providers', async () => {
    await using sandbox = await startSandbox();
    const metrics = createMetrics(registry);
    const services = createCancelService(sandbox.accounts, { onEvent: metrics.onEvent });
    await services.cancel({ account: 'vpsbg', service: sandbox.vpsbg.seeded.active, when: 'end_of_period' });
    const samples = await scrape();
    expect(samples.get('cancelkit_attempt_seconds_count{account="vpsbg",operation="cancel",outcome="answered"}')).toBe(
      1,
    );
  });

  it('fails with the database, so that Prometheus sees that something is wrong', async () => {
    const metrics = createMetrics(registry);
    const queue = await openQueue(database, { services: openShop().services });
    metrics.watch(queue);
    await queue.close();
    expect(await scrape()).toEqual(new Map([['status', 500]]));
  });

  it('has three alert rules that name its metrics alone', async () => {
    const { groups } = v.parse(rulesSchema, load(await readFile(ALERTS, 'utf8')));
    const metrics = createMetrics(registry);
    await using queue = await openQueue(database, { services: openShop().services });
    metrics.watch(queue);
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    expect(names.toSorted()).toEqual([
      'cancelkit_account_paused',
      'cancelkit_attempt_seconds',
      'cancelkit_needs_person',
      'cancelkit_oldest_due_seconds',
      'cancelkit_settled_total',
    ]);
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBe(3);
    for (const { expr } of rules) {
      const named = expr.match(/cancelkit_\w+/g) ?? [];
      expect(named).not.toEqual([]);
      for (const name of named) expect(names).toContain(name);
    }
  });
});
