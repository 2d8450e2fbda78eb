import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createCancelService, ProviderError } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { hosting } from 'cancelkit/hosting';
import { createCancelQueue } from 'cancelkit/queue';
import { startSandbox, type Sandbox } from 'cancelkit/sandbox';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBackend, type UpstreamServices } from '../../examples/durable-backend.ts';
import { variablesOf } from '../cli/support/project.ts';
import { startPglite, type TestDatabase } from '../queue/support/databases.ts';

// A busy machine takes its time to start a process.
const PATIENCE = { timeout: 60_000, interval: 50 };
const LONG = 180_000;

/** The example, in a process of its own. */
interface Backend {
  readonly address: string;
  /** What it wrote to its log, by the line. */
  readonly log: readonly string[];
  /** Ends it, and tells its exit code: none if it was killed. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | null>;
}

interface Answer {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

describe('the example of a backend whose cancellations survive a crash', () => {
  let sandbox: Sandbox;
  let data: TestDatabase;
  let environment: Readonly<Record<string, string>>;
  let running: Backend['end'][];
  /** How often each of the services was cancelled. */
  let timesCancelled: () => readonly number[];
  const billed = ['svc-1', 'svc-2', 'svc-3', 'svc-4', 'svc-5'];
  const all = ['svc-a', 'svc-b', 'svc-c', ...billed];

  beforeEach(async () => {
    sandbox = await startSandbox();
    data = await startPglite();
    running = [];
    const { kvmId } = sandbox.edis.add();
    const { serverId } = sandbox.vpsbg.add();
    const { hostingId, domain } = sandbox.hosting.add();
    const products = billed.map(() => sandbox.whmcs.add().serviceId);
    timesCancelled = () => [
      sandbox.edis.service(kvmId).timesCancelled,
      sandbox.vpsbg.service(serverId).timesCancelled,
      sandbox.hosting.service(hostingId).timesCancelled,
      ...products.map((id) => sandbox.whmcs.service(id).timesCancelled),
    ];
    const upstream: UpstreamServices = {
      'svc-a': { account: 'edis', service: { kvmId } },
      'svc-b': { account: 'vpsbg', service: { serverId } },
      'svc-c': { account: 'hosting', service: { hostingId, domain } },
      ...Object.fromEntries(
        products.map((serviceId, index) => [billed[index], { account: 'whmcs', service: { serviceId } }] as const),
      ),
      'svc-gone': { account: 'whmcs', service: { serviceId: 999_999 } },
    };
    await writeFile(join(data.address, 'services.json'), JSON.stringify(upstream));
    environment = variablesOf(sandbox.settings);
  }, 60_000);

  afterEach(async () => {
    await Promise.all(running.map((end) => end('SIGKILL')));
    await sandbox.close();
    await data[Symbol.asyncDispose]();
  });

  async function start(): Promise<Backend> {
    const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
    const options = {
      '--data': data.address,
      '--services': join(data.address, 'services.json'),
      '--deadline-ms': '5000',
      '--read-back-ms': '300,2000,10000',
    };
    const source = `--import=${path('../queue/support/from-source.ts')}`;
    const child = spawn(
      process.execPath,
      ['--no-warnings', source, path('../../examples/durable-backend.ts'), ...Object.entries(options).flat()],
      { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } },
    );
    const closed = once(child, 'close');
    const end = async (signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> => {
      child.kill(signal);
      await closed;
      return child.exitCode;
    };
    running.push(end);
    const log: string[] = [];
    const { promise: listening, resolve } = Promise.withResolvers<string>();
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(line);
      const [, address] = /"listening":"([^"]+)"/.exec(line) ?? [];
      if (address !== undefined) resolve(address);
    });
    const failed = closed.then(() => Promise.reject(new Error(`the backend has ended: ${log.join('\n')}`)));
    failed.catch(() => undefined);
    return { address: await Promise.race([listening, failed]), log, end };
  }

  async function ask(backend: Backend, service: string, more: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const body = JSON.stringify({ service, when: 'end_of_period', reason: 'Project ended', ...more });
    return await send(backend, `order-of-${service}`, { method: 'PUT', body });
  }

  async function stateOf(backend: Backend, service: string): Promise<unknown> {
    return (await send(backend, `order-of-${service}`)).json['state'];
  }

  async function send({ address }: Backend, order: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { connection: 'close', ...(init.body === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(`${address}/orders/${order}/cancellation`, { ...init, headers });
    const json: unknown = await response.json();
    return { status: response.status, json: Object.fromEntries(Object.entries(json ?? {})) };
  }

  const isCancellation = ({ body }: { readonly body: string }): boolean => body.includes('AddCancelRequest');
  const sentToBilling = (): number => sandbox.whmcs.requests.filter(isCancellation).length;

  async function untilDone(backend: Backend, services: readonly string[]): Promise<void> {
    for (const service of services) {
      await vi.waitFor(async () => {
        expect(['requested', 'scheduled', 'cancelled']).toContain(await stateOf(backend, service));
      }, PATIENCE);
    }
  }

  it(
    'carries everything out exactly once, although it is killed in the middle',
    async () => {
      // They are executed, and their responses are lost.
      sandbox.whmcs.fault({ kind: 'hang', executed: true, times: Infinity, only: isCancellation });
      const first = await start();
      for (const service of all) expect(await ask(first, service)).toMatchObject({ status: 202 });
      // This one cannot be read back, so it is not the one to be cut short.
      await untilDone(first, ['svc-a']);
      await vi.waitFor(() => expect(sentToBilling()).toBeGreaterThan(1), PATIENCE);
      expect(await first.end('SIGKILL')).toBeNull();
      expect(sentToBilling()).toBeLessThan(billed.length);
      sandbox.whmcs.clearFaults();

      const second = await start();
      // The customer, who has seen an error, asks again.
      for (const service of all) expect(await ask(second, service)).toMatchObject({ status: 202 });
      await untilDone(second, all);
      expect(timesCancelled()).toEqual(all.map(() => 1));
      expect(sentToBilling()).toBe(billed.length);
    },
    LONG,
  );

  it(
    'lets started cancellations finish when it is stopped, and does the rest when it is started again',
    async () => {
      // A worker sends one request of an account until it has answered.
      sandbox.whmcs.fault({ kind: 'latency', ms: 2_000, times: 1, only: isCancellation });
      const first = await start();
      for (const service of billed) expect(await ask(first, service)).toMatchObject({ status: 202 });
      await vi.waitFor(() => expect(sentToBilling()).toBe(1), PATIENCE);
      expect(await first.end('SIGTERM')).toBe(0);
      expect(first.log.at(-1)).toBe('{"stopped":true}');
      expect(sentToBilling()).toBe(1);

      const second = await start();
      await untilDone(second, billed);
      expect(timesCancelled()).toEqual(all.map((service) => (billed.includes(service) ? 1 : 0)));
      // What had been answered is not asked for again.
      expect(sandbox.whmcs.requests).toHaveLength(billed.length);
    },
    LONG,
  );

  it(
    'takes an order once, and tells the customer of no provider, whatever becomes of it',
    async () => {
      sandbox.edis.fault({ kind: 'reset', executed: true });
      const backend = await start();
      const answers = [
        await ask(backend, 'svc-a'),
        await ask(backend, 'svc-1'),
        await ask(backend, 'svc-1'),
        await ask(backend, 'svc-gone'),
        // Another request under the same order, and another order for the same service.
        await ask(backend, 'svc-gone', { service: 'svc-2' }),
        await ask(backend, 'svc-other'),
        await ask(backend, 'svc-1', { when: 'tomorrow' }),
        await send(backend, 'order-of-nobody'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 409, 404, 400, 404]);
      await untilDone(backend, ['svc-1']);
      await vi.waitFor(async () => expect(await stateOf(backend, 'svc-gone')).toBe('not_cancelled'), PATIENCE);
      await vi.waitFor(
        async () =>
          expect((await send(backend, 'order-of-svc-a')).json).toEqual({
            order: 'order-of-svc-a',
            state: 'in_progress',
            message: 'Your cancellation is being confirmed.',
            endsAt: null,
          }),
        PATIENCE,
      );
      // Where the outcome is not known yet, no second order starts another cancellation.
      const body = JSON.stringify({ service: 'svc-a', when: 'end_of_period' });
      const again = await send(backend, 'another-order', { method: 'PUT', body });
      expect(again).toMatchObject({ status: 409, json: { error: 'The service is already being cancelled.' } });
      const told = await Promise.all(['svc-a', 'svc-1', 'svc-gone'].map((own) => send(backend, `order-of-${own}`)));
      expect(JSON.stringify([...answers, ...told, again])).not.toMatch(
        /whmcs|edis|vpsbg|metaregistrar|127\.0\.0\.1|999/i,
      );
      expect(timesCancelled()).toEqual(all.map((service) => (['svc-a', 'svc-1'].includes(service) ? 1 : 0)));
      expect(sentToBilling()).toBe(2);
    },
    LONG,
  );
});

describe('a failure of the queue behind the example', () => {
  const failures = [
    ['an error of the queue', new ProviderError('unavailable', { message: 'queue: db.upstream.example' }), 503],
    ['any other error', new Error('whmcs at billing.upstream.example'), 500],
  ] as const;

  it.each(failures)('tells the customer nothing of it: %s', { timeout: 60_000 }, async (_, failure, status) => {
    await using data = await startPglite();
    const services = createCancelService({ edis: edis(), vpsbg: vpsbg(), hosting: hosting(), whmcs: whmcs() });
    const queue = await createCancelQueue({ services, database: data.address });
    const log: unknown[] = [];
    const failing = { ...queue, get: () => Promise.reject(failure) };
    const upstream: UpstreamServices = { 'svc-1': { account: 'whmcs', service: { serviceId: 1 } } };
    const app = createBackend(failing, upstream, (entry) => void log.push(entry));
    const url = '/orders/order-1/cancellation';
    const payload = { service: 'svc-1', when: 'immediate' };
    for (const answer of [
      await app.inject({ method: 'PUT', url, payload }),
      await app.inject({ method: 'GET', url }),
    ]) {
      expect(answer.statusCode).toBe(status);
      expect(answer.body).not.toMatch(/upstream|whmcs/);
    }
    expect(JSON.stringify(log)).toContain('upstream.example');
    await app.close();
    await queue.close();
  });
});
