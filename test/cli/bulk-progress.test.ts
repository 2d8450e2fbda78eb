import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { progressLine } from '../../src/cli/bulk/progress-line.ts';
import { sandboxProject } from './support/sandbox-project.ts';
import { inTerminal, KEYS, type Terminal } from './support/terminal.ts';

const { sandbox, project } = await sandboxProject();
afterEach(() => {
  sandbox.vpsbg.clearFaults();
  sandbox.vpsbg.clearRequests();
});

let files = 0;
function list(count: number): string {
  files += 1;
  const file = `progress-${files}.csv`;
  const rows = Array.from({ length: count }, () => `vpsbg,${sandbox.vpsbg.add().serverId},end_of_period`);
  const { serviceId } = sandbox.whmcs.add();
  project.write(file, ['account,service,when', ...rows, `whmcs,${serviceId},end_of_period`, ''].join('\n'));
  return file;
}
/** The lines that were drawn, without what moves the cursor. */
const linesOf = (terminal: Terminal): readonly string[] =>
  terminal
    .shown()
    // oxlint-disable-next-line no-control-regex
    .split(/[\r\n]|\u001B\[[\d;]*[GAHJKF]/u)
    .map((line) => stripVTControlCharacters(line))
    .filter((line) => line.trim() !== '');

describe('the progress of a list', () => {
  it.each([20, 30, 42, 59, 60, 80])(
    'shows its numbers in a terminal of %i columns, and never more',
    async (columns) => {
      const terminal = inTerminal(project, ['bulk', list(3)], {}, { columns, stdout: 'summary.txt' });
      expect(await terminal.ended).toBe(0);
      const lines = linesOf(terminal);
      expect(lines.findLast((line) => line.startsWith('all'))).toContain('100% 4/4');
      expect(lines.findLast((line) => line.startsWith('vpsbg'))).toContain('100% 3/3');
      expect(lines.filter((line) => line.length >= columns)).toEqual([]);
    },
  );

  it('removes what has become too long once the terminal is narrower', async () => {
    sandbox.vpsbg.fault({ kind: 'latency', ms: 300, times: 1_000 });
    const terminal = inTerminal(project, ['bulk', list(30)], {}, { columns: 100, stdout: 'summary.txt' });
    await expect.poll(() => linesOf(terminal).at(-1)).toContain('requested');
    const before = terminal.shown().length;
    terminal.resize(40);
    // Lines of 99 columns are three each: the cursor goes up over all of them, and the screen is cleared from there.
    const cleared = ['5', '6', '7', '8'].map((rows) => `\r\u001B[${rows}A\u001B[J`);
    await expect.poll(() => cleared.some((moves) => terminal.shown().slice(before).includes(moves))).toBe(true);
    terminal.type(KEYS.interrupt);
    expect(await terminal.ended).toBe(1);
    const after = terminal.shown().slice(terminal.shown().indexOf('\u001B[J', before));
    const lines = linesOf({ ...terminal, shown: () => after });
    expect(lines.some((line) => /^vpsbg [█░ ]*\d+% \d+\/30/u.test(line))).toBe(true);
    const drawn = lines.filter((line) => /^(?:all|vpsbg|whmcs) /u.test(line));
    expect(drawn.filter((line) => line.length >= 40)).toEqual([]);
  });

  it('is logged every few seconds without a terminal, and not with --json', async () => {
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    const [file, silent] = [list(3), list(3)];
    let shown = '';
    const logged = project.run(['bulk', file], {
      started: async (child) => {
        child.stderr?.on('data', (text: string) => (shown += text));
        await expect.poll(() => shown).toMatch(/^1 of 4 rows, 25%: .*1 requested/mu);
        child.kill('SIGKILL');
      },
    });
    const json = project.run(['bulk', silent, '--json'], {
      started: async (child) => {
        // By then the other run, which was started before, has logged.
        await logged;
        child.kill('SIGKILL');
      },
    });
    expect((await logged).stdout).toBe('');
    expect((await json).stderr).toBe('');
  }, 40_000);

  it('is logged in a terminal that cannot move its cursor', async () => {
    const terminal = inTerminal(project, ['bulk', list(1)], { TERM: 'dumb' });
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).not.toContain('\u001B');
  });
});

describe('a line of the progress', () => {
  const line = fc.record({
    name: fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 60 }),
    done: fc.nat(1_000_000),
    more: fc.nat(1_000_000),
    left: fc.constantFrom('', '5 s left', '12.3 h left'),
    words: fc.constantFrom('', '12 requested', '123456 requested, 7 scheduled, 12 refused, waits until 12:00:00'),
  });
  it('fits into every width, and holds its numbers wherever they fit', () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 1, max: 200 }), ({ name, done, more, left, words }, columns) => {
        const total = done + more;
        const text = progressLine({ name, nameWidth: Math.max(3, name.length), done, total, left, words }, columns);
        expect(text.length).toBeLessThanOrEqual(Math.max(0, columns - 1));
        const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
        const numbers = `${percent}% ${done}/${total}`;
        if (numbers.length < columns) expect(text).toContain(numbers);
      }),
    );
  });
});
