import { describe, expect, it } from 'vitest';
import { recordsOf } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();

const CANCEL = ['cancel', 'vpsbg', '7301'];
const WHEN = ['--when', 'end_of_period'];
const MISTYPED = 'hunter2-Zq7';

describe('a command line that is not taken', () => {
  it.each([
    ['an option that there is not', [...CANCEL, `--token=${MISTYPED}`], 'there is no such option as --token.'],
    ['an option that is misspelt', [...CANCEL, '--whne', MISTYPED], 'as --whne (Did you mean --when?)'],
    ['a short option', [...CANCEL, `-${MISTYPED}`], 'there is no such option.'],
    [
      'a value that there is not',
      [...CANCEL, '--when', MISTYPED],
      '--when cannot have this value. Allowed choices are',
    ],
    ['a number that is none', ['bulk', 'x.csv', '--concurrency', MISTYPED], 'It has to be a positive whole number'],
    ['a shell that is none', ['completion', MISTYPED], 'shell cannot have this value'],
    ['a command that there is not', [MISTYPED], 'there is no such command.'],
    ['a command that is misspelt', ['cnacel'], 'there is no such command (Did you mean cancel?)'],
    ['too many words', ['bulk', 'x.csv', MISTYPED], 'Expected 1 argument but got 2.'],
    ['no timing', CANCEL, '--when is missing, and has no default: immediate or end_of_period'],
    ['no resolution', ['queue', 'resolve', 'order-1'], '--as is missing: requested, scheduled, completed, refused'],
    ['a field that there is not', ['cancel', 'vpsbg', `password=${MISTYPED}`, ...WHEN], 'there is no password in a'],
    ['a reason without quotes', [...CANCEL, ...WHEN, '--reason', 'Project', 'ended'], 'put a reason of several words'],
    ['an option for a value', [...CANCEL, ...WHEN, '--reference', '--dry-run'], 'its own value seems to be missing'],
    ['an option for a file', ['bulk', 'x.csv', '--results', '--dry-run'], 'its own value seems to be missing'],
    ['an empty value', [...CANCEL, ...WHEN, '--reason', ''], 'It is empty: leave the option out'],
  ] as const)('is told what is wrong, and repeats no value: %s', async (_, args, words) => {
    const { code, stdout, stderr } = await project.run([...args, '--json']);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(recordsOf(stdout)).toMatchObject([{ ok: false, error: { code: 'invalid_request' } }]);
    expect(`${stdout}${stderr}`).not.toContain(MISTYPED);
    expect(sandbox.vpsbg.requests).toEqual([]);
  });

  it.each([
    ['cancelkit', []],
    ['queue', ['queue']],
    ['queue add', ['queue', 'add']],
    ['cancel', ['--config', 'queue', 'cancel', 'vpsbg']],
  ])('names its command with --json: %s', async (command, args) => {
    const { code, stdout } = await project.run([...args, '--json']);
    expect(code).toBe(2);
    expect(recordsOf(stdout)).toMatchObject([{ command, ok: false, error: { code: 'invalid_request' } }]);
  });
});
