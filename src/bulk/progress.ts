import { timeAfter } from '../call/error-notes.ts';
import type { AccountProgress, ManyProgress } from '../contract/bulk.ts';
import type { Lane } from './lane.ts';

/** The same before the names of the accounts and of the outcomes are known as types. */
export type AnyProgress = ManyProgress<Readonly<Record<string, never>>, string>;

/** What is counted in a run, its lanes aside. */
export interface RunCounts {
  readonly taken: number;
  readonly started: number;
  readonly total: number | undefined;
  readonly outcomes: ReadonlyMap<string, number>;
}

/** How far a run is. The lane without a name is that of requests that name no account. */
export function progressOf(lanes: ReadonlyMap<string, Lane>, counts: RunCounts): AnyProgress {
  const { started, outcomes, total } = counts;
  const known = [...lanes].filter(([name]) => name !== '');
  return {
    done: sum(lanes, ({ done }) => done),
    started,
    total,
    outcomes: Object.fromEntries(outcomes),
    accounts: Object.fromEntries(known.map(([name, lane]) => [name, accountProgress(lane)])),
    remainingMs: remainingMs(lanes, counts),
  };
}

function accountProgress({ done, running, waiting, pauseMs }: Lane): AccountProgress {
  return {
    done,
    running,
    waiting,
    ...(pauseMs === undefined ? {} : { pausedUntil: timeAfter(pauseMs) }),
  };
}

function remainingMs(lanes: ReadonlyMap<string, Lane>, { taken, total }: RunCounts): number | undefined {
  if (total === undefined) return undefined;
  const toCome = total - taken;
  if (toCome > 0 && taken === 0) return undefined;
  let longest = 0;
  for (const lane of lanes.values()) {
    const { done, running, waiting, pauseMs = 0, limits } = lane;
    const own = running + waiting;
    const share = toCome === 0 ? 0 : (toCome * (done + own)) / taken;
    const estimate = lane.pace.estimate(own + share, limits.concurrency);
    if (estimate === undefined) return undefined;
    longest = Math.max(longest, estimate + pauseMs);
  }
  return Math.round(longest);
}

function sum(lanes: ReadonlyMap<string, Lane>, of: (lane: Lane) => number): number {
  let total = 0;
  for (const lane of lanes.values()) total += of(lane);
  return total;
}

/** Tells a listener how far a run is: at most every 100 ms while something changes, and once at the end. */
export class ProgressReporter {
  readonly #listener: ((progress: AnyProgress) => unknown) | undefined;
  readonly #read: () => AnyProgress;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(listener: ((progress: AnyProgress) => unknown) | undefined, read: () => AnyProgress) {
    this.#listener = listener;
    this.#read = read;
  }

  /** Something has changed: the listener hears of it within 100 ms. */
  changed(): void {
    if (this.#listener === undefined || this.#ended) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#tell();
    }, INTERVAL_MS);
  }

  /** The run is over. */
  end(): void {
    clearTimeout(this.#timer);
    this.#ended = true;
    this.#tell();
  }

  /** A listener that throws is the caller's fault, and changes nothing of what happens. */
  #tell(): void {
    try {
      const returned = this.#listener?.(this.#read());
      if (returned instanceof Promise) returned.catch(warn);
    } catch {
      warn();
    }
  }
}

const INTERVAL_MS = 100;

function warn(): void {
  process.emitWarning('cancelkit: the onProgress function threw; what it threw is not shown, it may hold anything');
}
