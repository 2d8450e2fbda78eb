/**
 * Milliseconds since the machine was started, including those in which it slept: `performance.now` stands still
 * meanwhile on Linux. On Linux this is `CLOCK_BOOTTIME`, which cannot be set; elsewhere it may count whole seconds.
 * Where the runtime does not show it, the time of `performance.now`.
 */
export function msSinceBoot(): number {
  try {
    const seconds = globalThis.process?.getBuiltinModule?.('node:os').uptime();
    if (seconds !== undefined) return seconds * 1000;
  } catch {
    // Not every container and runtime shows it.
  }
  return performance.now();
}

/** Starts to watch for sleep; the returned function says whether the machine has slept since. */
export function watchForSleep(): () => boolean {
  const [boot, awake] = [msSinceBoot(), performance.now()];
  return () => msSinceBoot() - boot - (performance.now() - awake) > SLEPT_MS;
}

// Above the inexactness of clocks that count seconds.
const SLEPT_MS = 2_000;
