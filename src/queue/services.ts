import type { CancelEvent } from '../events.ts';
import type { CancelResult, SafeResult } from '../result.ts';
import type { ValidatedRequest } from '../validated-request.ts';
import type { CancellationStatus } from '../vocabulary.ts';

/** What the queue needs of a `CancelService`, before the types of its accounts are known. */
export interface QueueServices {
  readonly accounts: Readonly<
    Record<
      string,
      {
        readonly provider: string;
        readonly capabilities: { readonly readBack: boolean; readonly concurrency?: number };
      }
    >
  >;
  validate(request: unknown): Promise<ValidatedRequest>;
  place(account: string, options: { readonly deadlineMs: number; readonly signal?: AbortSignal }): Promise<string>;
  safeCancel(request: unknown, options: QueueCallOptions): Promise<SafeResult<CancelResult>>;
  status(request: unknown, options: QueueCallOptions): Promise<CancellationStatus>;
}

/** How the queue calls. */
export interface QueueCallOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly place: string | undefined;
  readonly onEvent: (event: CancelEvent) => void;
}
