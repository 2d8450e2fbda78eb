import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { examineFiles } from '../../src/cli/actions/doctor-files.ts';
import { examinePeers, isInRange, PEERS } from '../../src/cli/actions/doctor-peers.ts';
import { skewOf } from '../../src/queue/examination/clock.ts';
import { MIGRATIONS } from '../../src/queue/ledger/migrations.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { startPostgres, type TestDatabase } from '../queue/support/databases.ts';
import { createProject, recordsOf, type Ended, type Project } from './support/project.ts';

interface Found {
  readonly check: string;
  readonly level: string;
  readonly what: string;
  readonly next?: string;
}

let sandbox: Sandbox;
let database: TestDatabase;
let project: Project;
beforeAll(async () => {
  sandbox = await startSandbox();
  database = await startPostgres();
}, 120_000);
afterAll(async () => {
  await sandbox.close();
  await database[Symbol.asyncDispose]();
});
beforeEach(async () => {
  project = await createProject();
}, 60_000);
afterEach(() => project[Symbol.dispose]());

/** Writes a configuration with these options of the queue. */
function configured(queue: object | undefined, more = ''): void {
  const { vpsbg, edis } = sandbox.settings;
  project.write(
    'cancelkit.config.mjs',
    `import { defineConfig } from 'cancelkit/config';
    import { edis } from 'cancelkit/edis';
    import { vpsbg } from 'cancelkit/vpsbg';
    export default defineConfig({
      accounts: { vpsbg: vpsbg(${JSON.stringify(vpsbg)}), edis: edis(${JSON.stringify(edis)})${more} },
      ${queue === undefined ? '' : `queue: ${JSON.stringify(queue)},`}
    });`,
  );
  chmodSync(join(project.directory, 'cancelkit.config.mjs'), 0o600);
}

async function doctor(
  ...args: readonly string[]
): Promise<{ readonly ended: Ended; readonly found: readonly Found[] }> {
  const ended = await project.run(['doctor', '--json', ...args]);
  const found = recordsOf(ended.stdout).map((record): Found => Object(record['result']));
  const hasFailed = found.some(({ level }) => level === 'failed');
  expect([hasFailed, ended.code, ended.stdout]).toEqual([hasFailed, hasFailed ? 1 : 0, ended.stdout]);
  for (const secret of [sandbox.settings.vpsbg.token, sandbox.settings.edis.password, 'word-of-the-database']) {
    expect(ended.stdout + ended.stderr).not.toContain(secret);
  }
  return { ended, found };
}

const levels = (found: readonly Found[]): Readonly<Record<string, string>> =>
  Object.fromEntries(found.map(({ check, level }) => [check, level]));

/** What is in the working directory; the names of accounts that every command remembers are the user's own. */
const entries = (): readonly string[] => readdirSync(project.directory).filter((name) => name !== '.local');

describe('cancelkit doctor', () => {
  it('finds nothing wrong with accounts and without a queue, sends nothing and makes nothing', async () => {
    configured(undefined);
    sandbox.vpsbg.clearRequests();
    const before = entries();
    const { found } = await doctor();
    expect(found.every(({ level }) => level === 'ok')).toBe(true);
    expect(levels(found)).toMatchObject({
      node: 'ok',
      configuration: 'ok',
      queue: 'ok',
      'account vpsbg': 'ok',
      files: 'ok',
    });
    expect(sandbox.vpsbg.requests).toEqual([]);
    expect(entries()).toEqual(before);
    const people = await project.run(['doctor']);
    expect(people.stdout).toMatch(/^✓ node: v\d+/);
    expect(people.stdout).toContain('✓ account vpsbg: configured, for vpsbg http://127.0.0.1:');
  });

  it('asks the providers only if it is asked to, and says which credentials are refused', async () => {
    configured(undefined, `, wrong: vpsbg({ ...${JSON.stringify(sandbox.settings.vpsbg)}, token: 'another-token-1' })`);
    sandbox.vpsbg.clearRequests();
    const { found } = await doctor('--check');
    expect(levels(found)).toMatchObject({ 'account vpsbg': 'ok', 'account edis': 'ok', 'account wrong': 'failed' });
    expect(new Set(sandbox.vpsbg.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  it('names the variable that an account lacks', async () => {
    configured(undefined, ', unset: vpsbg()');
    const { found } = await doctor();
    const unset = found.find(({ check }) => check === 'account unset');
    expect(unset).toMatchObject({ level: 'failed', what: expect.stringContaining('VPSBG_TOKEN') });
  });

  it('says why a configuration cannot be loaded, and calls nothing ok that it could not look at', async () => {
    project.write('cancelkit.config.mjs', `throw new Error('word-of-the-database');`);
    const { found } = await doctor();
    expect(levels(found)).toMatchObject({ configuration: 'failed', accounts: 'warning', queue: 'warning' });
    expect((await project.run(['doctor', '--config', 'nowhere.mjs'])).code).toBe(1);
  });

  it('sees that others can change the configuration, or read the results of a list', async () => {
    configured(undefined);
    project.write('list.csv.results.jsonl', '');
    const [config, results] = ['cancelkit.config.mjs', 'list.csv.results.jsonl'].map((name) =>
      join(project.directory, name),
    );
    chmodSync(config!, 0o666);
    chmodSync(results!, 0o640);
    const files = (await doctor()).found.filter(({ check }) => check === 'files');
    expect(files.map(({ level, next }) => [level, next])).toEqual([
      ['failed', 'chmod 600 cancelkit.config.mjs'],
      ['failed', 'chmod 600 list.csv.results.jsonl'],
    ]);
    chmodSync(config!, 0o644);
    chmodSync(results!, 0o600);
    expect(levels((await doctor()).found)['files']).toBe('warning');
    expect(statSync(config!).mode & 0o777).toBe(0o644);
  });

  it('looks at a queue on a server: no tables, tables, a worker, and a newer version', async () => {
    const schema = `doctor_${process.pid}`;
    configured({ database: database.address, schema });
    const client = new pg.Client({ connectionString: database.address });
    await client.connect();
    try {
      const fresh = levels((await doctor()).found);
      expect(fresh).toMatchObject({
        database: 'ok',
        migrations: 'warning',
        worker: 'warning',
        clock: 'ok',
        durability: 'ok',
      });
      const schemas = await client.query(`SELECT nspname FROM pg_namespace WHERE nspname LIKE $1`, [`${schema}%`]);
      expect(schemas.rows).toEqual([]);

      const { serverId } = sandbox.vpsbg.add();
      await project.run(['queue', 'add', 'vpsbg', String(serverId), '--when', 'end_of_period', '--id', 'one']);
      expect(levels((await doctor()).found)).toMatchObject({ migrations: 'ok', jobs: 'ok', worker: 'warning' });

      const alive = `INSERT INTO ${schema}.worker VALUES ('w', clock_timestamp(), clock_timestamp() + interval '1 minute')`;
      await client.query(alive);
      expect(levels((await doctor()).found)['worker']).toBe('ok');
      // Of a clock that was set back since.
      await client.query(`UPDATE ${schema}.worker SET seen_at = seen_at + interval '1 hour'`);
      expect(levels((await doctor()).found)['worker']).toBe('warning');

      await client.query(`INSERT INTO ${schema}.version (number) VALUES (${MIGRATIONS.length + 1})`);
      expect(levels((await doctor()).found)['migrations']).toBe('failed');
      await client.query(`DELETE FROM ${schema}.version`);
      await client.query(`INSERT INTO ${schema}.version (number) VALUES (${MIGRATIONS.length - 1})`);
      expect(levels((await doctor()).found)['migrations']).toBe('warning');
      const versions = await client.query(`SELECT number FROM ${schema}.version`);
      expect(versions.rows.map(({ number }) => Number(number))).toEqual([MIGRATIONS.length - 1]);

      await client.query(`DROP SCHEMA ${schema}_jobs CASCADE`);
      expect(levels((await doctor()).found)['jobs']).toBe('failed');
    } finally {
      await client.end();
    }
  }, 120_000);

  it('says that a server cannot be reached, without its address', async () => {
    configured({ database: 'postgres://someone:word-of-the-database@127.0.0.1:2/shop' });
    const { found } = await doctor();
    expect(levels(found)).toMatchObject({
      database: 'failed',
      migrations: 'warning',
      worker: 'warning',
      clock: 'warning',
      durability: 'warning',
    });
    configured({ database: database.address, schema: 'Not valid; DROP' });
    expect(levels((await doctor()).found)['database']).toBe('failed');
  });

  it('makes no embedded queue, and looks at one that is there or that a worker has open', async () => {
    const directory = join(project.directory, 'queue');
    configured({ database: 'queue' });
    expect(levels((await doctor()).found)).toMatchObject({
      database: 'warning',
      migrations: 'warning',
      'pg-boss': 'ok',
    });
    expect(existsSync(directory)).toBe(false);

    mkdirSync(join(directory, 'pgdata'), { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
    expect(levels((await doctor()).found)['database']).toBe('warning');
    expect(readdirSync(join(directory, 'pgdata'))).toEqual([]);

    const { serverId } = sandbox.vpsbg.add();
    await project.run(['queue', 'add', 'vpsbg', String(serverId), '--when', 'end_of_period', '--id', 'one']);
    expect(levels((await doctor()).found)).toMatchObject({
      files: 'ok',
      database: 'ok',
      migrations: 'ok',
      jobs: 'ok',
      worker: 'warning',
    });

    const worker = spawn(process.execPath, [project.command, 'queue', 'work'], {
      cwd: project.directory,
      env: project.env,
    });
    try {
      const ended = new Promise((resolve) => worker.on('close', resolve));
      await expect.poll(() => sandbox.vpsbg.service(serverId).timesCancelled).toBe(1);
      const { found } = await doctor();
      expect(found.find(({ check }) => check === 'database')).toMatchObject({
        level: 'ok',
        what: expect.stringContaining('another process'),
      });
      expect(levels(found)['migrations']).toBe('warning');
      worker.kill('SIGTERM');
      await ended;
    } finally {
      worker.kill('SIGKILL');
    }

    chmodSync(join(directory, 'pgdata'), 0o755);
    const { found } = await doctor();
    expect(found.filter(({ check }) => check === 'files').map(({ level }) => level)).toEqual(['ok', 'failed']);
    expect(levels(found)['database']).toBe('warning');
    expect(statSync(join(directory, 'pgdata')).mode & 0o777).toBe(0o755);
  }, 120_000);
});

describe('an embedded queue of another user', () => {
  // Only root may give a directory away, and only root could open it then.
  it.runIf(process.getuid?.() === 0)(
    'is not opened by root, by any command: its worker could not use what root makes',
    async () => {
      const directory = join(project.directory, 'queue');
      configured({ database: 'queue' });
      const { serverId } = sandbox.vpsbg.add();
      await project.run(['queue', 'add', 'vpsbg', String(serverId), '--when', 'end_of_period', '--id', 'one']);
      const paths = [
        directory,
        ...readdirSync(directory, { recursive: true }).map((name) => join(directory, String(name))),
      ];
      for (const path of paths) chownSync(path, 12_345, 12_345);
      const states = (): readonly string[] =>
        [directory, ...readdirSync(directory, { recursive: true }).map((name) => join(directory, String(name)))].map(
          (path) => {
            const { uid, mode, mtimeMs, size } = statSync(path);
            return `${path} ${uid} ${mode} ${mtimeMs} ${size}`;
          },
        );
      const before = states();
      const { found } = await doctor();
      expect(states()).toEqual(before);
      expect(levels(found)).toMatchObject({ database: 'warning', migrations: 'warning', worker: 'warning' });
      expect(found.filter(({ check }) => check === 'files').at(-1)).toMatchObject({
        level: 'warning',
        next: 'Run cancelkit doctor as that user.',
      });
      for (const words of [
        'add vpsbg 7 --when end_of_period',
        'work --until-idle',
        'list',
        'stats',
        'show one',
        'resume vpsbg',
      ]) {
        const { code, stderr } = await project.run(['queue', ...words.split(' ')]);
        expect([words, code]).not.toEqual([words, 0]);
        expect(stderr).toContain("sudo -u '#12345'");
      }
      expect(states()).toEqual(before);
    },
    120_000,
  );
});

describe('a configuration that others can replace', () => {
  const path = (): string => join(project.directory, 'own.config.mjs');
  beforeEach(() => {
    project.write('own.config.mjs', '');
    chmodSync(path(), 0o600);
  });

  it('has failed, unless its directory is sticky', () => {
    chmodSync(project.directory, 0o777);
    expect(examineFiles(path())[0]).toMatchObject({ level: 'failed', next: `chmod o-w ${project.directory}` });
    chmodSync(project.directory, 0o1777);
    expect(examineFiles(path())[0]).toMatchObject({ level: 'ok' });
  });

  it.runIf(process.getuid?.() === 0)('is a warning if it belongs to another user', () => {
    chownSync(path(), 12_345, 12_345);
    expect(examineFiles(path())[0]).toMatchObject({
      level: 'warning',
      what: expect.stringContaining('belongs to another user'),
    });
  });
});

describe('files that cannot be looked at', () => {
  it('are a warning, and hide nothing else', () => {
    const found = examineFiles(join(project.directory, 'removed.config.ts'));
    expect(found[0]).toMatchObject({ check: 'files', level: 'warning', what: expect.stringContaining('ENOENT') });
  });
});

describe('the difference of two clocks', () => {
  it('is never more than it is, whatever the round trips', () => {
    const trip = fc.record({ at: fc.integer({ min: 0, max: 1e6 }), out: fc.nat(5_000), back: fc.nat(5_000) });
    fc.assert(
      fc.property(
        fc.integer({ min: -1e7, max: 1e7 }),
        fc.array(trip, { minLength: 1, maxLength: 5 }),
        (ahead, trips) => {
          const samples = trips.map(({ at, out, back }) => ({
            before: at + ahead,
            database: at + out,
            after: at + out + back + ahead,
          }));
          const found = skewOf(samples);
          const shortest = Math.min(...trips.map(({ out, back }) => out + back));
          expect(Math.abs(found)).toBeLessThanOrEqual(Math.abs(ahead));
          expect(found === 0 || Math.sign(found) === Math.sign(ahead)).toBe(true);
          expect(Math.abs(ahead - found)).toBeLessThanOrEqual(shortest);
        },
      ),
    );
  });
});

describe('the libraries that a user installs', () => {
  it('are the optional peers of package.json, each in its range', () => {
    const parsed: { peerDependencies: Readonly<Record<string, string>> } = JSON.parse(
      readFileSync('package.json', 'utf8'),
    );
    const { peerDependencies } = parsed;
    const listed = Object.fromEntries(PEERS.map(({ name, lowest }) => [name, `^${lowest}`]));
    expect(Object.keys(peerDependencies).filter((name) => listed[name] !== peerDependencies[name])).toEqual([]);
  });

  it.each([
    ['12.38.0', '12.38.0', true],
    ['12.40.1', '12.38.0', true],
    ['12.37.9', '12.38.0', false],
    ['13.0.0', '12.38.0', false],
    ['0.5.16', '0.5.9', true],
    ['0.5.8', '0.5.9', false],
    ['0.6.0', '0.5.9', false],
    ['1.32.2-beta.1', '1.32.2', true],
    ['no version', '1.0.0', false],
  ])('%s fits ^%s: %s', (version, lowest, fits) => {
    expect(isInRange(version, lowest)).toBe(fits);
  });

  it('are missed if the configuration needs them', () => {
    const found = examinePeers(['pg', 'pg-boss'], (name) => (name === 'pg-boss' ? '11.0.0' : undefined));
    expect(found.map(({ check, level }) => [check, level])).toEqual([
      ['pg-boss', 'failed'],
      ['pg', 'failed'],
      ['@electric-sql/pglite', 'ok'],
      ['@modelcontextprotocol/sdk', 'ok'],
    ]);
    expect(found[1]?.next).toBe('npm install pg@^8.23.0');
  });
});
