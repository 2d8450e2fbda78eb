import type { TimeLimit } from './time-limit.ts';

/** Where and how long a call may send. */
export interface Route {
  readonly baseUrl: URL;
  readonly limit: TimeLimit;
  readonly attemptTimeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
}
