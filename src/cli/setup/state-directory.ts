import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';

/** The directory for what the command line remembers between commands. It is the user's own. */
export function stateDirectory(): string {
  const { XDG_STATE_HOME = '', LOCALAPPDATA = '' } = process.env;
  const given = process.platform === 'win32' ? LOCALAPPDATA : XDG_STATE_HOME;
  // A relative one would lead into the working directory, which may be anybody's.
  return join(isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'cancelkit');
}

/**
 * Makes the state directory, for this user alone. Not `recursive`, which never returns for a directory below `/proc`.
 *
 * @throws the system's error
 */
export function makeStateDirectory(): void {
  const directory = stateDirectory();
  for (const each of [dirname(dirname(directory)), dirname(directory), directory]) {
    if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
  }
}
