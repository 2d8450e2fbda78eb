import { setTimeout as delay } from 'node:timers/promises';
import { randomOf } from '../../campaign/fault.ts';
import type { Child } from './child.ts';
import type { RecordingProvider } from './recording-provider.ts';

/** What the kills hit. */
export interface Kills {
  /** Workers that had not sent anything: they opened the database, recovered, or claimed. */
  readonly opening: number;
  readonly working: number;
  /** Workers that had been told to stop, and saw through what they had started. */
  readonly stopping: number;
  /** Kills at which requests were in flight. */
  readonly withRequests: number;
  /** Requests that were in flight at a kill, summed up. */
  readonly requestsHit: number;
}

// Of a hundred workers so many are killed while they open, and while they stop.
const OPENING = 0.2;
const STOPPING = 0.15;

// Half of those that work are killed while the first requests are in flight, the others at any time after that.
const FIRST_ANSWER_MS = 40;
const LONGEST_WORK_MS = 600;
const LONGEST_STOP_MS = 100;
// A worker that sends nothing for so long has nothing to do, or is stuck.
const PATIENCE_MS = 60_000;

/** Starts workers one after the other, and kills each at a random moment. */
export async function killRepeatedly(
  provider: Pick<RecordingProvider, 'inFlight' | 'nextRequest'>,
  kills: number,
  seed: string,
  start: () => Child,
): Promise<Kills> {
  const hit = { opening: 0, working: 0, stopping: 0, withRequests: 0, requestsHit: 0 };
  let opensInMs = 1_000;
  for (let life = 0; hit.opening + hit.working + hit.stopping < kills; life += 1) {
    const random = (what: string): number => randomOf(`${seed} ${what} ${life}`);
    const kind = random('kind');
    const startedAt = performance.now();
    await using child = start();
    const enough = new AbortController();
    let isWorking = false;
    const works = provider.nextRequest(AbortSignal.any([enough.signal, AbortSignal.timeout(PATIENCE_MS)])).then(() => {
      isWorking = true;
      opensInMs = performance.now() - startedAt;
    });
    const worksOrFails = Promise.race([works, child.ended.then(() => Promise.reject(endedEarly(child)))]);
    // Settled by the kill at the latest, when nobody waits any more.
    for (const promise of [works, worksOrFails]) promise.catch(() => undefined);
    if (kind < OPENING) {
      await Promise.race([worksOrFails, delay(random('moment') * opensInMs)]);
    } else {
      await worksOrFails;
      await delay(random('moment') * (random('where') < 0.5 ? FIRST_ANSWER_MS : LONGEST_WORK_MS));
    }
    const isStopping = kind >= 1 - STOPPING;
    if (isStopping) {
      child.stop();
      await delay(random('stop') * LONGEST_STOP_MS);
    }
    enough.abort();
    const requests = provider.inFlight();
    // One that was quick enough to stop has not been killed.
    if (!(await child.kill())) continue;
    hit[isStopping ? 'stopping' : isWorking ? 'working' : 'opening'] += 1;
    hit.requestsHit += requests;
    if (requests > 0) hit.withRequests += 1;
  }
  return hit;
}

function endedEarly(child: Child): Error {
  return new Error(`a worker ended although nobody had told it to: ${child.complaints()}`);
}
