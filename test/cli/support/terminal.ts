import pty from '@lydell/node-pty';
import type { Project } from './project.ts';

/** A command in a terminal of its own. */
export interface Terminal {
  /** All that it has shown, as it came. */
  readonly shown: () => string;
  readonly type: (text: string) => void;
  readonly resize: (columns: number) => void;
  readonly ended: Promise<number>;
}

/** What the keys send. */
export const KEYS = { enter: '\r', interrupt: '\u0003' } as const;

/** How a command is run in a terminal. */
export interface TerminalOptions {
  /** The width of the terminal; 160 by default. */
  readonly columns?: number;
  /** A file of the project's directory that takes the place of stdout. */
  readonly stdout?: string;
  /** The same for stderr. */
  readonly stderr?: string;
}

const SHELL = 'out=$1; err=$2; shift 2; exec "$@" > "$out" 2> "$err"';

/** Runs a command of a project in a terminal. */
export function inTerminal(
  project: Project,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { columns = 160, stdout, stderr }: TerminalOptions = {},
): Terminal {
  const { promise, resolve } = Promise.withResolvers<number>();
  const command = [process.execPath, project.command, ...args];
  const [file = '', ...words] =
    stdout === undefined && stderr === undefined
      ? command
      : ['/bin/sh', '-c', SHELL, 'sh', stdout ?? '/dev/tty', stderr ?? '/dev/tty', ...command];
  const terminal = pty.spawn(file, words, {
    cwd: project.directory,
    env: { ...project.env, ...env },
    cols: columns,
    rows: 40,
  });
  let shown = '';
  terminal.onData((text) => (shown += text));
  terminal.onExit(({ exitCode }) => resolve(exitCode));
  return {
    shown: () => shown,
    type: (text) => terminal.write(text),
    resize: (to) => terminal.resize(to, 40),
    ended: promise,
  };
}
