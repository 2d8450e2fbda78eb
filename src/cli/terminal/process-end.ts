import { deferred } from '../../platform/deferred.ts';

/** The callbacks that are notified once this process has nothing left to do, the innermost last. */
const waiting: (() => void)[] = [];

/**
 * Has this process tell of what Node.js would end it for, with a stack trace or without a word:
 *
 * - errors that nobody waits for, such as those of a vault's timer in a configuration. They may hold a secret, so nothing
 *   of them is shown; and they end nothing, since a request may be under way whose outcome has to be told.
 * - that a reader has gone (`| head`), which is no reason to leave what is under way.
 * - warnings, which are for the author of what is loaded: nobody else can act on them.
 * - that nothing is left to do although something is waited for: see {@link unlessIdle}.
 */
export function watchProcess(): void {
  let isTold = false;
  const stray = (): void => {
    if (!isTold) process.stderr.write(`${STRAY}\n`);
    isTold = true;
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
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

/** Ends this process once everything that was written has been read, whatever a configuration has left running. */
export async function endProcess(code: number): Promise<never> {
  await Promise.all([process.stdout, process.stderr].map(flushed));
  process.exit(code);
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  const { promise, resolve } = deferred<void>();
  // Also called where the reader has gone.
  stream.write('', () => resolve());
  return promise;
}

const STRAY =
  '! An error occurred outside of every call, probably in the configuration. It is not shown, since it may hold a secret.';
