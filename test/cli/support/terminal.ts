import pty from '@lydell/node-pty';
import type { Project } from './project.ts';

/** A command in a terminal of its own. */
export interface Terminal {
  /** All that it has shown, as it came. */
  readonly shown: () => string;
  readonly type: (text: string) => void;
  readonly ended: Promise<number>;
}

/** What the keys send. */
export const KEYS = { enter: '\r', interrupt: '\u0003' } as const;

/** Runs a command of a project in a terminal. */
export function inTerminal(
  project: Project,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Terminal {
  const { promise, resolve } = Promise.withResolvers<number>();
  const terminal = pty.spawn(process.execPath, [project.command, ...args], {
    cwd: project.directory,
    env: { ...project.env, ...env },
    cols: 160,
    rows: 40,
  });
  let shown = '';
  terminal.onData((text) => (shown += text));
  terminal.onExit(({ exitCode }) => resolve(exitCode));
  return { shown: () => shown, type: (text) => terminal.write(text), ended: promise };
}
