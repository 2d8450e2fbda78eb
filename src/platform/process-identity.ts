import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** What tells one process from every other, also from a later one that has the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The scope in which the number is unique: a boot and a PID namespace on Linux, elsewhere the host. */
  readonly place: string;
  /** When the process started, in the system's own unit. Left out if the system does not tell, which is not Linux. */
  readonly startedAt?: string | undefined;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  const { startedAt } = statOf('self');
  return { pid: process.pid, place: ownPlace(), ...(startedAt === undefined ? {} : { startedAt }) };
}

/**
 * Whether a process runs; `undefined`: it cannot be found out from here, since its number is another namespace's, or
 * may have been given anew.
 */
export function isRunning({ pid, place, startedAt }: ProcessIdentity): boolean | undefined {
  if (place !== ownPlace()) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    // Another user's: it is there.
  }
  const found = statOf(String(pid));
  if (found.startedAt === undefined || startedAt === undefined) return undefined;
  return found.startedAt === startedAt && !found.hasEnded;
}

function ownPlace(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Not Linux.
    return hostname();
  }
}

function statOf(pid: string): { readonly startedAt?: string | undefined; readonly hasEnded?: boolean } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Fields 3 and 22. A process that has ended stays until its parent has asked for its exit code.
    return { startedAt: fields[19], hasEnded: fields[0] === 'Z' || fields[0] === 'X' };
  } catch {
    // Not Linux, hidden from this user, or gone since.
    return {};
  }
}
