import { EXIT } from './exit-code.ts';
import type { Output } from './output.ts';

/**
 * Reports the first Ctrl-C (or `kill`, or the end of the terminal); the second one ends the process immediately.
 *
 * @param code the exit code of an interrupted command. What is in flight may have taken effect, unless it only reads.
 * @returns what ends the telling; the signals are still not left to Node.js, which would end the process by them
 */
export function onInterrupt(notify: () => void, code: number = EXIT.unknown): () => void {
  let count = 0;
  let isOver = false;
  const interrupted = (): void => {
    count += 1;
    if (count > 1) process.exit(code);
    if (!isOver) notify();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupted);
  return () => {
    isOver = true;
  };
}

/** Runs one call whose signal a Ctrl-C aborts; its outcome is still reported. */
export async function interruptible<Value>(
  call: (signal: AbortSignal) => Promise<Value>,
  output: Pick<Output, 'isTerminal' | 'message'>,
): Promise<Value> {
  const controller = new AbortController();
  const patience = setTimeout(() => {
    if (output.isTerminal) output.message(WAITING);
  }, PATIENCE_MS);
  const stop = onInterrupt(() => controller.abort());
  try {
    return await call(controller.signal);
  } finally {
    clearTimeout(patience);
    stop();
  }
}

const PATIENCE_MS = 2_000;
const WAITING = 'Still waiting for the provider. Ctrl-C ends the waiting; what has been sent stays sent.';
