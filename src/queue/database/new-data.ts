import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { locatePglite } from './pglite-modules.ts';

/**
 * Makes the data of an embedded database that does not exist yet, in a process of its own.
 *
 * PGlite's `initdb` starts PostgreSQL several times on one thread, which takes twice the memory of an open database and
 * stops the event loop for seconds. The other process takes the memory with it when it ends, and what it has made gets
 * its name when it is complete.
 *
 * Does nothing if there is data, or if the other process cannot be started or fails: then PGlite makes the data itself.
 *
 * @param data an existing directory, which is locked for this process.
 */
export async function makeNewData(data: string): Promise<void> {
  const pglite = locatePglite();
  if (pglite === undefined || !isNode() || readdirSync(data).length > 0) return;
  // It may be a link to another disk, and is renamed on that disk.
  const target = realpathSync(data);
  const made = `${target}.new-${crypto.randomUUID()}`;
  try {
    removeUnfinished(target);
    if (!(await run(pglite, made)) || !existsSync(join(made, 'PG_VERSION'))) return;
    rmdirSync(target);
    renameSync(made, target);
  } catch {
    // It may be where a disk is mounted, which cannot be renamed, or its directory may not be read.
  } finally {
    remove(made);
    mkdirSync(target, { recursive: true, mode: 0o700 });
  }
}

/** Removes what a process that was killed has left. */
function removeUnfinished(target: string): void {
  const [directory, name] = [dirname(target), `${basename(target)}.new-`];
  for (const entry of readdirSync(directory)) {
    if (entry.startsWith(name) && UUID.test(entry.slice(name.length))) remove(join(directory, entry));
  }
}

// Only what this file has named: a directory of another name belongs to something else.
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The arguments for Node.js with which a process makes the data of a new database, and prints the most memory that it
 * took, in MB.
 *
 * @param pglite the file of PGlite's CommonJS code.
 * @param target a directory that does not exist.
 */
export function makerArguments(pglite: string, target: string): readonly string[] {
  return ['--liftoff-only', '--optimize-for-size', '-e', MAKE, pglite, target];
}

/**
 * What the other process does. PGlite lets `initdb` work in a file system in memory, and has it saved before it starts
 * the database: there this process writes the files, for this user alone, and ends. Starting would take 150 MB more.
 */
const MAKE = `process.umask(0o077);
const { mkdirSync, writeFileSync } = require('node:fs');
const [, pglite, target] = process.argv;
const { PGlite, MemoryFS } = require(pglite);
function copy(FS, from, to) {
  mkdirSync(to);
  for (const name of FS.readdir(from)) {
    if (name === '.' || name === '..') continue;
    const [source, copied] = [from + '/' + name, to + '/' + name];
    if (FS.isDir(FS.stat(source).mode)) copy(FS, source, copied);
    else writeFileSync(copied, FS.readFile(source));
  }
}
class Made extends MemoryFS {
  async syncToFs() {
    const { FS, WASM_PREFIX } = this.pg.Module;
    copy(FS, WASM_PREFIX + '/data', target);
    console.log(process.resourceUsage().maxRSS / 1_024);
    process.exit(0);
  }
}
PGlite.create({ fs: new Made() }).then(() => process.exit(1), () => process.exit(1));`;

/** Whether this program is Node.js itself. A program that contains Node.js would start itself instead. */
function isNode(): boolean {
  const { versions, execPath } = process;
  if ('bun' in versions || 'deno' in versions || 'electron' in versions) return false;
  return /^node(?:\.exe)?$/i.test(basename(execPath));
}

/** @returns whether the process ended well */
function run(pglite: string, data: string): Promise<boolean> {
  const { execPath, env } = process;
  // None of this process's secrets, nor its options for Node.js.
  const given = NEEDED.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return new Promise((resolve) => {
    try {
      execFile(
        execPath,
        makerArguments(pglite, data),
        { env: Object.fromEntries(given), timeout: TIMEOUT_MS, killSignal: 'SIGKILL', windowsHide: true },
        (error) => resolve(error === null),
      );
    } catch {
      // Node.js's permissions may forbid it.
      resolve(false);
    }
  });
}

const NEEDED = ['SystemRoot', 'TEMP', 'TMP', 'TMPDIR'];
const TIMEOUT_MS = 120_000;

function remove(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}
