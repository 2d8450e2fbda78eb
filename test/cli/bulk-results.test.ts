import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { startHttp } from '../support/loopback.ts';
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
  await expect.poll(sends, { interval: 5 }).toBeGreaterThanOrEqual(count);
}

describe('the results of a list', () => {
  it.runIf(process.getuid?.() === 0)(
    'that belong to another user are not resumed by root, which leaves nothing there',
    async () => {
      const { file, results, ids } = list(2);
      await project.run(['bulk', file]);
      chownSync(path(results), 12_345, 12_345);
      write(file, [...ids, ...list(1).ids]);
      const before = [sends(), readFileSync(path(results), 'utf8'), readdirSync(project.directory).length];
      const { code, stderr } = await project.run(['bulk', file, '--resume']);
      expect(code).toBe(2);
      expect(stderr).toContain("sudo -u '#12345'");
      expect([sends(), readFileSync(path(results), 'utf8'), readdirSync(project.directory).length]).toEqual(before);
      const status = await project.run(['status', '--list', file, '--out', results]);
      expect([status.code, readFileSync(path(results), 'utf8')]).toEqual([2, before[1]]);
    },
  );

  it('are those of one run, whatever name it is given', async () => {
    const { file, results, ids } = list(3);
    await project.run(['bulk', file]);
    symlinkSync(path(results), path(`alias-${results}`));
    // The first one is answered: until then an account has one request in flight.
    sandbox.vpsbg.fault({ kind: 'latency', ms: 1 });
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
    expect(stderr).toContain(`the lock on ${results} was removed or taken over`);
    sandbox.vpsbg.clearFaults();
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
  });

  it('whose lock another process takes over are left to it', async () => {
    const { file, results, ids } = list(12);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stderr } = await project.run(['bulk', file, '--concurrency', '1'], {
      started: async () => {
        await sent(3);
        const [record = ''] = readdirSync(project.directory).filter((name) => name === `${results}.lock.owner`);
        writeFileSync(path(record), project.read(record).replace(/"token":"[^"]*"/, '"token":"another"'));
      },
    });
    expect(code).toBe(3);
    expect(stderr).toContain(`the lock on ${results} was removed or taken over`);
    const before = sends();
    expect(before).toBeLessThan(ids.length);
    sandbox.vpsbg.clearFaults();
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
  });

  it('that are copied while their run is stopped are not gone on with until that has ended', async () => {
    const { file, results, ids } = list(8);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 100, times: 1_000 });
    await project.run(['bulk', file, '--concurrency', '1'], {
      started: async (child) => {
        await sent(2);
        child.kill('SIGSTOP');
        mkdirSync(path(`elsewhere-${file}`));
        const copy = join(`elsewhere-${file}`, 'results.jsonl');
        copyFileSync(path(results), path(copy));
        const second = await project.run(['bulk', file, '--resume', '--results', copy]);
        child.kill('SIGCONT');
        expect(second.code).toBe(2);
        expect(second.stderr).toContain('another process works on the run that');
      },
    });
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
    const older = await project.run([
      'bulk',
      file,
      '--resume',
      '--results',
      join(`elsewhere-${file}`, 'results.jsonl'),
    ]);
    expect(older.code).toBe(2);
    expect(older.stderr).toMatch(/is an older copy of \S+, which says more/);
  });

  it('of an earlier version are recognized as copies of each other, too', async () => {
    const { file, results, ids } = list(3);
    await project.run(['bulk', file]);
    const lines = project.read(results).split('\n');
    const older = lines.map((line) => line.replace(/,"run":"[^"]+"/, ''));
    expect(older).not.toEqual(lines);
    for (const name of [results, `copy-of-${results}`]) project.write(name, older.join('\n'));
    write(file, [...ids, ...list(1).ids]);
    expect((await project.run(['bulk', file, '--resume', '--results', `copy-of-${results}`])).code).toBe(0);
    const original = await project.run(['bulk', file, '--resume']);
    expect(original.code).toBe(2);
    expect(original.stderr).toContain(`is an older copy of ${path(`copy-of-${results}`)}`);
  });

  it('are not gone on with once a copy of them says more, or a backup of them was restored', async () => {
    const { file, results, ids } = list(8);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 100, times: 1_000 });
    await project.run(['bulk', file, '--concurrency', '1'], {
      started: async (child) => {
        await sent(2);
        child.kill('SIGKILL');
      },
    });
    sandbox.vpsbg.clearFaults();
    const copy = `copy-of-${results}`;
    copyFileSync(path(results), path(copy));
    expect((await project.run(['bulk', file, '--resume', '--results', copy])).code).toBe(0);
    const original = await project.run(['bulk', file, '--resume']);
    expect(original.code).toBe(2);
    expect(original.stderr).toContain(`is an older copy of ${path(copy)}`);
    renameSync(path(results), path(copy));
    const restored = await project.run(['bulk', file, '--resume', '--results', copy]);
    expect(restored.code).toBe(2);
    expect(restored.stderr).toContain('says less than when its run ended last');
    expect(mostOften(ids)).toBe(1);
  });

  it('can be moved, and gone on with there', async () => {
    const { file, results, ids } = list(4);
    expect((await project.run(['bulk', file])).code).toBe(0);
    renameSync(path(results), path(`moved-${results}`));
    // Its name is another run's now, and an editor has taken the last line feed away.
    const other = list(6);
    expect((await project.run(['bulk', other.file, '--results', results])).code).toBe(0);
    truncateSync(path(`moved-${results}`), statSync(path(`moved-${results}`)).size - 1);
    const longer = [...ids, ...list(1).ids];
    write(file, longer);
    expect((await project.run(['bulk', file, '--resume', '--results', `moved-${results}`])).code).toBe(0);
    expect(longer.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(longer.map(() => 1));
  });

  it.runIf(process.platform !== 'win32')('whose copies cannot be recognized say so', async () => {
    const { file } = list(1);
    project.write('no-directory', '');
    const env = { XDG_STATE_HOME: path('no-directory') };
    const { code, stderr } = await project.run(['bulk', file], { env });
    expect(code).toBe(0);
    expect(stderr).toContain('Do not resume a copy');
  });

  it('are those of the living run, although a file system without locks gives its lock to a second one', async () => {
    const { file, results, ids } = list(8);
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    await project.run(['bulk', file], {
      started: async (child) => {
        await sent(1);
        // A new file: nothing locks it. The record beside it still names the first run.
        const lock = path(`${results}.lock`);
        copyFileSync(lock, `${lock}.copy`);
        rmSync(lock);
        copyFileSync(`${lock}.copy`, lock);
        const second = await project.run(['bulk', file, '--resume']);
        expect(second.code).toBe(2);
        expect(second.stderr).toContain('another process works with the same results');
        child.kill('SIGKILL');
      },
    });
    expect(mostOften(ids)).toBe(1);
    sandbox.vpsbg.clearFaults();
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(mostOften(ids)).toBe(1);
  });

  it('that a second run takes over, since somebody has removed lock and record, are left by the first before its next row', async () => {
    const { file, results, ids } = list(16);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    let second: Awaited<ReturnType<typeof project.run>> | undefined;
    const first = await project.run(['bulk', file, '--concurrency', '1'], {
      started: async () => {
        await sent(3);
        rmSync(path(`${results}.lock`));
        rmSync(path(`${results}.lock.owner`));
        second = await project.run(['bulk', file, '--resume']);
      },
    });
    expect(first.code).toBe(3);
    expect(first.stderr).toContain('so another run could work with it. This run has stopped.');
    expect(second?.code).toBeTypeOf('number');
    sandbox.vpsbg.clearFaults();
    await project.run(['bulk', file, '--resume']);
    expect(mostOften(ids)).toBe(1);
  });

  it('that are replaced by a copy end the run, and what they held is saved', async () => {
    const { file, results, ids } = list(12);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stderr } = await project.run(['bulk', file, '--concurrency', '1'], {
      started: async () => {
        await sent(3);
        // As an editor saves a file.
        copyFileSync(path(results), path(`${results}.new`));
        renameSync(path(`${results}.new`), path(results));
      },
    });
    expect(code).toBe(3);
    const rescue = /until then is in (\S+): put that back/.exec(stderr)?.[1] ?? '';
    sandbox.vpsbg.clearFaults();
    // The copy does not have the last rows that were sent.
    const copy = await project.run(['bulk', file, '--resume']);
    expect(copy.code).toBe(2);
    expect(copy.stderr).toContain(`${rescue} tells what a run has sent`);
    rmSync(path(results));
    expect((await project.run(['bulk', file])).code).toBe(2);
    renameSync(path(rescue), path(results));
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
  });

  it('that are lost end the run with an error, as JSON as well', async () => {
    const { file, results } = list(12);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stdout, stderr } = await project.run(['bulk', file, '--concurrency', '1', '--json'], {
      started: async () => {
        await sent(3);
        rmSync(path(results));
      },
    });
    expect(code).toBe(3);
    expect(recordsOf(stdout).at(-1)).toMatchObject({ command: 'bulk', ok: false, error: { code: 'outcome_unknown' } });
    expect(stderr).toMatch(/^✗ outcome_unknown: .* was removed or replaced during the run/m);
  });

  it('that another process writes to end the run', async () => {
    const { file, results, ids } = list(12);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stderr } = await project.run(['bulk', file, '--concurrency', '1'], {
      started: async () => {
        await sent(3);
        const last = recordsOf(project.read(results)).at(-1);
        appendFileSync(path(results), `${JSON.stringify({ ...last, outcome: 'unknown' })}\n`);
      },
    });
    expect(code).toBe(3);
    expect(stderr).toContain(`another process has written to ${results}`);
    expect(sends()).toBeLessThan(ids.length);
  });

  it.each([
    ['emptied', 0],
    ['shortened', 40],
  ])('that are %s during the run end it, and are refused afterwards', async (_, length) => {
    const { file, results, ids } = list(12);
    sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
    const { code, stderr } = await project.run(['bulk', file, '--concurrency', '1'], {
      started: async () => {
        await sent(3);
        truncateSync(path(results), length);
      },
    });
    expect(code).toBe(3);
    expect(stderr).toContain(`${results} was shortened by another process during the run`);
    const before = sends();
    expect(before).toBeLessThan(ids.length);
    sandbox.vpsbg.clearFaults();
    const resumed = await project.run(['bulk', file, '--resume']);
    expect(resumed.code).toBe(2);
    expect((await project.run(['bulk', file])).code).toBe(2);
    expect(sends()).toBe(before);
  });

  it.skipIf(process.platform === 'win32')(
    'are for their owner alone, and so are their lock and what is rescued',
    async () => {
      const { file, results } = list(12);
      const modeOf = (name: string): string => (statSync(path(name)).mode & 0o777).toString(8);
      sandbox.vpsbg.fault({ kind: 'latency', ms: 150, times: 1_000 });
      let modes: readonly string[] = [];
      await project.run(['bulk', file, '--concurrency', '1'], {
        started: async () => {
          await sent(2);
          modes = [results, `${results}.lock`, `${results}.lock.owner`].map(modeOf);
          rmSync(path(results));
        },
      });
      expect(modes).toEqual(['600', '600', '600']);
      expect(existsSync(path(`${results}.lock.owner`))).toBe(false);
      const [rescue = ''] = readdirSync(project.directory).filter((name) => name.startsWith(`${results}.rescued-`));
      expect(modeOf(rescue)).toBe('600');
      sandbox.vpsbg.clearFaults();
      chmodSync(path(rescue), 0o644);
      const { code, stderr } = await project.run(['bulk', file, '--resume', '--results', rescue]);
      expect(code).toBe(0);
      expect(stderr).toContain(`${rescue} could be read by other users of this machine; now only its owner can.`);
      expect(modeOf(rescue)).toBe('600');
    },
  );

  it.skipIf(process.platform === 'win32')('leave another file’s mode alone', async () => {
    const { file } = list(1);
    project.write('open.csv', 'account,service\n');
    chmodSync(path('open.csv'), 0o644);
    expect((await project.run(['bulk', file, '--resume', '--results', 'open.csv'])).code).toBe(2);
    expect((statSync(path('open.csv')).mode & 0o777).toString(8)).toBe('644');
  });

  it.each<readonly [string, readonly string[], (file: string, results: string) => void]>([
    ['already exist', [], (_, results) => project.write(results, '')],
    ['do not exist', ['--resume'], () => undefined],
    ['are empty', ['--resume'], (_, results) => project.write(results, '')],
    [
      'have two names',
      ['--resume'],
      (file, results) => {
        project.write(results, '');
        linkSync(path(results), path(`${file}.second`));
      },
    ],
    ['are not a file', ['--resume'], (_, results) => mkdirSync(path(results))],
  ])('that %s give no advice that sends a row again unless it says so', async (_, flags, prepare) => {
    const { file, results } = list(1);
    prepare(file, results);
    const { code, stderr } = await project.run(['bulk', file, ...flags]);
    expect(code).toBe(2);
    const advice = /another (?:results )?file|without --resume|leave --resume out|once the file is removed/i;
    if (advice.test(stderr)) expect(stderr).toMatch(/every row(?: of the list)?(?: is sent| would be sent again|\.)/);
    expect(stderr).not.toMatch(/name another file/i);
    expect(sends()).toBe(0);
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
    // Its directory is gone: what was sent is not.
    const rescue = /until then is in (\S+): put that back/.exec(stderr)?.[1] ?? '';
    const sentRows = recordsOf(readFileSync(rescue, 'utf8')).filter(({ outcome }) => outcome === 'started');
    expect(sentRows).toHaveLength(sends());
    sandbox.vpsbg.clearFaults();
    expect((await project.run(['bulk', file, '--resume', '--results', rescue])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
    rmSync(dirname(rescue), { recursive: true });
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
    // The first one is answered: until then an account has one request in flight.
    sandbox.vpsbg.fault({ kind: 'latency', ms: 1 });
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

  it('does not read its rows back at another installation', async () => {
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
    // The first one is answered: until then an account has one request in flight.
    sandbox.vpsbg.fault({ kind: 'latency', ms: 1 });
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

  it('sends refused credentials once, if there are rows to send as well as rows to read back', async () => {
    const { file, ids } = list(3);
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    await project.run(['bulk', file], {
      started: async (child) => {
        await sent(1);
        child.kill('SIGKILL');
      },
    });
    sandbox.vpsbg.clearFaults();
    sandbox.vpsbg.clearRequests();
    const env = { VPSBG_TOKEN: 'wrong-token' };
    const { code, stdout } = await project.run(['bulk', file, '--resume', '--json'], { env });
    expect(code).toBe(3);
    expect(sandbox.vpsbg.requests.map(({ method }) => method)).toEqual(['GET']);
    expect(recordsOf(stdout).at(-1)).toMatchObject({
      summary: {
        outcomes: { unknown: 1, not_begun: 2, refused: 0 },
        stopped: [{ account: 'vpsbg', rows: 2, code: 'unauthorized' }],
      },
    });
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual([1, 1, 1]);
  });

  it('waits for the token of a row, and asks for no other one', async () => {
    const { serviceId } = sandbox.ovh.add();
    project.write('tokens.csv', `account,service,when\novh,${serviceId},immediate\n`);
    const asked = (): number => sandbox.ovh.requests.filter(({ method }) => method === 'POST').length;
    const first = await project.run(['bulk', 'tokens.csv', '--yes']);
    expect([first.code, asked()]).toEqual([1, 1]);
    expect(first.stdout).toContain('1 not cancelled yet: pass the tokens on that the provider sent');
    expect(first.stdout).not.toContain('--resume tries them again');
    const again = await project.run(['bulk', 'tokens.csv', '--resume', '--yes', '--json']);
    expect([again.code, asked()]).toEqual([1, 1]);
    expect(recordsOf(again.stdout)).toMatchObject([
      { outcome: 'confirmation_required', error: { code: 'confirmation_required' } },
      { summary: { outcomes: { confirmation_required: 1, refused: 0 } } },
    ]);
    const input = `${sandbox.ovh.mailedToken(serviceId)}\n`;
    expect((await project.run(['confirm', 'ovh', String(serviceId)], { input })).code).toBe(0);
    sandbox.ovh.clearRequests();
    sandbox.clock.advance({ days: 1 });
    const last = await project.run(['bulk', 'tokens.csv', '--resume', '--yes', '--json']);
    expect([last.code, asked()]).toEqual([0, 0]);
    expect(recordsOf(last.stdout)).toMatchObject([
      { outcome: 'completed' },
      { summary: { outcomes: { completed: 1 } } },
    ]);
  });

  it('asks an account no more after a 401 in whatever words', async () => {
    let isFirst = true;
    await using server = await startHttp((response, request, socket) => {
      if (request.method === 'POST' && isFirst) response.writeHead(204).end();
      else if (request.method === 'POST') socket.destroy();
      else response.writeHead(401, { 'content-type': 'text/html' }).end('<html></html>');
      isFirst = false;
    });
    const { file } = list(3);
    const env = { VPSBG_BASE_URL: server.origin };
    expect((await project.run(['bulk', file, '--concurrency', '3'], { env })).code).toBe(3);
    const before = server.seen.length;
    expect((await project.run(['bulk', file, '--resume'], { env })).code).toBe(3);
    expect(server.seen.length - before).toBe(1);
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

  it('that is stopped does not count what was through before as not started', async () => {
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
    // The first one is answered: until then an account has one request in flight.
    sandbox.vpsbg.fault({ kind: 'latency', ms: 1 });
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
          .poll(() => sandbox.vpsbg.requests.filter(({ method }) => method === 'GET').length)
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

describe('an account that cannot be used', () => {
  const summaryOf = (stdout: string): unknown => recordsOf(stdout).at(-1)?.['summary'];

  it('ends its part of the list: the rows that were not tried are not sent, and can be resumed', async () => {
    const { file, results, ids } = list(12);
    const args = ['bulk', file, '--concurrency', '1', '--json'];
    const { code, stdout } = await project.run(args, { env: { VPSBG_TOKEN: 'wrong-token' } });
    expect(code).toBe(1);
    expect(summaryOf(stdout)).toMatchObject({
      outcomes: { refused: 1, not_begun: 11, unknown: 0 },
      stopped: [{ account: 'vpsbg', rows: 11, code: 'unauthorized' }],
    });
    expect(sends()).toBe(1);
    expect(recordsOf(project.read(results)).map(({ row }) => row)).toEqual([1, 1]);
    const shown = await project.run(['bulk', file, '--resume'], { env: { VPSBG_TOKEN: 'wrong-token' } });
    expect(shown.code).toBe(1);
    expect(shown.stdout).toMatch(/! vpsbg: \d+ not sent, unauthorized: .*Nothing was sent/);
    expect(shown.stdout).toMatch(/! \d+ not sent: --resume sends them\./);
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
  });

  it('because it cannot be reached leaves no row unknown, and the rows of the others are sent', async () => {
    const { file, ids } = list(20);
    const { serviceId } = sandbox.whmcs.add();
    appendFileSync(path(file), `whmcs,${serviceId},end_of_period\n`);
    const env = { VPSBG_BASE_URL: 'http://127.0.0.1:2/' };
    const { code, stdout } = await project.run(['bulk', file, '--json'], { env });
    expect(code).toBe(1);
    expect(summaryOf(stdout)).toMatchObject({
      outcomes: { requested: 1, unknown: 0 },
      stopped: [{ account: 'vpsbg' }],
    });
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
    expect(ids.map((id) => sandbox.vpsbg.service(id).timesCancelled)).toEqual(ids.map(() => 1));
    expect(sandbox.whmcs.service(serviceId).timesCancelled).toBe(1);
  });

  it('is not read back row by row while it does not answer', async () => {
    const { file } = list(8);
    // The first one is answered: until then an account has one request in flight.
    sandbox.vpsbg.fault({ kind: 'latency', ms: 1 });
    sandbox.vpsbg.fault({ kind: 'hang', executed: true, times: 1_000 });
    await project.run(['bulk', file, '--concurrency', '8'], {
      started: async (child) => {
        await sent(8);
        child.kill('SIGKILL');
      },
    });
    sandbox.vpsbg.clearFaults();
    sandbox.vpsbg.clearRequests();
    sandbox.vpsbg.fault({ kind: 'server_error', executed: false, times: 1_000 });
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(3);
    const first = sandbox.vpsbg.requests.length;
    expect(first).toBeLessThan(8 * 3);
    sandbox.vpsbg.clearFaults();
    expect((await project.run(['bulk', file, '--resume'])).code).toBe(0);
  });
});

describe('a list that cannot be run', () => {
  it.each([
    [
      'a column that there is not',
      'account,service,whn\nvpsbg,1,immediate\n',
      'there is no column whn. The columns are',
    ],
    ['a field of no service', '{"account":"vpsbg","service":1,"whn":"immediate"}\n', 'line 1: there is no column whn'],
    [
      'a key that may be anything',
      '{"account":"vpsbg","p@ss w0rd":1}\n',
      'line 1: the name of column 2 is not the name of a column.',
    ],
    ['blank lines', '\naccount,service,when\n\n\nvpsbg,1\n', 'line 5: when is missing: expected '],
  ])('is named by its place: %s', async (name, text, words) => {
    const file = text.startsWith('{') ? 'wrong.jsonl' : 'wrong.csv';
    project.write(file, text);
    const { code, stderr } = await project.run(['bulk', file, '--yes']);
    expect({ name, code }).toEqual({ name, code: 2 });
    expect(stderr).toContain(words);
    expect(sends()).toBe(0);
  });

  it.each([
    ['an id of another form', 'account,service,when\nwhmcs,abc,immediate\n', 'line 2: service: '],
    ['no service', 'account,service,when\nwhmcs,,immediate\n', 'line 2: service: it is missing. Examples: 4711'],
    [
      'a service in two ways',
      'account,service,serviceId,when\nwhmcs,1,1,immediate\n',
      'line 2: service: it is named twice, also by serviceId. Examples: 4711',
    ],
    [
      'fields that do not belong together',
      'account,serviceId,domain,when\nwhmcs,1,example.com,immediate\n',
      'line 2: service: serviceId, domain together do not name a service of this account. Examples: 4711',
    ],
  ])('says what is wrong with the service, and shows the right form as an example: %s', async (_, text, words) => {
    project.write('unnamed.csv', text);
    const { code, stderr } = await project.run(['bulk', 'unnamed.csv', '--yes']);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toContain('Examples: 4711');
    expect(stderr).not.toContain('expected 4711');
  });

  it('names an account that is not configured before anything is sent', async () => {
    const { file } = list(2);
    const { code, stderr } = await project.run(['bulk', file], { env: { VPSBG_TOKEN: '' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^✗ not_configured: /);
    expect(stderr).toContain('VPSBG_TOKEN');
    expect(sends()).toBe(0);
  });

  it('is refused if it cannot be copied', async () => {
    const { file } = list(1);
    const { code, stderr } = await project.run(['bulk', file], { env: { TMPDIR: path('nowhere') } });
    expect(code).toBe(2);
    expect(stderr).toContain('(ENOENT). Nothing was sent.');
  });
});
