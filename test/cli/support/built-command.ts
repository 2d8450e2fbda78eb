import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../../../scripts/manifest.ts';
import { run } from '../../../scripts/run.ts';

/** The package as it is published, built from the present sources: the directory that holds its package.json. */
export async function builtPackage(): Promise<string> {
  const directory = join(root, '.cache', 'cli', stamp());
  const builder = `${directory}.builder`;
  mkdirSync(join(root, '.cache', 'cli'), { recursive: true });
  // Tests run side by side: the first one builds for all.
  while (!existsSync(directory) && !claim(builder)) await delay(100);
  try {
    if (!existsSync(directory)) await build(directory);
  } finally {
    release(builder);
  }
  return directory;
}

/** Builds beside where it goes, so that it is never there by half. */
async function build(directory: string): Promise<void> {
  const own = `${directory}-${process.pid}`;
  mkdirSync(own, { recursive: true });
  const { ok, output } = await run(['tsup', '--silent', '--out-dir', join(own, 'dist')]);
  if (!ok) throw new Error(output);
  copyFileSync(join(root, 'package.json'), join(own, 'package.json'));
  try {
    renameSync(own, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
    rmSync(own, { recursive: true });
  }
}

/**
 * Whether this process is the one that builds. Two that take over from one that was killed both are: each then builds
 * for itself, which costs no more than time.
 */
function claim(builder: string): boolean {
  try {
    // A link is made with its content in one step, unlike a file.
    symlinkSync(String(process.pid), builder);
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error;
  }
  const pid = builderIn(builder);
  if (pid !== undefined && !isRunning(pid)) rmSync(builder, { force: true });
  return false;
}

function release(builder: string): void {
  if (builderIn(builder) === process.pid) rmSync(builder, { force: true });
}

/** `undefined` if nobody builds. */
function builderIn(builder: string): number | undefined {
  try {
    return Number(readlinkSync(builder));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    return undefined;
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function stamp(): string {
  const hash = createHash('sha256');
  for (const file of globSync(['{src,providers}/**/*.{ts,tsx}', 'package.json', 'tsup.config.ts'], {
    cwd: root,
  }).toSorted()) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
