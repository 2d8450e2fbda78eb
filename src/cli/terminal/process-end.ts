import { deferred } from '../../platform/deferred.ts';
import { EXIT } from './exit-code.ts';
import { systemCode } from './system-code.ts';

/** The callbacks that are notified once this process has nothing left to do, the innermost last. */
const waiting: (() => void)[] = [];

/** Why stdout could not be written, such as `ENOSPC`. */
let unwritten: string | undefined;

/** What a pipe, a socket and a pipe of Windows say of it, and what is said of every write after that. */
const READER_HAS_GONE: readonly string[] = ['EPIPE', 'ECONNRESET', 'EOF', 'ERR_STREAM_DESTROYED'];

/**
 * Has this process tell of what Node.js would end it for, with a stack trace or without a word:
 *
 * - errors of promises that no code awaits, such as those of a vault's timer in a configuration. They may hold a
 *   secret, so nothing of them is shown; and they end nothing, since a request may be in flight whose outcome has to be
 *   shown.
 * - that a reader has gone (`| head`), which is no reason to abandon the requests in flight; nor is a full disk, which
 *   is reported at the end.
 * - warnings, which are for the author of the loaded code: the user cannot act on them.
 * - that nothing is left to do although something is waited for: see {@link unlessIdle}.
 */
export function watchProcess(): void {
  let isTold = false;
  const stray = (): void => {
    if (!isTold) process.stderr.write(`${STRAY}\n`);
    isTold = true;
  };
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error) => {
    // A reader that has gone took what it wanted. A full disk took a result that the caller relies on.
    if (!READER_HAS_GONE.includes(systemCode(error))) unwritten ??= systemCode(error);
  });
  process.removeAllListeners('warning');
  process.on('uncaughtException', stray);
  process.on('unhandledRejection', stray);
  process.on('beforeExit', () => waiting.at(-1)?.());
}

/** The value of a promise, or that of `otherwise` once this process has nothing left to do that could settle it. */
export async function unlessIdle<Value>(promise: Promise<Value>, otherwise: () => Value): Promise<Value> {
  const { promise: idle, resolve } = deferred<void>();
  waiting.push(resolve);
  try {
    return await Promise.race([promise, idle.then(otherwise)]);
  } finally {
    waiting.splice(waiting.indexOf(resolve), 1);
  }
}

/**
 * Ends this process once everything that was written has been read, whatever a configuration has left running. A result
 * that could not be written is not shown, so the exit code is then not 0.
 */
export async function endProcess(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(flushed));
  if (unwritten === undefined) return process.exit(code);
  process.stderr.write(`! ${notWritten(unwritten)}\n`);
  await flushed(process.stderr);
  process.exit(code === EXIT.done ? EXIT.unknown : code);
}

function notWritten(reason: string): string {
  return `The output could not be written (${reason}) and is incomplete. Before you run a cancellation again, read it back with \`cancelkit status\`.`;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  const { promise, resolve } = deferred<void>();
  // Also called if the reader has gone.
  stream.write('', () => resolve());
  return promise;
}

const STRAY =
  '! An error occurred outside of every call, probably in the configuration. It is not shown, since it may hold a secret.';
