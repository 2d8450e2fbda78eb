/** A queue as plain JavaScript sees it. */
export interface UntypedQueue {
  readonly enqueue: (request: unknown, options?: unknown) => Promise<unknown>;
  readonly enqueueMany: (items: unknown, options?: unknown) => Promise<unknown>;
  readonly work: (options: unknown) => Promise<unknown>;
  readonly get: (id: unknown) => Promise<unknown>;
  readonly list: (filter: unknown) => Promise<unknown>;
  readonly wait: (id: unknown, options?: unknown) => Promise<unknown>;
  readonly retry: (id: unknown, decision: unknown) => Promise<unknown>;
  readonly resolve: (id: unknown, decision: unknown) => Promise<unknown>;
  readonly readBack: (id: unknown, decision: unknown) => Promise<unknown>;
  readonly withdraw: (id: unknown, decision: unknown) => Promise<unknown>;
  readonly resume: (account: unknown) => Promise<unknown>;
  readonly quarantine: (what: unknown) => Promise<unknown>;
}

/** Takes the types off a queue: what is built at run time goes through. */
export function untyped(queue: object): UntypedQueue {
  // oxlint-disable-next-line no-unsafe-type-assertion -- the run-time checks are what is tested
  return queue as UntypedQueue;
}
