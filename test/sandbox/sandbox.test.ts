import { execFile } from 'node:child_process';
import { request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts';
import { addressesOf } from './addresses.ts';
import { call, sendJson, until } from './http.ts';

const start = new Date('2026-01-31T12:00:00Z');
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ now: start });
});
afterAll(() => sandbox.close());

describe('a sandbox', () => {
  it('serves each provider on a port of its own, on loopback', () => {
    const { whmcs, whmcsInDirectory } = sandbox.settings;
    const urls = addressesOf(sandbox).map((url) => new URL(url));
    for (const url of urls) expect(url).toMatchObject({ protocol: 'http:', hostname: '127.0.0.1' });
    expect(new Set(urls.map(({ port }) => port)).size).toBe(urls.length);
    expect(whmcsInDirectory.url).toBe(`${whmcs.url}/billing`);
  });

  it('lets several run side by side, each with its own state', async () => {
    await using other = await startSandbox();
    const { hostingId } = other.hosting.seeded.active;
    const { domain } = other.hosting.service(hostingId);
    const { baseUrl, token } = other.settings.hosting;
    await sendJson('DELETE', `${baseUrl}/hosting/${hostingId}`, { reason: 'r', domain }, { token });
    expect(other.hosting.service(hostingId).timesCancelled).toBe(1);
    expect(sandbox.hosting.service(hostingId).timesCancelled).toBe(0);
  });

  it('leaves the process’s own Request and Response alone', async () => {
    const before = [globalThis.Request, globalThis.Response];
    await call(sandbox.settings.edis.baseUrl);
    expect([globalThis.Request, globalThis.Response]).toEqual(before);
  });

  it('shows snapshots that do not change by themselves', () => {
    const snapshot = sandbox.edis.service(sandbox.edis.seeded.active.kvmId);
    Object.assign(snapshot, { status: 'cancelled' });
    expect(sandbox.edis.service(sandbox.edis.seeded.active.kvmId).status).toBe('active');
  });

  it('says which services there are when asked for another', () => {
    expect(() => sandbox.edis.service('kvm_1')).toThrow('sandbox.edis: no service kvm_1; there are 500101, 500102');
    expect(() => sandbox.vpsbg.lock(1)).toThrow(RangeError);
    expect(() => sandbox.whmcs.terminate('x')).toThrow(RangeError);
  });

  it('refuses what it does not know', async () => {
    const unchecked: (options: never) => Promise<Sandbox> = startSandbox;
    for (const options of [null, 5, new Date(), { when: start }, { now: '2026-01-01' }]) {
      await expect(Reflect.apply(unchecked, undefined, [options])).rejects.toThrow(TypeError);
    }
    await expect(startSandbox({ now: new Date(NaN) })).rejects.toThrow(RangeError);
    expect(() => sandbox.vpsbg.configure({ undo: JSON.parse('"never"') })).toThrow(
      "sandbox.vpsbg.configure: undo: expected 'works' or 'ignored' or 'absent'.",
    );
    expect(() => sandbox.whmcs.configure(JSON.parse('{"crons":1}'))).toThrow('unknown option "crons"');
    expect(() => sandbox.hosting.failJobs(0)).toThrow(RangeError);
    expect(() => sandbox.edis.setStock(1, 1)).toThrow(RangeError);
  });
});

describe('the recorded requests', () => {
  it('show what was on the wire, in order, also when nothing answers there', async () => {
    const { baseUrl } = sandbox.settings.hosting;
    sandbox.hosting.clearRequests();
    await sendJson('DELETE', `${baseUrl}/hosting/a%2Fb?x=1&y=%20`, { ä: 'ö' }, { 'X-Mine': 'yes' });
    await rawGet(new URL(baseUrl), '/api/v1/hosting/../secret');
    expect(sandbox.hosting.requests).toMatchObject([
      {
        method: 'DELETE',
        path: '/api/v1/hosting/a%2Fb',
        query: 'x=1&y=%20',
        headers: { 'x-mine': 'yes', 'content-type': 'application/json' },
        body: '{"ä":"ö"}',
        at: start,
        fault: undefined,
      },
      { method: 'GET', path: '/api/v1/hosting/../secret', query: '', body: '' },
    ]);
    sandbox.hosting.clearRequests();
    expect(sandbox.hosting.requests).toEqual([]);
  });
});

describe('the clock', () => {
  it('stands still until it is moved, and only moves forward', async () => {
    await using own = await startSandbox({ now: start });
    expect(own.clock.now()).toEqual(start);
    expect(own.clock.advance({ days: 1, hours: 1.5, milliseconds: 1 })).toEqual(new Date('2026-02-01T13:30:00.001Z'));
    expect(own.clock.set(new Date('2026-02-02T00:00:00Z'))).toEqual(new Date('2026-02-02T00:00:00Z'));
    own.clock.now().setUTCFullYear(1999);
    expect(own.clock.now()).toEqual(new Date('2026-02-02T00:00:00Z'));
    expect(() => own.clock.set(start)).toThrow('only moves forward');
    expect(() => own.clock.set(new Date(NaN))).toThrow(RangeError);
    expect(() => own.clock.advance({ days: -1 })).toThrow(RangeError);
    expect(() => own.clock.advance({ days: 1e9 })).toThrow(RangeError);
    expect(() => own.clock.advance(JSON.parse('{"weeks":1}'))).toThrow('unknown unit "weeks"; expected days');
    expect(() => own.clock.advance(JSON.parse('{"days":"1"}'))).toThrow(TypeError);
  });

  it('renews what nobody cancelled, also over many years in one step', async () => {
    await using own = await startSandbox({ now: start });
    const { serviceId } = own.whmcs.add();
    expect(own.whmcs.service(serviceId).nextDueDate).toEqual(new Date('2026-02-28T00:00:00Z'));
    own.clock.advance({ days: 365 * 100 });
    const { nextDueDate, status } = own.whmcs.service(serviceId);
    expect(status).toBe('Active');
    expect(nextDueDate?.getTime()).toBeGreaterThan(own.clock.now().getTime());
  });
});

describe('closing', () => {
  it('ends hung calls immediately, drops late executions, and may be repeated', async () => {
    const own = await startSandbox();
    const { serverId } = own.vpsbg.seeded.active;
    const { baseUrl, token } = own.settings.vpsbg;
    const cancel = (): Promise<unknown> =>
      sendJson(
        'POST',
        `${baseUrl}/v1/servers/cancel`,
        { server_ids: [serverId] },
        { authorization: `Bearer ${token}` },
      );
    own.vpsbg.fault({ kind: 'hang', executed: false });
    own.vpsbg.fault({ kind: 'latency', ms: 60_000 });
    own.vpsbg.fault({ kind: 'slow_body', ms: 60_000 });
    own.vpsbg.fault({ kind: 'late_execution', ms: 30, connection: 'hang' });
    const calls = [cancel(), cancel(), cancel(), cancel()].map((pending) =>
      expect(pending).rejects.toThrow(/fetch failed|terminated/),
    );
    await until(() => own.vpsbg.requests.length === 4);
    const executed = own.vpsbg.service(serverId).timesCancelled;
    const before = performance.now();
    await own.close();
    await Promise.all(calls);
    expect(performance.now() - before).toBeLessThan(500);
    await own.close();
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(own.vpsbg.service(serverId).timesCancelled).toBe(executed);
  });

  it('leaves nothing that keeps the process alive', async () => {
    const entry = new URL('../../src/sandbox/index.ts', import.meta.url).href;
    const script = `
      const { startSandbox } = await import(${JSON.stringify(entry)});
      const sandbox = await startSandbox();
      sandbox.edis.fault({ kind: 'late_execution', ms: 60_000, connection: 'hang' });
      const hung = fetch(sandbox.settings.edis.baseUrl, { method: 'POST' }).catch(() => console.log('ended'));
      while (sandbox.edis.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      await sandbox.close();
      await hung;`;
    const node = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url));
    const { stdout } = await promisify(execFile)(node, ['--input-type=module', '--eval', script], { timeout: 45_000 });
    expect(stdout).toBe('ended\n');
  });
});

/** A GET whose path is sent as it is; `fetch` would resolve the dots. */
function rawGet({ hostname, port }: URL, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ hostname, port, path }, (response) => response.resume().on('end', resolve))
      .on('error', reject)
      .end();
  });
}
