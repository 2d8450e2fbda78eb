import { readdirSync, readFileSync } from 'node:fs';

/**
 * The processor time of a process and of those that it has started, in milliseconds; `NaN` where `/proc` is not there.
 */
export function processorMs(pid: number): number {
  try {
    const own = statOf(String(pid));
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(statOf)
      .filter((stat) => stat?.parent === pid);
    return [own, ...children].reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) * MS_A_TICK;
  } catch {
    return NaN;
  }
}

const MS_A_TICK = 10;

/** `undefined` for a process that has ended meanwhile. */
function statOf(pid: string): { readonly parent: number; readonly ticks: number } | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name of the program, in parentheses, may hold spaces.
  const [, parent, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // User and system time, its own and that of children that have ended.
  return { parent: Number(parent), ticks: rest.slice(9, 13).reduce((sum, ticks) => sum + Number(ticks), 0) };
}
