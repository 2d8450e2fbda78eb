import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { resolve } from 'node:path';
import type { ProviderError } from '../../contract/provider-error.ts';
import { DEFAULT_DATABASE, placeOfDatabase } from '../../queue/database/database-place.ts';
import {
  createCancelQueue,
  openQueueReader,
  type CancelQueue,
  type QueueOptions,
  type QueueReader,
} from '../../queue/index.ts';
import type { DynamicAccounts, OpenedServices } from '../setup/open-services.ts';
import type { Session } from '../setup/session.ts';
import { wrongUse } from '../terminal/wrong-use.ts';

/**
 * Opens the queue of the configuration for a piece of work, and closes it again. Only what begins one makes a new
 * directory: in the wrong working directory, an empty queue would be a wrong answer.
 *
 * @throws ProviderError
 */
export async function withQueue<Value>(
  session: Session,
  work: (queue: CancelQueue<DynamicAccounts>, opened: OpenedServices) => Promise<Value>,
  beginsOne: boolean = false,
): Promise<Value> {
  return await withOpened(session, createCancelQueue, work, beginsOne);
}

/**
 * The same to read it: that goes while another process has its directory open.
 *
 * @throws ProviderError
 */
export async function withReader<Value>(
  session: Session,
  work: (queue: QueueReader<DynamicAccounts>, opened: OpenedServices) => Promise<Value>,
): Promise<Value> {
  return await withOpened(session, openQueueReader, work, false);
}

async function withOpened<Queue extends { readonly close: () => Promise<void> }, Value>(
  session: Session,
  open: (options: QueueOptions<DynamicAccounts>) => Promise<Queue>,
  work: (queue: Queue, opened: OpenedServices) => Promise<Value>,
  beginsOne: boolean,
): Promise<Value> {
  const opened = await session.open();
  const { services, queue: options } = opened;
  const { database = DEFAULT_DATABASE } = options;
  const isDirectory = typeof database === 'string' && placeOfDatabase(database) === 'directory';
  if (!beginsOne && isDirectory && !existsSync(database)) {
    throw wrongUse(`there is no queue in ${resolve(database)}. Run this where it is, or name it in the configuration.`);
  }
  const onError = ({ message }: ProviderError): void => session.output.message(`! ${message}`);
  const queue = await open({ onError, ...options, services });
  try {
    return await work(queue, opened);
  } finally {
    await queue.close();
  }
}

/** The user at the keyboard, if no other name is given. */
export function byWhom(named: string | undefined): string {
  if (named !== undefined) return named;
  try {
    return userInfo().username;
  } catch {
    // A user without a name, as in some containers.
    return 'command line';
  }
}
