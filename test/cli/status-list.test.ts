import { existsSync, lstatSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../src/cli/bulk/csv-line.ts';
import { readCsv } from '../../src/cli/bulk/csv-rows.ts';
import { recordsOf } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();
const { active, cancelled } = sandbox.vpsbg.seeded;
const { kvmId } = sandbox.edis.seeded.active;

/** The rows of a CSV text by line of the list. */
async function rowsIn(text: string): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const columns = text.split('\n')[0]?.split(',') ?? [];
  const known = { names: columns, isComplete: true, values: new Set<string>() };
  const rows = new Map<string, Readonly<Record<string, unknown>>>();
  const stream = Readable.from([Buffer.from(text)], { objectMode: false });
  for await (const { values } of readCsv(stream, known)) rows.set(String(values['line']), values);
  return rows;
}

describe('cancelkit status --list', () => {
  it('says of each service whether it is cancelled, when it ends and whether it is still paid for', async () => {
    project.write(
      'mixed.csv',
      `account,service,when,reference\nvpsbg,${active.serverId},end_of_period,order-1\nvpsbg,${cancelled.serverId},,\nedis,${kvmId},immediate,=1+1\nvpsbg,99999999,,\nvpsbg,x y,,\n`,
    );
    const { code, stdout, stderr } = await project.run(['status', '--list', 'mixed.csv']);
    const rows = await rowsIn(stdout);
    expect(rows.get('2')).toMatchObject({ account: 'vpsbg', service: String(active.serverId), state: 'none' });
    expect(rows.get('2')).toMatchObject({ paid_for: 'yes', reference: 'order-1' });
    expect(rows.get('3')).toMatchObject({ state: 'scheduled', paid_for: 'until_end', effective_at: /./ });
    expect(rows.get('4')).toMatchObject({ state: 'unsupported', paid_for: 'unknown', code: 'unsupported' });
    expect(rows.get('5')).toMatchObject({ state: 'unread', code: 'not_found' });
    expect(rows.get('6')).toMatchObject({ state: 'bad', code: 'invalid_request', message: /service/ });
    expect(stdout).toContain(`,"'=1+1",`);
    expect(stderr).toMatch(/account +none +scheduled +unsupported +unread +bad/);
    expect(stderr).toContain('1 not cancelled: still paid for.');
    expect(code).toBe(1);
    const methods = new Set(sandbox.vpsbg.requests.map(({ method }) => method));
    expect(methods).toEqual(new Set(['GET']));
  });

  it('needs the account and the service alone, and ends with 0 if every row was read', async () => {
    project.write('plain.csv', `account;serverId\nvpsbg;${active.serverId}\nvpsbg;${cancelled.serverId}.0\n`);
    const { code, stdout } = await project.run(['status', '--list', 'plain.csv', '--json']);
    expect(code).toBe(0);
    const records = recordsOf(stdout);
    expect(records).toHaveLength(3);
    expect(records).toContainEqual(
      expect.objectContaining({
        command: 'status',
        ok: true,
        line: 2,
        account: 'vpsbg',
        service: active,
        state: 'none',
      }),
    );
    expect(records.at(-1)).toMatchObject({ ok: true, summary: { rows: 2, states: { none: 1, scheduled: 1 } } });
  });

  it('ends with 2 if rows are not valid and every other one was read', async () => {
    project.write('bad.csv', `account,service\nvpsbg,${active.serverId}\nnobody,1\n`);
    const { code } = await project.run(['status', '--list', 'bad.csv']);
    expect(code).toBe(2);
  });

  it.each([
    ['states.csv', (text: string) => text.startsWith('line,account,')],
    ['states.jsonl', (text: string) => recordsOf(text).every(({ state }) => typeof state === 'string')],
  ])('writes %s for its owner alone, and never over a file that exists', async (out, isRight) => {
    project.write('list.jsonl', `{"account":"vpsbg","service":{"serverId":${active.serverId}}}\n`);
    const args = ['status', '--list', 'list.jsonl', '--out', out];
    const first = await project.run(args);
    expect(first).toMatchObject({ code: 0, stdout: '' });
    expect(statSync(join(project.directory, out)).mode & 0o777).toBe(0o600);
    expect(isRight(project.read(out))).toBe(true);
    const again = await project.run(args);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('is not written over');
  });

  it.each([
    [['status'], 'account is missing. It is written: cancelkit status <account> <service...>, or'],
    [['status', 'vpsbg'], 'service is missing. It is written: cancelkit status'],
    [['status', 'vpsbg', '1', '--list', 'list.jsonl'], '--list names the services'],
    [['status', 'vpsbg', '1', '--out', 'x.csv'], '--out is of a list, and --list is missing'],
    [['status', '--list', 'list.jsonl', '--out', 'x.txt'], 'neither .csv nor .jsonl'],
    [['status', '--list', 'nothing.csv'], 'there is no file nothing.csv'],
    [['status', '--list', 'list.jsonl', '--provider-reference', 'x'], '--provider-reference is of one service'],
  ])('refuses %j, and says what to write', async (args, words) => {
    const { code, stderr } = await project.run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(existsSync(join(project.directory, 'x.csv'))).toBe(false);
  });

  it('does not go on asking an account whose credentials are refused', async () => {
    project.write('many.csv', `account,service\n${`vpsbg,${active.serverId}\n`.repeat(50)}`);
    sandbox.vpsbg.clearRequests();
    const { code, stderr } = await project.run(['status', '--list', 'many.csv'], {
      env: { VPSBG_TOKEN: 'another-token-0123456789' },
    });
    expect(code).toBe(1);
    expect(sandbox.vpsbg.requests).toHaveLength(1);
    expect(stderr).toContain('49 not read, unauthorized');
  });

  it('has a line for each row after Ctrl-C, and says what was not read', async () => {
    project.write('stopped.csv', `account,service\n${`vpsbg,${active.serverId}\n`.repeat(300)}nobody,1\n`);
    sandbox.vpsbg.clearRequests();
    sandbox.vpsbg.fault({ kind: 'latency', ms: 50, times: 1_000 });
    const { code, stderr } = await project.run(['status', '--list', 'stopped.csv', '--out', 'stopped.out.jsonl'], {
      started: async (child) => {
        await expect.poll(() => sandbox.vpsbg.requests.length, { interval: 5 }).toBeGreaterThan(5);
        expect(existsSync(join(project.directory, 'stopped.out.jsonl'))).toBe(false);
        child.kill('SIGINT');
      },
    });
    sandbox.vpsbg.clearFaults();
    const lines = recordsOf(project.read('stopped.out.jsonl'));
    const count = (state: string): number => lines.filter((line) => line['state'] === state).length;
    expect(code).toBe(1);
    expect(new Set(lines.map(({ line }) => line)).size).toBe(301);
    expect([lines.length, count('none') + count('not_begun'), count('bad')]).toEqual([301, 300, 1]);
    expect(count('none')).toBeGreaterThan(0);
    expect(stderr).toContain(`${count('not_begun')} not read: run it again.`);
    expect(existsSync(join(project.directory, 'stopped.out.jsonl.part'))).toBe(false);
  }, 60_000);

  it('leaves a file that says by its name that it is not complete if it is killed, and does not mix it with a later run', async () => {
    project.write('killed.csv', `account,service\n${`vpsbg,${active.serverId}\n`.repeat(300)}`);
    sandbox.vpsbg.clearRequests();
    sandbox.vpsbg.fault({ kind: 'latency', ms: 50, times: 1_000 });
    const args = ['status', '--list', 'killed.csv', '--out', 'killed.out.csv'];
    await project.run(args, {
      started: async (child) => {
        await expect.poll(() => sandbox.vpsbg.requests.length, { interval: 5 }).toBeGreaterThan(5);
        child.kill('SIGKILL');
      },
    });
    sandbox.vpsbg.clearFaults();
    const [out, part] = ['killed.out.csv', 'killed.out.csv.part'].map((name) => join(project.directory, name));
    expect([existsSync(out ?? ''), existsSync(part ?? '')]).toEqual([false, true]);
    const again = await project.run(args);
    expect([again.code, again.stderr]).toEqual([2, expect.stringMatching(/killed\.out\.csv\.part is left of a run/)]);
    rmSync(part ?? '');
    expect((await project.run(args)).code).toBe(0);
    expect((await rowsIn(project.read('killed.out.csv'))).size).toBe(300);
  }, 60_000);

  it('replaces no link, wherever it leads, and follows none', async () => {
    project.write('links.csv', `account,service\nvpsbg,${active.serverId}\n`);
    const [own, elsewhere] = ['nowhere.out.csv', 'elsewhere'].map((name) => join(project.directory, name));
    symlinkSync(elsewhere ?? '', own ?? '');
    symlinkSync(elsewhere ?? '', join(project.directory, 'beside.out.csv.part'));
    for (const out of ['nowhere.out.csv', 'beside.out.csv']) {
      const { code, stdout } = await project.run(['status', '--list', 'links.csv', '--out', out]);
      expect([code, stdout]).toEqual([2, '']);
    }
    expect([lstatSync(own ?? '').isSymbolicLink(), existsSync(elsewhere ?? '')]).toEqual([true, false]);
  });

  it('takes a list of 20,000 rows within a heap of 24 MB', async () => {
    project.write('long.csv', `account,service\n${`edis,${kvmId}\nnobody,1\n`.repeat(10_000)}`);
    const { code, stderr } = await project.run(['status', '--list', 'long.csv', '--out', 'long.out.jsonl'], {
      env: { NODE_OPTIONS: '--max-old-space-size=24' },
    });
    expect(stderr).toContain('20000 rows.');
    expect(code).toBe(1);
    expect(project.read('long.out.jsonl').split('\n')).toHaveLength(20_001);
  }, 120_000);
});

describe('a line of CSV', () => {
  it('is read back as the same cells, and begins no cell with what a spreadsheet takes for a formula', () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'=+-@;|,"\'a1 \t\n') }),
    );
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1, maxLength: 4 }), (cells) => {
        const line = csvLine(cells);
        expect(line).not.toMatch(/[\r\n\t]/);
        // As a country with another separator splits it, and as this one does.
        for (const part of [...line.split(/[;|]/), ...cellsOf(line)]) expect(part).not.toMatch(/^[\s"]*[=+\-@]/);
        expect(cellsOf(line)).toHaveLength(cells.length);
      }),
    );
  });

  function cellsOf(line: string): readonly string[] {
    const found = [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)];
    return found.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
  }
});
