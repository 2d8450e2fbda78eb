import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { fieldIn, textOf } from '../console/support/open-console.ts';
import { listen } from '../support/listen.ts';
import { createProject, recordsOf, type Ended, type Project } from './support/project.ts';

let sandbox: Sandbox;
let project: Project;
beforeAll(async () => {
  sandbox = await startSandbox();
  project = await createProject();
  const { edis, vpsbg } = sandbox.settings;
  project.write(
    'cancelkit.config.mjs',
    `import { defineConfig } from 'cancelkit/config';
    import { edis } from 'cancelkit/edis';
    import { vpsbg } from 'cancelkit/vpsbg';
    export default defineConfig({
      accounts: { edis: edis(${JSON.stringify(edis)}), vpsbg: vpsbg(${JSON.stringify(vpsbg)}) },
    });`,
  );
}, 120_000);
afterAll(async () => {
  project[Symbol.dispose]();
  await sandbox.close();
});

const queue = (...args: readonly string[]): Promise<Ended> => project.run(['queue', ...args]);

/** Runs a command that serves the console, and ends it by Ctrl-C once the visitor has left. */
async function served(args: readonly string[], visit: (url: URL) => Promise<void>): Promise<Ended> {
  return await project.run(['queue', ...args], {
    started: async (child: ChildProcess) => {
      let printed = '';
      child.stdout?.on('data', (text: string) => (printed += text));
      const address = (): string | undefined => /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(printed)?.[0];
      while (address() === undefined && child.exitCode === null) await delay(20);
      try {
        await visit(new URL(address() ?? 'http://127.0.0.1:1/'));
      } finally {
        child.kill('SIGINT');
      }
    },
  });
}

it('needs a queue that exists', async () => {
  const { code, stdout, stderr } = await queue('ui');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('there is no queue in');
}, 60_000);

it('shows the embedded queue while the same process works on it, and takes decisions', async () => {
  const { kvmId } = sandbox.edis.add();
  const { serverId } = sandbox.vpsbg.add();
  const end = ['--when', 'end_of_period'];
  expect((await queue('add', 'edis', kvmId, ...end, '--id', 'lost', '--reference', 'INV-1')).code).toBe(0);
  expect((await queue('add', 'vpsbg', String(serverId), ...end, '--id', 'good')).code).toBe(0);
  sandbox.edis.fault({ kind: 'reset', executed: true });
  const ended = await served(['ui', '--work', '--by', 'Kim'], async (url) => {
    const signIn = await fetch(url, { redirect: 'manual' });
    expect([signIn.status, signIn.headers.get('location')]).toEqual([303, '/']);
    let cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const get = async (path: string): Promise<string> => {
      const response = await fetch(new URL(path, url.origin), { headers: { cookie } });
      const set = response.headers.get('set-cookie')?.split(';')[0];
      if (set !== undefined) cookie = `${cookie}; ${set}`;
      return await response.text();
    };
    while (!(await get('/')).includes('/cancellation?id=lost')) await delay(50);
    const listed = recordsOf((await queue('list', '--json')).stdout);
    expect(listed).toMatchObject([
      { result: { id: 'good' } },
      { result: { id: 'lost', state: 'unknown', needsPerson: true } },
    ]);
    expect(textOf(await get('/accounts'))).not.toContain('No worker is running');
    const page = await get('/cancellation?id=lost');
    const body = new URLSearchParams({
      id: 'lost',
      as: 'requested',
      seen: fieldIn(page, 'seen') ?? '',
      form_token: fieldIn(page, 'form_token') ?? '',
    });
    const decided = await fetch(new URL('/decide', url.origin), {
      method: 'POST',
      body,
      redirect: 'manual',
      headers: { cookie, origin: url.origin },
    });
    expect(decided.status).toBe(303);
    expect((await queue('show', 'lost')).stdout).toContain('Kim recorded it as requested.');
    expect(await get('/')).not.toContain(url.searchParams.get('token'));
  });
  expect(ended.code).toBe(0);
  expect(ended.stderr).toContain('Open this address in a browser of this machine.');
  expect(ended.stderr).not.toContain('token=');
  expect(sandbox.edis.service(kvmId).timesCancelled).toBe(1);
}, 240_000);

it('works and shows with `work --ui`, too, and shows without working', async () => {
  for (const args of [
    ['work', '--ui', '--json'],
    ['ui', '--json'],
  ]) {
    const { code, stdout } = await served(args, async (url) => {
      expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
      expect((await fetch(url.origin)).status).toBe(401);
    });
    expect(code).toBe(0);
    expect(recordsOf(stdout)[0]).toMatchObject({
      command: `queue ${args[0]}`,
      ok: true,
      result: { url: expect.stringContaining('http://127.0.0.1:') },
    });
  }
}, 240_000);

it('refuses a port that is in use, and options that do not belong together', async () => {
  const taken = createServer();
  const port = String(await listen(taken));
  const { code, stderr } = await queue('ui', '--port', port);
  taken.close();
  expect(code).toBe(2);
  expect(stderr).toContain(`port ${port} is in use`);
  expect((await queue('work', '--port', '4080')).stderr).toContain('--port and --by are for --ui.');
  expect((await queue('ui', '--port', 'http')).code).toBe(2);
  expect((await queue('ui', '--port', '70000')).code).toBe(2);
}, 120_000);

it('finds a cancellation by its service, newest first', async () => {
  const add = (serverId: number, id: string): Promise<Ended> =>
    queue('add', 'vpsbg', String(serverId), '--when', 'end_of_period', '--id', id, '--not-before', '2100-01-01');
  const servers = [sandbox.vpsbg.add().serverId, sandbox.vpsbg.add().serverId];
  for (const [index, serverId] of servers.entries()) await add(serverId, `search-${index}`);
  const ids = async (...args: readonly string[]): Promise<readonly unknown[]> =>
    recordsOf((await queue('list', '--json', ...args)).stdout).map(({ result }) => Reflect.get(Object(result), 'id'));
  expect(await ids('--search', 'SEARCH')).toEqual(['search-1', 'search-0']);
  expect(await ids('--search', 'search', '--oldest')).toEqual(['search-0', 'search-1']);
  expect(await ids('--search', 'search', '--limit', '1', '--after', 'search-1')).toEqual(['search-0']);
  expect(await ids('--search', String(servers[0]))).toEqual(['search-0']);
  expect(await ids('--search', 'nothing-like-it')).toEqual([]);
  expect((await queue('list', '--search', 'search')).stdout).toMatch(/search-1 .* (?:\d+ (?:s|min) ago|now)/);
}, 240_000);
