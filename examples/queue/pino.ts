/**
 * Writes each change of the queue into the log of pino.
 *
 * ```ts
 * const queue = await createCancelQueue({ services, onChange: logChanges(pino()) });
 * ```
 */
import type { QueueChange } from 'cancelkit/queue';
import type { Logger } from 'pino';

/**
 * Makes an `onChange` that logs: as a warning what needs a person, as `info` what is settled or enqueued, and as
 * `debug` the steps between. A change holds no secret, and nothing of a request.
 */
export function logChanges(logger: Logger): (change: QueueChange) => void {
  const log = logger.child({ component: 'cancelkit' });
  return ({ changeId: _changeId, at: _at, ...change }) => {
    const { from = 'new', to, needsPerson } = change;
    if (needsPerson) log.warn({ cancellation: change }, `cancellation needs a person: ${from} → ${to}`);
    else log[BETWEEN.includes(to) ? 'debug' : 'info']({ cancellation: change }, `cancellation: ${from} → ${to}`);
  };
}

const BETWEEN: readonly string[] = ['intent', 'sent', 'unknown'];
