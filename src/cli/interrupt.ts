import { EXIT } from './exit-code.ts';

/**
 * Tells of the first Ctrl-C (or `kill`); the second one ends the process at once.
 *
 * @returns what stops listening
 */
export function onInterrupt(told: () => void): () => void {
  let count = 0;
  const interrupted = (): void => {
    count += 1;
    if (count > 1) process.exit(EXIT.unknown);
    told();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.on(signal, interrupted);
  return () => {
    for (const signal of signals) process.off(signal, interrupted);
  };
}

/** Runs one call whose signal a Ctrl-C aborts: what became of it is then still told. */
export async function interruptible<Value>(call: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
  const controller = new AbortController();
  const stop = onInterrupt(() => controller.abort());
  try {
    return await call(controller.signal);
  } finally {
    stop();
  }
}
