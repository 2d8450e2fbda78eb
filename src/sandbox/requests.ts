import type { FaultKind } from './faults.ts';

/** A request as the emulator received it, before anything was done with it. */
export interface RecordedRequest {
  readonly method: string;
  /** The path as it stood in the request line: still encoded, without the query. */
  readonly path: string;
  /** The query as sent, without the question mark; empty when there was none. */
  readonly query: string;
  /** Names in lower case. Credentials are shown: they are the sandbox's own. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as UTF-8 text; empty when there was none. */
  readonly body: string;
  /** When it came, by the sandbox's clock. */
  readonly at: Date;
  /** The fault that was applied to it; `undefined` when it was answered normally. */
  readonly fault: FaultKind | undefined;
}
