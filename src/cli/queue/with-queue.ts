import { userInfo } from 'node:os';
import type { Accounts } from '../../account.ts';
import { createCancelQueue, type CancelQueue } from '../../queue/index.ts';
import type { OpenedServices } from '../open-services.ts';
import { quietly } from '../quietly.ts';
import type { Session } from '../session.ts';

/**
 * Opens the queue of the configuration for a piece of work, and closes it again.
 *
 * @throws ProviderError
 */
export async function withQueue<Value>(
  session: Session,
  work: (queue: CancelQueue<Accounts>, opened: OpenedServices) => Promise<Value>,
): Promise<Value> {
  const opened = await session.open();
  const { services, queue: options } = opened;
  const queue = await quietly(() => createCancelQueue({ ...options, services }));
  try {
    return await work(queue, opened);
  } finally {
    await queue.close();
  }
}

/** Who is at the keyboard, where nobody else is named. */
export function byWhom(named: string | undefined): string {
  if (named !== undefined) return named;
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return 'command line';
  }
}
