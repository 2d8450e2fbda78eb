import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { createProject, recordsOf, type Project } from './support/project.ts';

const SECRET = 'aSecretThatNobodyMaySee';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
}, 60_000);
afterAll(() => sandbox.close());

const configText = (type = ''): string => `
  import { defineConfig } from 'cancelkit/config';
  import { vpsbg } from 'cancelkit/vpsbg';
  const settings${type} = ${JSON.stringify(sandbox.settings.vpsbg)};
  export default defineConfig({ accounts: { servers: vpsbg(() => settings) }, options: { deadlineMs: 5_000 } });
`;

describe('the configuration file', () => {
  it.each([
    ['cancelkit.config.ts', ': { baseUrl: string; token: string }'],
    ['cancelkit.config.mjs', ''],
    ['cancelkit.config.js', ''],
  ])('%s of the working directory is used, in silence', async (file, type) => {
    using project = await createProject();
    project.write(file, configText(type));
    const { code, stdout, stderr } = await project.run([
      'status',
      'servers',
      String(sandbox.vpsbg.seeded.active.serverId),
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^none: /);
  });

  it('is the one that is named, and hides the environment', async () => {
    using project = await createProject({ VPSBG_TOKEN: 'a-token' });
    project.write('other.mjs', configText());
    const { stdout } = await project.run(['accounts', '--json', '--config', 'other.mjs']);
    expect(recordsOf(stdout).map(({ result }) => result)).toMatchObject([{ account: 'servers' }]);
    expect((await project.run(['accounts', '--config', 'none.mjs'])).code).toBe(2);
  });

  it.each([
    ['throws', `throw new Error('${SECRET}');`, 'Error at line 1'],
    ['throws something else', `throw '${SECRET}';`, 'it threw something'],
    ['is not JavaScript', `export default { accounts: { ${SECRET} ${SECRET} } };`, 'SyntaxError'],
    ['throws an error with a name of its own', `throw Object.assign(new Error(''), { name: '${SECRET}' });`, 'Error'],
    ['imports what is not there', `import 'not-installed';`, "'not-installed', which is not there"],
    ['has no default export', `export const token = '${SECRET}';`, 'no default export'],
    ['has a text for its export', `export default '${SECRET}';`, 'a default export that is no object'],
    ['has a function for its export', `export default () => '${SECRET}';`, 'a default export that is no object'],
    ['has a list of accounts', `export default { accounts: ['${SECRET}'] };`, 'an object with an account under each'],
    [
      'imports a provider that there is not',
      `import { edis } from 'cancelkit/edsi';`,
      'it imports edsi, which the package',
    ],
    ['imports an unknown name', `import { vpsbg } from 'cancelkit/edis';`, 'it imports vpsbg, which the package'],
    ['requires', `const { edis } = require('cancelkit/edis'); export default {};`, 'It is an ES module'],
    ['misspells its accounts', `export default { acounts: {} };`, 'unknown option acounts; did you mean accounts?'],
    [
      'misspells an option',
      `export default { accounts: {}, options: { deadlineMS: 5 } };`,
      'used. unknown option deadlineMS; did you mean deadlineMs?',
    ],
    ['has no accounts', `export default { token: '${SECRET}' };`, 'accounts'],
    ['has something else for an account', `export default { accounts: { a: '${SECRET}' } };`, 'a: expected an account'],
    ['is a promise that fails', `export default Promise.reject(new Error('${SECRET}'));`, 'accounts'],
    ['never ends', `await new Promise(() => {}); export default {};`, 'it awaits something that does not come'],
    [
      'throws when it is read',
      `export default { get accounts() { throw new Error('${SECRET}'); } };`,
      'expected a value that can be read',
    ],
    [
      'throws an error that throws',
      `throw Object.defineProperty(new Error('${SECRET}'), 'stack', { get() { throw '${SECRET}'; } });`,
      'Error',
    ],
    ['has an option that there is not', `export default { accounts: {}, options: { ['${SECRET}']: 1 } };`, 'options'],
  ])('that %s is refused without a secret of it', async (_, text, words) => {
    using project = await createProject();
    project.write('cancelkit.config.mjs', text);
    const { code, stdout, stderr } = await project.run(['accounts']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^✗ not_configured: cancelkit\.config\.mjs /);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain(SECRET);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('may fail on its own while a call is in flight, whose outcome is reported all the same', async () => {
    using project = await createProject();
    const { serverId } = sandbox.vpsbg.add();
    project.write(
      'cancelkit.config.mjs',
      `setTimeout(() => { throw new Error('${SECRET}'); }, 100);
       setTimeout(() => Promise.reject(new Error('${SECRET}')), 150);
       ${configText()}`,
    );
    sandbox.vpsbg.fault({ kind: 'latency', ms: 600 });
    const args = ['cancel', 'servers', String(serverId), '--when', 'end_of_period', '--json'];
    const { code, stdout, stderr } = await project.run(args);
    expect(code).toBe(0);
    expect(recordsOf(stdout)).toMatchObject([{ ok: true, result: { outcome: 'requested' } }]);
    expect(stderr).toMatch(/^! An error occurred outside of every call[^\n]*\n$/);
    expect(sandbox.vpsbg.service(serverId).timesCancelled).toBe(1);
  });

  it('may leave something running, which does not keep a command from ending', async () => {
    using project = await createProject();
    project.write('cancelkit.config.mjs', `setInterval(() => undefined, 1_000);\n${configText()}`);
    const { serverId } = sandbox.vpsbg.add();
    const { code, stdout } = await project.run(['status', 'servers', String(serverId)]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^none: /);
  });

  it('in TypeScript needs a Node.js that runs it', async () => {
    using project = await createProject();
    project.write('cancelkit.config.ts', configText());
    const { code, stderr } = await project.run(['accounts'], {
      env: { NODE_OPTIONS: '--no-experimental-strip-types' },
    });
    expect(code).toBe(2);
    expect(stderr).toContain('Use Node.js 22.18 or later, or write it as cancelkit.config.js');
  });
});

describe('cancelkit init', () => {
  it.each([
    ['cancelkit.config.ts', []],
    ['cancelkit.config.mjs', ['--js']],
  ])('writes a %s that works, with the providers of which variables are set', async (file, flags) => {
    using project = await createProject({ VPSBG_TOKEN: 'a-token' });
    expect((await project.run(['init', ...flags])).code).toBe(0);
    const { code, stdout } = await project.run(['accounts', '--json']);
    expect(code).toBe(0);
    expect(recordsOf(stdout).map(({ result }) => result)).toMatchObject([{ account: 'vpsbg', configured: true }]);
    expect(project.read(file)).toContain("// import { edis } from 'cancelkit/edis';");
    expect(project.read(file)).not.toContain('token');
  });

  it('writes a module in a package whose files are CommonJS', async () => {
    using project = await createProject({ VPSBG_TOKEN: 'a-token' });
    project.write('package.json', '{ "name": "shop", "type": "commonjs" }');
    expect((await project.run(['init'])).stdout).toContain('wrote cancelkit.config.mts');
    const { code, stderr } = await project.run(['accounts']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('writes JavaScript on a Node.js that does not run TypeScript', async () => {
    using project = await createProject({ VPSBG_TOKEN: 'a-token', NODE_OPTIONS: '--no-experimental-strip-types' });
    expect((await project.run(['init'])).stdout).toContain('wrote cancelkit.config.mjs');
    expect((await project.run(['accounts'])).code).toBe(0);
  });

  it('says why it cannot write', async () => {
    using project = await createProject();
    symlinkSync('nowhere/at-all', join(project.directory, 'cancelkit.config.ts'));
    const { code, stderr } = await project.run(['init']);
    expect(code).toBe(2);
    expect(stderr).toContain('cancelkit.config.ts cannot be written here (EEXIST)');
  });

  it('overwrites nothing', async () => {
    using project: Project = await createProject();
    project.write('cancelkit.config.js', 'mine');
    expect((await project.run(['init'])).code).toBe(2);
    expect((await project.run(['init', '--js'])).code).toBe(2);
    expect(project.read('cancelkit.config.js')).toBe('mine');
  });
});

describe('cancelkit', () => {
  it('prints its version, and its help with examples for every command', async () => {
    using project = await createProject();
    expect((await project.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, stdout } = await project.run(['--help']);
    expect(code).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) .*/gm)]
      .map(([, name = '']) => name)
      .filter((name) => name !== 'help');
    expect(commands.length).toBeGreaterThan(10);
    const helps = await Promise.all(commands.map((command) => project.run([command, '--help'])));
    for (const help of helps) {
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toMatch(/\nExamples:\n {2}# .+\n {2}(?:.* \| |source <\()?cancelkit /);
    }
  });
});
