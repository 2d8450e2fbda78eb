import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
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
    ['the commands of the queue', ['queue', 're'], ['resolve', 'retry', 'resume']],
    ['the accounts', ['cancel', ''], ['vpsbg', 'whmcs']],
    ['the options', ['cancel', 'vpsbg', '5', '--wh'], ['--when']],
    ['the options of all commands', ['accounts', '--j'], ['--json']],
    ['the values of an option', ['cancel', 'vpsbg', '5', '--when', ''], ['immediate', 'end_of_period']],
    ['that an option’s value is no argument', ['cancel', '--reason', 'x', 'v'], ['vpsbg']],
    ['the shells', ['completion', ''], ['bash', 'zsh', 'fish']],
    ['nothing for a service', ['status', 'vpsbg', ''], []],
  ])('%s', async (_, words, expected) => {
    expect(await wordsAfter(...words)).toEqual(expected);
  });
});

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
    expect(stdout).toBe('immediate\nend_of_period\ncomplete -F _cancelkit cancelkit\n');
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
