import type { Account } from '../../contract/account.ts';
import type { CancelQueue } from '../../queue/index.ts';

type Queue = CancelQueue<Readonly<Record<string, Account>>>;

/** The part of a `CancelQueue` that the console uses. */
export type ConsoleQueue = Pick<
  Queue,
  | 'get'
  | 'list'
  | 'stats'
  | 'approve'
  | 'retry'
  | 'resolve'
  | 'withdraw'
  | 'confirm'
  | 'readBack'
  | 'resume'
  | 'whereToLook'
>;
