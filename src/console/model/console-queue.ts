import type { Account } from '../../contract/account.ts';
import type { CancelQueue, Choice } from '../../queue/index.ts';

type Queue = CancelQueue<Readonly<Record<string, Account>>>;

/** The part of a `CancelQueue` that the console uses. */
export interface ConsoleQueue extends Pick<
  Queue,
  'get' | 'list' | 'stats' | 'retry' | 'resolve' | 'withdraw' | 'confirm' | 'readBack' | 'resume' | 'whereToLook'
> {
  approve?(id: string, decision: Choice): Promise<unknown>;
}
