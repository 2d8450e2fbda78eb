import type { OperationEvent } from '../../contract/event.ts';
import type { CancelResult, SafeResult, ValidatedRequest } from '../../contract/result.ts';
import type { CancellationStatus } from '../../contract/vocabulary.ts';

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
  safeCancel(
    request: unknown,
    options: QueueCallOptions & { readonly now: number | undefined },
  ): Promise<SafeResult<CancelResult>>;
  safeConfirm(request: unknown, options: QueueCallOptions): Promise<SafeResult<CancelResult>>;
  status(request: unknown, options: QueueCallOptions): Promise<CancellationStatus>;
}

/** How the queue calls. */
export interface QueueCallOptions {
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly place: string | undefined;
  readonly onEvent: (event: OperationEvent) => void;
}
