/** Reads the requests of a run one after another, on demand, and closes their source. */
export class SourceReader {
  /** How many requests there are, if the source is a list or a set. */
  readonly size: number | undefined;
  readonly #iterator: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #onRequest: (request: unknown) => void;
  readonly #onChange: () => void;
  #pulling = false;
  #closed = false;
  #ended = false;
  #failure: { readonly error: unknown } | undefined;

  /** @throws whatever the source throws when it is asked for its iterator. */
  constructor(
    source: Iterable<unknown> | AsyncIterable<unknown>,
    onRequest: (request: unknown) => void,
    onChange: () => void,
  ) {
    this.size = sizeOf(source);
    this.#iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
    this.#onRequest = onRequest;
    this.#onChange = onChange;
  }

  /** Whether there is nothing more to come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** What the source failed with, before it was closed. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Asks for the next request, unless one is awaited already. */
  pull(): void {
    if (this.#pulling || this.#ended) return;
    this.#pulling = true;
    void this.#take();
  }

  /** What the source fails with from now on is its own affair: it may well be the end that it was asked for. */
  forgiveFailure(): void {
    this.#closed = true;
  }

  /** Tells the source that nothing more is wanted. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#ended) return;
    const closing = Promise.resolve(this.#iterator.return?.());
    // A source that is still busy with its next request may never come back; its end is not waited for.
    if (this.#pulling) closing.catch(() => undefined);
    else await closing;
  }

  async #take(): Promise<void> {
    try {
      const step = await this.#iterator.next();
      if (step.done === true) this.#ended = true;
      else this.#onRequest(step.value);
    } catch (error) {
      if (!this.#closed) this.#failure = { error };
      this.#ended = true;
    }
    this.#pulling = false;
    this.#onChange();
  }
}

function sizeOf(source: object): number | undefined {
  if (Array.isArray(source)) return source.length;
  return source instanceof Set ? source.size : undefined;
}
