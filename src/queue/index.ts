export { createCancelQueue, openQueueReader, type QueueReader } from './open-queue.ts';
export type { StoredRequest } from './model/claimed.ts';
export type { FollowEnd, FollowOption, FollowPlan } from './model/follow-plan.ts';
export type { WhenAbsent } from './model/state.ts';
export type { QueryClient, Row } from './database/database.ts';
export type { HistoryEntry } from './ledger/history.ts';
export type { FeedChange, QueueChange, QueueChanges } from './model/change.ts';
export type { AccountLimit } from './model/limits.ts';
export type { CancelQueue } from './queue.ts';
export type { QueueOptions } from './queue-options.ts';
export type {
  Approval,
  Choice,
  Decision,
  ExportSettled,
  ListFilter,
  Placing,
  Quarantine,
  TransactionOption,
} from './queue-arguments.ts';
export { hasChanged } from './ledger/changed.ts';
export type { Quarantined } from './ledger/quarantine.ts';
export type { FollowRecord, QueuedCancellation, QueuedCancellationWithHistory } from './ledger/record.ts';
export type { QueueState } from './model/state.ts';
export type { AccountStats, QueueStats, SettledInHour, WorkerStats } from './ledger/stats.ts';
