import { describe, expect, it } from 'vitest';
import { createOutput } from '../../src/cli/terminal/output.ts';
import { reportError } from '../../src/cli/terminal/report-error.ts';
import { REPORT_IT } from '../../src/contract/report-it.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();

function reported(command: string): { readonly code: number; readonly text: string } {
  let text = '';
  const output = { ...createOutput({ json: false, color: false }), message: (line: string) => void (text += line) };
  const code = reportError(new Error('hunter2'), command, output);
  return { code, text };
}

describe('a failure that nobody foresaw', () => {
  it.each(['accounts', 'check', 'completion', 'init', 'preview', 'queue list', 'queue show', 'sandbox', 'status'])(
    'of `%s` is reported without a claim that something may have been sent',
    (command) => {
      expect(reported(command)).toEqual({
        code: 1,
        text: '✗ an internal fault of cancelkit. Nothing was sent that changes anything. ' + REPORT_IT,
      });
    },
  );

  it.each(['queue add', 'queue resolve', 'queue retry', 'queue withdraw', 'queue resume', 'queue of the future'])(
    'of `%s` says that the queue may have been changed',
    (command) => {
      const { code, text } = reported(command);
      expect([code, text]).toEqual([3, expect.stringContaining('Whether the queue was changed is not known')]);
    },
  );

  it.each(['cancel', 'revoke', 'bulk', 'queue work', 'a command of the future'])(
    'of `%s` says that what was sent is not known',
    (command) => {
      const { code, text } = reported(command);
      expect([code, text]).toEqual([3, expect.stringContaining('What was sent is not known: look it up')]);
    },
  );

  it.each([
    ['status', 1, 'Nothing was sent that changes anything.'],
    ['cancel', 3, 'What was sent is not known'],
  ] as const)('is reported by `%s` itself, and never ends with 0', async (command, exitCode, words) => {
    // What every command uses on its way is missing.
    project.write(
      'break.mjs',
      "process.on('newListener', (name) => { if (name === 'SIGINT') throw new Error('hunter2'); });",
    );
    const service = String(sandbox.vpsbg.seeded.active.serverId);
    const flags = command === 'cancel' ? ['--when', 'end_of_period'] : [];
    const env = { NODE_OPTIONS: `--import=${project.directory}/break.mjs` };
    const { code, stderr } = await project.run([command, 'vpsbg', service, ...flags], { env });
    expect({ code, stderr }).toEqual({ code: exitCode, stderr: expect.stringContaining(words) });
    expect(stderr).not.toContain('hunter2');
  });
});
