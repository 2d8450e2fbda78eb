import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { root } from './manifest.ts';

/** How a command ended. */
export interface RunResult {
  readonly ok: boolean;
  /** What it wrote to either stream, in the order of arrival. */
  readonly output: string;
  readonly seconds: number;
}

/** Where a command runs and for how long at most. */
export interface RunOptions {
  /** Default: the project's root. */
  readonly directory?: string;
  /** Default: half an hour, for slow machines. */
  readonly timeoutMs?: number;
}

/** Runs a command, the project's own tools first in the path, and keeps its output. Never rejects. */
export async function run(command: readonly [string, ...string[]], options: RunOptions = {}): Promise<RunResult> {
  const { directory = root, timeoutMs = 1_800_000 } = options;
  const [name, ...parameters] = command;
  const started = performance.now();
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let output = '';
  const child = spawn(name, parameters, {
    cwd: directory,
    env: { ...process.env, PATH: path },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  child.on('error', (error) => {
    output += `${error.message}\n`;
    resolve(false);
  });
  child.on('close', (code, signal) => {
    if (signal !== null) output += `ended by ${signal} after ${timeoutMs} ms at most\n`;
    resolve(code === 0);
  });
  const ok = await promise;
  return { ok, output: output.trim(), seconds: (performance.now() - started) / 1000 };
}
