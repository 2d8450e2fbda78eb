import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { ownerOtherThanRoot } from '../../platform/owner-of.ts';

/** The directory for what the command line remembers between commands. It is the user's own. */
export function stateDirectory(): string {
  const { XDG_STATE_HOME = '', LOCALAPPDATA = '' } = process.env;
  const given = process.platform === 'win32' ? LOCALAPPDATA : XDG_STATE_HOME;
  // A relative one would lead into the working directory, which may be anybody's.
  return join(isAbsolute(given) ? given : join(homedir(), '.local', 'state'), 'cancelkit');
}

/**
 * Makes the state directory, for this user alone; for root, not in the home of another user. Not `recursive`, which
 * never returns for a directory below `/proc`.
 *
 * @throws the system's error
 */
export function makeStateDirectory(): void {
  const directory = stateDirectory();
  const all = [dirname(dirname(directory)), dirname(directory), directory];
  // `sudo` may keep HOME: directories of root there would lock their user out, and other programs with it.
  const nearest = all.findLast((each) => existsSync(each)) ?? dirname(dirname(dirname(directory)));
  if (ownerOtherThanRoot(nearest) !== undefined) {
    throw Object.assign(new Error('The state directory belongs to another user.'), { code: 'EPERM' });
  }
  for (const each of all) {
    if (!existsSync(each)) mkdirSync(each, { mode: 0o700 });
  }
}
