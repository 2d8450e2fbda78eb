import type { AnyProgress } from './many-progress.ts';

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
