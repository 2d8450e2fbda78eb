import { statSync } from 'node:fs';

/**
 * The user id of another user whom a file or a directory belongs to, for a process that runs as root; `undefined` for
 * every other process, and for what does not exist. Root may write there, and what it makes would be root's: the owner
 * could not open it any more.
 *
 * @throws the system's error
 */
export function ownerOtherThanRoot(path: string): number | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const uid = statSync(path, { throwIfNoEntry: false })?.uid ?? 0;
  return uid === 0 ? undefined : uid;
}

/** How a command is run as that user, in words. */
export function asUser(uid: number): string {
  return `Run it as that user: sudo -u '#${uid}', or --user ${uid} of a container.`;
}
