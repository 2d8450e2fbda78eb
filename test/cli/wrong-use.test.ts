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
    [
      'an option that is misspelt',
      [...CANCEL, '--whne', MISTYPED],
      'as --whne. Did you mean --when? See: cancelkit cancel',
    ],
    ['a short option', [...CANCEL, `-${MISTYPED}`], 'there is no such option.'],
    [
      'a value that there is not',
      [...CANCEL, '--when', MISTYPED],
      '--when cannot have this value: expected immediate, end_of_period, end_of_term, earliest or a date such as 2026-12-31. See',
    ],
    ['a number that is none', ['bulk', 'x.csv', '--concurrency', MISTYPED], 'It has to be a positive whole number'],
    ['a shell that is none', ['completion', MISTYPED], 'shell cannot have this value'],
    ['a command that there is not', [MISTYPED], 'there is no such command.'],
    ['a command that is misspelt', ['cnacel'], 'there is no such command. Did you mean cancel?'],
    ['a short option of another case', ['-v'], 'there is no such option. Did you mean -V?'],
    ['an option with one dash', [...CANCEL, '-when', 'immediate'], 'there is no such option. Did you mean --when?'],
    ['an option in capitals', [...CANCEL, '--When', 'immediate'], 'there is no such option. Did you mean --when?'],
    ['a value for a flag', [...CANCEL, ...WHEN, '--dry-run=true'], '--dry-run takes no value: leave out the ='],
    [
      'no value',
      [...CANCEL, '--when'],
      '--when needs a value: immediate, end_of_period, end_of_term, earliest or a date such as 2026-12-31.',
    ],
    [
      'now',
      [...CANCEL, '--when', 'now'],
      'expected immediate, end_of_period, end_of_term, earliest or a date such as 2026-12-31. Did you mean immediate?',
    ],
    ['end-of-period', [...CANCEL, '--when', 'end-of-period'], 'Did you mean end_of_period?'],
    ['a misspelt category', [...CANCEL, ...WHEN, '--category', 'to-expensive'], 'Did you mean too_expensive?'],
    ['an invented resolution', ['queue', 'resolve', 'one', '--as', 'done'], 'Did you mean completed?'],
    ['a misspelt state', ['queue', 'list', '--state', 'schedulled'], 'Did you mean scheduled?'],
    ['an option twice', [...CANCEL, ...WHEN, '--when', 'immediate'], '--when is given twice. See: cancelkit cancel'],
    ['a file twice', ['accounts', '--config', 'a.mjs', '--config', MISTYPED], '--config is given twice'],
    ['a misspelt command of the queue', ['queue', 'lits'], 'Did you mean list? See: cancelkit queue --help'],
    ['no service', ['cancel', 'vpsbg', ...WHEN], 'It is written: cancelkit cancel <account> <service...>'],
    ['no id', ['queue', 'show'], 'id is missing. It is written: cancelkit queue show <id>'],
    ['a misspelt field', ['cancel', 'vpsbg', 'serverid=7301', ...WHEN], 'did you mean serverId?'],
    ['spaces in a field', ['cancel', 'vpsbg', 'serverId:', '7301', ...WHEN], 'key=value pairs without spaces'],
    ['the service first', ['cancel', '7301', 'vpsbg', ...WHEN], 'the account comes before the service: vpsbg SERVICE'],
    ['a directory for a file', ['accounts', '--config', '.'], '. is a directory; expected a configuration file'],
    ['another file', ['accounts', '--config', '.env'], 'there is no file .env'],
    [
      'a timing as an option',
      [...CANCEL, '--immediate'],
      'no such option as --immediate. Did you mean --when immediate?',
    ],
    [
      'an argument as an option',
      ['cancel', '--account', 'vpsbg'],
      'account is written without a name: cancelkit cancel',
    ],
    ['a short option that there is not', [...CANCEL, ...WHEN, '-y'], 'there is no such option. See'],
    ['another word for a command', ['undo', 'vpsbg', '7301'], 'there is no such command. Did you mean revoke?'],
    ['too many words', ['bulk', 'x.csv', MISTYPED], 'Expected 1 argument but got 2.'],
    [
      'no timing',
      CANCEL,
      '--when is missing, and has no default: immediate, end_of_period, end_of_term, earliest or a date',
    ],
    ['no resolution', ['queue', 'resolve', 'order-1'], '--as is missing: requested, scheduled, completed, refused'],
    ['a field that there is not', ['cancel', 'vpsbg', `password=${MISTYPED}`, ...WHEN], 'there is no password in a'],
    ['a reason without quotes', [...CANCEL, ...WHEN, '--reason', 'Project', 'ended'], 'put a reason of several words'],
    ['an option for a value', [...CANCEL, ...WHEN, '--reference', '--dry-run'], 'its own value seems to be missing'],
    ['an option for a file', ['bulk', 'x.csv', '--results', '--dry-run'], 'its own value seems to be missing'],
    ['an empty value', [...CANCEL, ...WHEN, '--reason', ''], 'It is empty: leave the option out'],
  ] as const)('is explained without repeating a value: %s', async (_, args, words) => {
    const { code, stdout, stderr } = await project.run([...args, '--json']);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(recordsOf(stdout)).toMatchObject([{ ok: false, error: { code: 'invalid_request' } }]);
    expect(`${stdout}${stderr}`).not.toContain(MISTYPED);
    expect(sandbox.vpsbg.requests).toEqual([]);
  });

  it.each([
    ['a misspelt account', ['cancel', 'vpsgb', '7301', ...WHEN], 'Did you mean vpsbg?'],
    ['a misspelt account of a check', ['check', 'whcms'], 'Did you mean whmcs?'],
  ] as const)('names the account that was meant: %s', async (_, args, words) => {
    const { code, stdout, stderr } = await project.run([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(words) });
    expect(recordsOf(stdout)).toMatchObject([{ ok: false, error: { code: 'unknown_account' } }]);
  });

  it.each([
    [['help', 'cnacel'], 'there is no such command. Did you mean cancel? See: cancelkit --help'],
    [['help', 'zzz'], 'there is no such command. See: cancelkit --help'],
    [['queue', 'help', 'lits'], 'there is no such command. Did you mean list? See: cancelkit queue --help'],
  ])(
    'says that the command that help was asked for does not exist, and does not show all of the help: %s',
    async (args, words) => {
      const { code, stdout, stderr } = await project.run(args);
      expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringContaining(words) });
      expect(stderr).not.toContain('Usage:');
    },
  );

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
