import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { makeStateDirectory, stateDirectory } from './state-directory.ts';

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
    makeStateDirectory();
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

/** One file for each configuration, wherever it is named from. */
function fileFor(config: string): string {
  const key = createHash('sha256').update(realpathSync(config)).digest('hex').slice(0, 32);
  return join(stateDirectory(), `accounts-${key}.json`);
}
