import { linkSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { recordsOf, variablesOf } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();
afterEach(() => {
  sandbox.vpsbg.clearFaults();
  sandbox.vpsbg.clearRequests();
});

let files = 0;
/** A list of servers of its own, and what it is to be called. */
function list(count: number): { readonly file: string; readonly results: string; readonly ids: readonly number[] } {
  files += 1;
  const file = `servers-${files}.csv`;
  const ids = Array.from({ length: count }, () => sandbox.vpsbg.add().serverId);
  write(file, ids);
  return { file, results: `${file}.results.jsonl`, ids };
}
const write = (file: string, ids: readonly number[]): void =>
  project.write(file, ['account,service,when', ...ids.map((id) => `vpsbg,${id},end_of_period`), ''].join('\n'));
const path = (file: string): string => join(project.directory, file);
const sends = (): number => sandbox.vpsbg.requests.filter(({ method }) => method === 'POST').length;
const mostOften = (ids: readonly number[]): number =>
  Math.max(...ids.map((id) => sandbox.vpsbg.service(id).timesCancelled));
async function sent(count: number): Promise<void> {
  await expect.poll(sends, { timeout: 15_000, interval: 5 }).toBeGreaterThanOrEqual(count);
}

describe('the results of a list', () => {
  it('are those of one run, whatever name it is given', async () => {
    const { file, results, ids } = list(3);
    await project.run(['bulk', file]);
    symlinkSync(path(results), path(`alias-${results}`));
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    const longer = [...ids, ...list(2).ids];
    write(file, longer);
    await project.run(['bulk', file, '--resume'], {
      started: async (child) => {
        await sent(4);
        const second = await project.run(['bulk', file, '--resume', '--results', `alias-${results}`]);
        expect(second.code).toBe(2);
        expect(second.stderr).toContain('another process works with the same results');
        child.kill('SIGKILL');
      },
    });
    expect(mostOften(longer)).toBe(1);
    linkSync(path(results), path(`hard-${results}`));
    const linked = await project.run(['bulk', file, '--resume']);
    expect(linked.code).toBe(2);
    expect(linked.stderr).toContain('2 names (hard links)');
  });

  it('that are removed during the run are saved under another name, and the run ends', async () => {
    const { file, results, ids } = list(12);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stderr } = await project.run(['bulk', file, '--concurrency', '1'], {
      started: async () => {
        await sent(3);
        rmSync(path(results));
      },
    });
    expect(code).toBe(3);
    const rescue = /until then is in (\S+): put that back/.exec(stderr)?.[1] ?? '';
    sandbox.vpsbg.clearFaults();
    expect(sends()).toBeLessThan(ids.length);
    const anew = await project.run(['bulk', file]);
    expect(anew.code).toBe(2);
    expect(anew.stderr).toContain(`${rescue} tells what a run has sent`);
    const resumed = await project.run(['bulk', file, '--resume', '--results', rescue]);
    expect(resumed.code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
  });

  it('whose lock is removed are left to whoever takes it next', async () => {
    const { file, results, ids } = list(12);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stderr } = await project.run(['bulk', file, '--concurrency', '1'], {
      started: async () => {
        await sent(3);
        rmSync(path(`${results}.lock`));
      },
    });
    expect(code).toBe(3);
    expect(stderr).toContain(`the lock on ${results} was removed`);
    sandbox.vpsbg.clearFaults();
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
  });

  it('that cannot even be looked at any more end the run', async () => {
    const { file, ids } = list(12);
    mkdirSync(path('kept'));
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const args = ['bulk', file, '--results', 'kept/results.jsonl', '--concurrency', '1'];
    const { code, stderr } = await project.run(args, {
      started: async () => {
        await sent(3);
        rmSync(path('kept'), { recursive: true });
        symlinkSync('kept', path('kept'));
      },
    });
    expect(code).toBe(3);
    expect(stderr).toContain('(ELOOP)');
    expect(sends()).toBeLessThan(ids.length);
    rmSync(path('kept'));
  });

  it('do not take somebody’s file for their lock', async () => {
    const { file, results } = list(1);
    project.write(`${results}.lock`, 'mine');
    const { code, stderr } = await project.run(['bulk', file]);
    expect(code).toBe(2);
    expect(stderr).toContain('is in the way of the lock');
    expect(project.read(`${results}.lock`)).toBe('mine');
    expect(sends()).toBe(0);
  });

  it('that have been emptied tell nothing, so nothing is sent', async () => {
    const { file, results } = list(2);
    await project.run(['bulk', file]);
    project.write(results, '');
    const { code, stderr } = await project.run(['bulk', file, '--resume']);
    expect(code).toBe(2);
    expect(stderr).toContain('is empty, and does not tell what has been sent');
    expect(sends()).toBe(2);
  });

  it('whose last line only lost its line feed are whole', async () => {
    const { file, results, ids } = list(2);
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    await project.run(['bulk', file, '--concurrency', '1'], {
      started: async (child) => {
        await sent(1);
        child.kill('SIGKILL');
      },
    });
    sandbox.vpsbg.clearFaults();
    expect(recordsOf(project.read(results))).toMatchObject([{ row: 1, outcome: 'started' }]);
    project.write(results, project.read(results).trimEnd());
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual([1, 1]);
    const rows = recordsOf(project.read(results)).map(({ row, outcome }) => `${String(row)} ${String(outcome)}`);
    expect(rows.toSorted()).toEqual(['1 scheduled', '1 started', '2 requested', '2 started']);
  });

  it('may hold every kind of line break', async () => {
    const [{ serverId }] = [sandbox.vpsbg.add()];
    const row = { account: 'vpsbg', service: serverId, when: 'end_of_period', reference: 'a\u2028b\u2029c' };
    project.write('breaks.jsonl', `${JSON.stringify(row)}\n`);
    expect((await project.run(['bulk', 'breaks.jsonl'])).code).toBe(0);
    expect((await project.run(['bulk', 'breaks.jsonl', '--resume'])).code).toBe(0);
    expect(sandbox.vpsbg.service(serverId).timesCancelled).toBe(1);
  });
});

describe('a resumed run', () => {
  it('takes a corrected row in the place of a refused one', async () => {
    const { file, ids } = list(2);
    const [first = 0, second = 0] = ids;
    write(file, [first, 999_999]);
    expect((await project.run(['bulk', file])).code).toBe(1);
    write(file, [first, second]);
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual([1, 1]);
    write(file, [second, first]);
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(2);
    expect(sends()).toBe(3);
  });

  it('does not ask another installation what became of its rows', async () => {
    await using other = await startSandbox();
    const { file } = list(1);
    sandbox.vpsbg.fault({ kind: 'hang', executed: false });
    await project.run(['bulk', file], {
      started: async (child) => {
        await sent(1);
        child.kill('SIGKILL');
      },
    });
    const env = variablesOf(other.settings);
    const { code, stderr } = await project.run(['bulk', file, '--resume'], { env });
    expect(code).toBe(2);
    expect(stderr).toContain('or at another address');
    expect(other.vpsbg.requests).toEqual([]);
  });

  it('asks an account no more after its credentials were refused', async () => {
    const { file } = list(6);
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    await project.run(['bulk', file, '--concurrency', '6'], {
      started: async (child) => {
        await sent(6);
        child.kill('SIGKILL');
      },
    });
    sandbox.vpsbg.clearFaults();
    sandbox.vpsbg.clearRequests();
    const { code, stdout } = await project.run(['bulk', file, '--resume'], { env: { VPSBG_TOKEN: 'wrong-token' } });
    expect(code).toBe(3);
    expect(stdout).toContain('It could not be read back (unauthorized)');
    expect(sandbox.vpsbg.requests).toHaveLength(1);
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
  });

  it('shows with --dry-run what it would send', async () => {
    const { file, ids } = list(2);
    await project.run(['bulk', file]);
    const [added = 0] = list(1).ids;
    write(file, [...ids, added]);
    const { code, stdout } = await project.run(['bulk', file, '--resume', '--dry-run', '--json']);
    expect(code).toBe(0);
    expect(recordsOf(stdout)).toMatchObject([{ row: 3, dryRun: true }]);
    expect(sends()).toBe(2);
  });

  it('that is stopped does not count what was through before as not begun', async () => {
    const { file, ids } = list(4);
    await project.run(['bulk', file]);
    write(file, [...ids, ...list(20).ids]);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const before = sends();
    const { code, stdout } = await project.run(['bulk', file, '--resume', '--json'], {
      started: async (child) => {
        await sent(before + 1);
        child.kill('SIGINT');
      },
    });
    expect(code).toBe(1);
    const outcomes = { requested: sends(), not_begun: 24 - sends() };
    expect(recordsOf(stdout).at(-1)).toMatchObject({ summary: { outcomes } });
  });

  it('that is stopped leaves what is not known unknown', async () => {
    const { file, ids } = list(40);
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    await project.run(['bulk', file, '--concurrency', '40'], {
      started: async (child) => {
        await sent(40);
        child.kill('SIGKILL');
      },
    });
    sandbox.vpsbg.clearFaults();
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stdout } = await project.run(['bulk', file, '--resume', '--json'], {
      started: async (child) => {
        await expect
          .poll(() => sandbox.vpsbg.requests.filter(({ method }) => method === 'GET').length, { timeout: 15_000 })
          .toBeGreaterThan(1);
        child.kill('SIGINT');
      },
    });
    expect(code).toBe(3);
    const outcomes = { not_begun: 0, refused: 0, unknown: expect.toSatisfy((count: number) => count > 0) };
    expect(recordsOf(stdout).at(-1)).toMatchObject({ summary: { outcomes } });
    expect(mostOften(ids)).toBe(1);
    expect(sends()).toBe(40);
  });
});

describe('a list that cannot be run', () => {
  it.each([
    [
      'a column that there is not',
      'account,service,When\nvpsbg,1,immediate\n',
      'there is no column When. The columns are',
    ],
    ['a field of no service', '{"account":"vpsbg","service":1,"whn":"immediate"}\n', 'line 1: there is no column whn'],
    ['a key that may be anything', '{"account":"vpsbg","p@ss w0rd":1}\n', 'line 1: there is no column [key].'],
    ['blank lines', '\naccount,service,when\n\n\nvpsbg,1\n', 'line 5: it has 2 columns'],
  ])('is told by its place: %s', async (name, text, words) => {
    const file = text.startsWith('{') ? 'wrong.jsonl' : 'wrong.csv';
    project.write(file, text);
    const { code, stderr } = await project.run(['bulk', file, '--yes']);
    expect({ name, code }).toEqual({ name, code: 2 });
    expect(stderr).toContain(words);
    expect(sends()).toBe(0);
  });

  it('names an account that is not configured before anything is sent', async () => {
    const { file } = list(2);
    const { code, stderr } = await project.run(['bulk', file], { env: { VPSBG_TOKEN: '' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^✗ not_configured: /);
    expect(stderr).toContain('VPSBG_TOKEN');
    expect(sends()).toBe(0);
  });

  it('is refused where it cannot be copied', async () => {
    const { file } = list(1);
    const { code, stderr } = await project.run(['bulk', file], { env: { TMPDIR: path('nowhere') } });
    expect(code).toBe(2);
    expect(stderr).toContain('(ENOENT). Nothing was sent.');
  });
});
