import type * as ChildProcess from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { notOpened } from '../../src/queue/database/database-error.ts';
import { makeNewData } from '../../src/queue/database/new-data.ts';
import { openPglite } from '../../src/queue/database/pglite.ts';

const started = vi.hoisted(() => ({ environments: [] as (object | undefined)[], fails: false }));
vi.mock('node:child_process', async (load) => {
  const real = await load<typeof ChildProcess>();
  const execFile = (
    file: string,
    given: readonly string[],
    options: ChildProcess.ExecFileOptions,
    done: (error: Error | null) => void,
  ): void => {
    started.environments.push(options.env);
    if (started.fails) throw Object.assign(new Error('not permitted'), { code: 'ERR_ACCESS_DENIED' });
    real.execFile(file, given, options, (error) => done(error));
  };
  return { ...real, execFile };
});

/** Every file and directory, by its path. */
function filesIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
}

describe('the data of a new embedded database', { timeout: 180_000 }, () => {
  let folder: string;
  let data: string;
  beforeEach(async () => {
    started.environments.length = 0;
    started.fails = false;
    folder = await mkdtemp(join(tmpdir(), 'queue-new-'));
    data = join(folder, 'pgdata');
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true, force: true });
  });

  it('is made by another process, for this user alone, and gets its name when it is complete', async () => {
    vi.stubEnv('WHMCS_SECRET', 'not-for-the-other-process');
    mkdirSync(data, { mode: 0o700 });
    mkdirSync(join(folder, `pgdata.new-${crypto.randomUUID()}`));
    mkdirSync(join(folder, 'pgdata.new-backup'));
    await makeNewData(data);
    expect(existsSync(join(data, 'PG_VERSION'))).toBe(true);
    expect(readdirSync(folder).toSorted()).toEqual(['pgdata', 'pgdata.new-backup']);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    const entries = readdirSync(data, { recursive: true, withFileTypes: true });
    const others = entries.filter((entry) => (statSync(join(entry.parentPath, entry.name)).mode & 0o077) !== 0);
    expect(others.map(({ name }) => name)).toEqual([]);
    expect(JSON.stringify(started.environments)).not.toContain('WHMCS_SECRET');
  });

  it('is what PGlite itself makes, and opens', async () => {
    mkdirSync(data, { mode: 0o700 });
    await makeNewData(data);
    const own = await PGlite.create(join(folder, 'own'));
    const made = await PGlite.create(data);
    const question = 'SELECT current_user, current_database(), version(), (SELECT count(*) FROM pg_class) AS relations';
    expect((await made.query(question)).rows).toEqual((await own.query(question)).rows);
    await Promise.all([own.close(), made.close()]);
    expect(filesIn(data)).toEqual(filesIn(join(folder, 'own')));
  });

  it('is made where a link leads to', async () => {
    mkdirSync(join(folder, 'disk'));
    mkdirSync(join(folder, 'disk', 'here'));
    symlinkSync(join(folder, 'disk', 'here'), data);
    await makeNewData(data);
    expect(existsSync(join(folder, 'disk', 'here', 'PG_VERSION'))).toBe(true);
    expect(readdirSync(join(folder, 'disk'))).toEqual(['here']);
  });

  it('is left to PGlite if no process may be started', async () => {
    started.fails = true;
    mkdirSync(data);
    await makeNewData(data);
    expect(started.environments).toHaveLength(1);
    expect([readdirSync(folder), readdirSync(data)]).toEqual([['pgdata'], []]);
  });

  it('is said to be damaged, and no server is looked for, if it does not start', async () => {
    mkdirSync(data, { mode: 0o700 });
    await makeNewData(data);
    truncateSync(join(data, 'global/pg_control'), 0);
    await expect(openPglite(folder).catch(notOpened)).rejects.toMatchObject({
      code: 'unavailable',
      providerCode: 'not_started',
      message: expect.stringMatching(/^queue: .*embedded database does not start: the disk may be full/),
    });
  });

  it('is not made anew where there is some', async () => {
    mkdirSync(data);
    writeFileSync(join(data, 'kept'), '');
    await makeNewData(data);
    expect([started.environments, readdirSync(data)]).toEqual([[], ['kept']]);
  });
});
