import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from '../../support/listen.ts';
import type { Conduct } from './conduct.ts';

/** A provider on loopback that writes down what it is asked for and what it does. */
export interface RecordingProvider extends AsyncDisposable {
  readonly url: string;
  /** How often the cancellation of each service was carried out. */
  readonly executions: ReadonlyMap<string, number>;
  /** How often the cancellation of each service was asked for. */
  readonly writes: ReadonlyMap<string, number>;
  /** How many requests it is at, at this moment. */
  readonly inFlight: () => number;
  /** The most requests that it was at, concurrently. */
  readonly most: () => number;
  /** Settles with the next request that arrives. */
  readonly nextRequest: (signal: AbortSignal) => Promise<void>;
  /** Settles once it is at so many requests concurrently. */
  readonly atOnce: (count: number) => Promise<void>;
  /** Settles once so many services have been cancelled. */
  readonly executed: (count: number) => Promise<void>;
  /** Settles once what was still to be carried out has been. */
  readonly settled: () => Promise<void>;
}

// A service is over some time after its cancellation was carried out.
const OVER_AFTER_MS = 400;

/**
 * Starts a provider; `conductOf` says what it does with a cancellation, given the service and how often it was asked.
 */
export async function startRecordingProvider(
  conductOf: (id: string, time: number) => Conduct,
): Promise<RecordingProvider> {
  const executions = new Map<string, number>();
  const writes = new Map<string, number>();
  const executedAt = new Map<string, number>();
  const events = new EventEmitter().setMaxListeners(0);
  const pending = new Set<Promise<void>>();
  let running = 0;
  let most = 0;

  const when = async (event: 'request' | 'executed', isSo: () => boolean): Promise<void> => {
    while (!isSo()) await once(events, event);
  };

  const execute = (id: string): void => {
    executedAt.set(id, performance.now());
    increment(executions, id);
    events.emit('executed');
  };

  const write = async (id: string, response: ServerResponse): Promise<void> => {
    const { latencyMs, heldUntil, execution, answers } = conductOf(id, increment(writes, id));
    if (execution === 'at_once') execute(id);
    await Promise.all([delay(latencyMs), heldUntil]);
    const isGone = response.destroyed;
    if (execution === 'before_answer' || (execution === 'if_still_wanted' && !isGone)) execute(id);
    running -= 1;
    if (answers) answer(response, { result: 'accepted' });
    else response.destroy();
    if (typeof execution !== 'object') return;
    await delay(execution.afterMs);
    execute(id);
  };

  const read = async (id: string, response: ServerResponse): Promise<void> => {
    await delay(conductOf(id, 0).latencyMs);
    running -= 1;
    const isOver = performance.now() - (executedAt.get(id) ?? Infinity) > OVER_AFTER_MS;
    answer(response, { result: 'found', cancelled: executions.has(id), over: isOver });
  };

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const id = request.url?.split('/').at(-1) ?? '';
    running += 1;
    most = Math.max(most, running);
    // Whoever was killed does not listen any more.
    response.on('error', () => undefined);
    request.resume().on('error', () => undefined);
    const work = request.method === 'GET' ? read(id, response) : write(id, response);
    pending.add(work);
    void work.finally(() => pending.delete(work));
    events.emit('request');
  };

  const server = createServer(handle);
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    executions,
    writes,
    inFlight: () => running,
    most: () => most,
    nextRequest: async (signal) => {
      await once(events, 'request', { signal });
    },
    atOnce: (count) => when('request', () => running >= count),
    executed: (count) => when('executed', () => executions.size >= count),
    settled: async () => {
      while (pending.size > 0) await Promise.all(pending);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function increment(counts: Map<string, number>, key: string): number {
  const count = (counts.get(key) ?? 0) + 1;
  counts.set(key, count);
  return count;
}
