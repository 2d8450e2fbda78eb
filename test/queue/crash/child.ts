import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process that a test starts and ends. */
export interface Child extends AsyncDisposable {
  /** Settles when it has ended by itself: rejects, with what it said, if that was a failure. */
  readonly ended: Promise<void>;
  /** Asks it to stop. */
  readonly stop: () => void;
  /** Ends it immediately, and settles when it is gone. Tells whether it was still there. */
  readonly kill: () => Promise<boolean>;
  /** What it wrote to its standard error so far. */
  readonly complaints: () => string;
}

const running = new Set<ChildProcessByStdio<Writable, null, Readable>>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a script of this folder, or of another one by its path from here, with options as JSON. */
export function startChild(script: string, options: object): Child {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(process.execPath, ['--no-warnings', path, JSON.stringify(options)], {
    // Its input ends when this process does, whatever ends it, and that ends the child.
    stdio: ['pipe', 'ignore', 'pipe'],
    // What is compiled once need not be compiled at each of hundreds of starts.
    env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'queue-compile-cache') },
  });
  running.add(child);
  child.stdin.on('error', () => undefined);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  let isKilled = false;
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  child.once('close', () => resolve());
  // One that could not be started does not close.
  child.once('error', ({ message }) => {
    complaints += message;
    resolve();
  });
  void gone.then(() => running.delete(child));
  const ended = gone.then(() => {
    if (child.exitCode !== 0 && !isKilled) throw new Error(`${script} ended with ${child.exitCode}: ${complaints}`);
  });
  // Whoever kills it does not ask how it ended.
  ended.catch(() => undefined);
  const kill = async (): Promise<boolean> => {
    isKilled = true;
    child.kill('SIGKILL');
    await gone;
    return child.signalCode === 'SIGKILL';
  };
  return {
    ended,
    complaints: () => complaints,
    stop: () => child.kill('SIGTERM'),
    kill,
    [Symbol.asyncDispose]: async () => {
      await kill();
    },
  };
}
