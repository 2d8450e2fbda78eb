import { chmodSync, existsSync, mkdirSync, statSync, type Stats } from 'node:fs';
import { resolve } from 'node:path';
import { ProviderError } from '../../contract/provider-error.ts';
import { asUser, ownerOtherThanRoot } from '../../platform/owner-of.ts';
import { warnOnce } from './warn-once.ts';

/**
 * Makes the directory of an embedded queue and the one of its data in it, both for this user alone.
 *
 * What is in the data directory can be reached through it only, so its mode (0700) protects every file there, whatever
 * modes PGlite gives them. The directory around it is the caller's: its mode is not changed if it exists. Modes are all
 * that is checked: no directories above, and no access lists beyond what the mode shows of them. Windows has no modes.
 *
 * @throws ProviderError `not_configured` if other users may write to a directory, or the data is another user's, also
 * for root; the system's error
 */
export function makePrivateDirectory(directory: string, data: string): void {
  refuseRoot(directory, data);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const isNew = mkdirSync(data, { recursive: true, mode: 0o700 }) !== undefined;
  checkDirectory(directory);
  if (isNew || process.platform === 'win32') return;
  const inside = statSync(data);
  if (!mayEnter(inside, 0o077)) return;
  const own = resolve(data);
  // Of an earlier version, or a copy.
  if (isOwn(inside)) chmodSync(data, 0o700);
  else throw exposed(`other users may enter ${own}, which belongs to another user`, own);
}

/**
 * Warns of a directory that other users may enter, or that belongs to one of them. Its mode is not changed.
 *
 * @throws ProviderError `not_configured` if every user may write to it; the system's error
 */
export function checkDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const found = statSync(directory);
  const path = resolve(directory);
  if (mayEnter(found, 0o002)) throw exposed(`other users may write to ${path}`, path);
  if (!isOwn(found)) warnOnce(`queue: ${path} belongs to another user, who can read and replace what is in it.`);
  else if (mayEnter(found, 0o077)) {
    warnOnce(
      `queue: other users may enter ${path}. The data in it is for this user alone; to close it: chmod 700 ${path}`,
    );
  }
}

function mayEnter({ mode }: Stats, bits: number): boolean {
  return (mode & bits) !== 0;
}

/**
 * Files that root made would lock the owner's service out. The data decides, or if it does not exist yet, the
 * directory.
 */
function refuseRoot(directory: string, data: string): void {
  const path = existsSync(data) ? data : directory;
  const owner = ownerOtherThanRoot(path);
  if (owner === undefined) return;
  const message =
    `queue: ${resolve(path)} belongs to the user with the id ${owner}, and this process runs as root: what it makes there ` +
    `would lock that user out. ${asUser(owner)} If the queue is to be root's: chown -R root ${resolve(directory)}. Nothing was done.`;
  throw new ProviderError('not_configured', { operation: 'queue', message });
}

/** Root may use a directory of any user, and no directory is protected from root. */
function isOwn({ uid }: Stats): boolean {
  const self = process.getuid?.();
  return self === undefined || self === 0 || uid === self || uid === 0;
}

function exposed(what: string, path: string): ProviderError {
  return new ProviderError('not_configured', {
    operation: 'queue',
    message: `queue: ${what}. A queue says who leaves and why, and what is cancelled. Name a directory of its own, or run: chmod 700 ${path}`,
  });
}
