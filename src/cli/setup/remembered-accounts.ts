import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';

const namesSchema = v.array(v.string());

/**
 * Keeps the names of a configuration's accounts for the completion, which runs no configuration. They are kept in the
 * user's own state directory, readable by the user alone. A command does not fail because this fails.
 */
export function rememberAccounts(config: string, names: readonly string[]): void {
  try {
    const text = JSON.stringify(names);
    const file = fileFor(config);
    if (textOf(file) === text) return;
    makeDirectory(stateDirectory());
    // Renamed into place: a command that runs at the same time reads the old names or the new ones.
    const own = `${file}.${process.pid}`;
    try {
      writeFileSync(own, text, { flag: 'wx', mode: 0o600 });
      renameSync(own, file);
    } finally {
      rmSync(own, { force: true });
    }
  } catch {
    // No home, a read-only one, a full disk: the accounts are not completed then.
  }
}

/** The names that were kept for a configuration file; none if no command has used it yet. */
export function rememberedAccounts(config: string): readonly string[] {
  try {
    return v.parse(namesSchema, JSON.parse(textOf(fileFor(config)) ?? '[]'));
  } catch {
    // Neither a shell nor its user can do anything about a file that is damaged; the next command replaces it.
    return [];
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Nothing has been kept.
    return undefined;
  }
}

/** Not `recursive`, which never returns for a directory below `/proc`. */
function makeDirectory(directory: string): void {
  for (const each of [dirname(dirname(directory)), dirname(directory), directory]) {
    if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
  }
}

/** One file for each configuration, wherever it is named from. */
function fileFor(config: string): string {
  const key = createHash('sha256').update(realpathSync(config)).digest('hex').slice(0, 32);
  return join(stateDirectory(), `accounts-${key}.json`);
}

function stateDirectory(): string {
  const { XDG_STATE_HOME = '', LOCALAPPDATA = '' } = process.env;
  const given = process.platform === 'win32' ? LOCALAPPDATA : XDG_STATE_HOME;
  // A relative one would lead into the working directory, which may belong to another user.
  return join(isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'cancelkit');
}
