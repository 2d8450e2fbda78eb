import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/cli/bulk/fingerprint.ts';
import { recordsOf } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();
afterEach(() => {
  sandbox.vpsbg.clearFaults();
  sandbox.edis.clearFaults();
  sandbox.vpsbg.clearRequests();
  sandbox.edis.clearRequests();
});

let files = 0;
/** A list of its own, in CSV. */
function list(...rows: readonly string[]): string {
  files += 1;
  const file = `list-${files}.csv`;
  project.write(file, ['account,service,when,reason,reference', ...rows, ''].join('\n'));
  return file;
}
const serverIds = (count: number): readonly number[] =>
  Array.from({ length: count }, () => sandbox.vpsbg.add().serverId);
const endRows = (ids: readonly number[]): readonly string[] => ids.map((id) => `vpsbg,${id},end_of_period,,`);
const timesCancelled = (ids: readonly number[]): readonly number[] =>
  ids.map((id) => sandbox.vpsbg.service(id).timesCancelled);
const resultsOf = (file: string): readonly Readonly<Record<string, unknown>>[] =>
  recordsOf(project.read(`${file}.results.jsonl`));
/** The last line of each row counts. */
const outcomesOf = (file: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries(resultsOf(file).map(({ row, outcome }) => [String(row), outcome]));

describe('cancelkit bulk', () => {
  it('cancels every row, and writes a line before and after each', async () => {
    const [first = 0, second = 0] = serverIds(2);
    const { kvmId } = sandbox.edis.add();
    const file = list(
      `vpsbg,${first},end_of_period,"Two\nlines",order-1`,
      `edis,${kvmId},end_of_period,,`,
      `vpsbg,serverId=${second},end_of_period,,`,
      'whmcs,99999,end_of_period,,',
    );
    const { code, stdout, stderr } = await project.run(['bulk', file]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^account +requested +refused\n/);
    expect(stdout).toMatch(/^all +3 +1$/m);
    expect(timesCancelled([first, second])).toEqual([1, 1]);
    const lines = resultsOf(file);
    expect(lines).toHaveLength(8);
    const ofFirst = lines.filter(({ row }) => row === 1);
    expect(ofFirst).toMatchObject([
      { line: 2, outcome: 'started' },
      { line: 2, outcome: 'requested', account: 'vpsbg', service: { serverId: first }, reference: 'order-1' },
    ]);
    expect(lines.filter(({ row }) => row === 4)).toMatchObject([
      { line: 6, outcome: 'started' },
      { line: 6, outcome: 'refused', code: 'not_found' },
    ]);
  });

  it('names each bad row with its line, and sends nothing', async () => {
    const [sound = 0] = serverIds(1);
    const file = list(
      `vpsbg,${sound},end_of_period,,`,
      `vpsbg,${sound},immediate,,`,
      'vpsbg,7301,sometimes,,',
      'shop,1,end_of_period,,',
      'hosting,1_a,end_of_period,,',
      'vpsbg,7303,,,',
    );
    const { code, stdout, stderr } = await project.run(['bulk', file, '--yes']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n').map((line) => /^line \d+/.exec(line)?.[0])).toEqual([
      'line 3',
      'line 4',
      'line 5',
      'line 6',
      'line 7',
      undefined,
      undefined,
    ]);
    expect(stderr).toContain('the same service as in line 2');
    expect(stderr).toContain('hostingId=1_aed1f0 domain=example.com');
    expect(stderr).toContain('5 of 6 rows are not valid. Nothing was sent.');
    expect(sandbox.vpsbg.requests).toEqual([]);
    expect(() => resultsOf(file)).toThrow('ENOENT');
  });

  it('leaves bad rows out with --skip-bad', async () => {
    const ids = serverIds(2);
    const file = list(endRows(ids)[0]!, 'vpsbg,x,end_of_period,,', endRows(ids)[1]!);
    const { code, stdout } = await project.run(['bulk', file, '--skip-bad', '--json']);
    expect(code).toBe(0);
    expect(recordsOf(stdout).at(-1)).toMatchObject({
      ok: true,
      summary: { rows: 3, outcomes: { requested: 2, bad: 1 } },
    });
    expect(timesCancelled(ids)).toEqual([1, 1]);
    expect(outcomesOf(file)).toEqual({ 1: 'requested', 2: 'bad', 3: 'requested' });
  });

  it.each([
    ['an empty file', '', 'the file is empty'],
    ['no row', 'account,service,when\n', 'the list has no rows'],
    ['no column for the account', 'name,service\nvpsbg,1\n', 'account is missing'],
    ['semicolons and commas', 'account;service,when\nvpsbg;1,immediate\n', 'account is missing'],
    ['a column twice', 'account,when,when\nvpsbg,immediate,immediate\n', 'names a column twice'],
    [
      'a quote that is left open',
      'account,service,when\nvpsbg,"1,immediate\n',
      'from line 2 on. Check the quotes there',
    ],
    [
      'a quote that is left open after a text of several lines',
      'account,service,when,reason\r\nvpsbg,1,immediate,"two\r\nlines"\r\nvpsbg,2,immediate,"open\r\nvpsbg,3,immediate,\r\n',
      'from line 4 on. Check the quotes there',
    ],
    [
      'a quote within a text',
      'account,service,when,reason\nvpsbg,1,immediate,\nvpsbg,2,immediate,5" disk\nvpsbg,3,immediate,\n',
      'from line 3 on. Check the quotes there',
    ],
    ['a workbook that is called .csv', 'PK\u0003\u0004\u0014\u0006', 'is a workbook of a spreadsheet program'],
    ['another encoding', 'account,service,when,reason\nvpsbg,1,end_of_period,\uFFFD\n', 'it is not UTF-8'],
  ])('refuses %s', async (_, text, words) => {
    project.write('refused.csv', text);
    const { code, stderr } = await project.run(['bulk', 'refused.csv', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it.each(['list.xlsx', 'list.XLS', 'list.ods'])('says how to save the workbook %s', async (name) => {
    project.write(name, 'PK\u0003\u0004');
    const { code, stderr } = await project.run(['bulk', name, '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain('is a workbook of a spreadsheet program. Save the sheet as “CSV UTF-8”');
  });

  it('says that a directory is no list, and that a file does not exist, before it asks for a format', async () => {
    expect((await project.run(['bulk', '.'])).stderr).toContain('. is a directory; expected a CSV or JSONL file');
    expect((await project.run(['bulk', 'absent.txt'])).stderr).toContain('there is no file absent.txt');
  });

  it('takes one column for each field, and JSON lines from stdin', async () => {
    const { hostingId, domain } = sandbox.hosting.add();
    project.write(
      'fields.csv',
      `\uFEFFaccount,hostingId,domain,when,category\r\nhosting,${hostingId},${domain},end_of_period,performance\r\n`,
    );
    expect((await project.run(['bulk', 'fields.csv'])).code).toBe(0);
    expect(sandbox.hosting.service(hostingId).cancellation?.reason).toBe('Performance');

    const [object = 0, text = 0, flat = 0] = serverIds(3);
    const when = 'end_of_period';
    const rows = [
      { account: 'vpsbg', service: { serverId: object }, when, reason: { category: 'performance' } },
      { account: 'vpsbg', service: String(text), when },
      { account: 'vpsbg', serverId: flat, when, reference: 7 },
    ];
    const input = `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`;
    const args = ['bulk', '-', '--format', 'jsonl'];
    expect((await project.run(args, { input })).code).toBe(2);
    expect((await project.run([...args, '--results', 'piped.jsonl'], { input })).code).toBe(0);
    expect(timesCancelled([object, text, flat])).toEqual([1, 1, 1]);
    expect(recordsOf(project.read('piped.jsonl'))).toHaveLength(6);
  });

  it.each([
    ['semicolons', ';'],
    ['tabs', '\t'],
  ])('takes columns that are separated by %s', async (_, delimiter) => {
    const [id = 0] = serverIds(1);
    const rows = [
      ['account', 'service', 'when', 'reason'],
      ['vpsbg', String(id), 'end_of_period', '"Moved, and gone"'],
    ];
    const file = list();
    project.write(file, rows.map((cells) => cells.join(delimiter)).join('\r\n'));
    expect((await project.run(['bulk', file])).code).toBe(0);
    expect(sandbox.vpsbg.service(id).cancellation?.reason).toBe('Moved, and gone');
  });

  it.each([
    ['is too large to be exact', '9007199254740993'],
    ['is not whole', '1.5'],
    ['overflows', '1e400'],
  ])('refuses a row of JSON whose number %s: it would name another service', async (_, number) => {
    const input = `{"account":"whmcs","service":${number},"when":"end_of_period"}\n`;
    const { code, stderr } = await project.run(['bulk', '-', '--format', 'jsonl', '--results', 'none.jsonl'], {
      input,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('line 1: it has a number that is too large, or not whole');
  });

  it('sends what was checked, whatever becomes of the file meanwhile', async () => {
    const ids = serverIds(6);
    const [other = 0] = serverIds(1);
    const file = list(...endRows(ids));
    sandbox.vpsbg.fault({ kind: 'latency', ms: 100, times: 1_000 });
    const { code } = await project.run(['bulk', file, '--concurrency', '1'], {
      started: async () => {
        await expect.poll(() => sandbox.vpsbg.requests.length, { interval: 5 }).toBeGreaterThan(0);
        project.write(file, `account,service,when\nvpsbg,${other},immediate\n`);
      },
    });
    expect(code).toBe(0);
    expect(timesCancelled([...ids, other])).toEqual([1, 1, 1, 1, 1, 1, 0]);
  });

  it('needs --yes for immediate rows without a terminal', async () => {
    const ids = serverIds(2);
    const file = list(`vpsbg,${ids[0]},immediate,,`, `vpsbg,${ids[1]},end_of_period,,`);
    const refused = await project.run(['bulk', file]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('1 of 2 rows asks for immediate. 1 at vpsbg');
    expect(refused.stderr).toContain('the provider deletes its data later');
    expect(sandbox.vpsbg.requests).toEqual([]);
    expect((await project.run(['bulk', file, '--yes'])).code).toBe(0);
    expect(timesCancelled(ids)).toEqual([1, 1]);
  });

  it('prints the masked requests with --dry-run, and leaves no results behind', async () => {
    const ids = serverIds(2);
    const file = list(...endRows(ids));
    const { code, stdout } = await project.run(['bulk', file, '--dry-run', '--json']);
    expect(code).toBe(0);
    expect(recordsOf(stdout)).toMatchObject(
      ids.map((id, index) => ({
        dryRun: true,
        row: index + 1,
        result: { body: `{"server_ids":[${id}],"now":false}` },
      })),
    );
    expect(sandbox.vpsbg.requests).toEqual([]);
    expect(() => resultsOf(file)).toThrow('ENOENT');
  });
});

describe('an interrupted run', () => {
  it('that was killed is resumed without sending anything twice', async () => {
    const ids = serverIds(60);
    const file = list(...endRows(ids));
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    await project.run(['bulk', file], {
      started: async (child) => {
        await expect.poll(() => sandbox.vpsbg.requests.length, { interval: 5 }).toBeGreaterThan(8);
        child.kill('SIGKILL');
      },
    });
    const before = sandbox.vpsbg.requests.filter(({ method }) => method === 'POST').length;
    expect(before).toBeLessThan(ids.length);
    const interrupted = Object.values(outcomesOf(file)).filter((outcome) => outcome === 'started').length;
    expect(interrupted).toBeGreaterThan(0);
    sandbox.vpsbg.clearFaults();

    const { code, stdout } = await project.run(['bulk', file, '--resume', '--json']);
    const sent = sandbox.vpsbg.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(new Set(sent).size).toBe(sent.length);
    expect(timesCancelled(ids).every((times) => times <= 1)).toBe(true);
    // What was in flight at the kill was read back: found, or left for a person.
    const outcomes = Object.values(outcomesOf(file));
    expect(outcomes).toHaveLength(ids.length);
    expect(outcomes.every((outcome) => ['requested', 'scheduled', 'unknown'].includes(String(outcome)))).toBe(true);
    const unknown = outcomes.filter((outcome) => outcome === 'unknown').length;
    expect(timesCancelled(ids).filter((times) => times === 0)).toHaveLength(unknown);
    expect(code).toBe(unknown > 0 ? 3 : 0);
    expect(recordsOf(stdout).at(-1)).toMatchObject({ summary: { rows: ids.length } });

    const again = sandbox.vpsbg.requests.filter(({ method }) => method === 'POST').length;
    await project.run(['bulk', file, '--resume']);
    expect(sandbox.vpsbg.requests.filter(({ method }) => method === 'POST')).toHaveLength(again);
  });

  it('leaves a row that was being sent unknown if the provider cannot be read back', async () => {
    const { kvmId } = sandbox.edis.add();
    const { kvmId: next } = sandbox.edis.add();
    const file = list(`edis,${kvmId},end_of_period,,`, `edis,${next},end_of_period,,`);
    sandbox.edis.fault({ kind: 'hang', executed: true });
    await project.run(['bulk', file], {
      started: async (child) => {
        await expect.poll(() => sandbox.edis.requests.length).toBe(1);
        child.kill('SIGKILL');
      },
    });
    const { code, stderr } = await project.run(['bulk', file, '--resume']);
    expect({ code, stderr }).toEqual({ code: 3, stderr: '' });
    expect(outcomesOf(file)).toEqual({ 1: 'unknown', 2: 'requested' });
    expect([sandbox.edis.service(kvmId).timesCancelled, sandbox.edis.service(next).timesCancelled]).toEqual([1, 1]);
    expect(sandbox.edis.requests).toHaveLength(2);
  });

  it('lets the calls in flight finish after a Ctrl-C, starts nothing more, and is resumed', async () => {
    const ids = serverIds(40);
    const file = list(...endRows(ids));
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stdout } = await project.run(['bulk', file], {
      started: async (child) => {
        await expect.poll(() => sandbox.vpsbg.requests.length, { interval: 5 }).toBeGreaterThan(4);
        child.kill('SIGINT');
      },
    });
    sandbox.vpsbg.clearFaults();
    expect(code).toBe(1);
    expect(stdout).toMatch(/not_begun/);
    const outcomes = Object.values(outcomesOf(file));
    expect(outcomes.length).toBeLessThan(ids.length);
    expect(new Set(outcomes)).toEqual(new Set(['requested']));
    expect(timesCancelled(ids).filter((times) => times === 1)).toHaveLength(outcomes.length);
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(timesCancelled(ids).every((times) => times === 1)).toBe(true);
  });

  it('tries again what had no effect', async () => {
    const { serverId } = sandbox.vpsbg.add();
    const file = list(`vpsbg,${serverId},end_of_period,,`);
    expect((await project.run(['bulk', file], { env: { VPSBG_TOKEN: 'wrong-token' } })).code).toBe(1);
    expect(outcomesOf(file)).toEqual({ 1: 'refused' });
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(timesCancelled([serverId])).toEqual([1]);
  });

  it('is not mixed up with another list, and not started anew', async () => {
    const ids = serverIds(2);
    const file = list(...endRows(ids));
    expect((await project.run(['bulk', file, '--resume'])).stderr).toContain('Without --resume every row');
    await project.run(['bulk', file]);
    sandbox.vpsbg.clearRequests();
    const anew = await project.run(['bulk', file]);
    expect(anew.code).toBe(2);
    expect(anew.stderr).toContain('--resume');

    const other = list(...endRows(serverIds(2)));
    const mixed = await project.run(['bulk', other, '--resume', '--results', `${file}.results.jsonl`]);
    expect(mixed.code).toBe(2);
    expect(mixed.stderr).toContain('the results do not fit this list: line 2 asks for something else');
    const shorter = list(endRows(ids)[0]!);
    expect((await project.run(['bulk', shorter, '--resume', '--results', `${file}.results.jsonl`])).code).toBe(2);
    project.write('notes.jsonl', '{"row":"one"}\n');
    const foreign = await project.run(['bulk', file, '--resume', '--results', 'notes.jsonl']);
    expect(foreign.stderr).toContain('line 1 is something else');
    // Nor is it touched.
    project.write('kept.csv', 'account,service\nvpsbg,7301');
    expect((await project.run(['bulk', file, '--resume', '--results', 'kept.csv'])).code).toBe(2);
    expect(project.read('kept.csv')).toBe('account,service\nvpsbg,7301');
    expect(sandbox.vpsbg.requests).toEqual([]);
  });

  it.each([
    ['missing/results.jsonl', 'cannot be written (ENOENT)'],
    ['node_modules', 'there is a node_modules already'],
  ])('does not begin if its results cannot be kept: %s', async (results, words) => {
    const file = list(...endRows(serverIds(1)));
    const { code, stderr } = await project.run(['bulk', file, '--results', results]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    const resumed = await project.run(['bulk', file, '--results', results, '--resume']);
    expect(resumed.code).toBe(2);
    expect(resumed.stderr).not.toContain('internal fault');
    expect(sandbox.vpsbg.requests).toEqual([]);
  });

  it('leaves a torn last line, which is cut off', async () => {
    const ids = serverIds(2);
    const file = list(...endRows(ids));
    await project.run(['bulk', file]);
    const whole = project.read(`${file}.results.jsonl`);
    const lines = whole.trimEnd().split('\n');
    project.write(`${file}.results.jsonl`, `${lines.slice(0, 3).join('\n')}\n${lines[3]!.slice(0, 20)}`);
    // A process that was killed has not remembered how long they became.
    rmSync(join(project.directory, '.local/state/cancelkit/runs'), { recursive: true });
    sandbox.vpsbg.clearRequests();
    const { code } = await project.run(['bulk', file, '--resume']);
    expect(code).toBe(0);
    expect(sandbox.vpsbg.requests.map(({ method }) => method)).toEqual(['GET']);
    expect(timesCancelled(ids)).toEqual([1, 1]);
  });

  it('is resumed by one process at a time', async () => {
    const ids = serverIds(8);
    const file = list(...endRows(ids));
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    await project.run(['bulk', file], {
      started: async (child) => {
        await expect.poll(() => sandbox.vpsbg.requests.length).toBeGreaterThan(0);
        const second = await project.run(['bulk', file, '--resume']);
        expect(second.code).toBe(2);
        expect(second.stderr).toContain('another process works with the same results');
        child.kill('SIGKILL');
      },
    });
    sandbox.vpsbg.clearFaults();
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(timesCancelled(ids).every((times) => times === 1)).toBe(true);
  });
});

describe('a list without any account', () => {
  it('says that once, and not for each row', async () => {
    const file = list('vpsbg,7301,end_of_period,,', 'whmcs,101,end_of_period,,');
    const env = Object.fromEntries(
      Object.keys(project.env)
        .filter((name) => /^[A-Z]+_/.test(name))
        .map((name) => [name, '']),
    );
    const { code, stderr } = await project.run(['bulk', file, '--dry-run'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^✗ unknown_account: no account is configured in [^\n]+\n$/);
  });
});

describe('a long list', () => {
  it('of 100,000 rows is read twice within a heap of 40 MB', async () => {
    const rows = 100_000;
    const ids = Array.from({ length: rows }, (_, index) => index + 1);
    const { kvmId } = sandbox.edis.add();
    const file = list(...ids.map((id) => `edis,${id},end_of_period,,order-${id}`), `edis,${kvmId},end_of_period,,`);
    // An earlier run has been through all but the last.
    const place = `edis ${sandbox.settings.edis.baseUrl}/`;
    const line = (id: number): string => {
      const asked = { account: 'edis', when: 'end_of_period', reference: `order-${id}` };
      const fingerprint = fingerprintOf(asked, `field=serviceid value=${id}`, place);
      return JSON.stringify({ row: id, line: id + 1, fingerprint, outcome: 'requested' });
    };
    project.write(`${file}.results.jsonl`, `${ids.map(line).join('\n')}\n`);
    const env = { NODE_OPTIONS: '--max-old-space-size=40' };
    const { code, stdout } = await project.run(['bulk', file, '--resume', '--json'], { env });
    expect(code).toBe(0);
    expect(recordsOf(stdout).at(-1)).toMatchObject({ summary: { rows: rows + 1, outcomes: { requested: rows + 1 } } });
    expect(sandbox.edis.requests).toHaveLength(1);
  }, 120_000);
});
