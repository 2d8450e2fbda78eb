import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { startPostgres, type TestDatabase } from '../queue/support/databases.ts';
import { createProject, recordsOf, type Project } from './support/project.ts';

let sandbox: Sandbox;
let database: TestDatabase;
let project: Project;
beforeAll(async () => {
  sandbox = await startSandbox();
  database = await startPostgres();
  project = await createProject();
  const { edis, vpsbg } = sandbox.settings;
  const queue = { database: database.address, schema: `cli_${process.pid}` };
  project.write(
    'cancelkit.config.mjs',
    `import { defineConfig } from 'cancelkit/config';
    import { edis } from 'cancelkit/edis';
    import { vpsbg } from 'cancelkit/vpsbg';
    export default defineConfig({
      accounts: { edis: edis(${JSON.stringify(edis)}), vpsbg: vpsbg(${JSON.stringify(vpsbg)}) },
      queue: ${JSON.stringify(queue)},
    });`,
  );
}, 120_000);
afterAll(async () => {
  project[Symbol.dispose]();
  await sandbox.close();
  await database[Symbol.asyncDispose]();
});

it('the queue takes cancellations, carries them out, shows them and takes decisions', async () => {
  const queue = (...args: readonly string[]) => project.run(['queue', ...args]);
  const { serverId } = sandbox.vpsbg.add();
  const { kvmId } = sandbox.edis.add();
  const end = ['--when', 'end_of_period'];

  // What is followed is not exported yet.
  expect((await queue('add', 'vpsbg', String(serverId), ...end, '--id', 'one', '--no-follow')).stdout).toContain(
    'one is in the queue',
  );
  expect((await queue('add', 'vpsbg', String(serverId), ...end, '--id', 'one')).stdout).toContain('already');
  expect((await queue('add', 'vpsbg', '7301', '--when', 'immediate')).code).toBe(2);
  await queue('add', 'edis', kvmId, ...end, '--id', 'two', '--by', 'Kim');
  sandbox.edis.fault({ kind: 'reset', executed: true });
  const worked = await queue('work', '--until-idle');
  expect(worked.code).toBe(3);
  expect(worked.stderr).toContain('1 wait for a person: cancelkit queue list --needs-person');
  expect(worked.stdout).toMatch(/^edis +0 +1 +0 +1/m);
  expect(sandbox.vpsbg.service(serverId).timesCancelled).toBe(1);

  const listed = recordsOf((await queue('list', '--json')).stdout);
  expect(listed).toMatchObject([
    { command: 'queue list', ok: true, result: { id: 'two', state: 'unknown', needsPerson: true, askedBy: 'Kim' } },
    { result: { id: 'one', state: 'requested' } },
  ]);
  expect((await queue('list', '--state', 'nowhere')).code).toBe(2);
  const shown = await queue('show', 'two');
  expect(shown.stdout).toMatch(/where to look +\(inferred\)/);
  expect((await queue('show', 'one')).stdout).not.toContain('where to look');
  expect(shown.stdout).toMatch(/needs a person +yes/);
  expect(shown.stdout).toContain('It was sent on ');
  expect(shown.stdout).toMatch(/history\n.* \(\d+ (?:s|min) ago\) +Kim asked for it\./);
  expect(shown.stdout).toContain('The outcome is unknown. It waits for a person.');
  expect(shown.stdout).not.toContain('{');
  expect((await queue('show', 'three')).code).toBe(2);

  expect((await queue('resolve', 'one', '--as', 'completed')).code).toBe(2);
  // Its provider cannot be asked; and what was seen earlier is not what is there.
  expect((await queue('read-back', 'two', '--by', 'Kim')).stderr).toContain('look it up at the provider');
  const stale = ['--if-updated-at', '2020-05-01T10:00:00.123456Z'];
  const changed = await queue('resolve', 'two', '--as', 'requested', ...stale);
  expect([changed.code, changed.stderr]).toEqual([2, expect.stringContaining('it has changed since it was seen')]);
  expect((await queue('retry', 'two', '--yes', ...stale)).code).toBe(2);
  expect((await queue('resolve', 'two', '--as', 'requested', '--effective-at', '2999-12-31')).code).toBe(2);
  expect((await queue('retry', 'two')).stderr).toContain('Add --yes');
  expect((await queue('resolve', 'two', '--as', 'requested', '--note', 'seen', '--by', 'Kim')).code).toBe(0);
  const { stdout } = await queue('stats', '--json');
  expect(recordsOf(stdout)).toMatchObject([{ result: { states: { requested: 2, unknown: 0 }, needsPerson: 0 } }]);
  expect(sandbox.edis.service(kvmId).timesCancelled).toBe(1);

  const exported = await queue('export', 'settled.jsonl', '--json');
  expect(recordsOf(exported.stdout)).toMatchObject([{ command: 'queue export', ok: true, result: { exported: 2 } }]);
  expect((await queue('export', 'settled.jsonl')).code).toBe(2);
  expect((await queue('export', 'other.jsonl', '--before', 'yesterday')).code).toBe(2);
}, 240_000);

it('carries a proposed cancellation out once another person approved it, and shows when it is read again', async () => {
  const { serverId } = sandbox.vpsbg.add();
  const queue = (...args: readonly string[]) => project.run(['queue', ...args]);
  const add = ['add', 'vpsbg', String(serverId), '--when', 'immediate', '--id', 'proposed', '--propose', '--by', 'Kim'];
  const { code, stdout } = await queue(...add);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('queue approve proposed') });
  await queue('work', '--until-idle');
  expect(sandbox.vpsbg.service(serverId).timesCancelled).toBe(0);
  expect((await queue('show', 'proposed')).stdout).toMatch(/proposed: proposed\n[^]*proposed by +Kim/);
  const asked = (await queue('approve', 'proposed', '--by', 'Alex')).stderr;
  expect(asked).toMatch(/Kim proposes to cancel .*It goes to vpsbg http.*Add --yes/s);
  expect(asked).not.toContain('..');
  expect((await queue('approve', 'nothing', '--yes')).code).toBe(2);
  const own = await queue('approve', 'proposed', '--by', 'kim', '--yes');
  expect(own.code).toBe(2);
  expect(own.stderr).toContain('another person');
  expect((await queue('approve', 'proposed', '--by', 'Alex', '--yes')).stdout).toContain('approved');
  await queue('work', '--until-idle');
  expect(sandbox.vpsbg.service(serverId).timesCancelled).toBe(1);
  expect((await queue('show', 'proposed')).stdout).toMatch(/followed +not read yet; read next on \d+ \w+ \d{4},/);
}, 240_000);

it('says that a cancellation that was refused is not carried out by adding it again', async () => {
  const { serverId } = sandbox.vpsbg.add();
  const add = ['queue', 'add', 'vpsbg', String(serverId), '--when', 'end_of_period', '--id', 'withdrawn'];
  expect((await project.run(add)).code).toBe(0);
  expect((await project.run(['queue', 'withdraw', 'withdrawn'])).code).toBe(0);
  const { code, stdout } = await project.run(add);
  expect(code).toBe(1);
  expect(stdout).toContain('withdrawn was in the queue already: refused');
  expect(stdout).toContain('It is not carried out.');
}, 60_000);

it('quarantines what may have been sent, asks first, and refuses a time that is not one', async () => {
  const { serverId } = sandbox.vpsbg.add();
  const add = ['queue', 'add', 'vpsbg', String(serverId), '--when', 'end_of_period', '--id', 'restored'];
  expect((await project.run([...add, '--when-absent', 'always'])).code).toBe(2);
  expect((await project.run([...add, '--when-absent', 'send_again'])).code).toBe(0);
  const quarantine = (...args: readonly string[]) => project.run(['queue', 'quarantine', ...args]);
  expect((await quarantine()).stderr).toContain('--since is missing');
  expect((await quarantine('--since', '2026-01-01')).stderr).toContain('Add --yes');
  expect((await quarantine('--since', 'yesterday', '--yes')).code).toBe(2);
  const { code, stdout } = await quarantine('--since', '2026-01-01', '--yes', '--by', 'Kim', '--json');
  expect({ code, records: recordsOf(stdout) }).toMatchObject({
    code: 0,
    records: [{ command: 'queue quarantine', ok: true, result: { readBack: 1, needsPerson: 0, otherAccounts: [] } }],
  });
  const [shown] = recordsOf((await project.run(['queue', 'show', 'restored', '--json'])).stdout);
  expect(shown).toMatchObject({
    result: { state: 'unknown', whenAbsent: 'send_again', place: expect.stringMatching(/^vpsbg http:/) },
  });
  expect(sandbox.vpsbg.service(serverId).timesCancelled).toBe(0);
  expect((await project.run(['queue', 'resolve', 'restored', '--as', 'refused'])).code).toBe(0);
  // There is no new place that could be accepted.
  expect((await project.run(['queue', 'retry', 'restored', '--accept-place', '--yes'])).code).toBe(2);
}, 120_000);

it('does not take the wrong working directory for an empty queue', async () => {
  project.write('elsewhere.mjs', "export default { accounts: {}, queue: { database: 'no-such-queue' } };");
  const { code, stderr } = await project.run(['queue', 'list', '--config', 'elsewhere.mjs']);
  expect(code).toBe(2);
  expect(stderr).toContain('there is no queue in ');
  expect(existsSync(join(project.directory, 'no-such-queue'))).toBe(false);
});

it.each([
  [' postgres://joe:SECRET@db/q'],
  ['POSTGRES://joe:SECRET@db/q'],
  ['postgress://joe:SECRET@db/q'],
  ['postgres:/joe:SECRET@db/q'],
  ['postgres://joe:SE#CRET@db/q'],
  ['jdbc:postgresql://joe:SECRET@db/q'],
  ['host=db user=joe password=SECRET'],
])('does not take a database address with a slip in it for a directory: %s', async (address) => {
  project.write('slip.mjs', `export default { accounts: {}, queue: { database: ${JSON.stringify(address)} } };`);
  const before = readdirSync(project.directory);
  for (const args of [['work', '--until-idle'], ['list']]) {
    const { code, stdout, stderr } = await project.run(['queue', ...args, '--config', 'slip.mjs']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('database: expected a directory, or a postgres:// URL');
    expect(stderr).not.toMatch(/SE#?CRET/);
  }
  expect(readdirSync(project.directory)).toEqual(before);
});

it('says what to do if the database cannot be reached, without its password', async () => {
  project.write(
    'gone.mjs',
    `import { vpsbg } from 'cancelkit/vpsbg';
    export default {
      accounts: { vpsbg: vpsbg() },
      queue: { database: 'postgres://user:aPasswordThatNobodyMaySee@127.0.0.1:1/queue' },
    };`,
  );
  const { code, stdout, stderr } = await project.run(['queue', 'stats', '--config', 'gone.mjs']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^✗ unavailable: queue: /);
  expect(stderr).not.toContain('aPasswordThatNobodyMaySee');
}, 60_000);

it('lists, shows and counts what is in a directory while a worker has it open, and says that deciding has to wait', async () => {
  using own = await createProject();
  own.write(
    'cancelkit.config.mjs',
    `import { defineConfig } from 'cancelkit/config';
    import { vpsbg } from 'cancelkit/vpsbg';
    export default defineConfig({ accounts: { vpsbg: vpsbg(${JSON.stringify(sandbox.settings.vpsbg)}) } });`,
  );
  const { serverId } = sandbox.vpsbg.add();
  const queue = (...args: readonly string[]) => own.run(['queue', ...args]);
  expect((await queue('list')).stderr).toContain('there is no queue in');
  const later = ['--when', 'end_of_period', '--id', 'one', '--not-before', '2100-01-01T00:00Z'];
  expect((await queue('add', 'vpsbg', String(serverId), ...later)).code).toBe(0);
  expect(statSync(join(own.directory, '.cancelkit')).mode & 0o777).toBe(0o700);
  await own.run(['queue', 'work'], {
    started: async (worker) => {
      const record = join(own.directory, '.cancelkit', 'lock.reader');
      while (!existsSync(record) && worker.exitCode === null) await delay(50);
      expect(recordsOf((await queue('list', '--json')).stdout)).toMatchObject([
        { result: { id: 'one', state: 'planned' } },
      ]);
      expect((await queue('show', 'one')).stdout).toMatch(/history\n.* asked for it\./);
      expect(recordsOf((await queue('stats', '--json')).stdout)).toMatchObject([
        { result: { states: { planned: 1 } } },
      ]);
      expect((await queue('show', 'none')).code).toBe(2);
      const refused = await queue('withdraw', 'one');
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('Reading works meanwhile: queue list, show and stats');
      worker.kill('SIGINT');
    },
  });
  expect((await queue('list')).stdout).toContain('planned');
}, 240_000);
