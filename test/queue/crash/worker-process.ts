/** A process that works on a queue until it is stopped or killed; with `untilSettled`, until nothing is left. */
import { setTimeout as delay } from 'node:timers/promises';
import { createCancelQueue, type QueueOptions } from '../../../src/queue/index.ts';
import { shiftClock } from '../support/shifted-clock.ts';
import { crashServices, type CrashAccounts } from './crash-accounts.ts';
import { endWithParent } from './end-with-parent.ts';
import { isAnythingOpen } from './jobs.ts';

/** Its options, as JSON on its command line. */
export interface WorkerOptions extends Pick<
  QueueOptions<CrashAccounts>,
  'schema' | 'deadlineMs' | 'pollMs' | 'readBackAfterMs' | 'limits' | 'follow'
> {
  readonly url: string;
  readonly database: string;
  readonly concurrency: number;
  readonly untilSettled: boolean;
  /** How far ahead its clock is, in milliseconds; negative: behind. */
  readonly clockOffMs: number;
}

const { url, concurrency, untilSettled, clockOffMs, ...options }: WorkerOptions = JSON.parse(process.argv[2] ?? '{}');
shiftClock(clockOffMs);
endWithParent();
const stop = new AbortController();
process.once('SIGTERM', () => stop.abort());
const queue = await createCancelQueue({
  services: crashServices(url),
  onError: ({ message }) => process.stderr.write(`${message}\n`),
  ...options,
});
if (untilSettled) {
  do {
    await queue.work({ concurrency, stopWhenIdle: true });
    await delay(100);
  } while (await isAnythingOpen(queue, options.follow !== false));
} else {
  await queue.work({ concurrency, signal: stop.signal });
}
await queue.close();
