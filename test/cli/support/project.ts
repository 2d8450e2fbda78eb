import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInProviders } from '../../../src/cli/setup/built-in-providers.ts';
import type { SandboxSettings } from '../../../src/sandbox/index.ts';
import { builtPackage } from './built-command.ts';

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** For its stdin, which is closed otherwise. */
  readonly input?: string;
  /** Given the process once it runs; what it does meanwhile is waited for, too. */
  readonly started?: (child: ChildProcess) => Promise<void>;
}

/** A directory of its own in which the package is installed. */
export interface Project extends Disposable {
  readonly directory: string;
  /** The file that `npx cancelkit` runs. */
  readonly command: string;
  /** The variables of the commands: those of the system that they need, and no account's. */
  readonly env: Readonly<Record<string, string>>;
  readonly write: (file: string, text: string) => void;
  readonly read: (file: string) => string;
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Ended>;
}

/** Makes a project whose commands see these variables. */
export async function createProject(variables: Readonly<Record<string, string>> = {}): Promise<Project> {
  const installed = await builtPackage();
  const directory = mkdtempSync(join(tmpdir(), 'cancelkit-cli-'));
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(installed, join(directory, 'node_modules', 'cancelkit'), 'dir');
  const command = join(installed, 'dist', 'src', 'cli', 'index.js');
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: directory,
    TERM: 'xterm-256color',
    // Hundreds of commands run the same code.
    NODE_COMPILE_CACHE: join(installed, '..', 'compile-cache'),
    ...variables,
  };
  return {
    directory,
    command,
    env,
    write: (file, text) => writeFileSync(join(directory, file), text),
    read: (file) => readFileSync(join(directory, file), 'utf8'),
    run: (args, options = {}) => runCommand([command, ...args], directory, { ...env, ...options.env }, options),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The environment variables that reach a sandbox. */
export function variablesOf(settings: SandboxSettings): Readonly<Record<string, string>> {
  const all: Readonly<Record<string, Readonly<Record<string, string>>>> = Object.fromEntries(
    Object.entries(settings).map(([id, own]) => [id, { ...own }]),
  );
  const variables = builtInProviders.map(({ id, env }) => named(env, all[id] ?? {}));
  return Object.assign({}, ...variables);
}

/** The objects of an output with one on each line. */
export function recordsOf(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Readonly<Record<string, unknown>> => JSON.parse(line));
}

function named(
  env: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([option, value]) => [env[option]!, value]));
}

async function runCommand(
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
  { input, started }: RunOptions,
): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = spawn(process.execPath, args, { cwd, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.on('error', reject);
  child.on('close', (code) => resolve({ code, stdout, stderr }));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input ?? '');
  const [ended] = await Promise.all([promise, started?.(child)]);
  return ended;
}
