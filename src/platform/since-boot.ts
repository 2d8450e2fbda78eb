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
  const before = msAsleep();
  return () => msAsleep() - before > SLEPT_MS;
}

// Above the inexactness of clocks that count seconds.
const SLEPT_MS = 2_000;

/**
 * How far the clock that goes on during sleep is ahead of the one that stands still. All that ask within a millisecond
 * share a reading, which reads a file of the system. A sleep within that millisecond shows on the wall clock.
 */
function msAsleep(): number {
  const awake = performance.now();
  const wall = Date.now();
  if (awake < readAt || awake - readAt >= SHARED_MS || Math.abs(wall - wallAt) >= SLEPT_MS / 2) {
    readAt = awake;
    wallAt = wall;
    asleep = msSinceBoot() - awake;
  }
  return asleep;
}

let readAt = -Infinity;
let wallAt = 0;
let asleep = 0;

const SHARED_MS = 1;
