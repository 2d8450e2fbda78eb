import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import pty from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProject, type Project } from './support/project.ts';

let project: Project;
beforeAll(async () => {
  project = await createProject({ VPSBG_TOKEN: 'a-token', WHMCS_URL: 'https://billing.example' });
  project.write('cancelkit', `#!/bin/sh\nexec "${process.execPath}" "${project.command}" "$@"\n`);
  chmodSync(join(project.directory, 'cancelkit'), 0o755);
}, 60_000);
afterAll(() => project[Symbol.dispose]());

const wordsAfter = async (...words: readonly string[]): Promise<readonly string[]> => {
  const { stdout } = await project.run(['complete', '--', ...words]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t')[0]!);
};

describe('completion knows', () => {
  it.each([
    ['the commands', ['ca'], ['cancel']],
    ['the doctor', ['doc'], ['doctor']],
    ['the options of the doctor', ['doctor', '--ch'], ['--check']],
    ['the server for an assistant', ['mc'], ['mcp']],
    ['the commands of the queue', ['queue', 're'], ['resolve', 'read-back', 'retry', 'resume']],
    ['the accounts', ['cancel', ''], ['vpsbg', 'whmcs']],
    ['the options', ['cancel', 'vpsbg', '5', '--wh'], ['--when']],
    ['the options of all commands', ['accounts', '--j'], ['--json']],
    [
      'the values of an option',
      ['cancel', 'vpsbg', '5', '--when', ''],
      ['immediate', 'end_of_period', 'end_of_term', 'earliest'],
    ],
    ['the states of the queue', ['queue', 'list', '--state', 'sch'], ['scheduled']],
    ['a value behind =, which bash passes as three words', ['cancel', '--when', '=', 'im'], ['immediate']],
    [
      'a value that begins behind =, in bash',
      ['cancel', '--when', '='],
      ['immediate', 'end_of_period', 'end_of_term', 'earliest'],
    ],
    ['a value behind =, which zsh and fish pass as one word', ['queue', 'list', '--state=sch'], ['--state=scheduled']],
    ['an account behind =', ['queue', 'list', '--account=v'], ['--account=vpsbg']],
    ['nothing behind = of a flag', ['cancel', '--json=v'], []],
    ['nothing behind = of an unknown option', ['cancel', '--whne=v'], []],
    ['that an option’s value is no argument', ['cancel', '--reason', 'x', 'v'], ['vpsbg']],
    ['the shells', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['nothing for a service', ['status', 'vpsbg', ''], []],
  ])('%s', async (_, words, expected) => {
    expect(await wordsAfter(...words)).toEqual(expected);
  });
});

/** A configuration that leaves a mark when it is run. */
const TRAP = `
  import { writeFileSync } from 'node:fs';
  import { vpsbg } from 'cancelkit/vpsbg';
  writeFileSync('it-ran', '');
  export default { accounts: { 'brand-a': vpsbg({ token: 'token-1234567' }), brandB: vpsbg() } };
`;

describe('a configuration in the working directory', () => {
  it.each([
    ['does not exist', ['bulk', 'gone.csv'], 'there is no file gone.csv'],
    ['is a directory', ['bulk', '.', '--format', 'csv'], '. is a directory'],
    ['is a directory without an extension', ['bulk', '.'], '. is a directory'],
    ['has no known format', ['bulk', 'list.txt'], 'list.txt is neither'],
    ['is a workbook', ['bulk', 'list.xlsx'], 'Save the sheet as “CSV UTF-8”'],
    ['has results already', ['bulk', 'sent.csv'], 'Go on with that run: --resume'],
    ['is also its results file', ['bulk', 'sent.csv', '--results', './sent.csv'], 'names the list itself'],
  ])('is not run for a list that %s', async (_, args, message) => {
    using other = await createProject({});
    for (const name of ['sent.csv', 'list.txt', 'list.xlsx']) other.write(name, 'account,service,when\n');
    other.write('sent.csv.results.jsonl', '');
    other.write('cancelkit.config.mjs', TRAP);
    const { code, stderr } = await other.run(args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(existsSync(join(other.directory, 'it-ran'))).toBe(false);
  });

  it.each(['ts', 'mts', 'js', 'mjs'])('(.%s) is not run by completion, whatever is completed', async (extension) => {
    using other = await createProject({ VPSBG_TOKEN: 'token-1234567' });
    other.write(`cancelkit.config.${extension}`, TRAP);
    other.write('.env', 'VPSBG_TOKEN=token-of-the-directory');
    other.write('package.json', '{ "type": "module", "main": "./evil.js" }');
    const lines = [
      ['cancel', ''],
      ['queue', 'resume', ''],
      ['queue', 'list', '--account', ''],
      ['check', ''],
      ['c'],
      ['cancel', '--'],
    ];
    for (const words of lines) {
      const { code, stderr } = await other.run(['complete', '--', ...words]);
      expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' });
    }
    expect(existsSync(join(other.directory, 'it-ran'))).toBe(false);
    // Its accounts are not known, and those of the environment are not the ones that a command would use.
    expect((await other.run(['complete', '--', 'cancel', ''])).stdout).toBe('');
  });

  it('is not run by what needs no account', async () => {
    using other = await createProject();
    other.write('cancelkit.config.mjs', TRAP);
    const lines = [
      [],
      ['--help'],
      ['--version'],
      ['help', 'cancel'],
      ['cancel', '--help'],
      ['queue', '--help'],
      ['completion', 'bash'],
      ['init'],
      ['no-such-command'],
      ['cancel', 'brandB', '5'],
      ['cancel', 'brandB', '5', '--when', 'now'],
      ['preview', 'brandB', '5'],
      ['queue', 'add', 'brandB', '5'],
      ['queue', 'resolve', 'one'],
      ['queue', 'retry', 'one'],
      ['bulk', '-'],
    ];
    for (const words of lines) {
      await other.run(words);
      expect([words, existsSync(join(other.directory, 'it-ran'))]).toEqual([words, false]);
    }
  });

  it('that a command has used is completed by its account names, without being run again', async () => {
    using other = await createProject();
    other.write('cancelkit.config.mjs', TRAP);
    expect((await other.run(['accounts'])).code).toBe(0);
    other.write('cancelkit.config.mjs', 'throw new Error("it is run")');
    const { stdout } = await other.run(['complete', '--', 'cancel', 'brand']);
    expect(stdout).toBe('brand-a\taccount\nbrandB\taccount\n');
    const named = await other.run([
      'complete',
      '--',
      '--config',
      './cancelkit.config.mjs',
      'queue',
      'list',
      '--account',
      '',
    ]);
    expect(named.stdout).toBe(stdout);
    const equals = await other.run(['complete', '--', '--config=none.mjs', 'cancel', '']);
    expect(equals.stdout).toBe('');
  });

  it('has its names kept if only the user can read them, and nothing but the names', async () => {
    using other = await createProject();
    other.write('cancelkit.config.mjs', TRAP);
    await other.run(['accounts']);
    const directory = join(other.directory, '.local', 'state', 'cancelkit');
    expect(statSync(directory).mode & 0o077).toBe(0);
    const [file = '', ...more] = readdirSync(directory);
    expect(more).toEqual([]);
    expect(statSync(join(directory, file)).mode & 0o077).toBe(0);
    expect(readFileSync(join(directory, file), 'utf8')).toBe('["brand-a","brandB"]');
    for (const damaged of ['{', '{"a":1}', '[1]', '\u0000']) {
      writeFileSync(join(directory, file), damaged);
      expect(await other.run(['complete', '--', 'cancel', ''])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    }
  });

  it('works the same if nothing can be kept', async () => {
    using other = await createProject();
    other.write('cancelkit.config.mjs', TRAP);
    other.write('file', '');
    for (const state of [join(other.directory, 'file'), '/proc/none', 'relative']) {
      const { code, stderr } = await other.run(['accounts'], { env: { XDG_STATE_HOME: state } });
      expect({ state, code, stderr }).toEqual({ state, code: 0, stderr: '' });
    }
    expect(existsSync(join(other.directory, 'relative'))).toBe(false);
  });

  it.runIf(process.getuid?.() === 0)(
    'keeps nothing as root in the home of another user, which sudo may have kept',
    async () => {
      using other = await createProject();
      other.write('cancelkit.config.mjs', TRAP);
      const home = join(other.directory, 'home');
      mkdirSync(home);
      chownSync(home, 12_345, 12_345);
      const { code, stderr } = await other.run(['accounts'], { env: { HOME: home } });
      expect({ code, stderr, made: readdirSync(home) }).toEqual({ code: 0, stderr: '', made: [] });
    },
  );
});

const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

describe('cancelkit completion', () => {
  it('bash completes with it', () => {
    const script = `
      export PATH="${project.directory}:$PATH"
      source <(cancelkit completion bash)
      COMP_WORDS=(cancelkit cancel vpsbg 5 --when ""); COMP_CWORD=5
      _cancelkit
      printf '%s\\n' "\${COMPREPLY[@]}"
      complete -p cancelkit
    `;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { env: project.env, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe('immediate\nend_of_period\nend_of_term\nearliest\ncomplete -F _cancelkit cancelkit\n');
  });

  const SHELLS = [
    ['bash', ['--norc', '--noprofile', '-i'], 'source <(cancelkit completion bash)'],
    ['zsh', ['-f', '-i'], 'source <(cancelkit completion zsh)'],
    ['fish', ['--private', '--no-config', '-i'], 'cancelkit completion fish | source'],
  ] as const;

  for (const [shell, flags, source] of SHELLS) {
    it.skipIf(!isInstalled(shell))(`completes at a TAB in ${shell}, as it starts without any set-up`, async () => {
      const env = { ...project.env, PATH: `${project.directory}:${project.env['PATH'] ?? ''}`, PS1: '$ ' };
      const terminal = pty.spawn(shell, [...flags], { cwd: project.directory, env, cols: 160, rows: 40 });
      let shown = '';
      terminal.onData((data) => (shown += data));
      const text = (): string => stripVTControlCharacters(shown);
      try {
        terminal.write(`${source}; echo rea''dy\r`);
        await expect.poll(text).toMatch(/(?<!')ready/);
        terminal.write('cancelkit cancel vps\t');
        await expect.poll(text).toContain('cancelkit cancel vpsbg ');
        terminal.write('5 --when im\t');
        await expect.poll(text).toContain('--when immediate');
        expect(text()).not.toMatch(/not found|error/i);
      } finally {
        terminal.kill();
      }
    });
  }

  it.skipIf(!isInstalled('zsh'))('is found by zsh as a file of its own, too', async () => {
    const functions = join(project.directory, 'functions');
    mkdirSync(functions, { recursive: true });
    writeFileSync(join(functions, '_cancelkit'), (await project.run(['completion', 'zsh'])).stdout);
    const script = `
      export PATH="${project.directory}:$PATH"
      fpath=(${functions} $fpath); autoload -Uz compinit; compinit -i
      print -- $_comps[cancelkit]
      _describe() { print -l -- "\${(@P)2}" }
      words=(cancelkit cancel vpsbg 5 --when im); CURRENT=6
      _cancelkit
    `;
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script], { env: project.env, encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '_cancelkit\nimmediate:\n', stderr: '' });
  });

  it.each(['zsh', 'fish'])('is there for %s, and asks the command for the words', async (shell) => {
    const { code, stdout } = await project.run(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toContain('cancelkit complete -- ');
  });

  it('is wrong use for another shell', async () => {
    expect((await project.run(['completion', 'tcsh'])).code).toBe(2);
  });
});
