import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FileLock, type NotLocked, lockFile, ownerRecordOf } from '../../src/platform/file-lock.ts';
import { type ProcessIdentity, ownIdentity } from '../../src/platform/process-identity.ts';

let directory: string;
let path: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'file-lock-'));
  path = join(directory, 'lock');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
  rmSync(copyOf(directory), { recursive: true, force: true });
});

describe('a lock on a file', () => {
  it('is refused to a second process, also while the first is stopped, and free as soon as that is killed', async () => {
    const holder = await startHolder();
    expect(await lockFile(path)).toBe('taken');
    holder.child.kill('SIGSTOP');
    expect(await lockFile(path)).toBe('taken');
    await end(holder.child);
    held(await lockFile(path)).release();
  });

  it('is refused although the operating system’s lock was lost by a copy that the holder made', async () => {
    const holder = await startHolder();
    await holder.ask(`copy ${directory} ${copyOf(directory)}`);
    expect(await lockFile(path)).toBe('taken');
    holder.child.kill('SIGSTOP');
    expect(await lockFile(path)).toBe('taken');
    holder.child.kill('SIGCONT');
    expect(await holder.ask('mine')).toBe('true');
    await end(holder.child);
    const lock = held(await lockFile(path));
    expect(lock.isMine()).toBe(true);
    lock.release();
  });

  it('is refused to the process that holds it, and free once it has released it', async () => {
    const lock = held(await lockFile(path));
    cpSync(directory, copyOf(directory), { recursive: true });
    expect(await lockFile(path)).toBe('taken');
    expect(lock.isMine()).toBe(true);
    lock.release();
    expect(existsSync(ownerRecordOf(path))).toBe(false);
    held(await lockFile(path)).release();
  });

  it('is free once the thread that held it has ended without releasing it', async () => {
    const module = new URL('../../src/platform/file-lock.ts', import.meta.url).href;
    const worker = new Worker(
      `import(${JSON.stringify(module)}).then(async ({ lockFile }) => {
        const lock = await lockFile(${JSON.stringify(path)});
        require('node:worker_threads').parentPort.on('message', () => lock.isMine()).postMessage(typeof lock);
      });`,
      { eval: true },
    );
    expect(await once(worker, 'message')).toEqual(['object']);
    expect(await lockFile(path)).toBe('taken');
    await worker.terminate();
    held(await lockFile(path)).release();
  });

  it('does not go with a copy: that is free while the original is locked', async () => {
    const holder = await startHolder();
    await holder.ask(`copy ${directory} ${copyOf(directory)}`);
    held(await lockFile(join(copyOf(directory), 'lock'))).release();
    expect(await holder.ask('mine')).toBe('true');
  });

  it('is seen as lost once another process has written its record', async () => {
    const lock = held(await lockFile(path));
    const record = readFileSync(ownerRecordOf(path), 'utf8');
    writeFileSync(ownerRecordOf(path), record.replace(/"token":"[^"]+"/, '"token":"another"'));
    expect(lock.isMine()).toBe(false);
    lock.release();
    // It is the other's.
    expect(readFileSync(ownerRecordOf(path), 'utf8')).toContain('"another"');
  });

  it('is seen as lost once a copy of its directory is in its place', async () => {
    const lock = held(await lockFile(path));
    cpSync(directory, copyOf(directory), { recursive: true });
    renameSync(directory, `${directory}.old`);
    renameSync(copyOf(directory), directory);
    expect(lock.isMine()).toBe(false);
    lock.release();
    expect(existsSync(ownerRecordOf(path))).toBe(true);
    rmSync(`${directory}.old`, { recursive: true });
  });

  it('is seen as lost once its record is removed', async () => {
    const lock = held(await lockFile(path));
    rmSync(ownerRecordOf(path));
    expect(lock.isMine()).toBe(false);
    lock.release();
  });

  it('is not held by a later process that has the number of the one that held it', async () => {
    const lock = held(await lockFile(path));
    lock.release();
    writeRecord({ startedAt: '1' });
    held(await lockFile(path)).release();
  });

  it('is held by a process of another container as long as that renews its record', { timeout: 60_000 }, async () => {
    const holder = await startHolder();
    await holder.ask(`copy ${directory} ${copyOf(directory)}`);
    writeRecord({ place: 'another container' });
    expect(await lockFile(path)).toBe('taken');
    await end(holder.child);
    held(await lockFile(path)).release();
  });

  it('is not held by a record that no process has written', async () => {
    for (const text of ['', 'RECEIVED', '{}', '{"token":1}']) {
      writeFileSync(ownerRecordOf(path), text);
      held(await lockFile(path)).release();
    }
  });

  it('is for this user alone, and so is its record', async () => {
    const lock = held(await lockFile(path));
    expect([path, ownerRecordOf(path)].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    lock.release();
  });

  it('cannot be had if nothing can be written', async () => {
    expect(await lockFile(join(directory, 'missing', 'lock'))).toBe('unusable');
  });
});

/** Changes what the record says of its process, in the same file; makes one if it does not exist. */
function writeRecord(changes: Partial<ProcessIdentity>): void {
  const file = ownerRecordOf(path);
  if (!existsSync(file)) writeFileSync(file, '{}');
  const { dev, ino } = statSync(file, { bigint: true });
  const { process: known = ownIdentity() } = v.parse(recordSchema, JSON.parse(readFileSync(file, 'utf8')));
  const place = { dev: String(dev), ino: String(ino) };
  writeFileSync(file, JSON.stringify({ token: 'one', file: place, process: { ...known, ...changes } }));
}

const recordSchema = v.object({
  process: v.optional(v.object({ pid: v.number(), place: v.string(), startedAt: v.optional(v.string()) })),
});

function held(lock: FileLock | NotLocked): FileLock {
  if (typeof lock === 'string') throw new Error(`it is ${lock}`);
  return lock;
}

function copyOf(original: string): string {
  return `${original}-copy`;
}

interface Holder {
  readonly child: ChildProcess;
  readonly ask: (line: string) => Promise<string>;
}

async function startHolder(): Promise<Holder> {
  const file = fileURLToPath(new URL('../support/lock-child.ts', import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', file, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async (): Promise<string> => String((await lines.next()).value);
  expect(await answer()).toBe('locked');
  return {
    child,
    ask: (line) => {
      child.stdin.write(`${line}\n`);
      return answer();
    },
  };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'close');
}
