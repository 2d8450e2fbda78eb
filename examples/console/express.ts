/** The console of the queue in an Express application. The operators are those that other middleware has signed in. */
import { createQueueConsole, toNodeHandler, type ConsoleQueue, type Operator } from 'cancelkit/console';
import type { Express, Request } from 'express';

/** Serves the console at `/ops/queue`. A body parser before it does no harm. */
export function mountConsole(
  app: Express,
  queue: ConsoleQueue,
  operatorOf: (request: Request) => Operator | undefined,
): void {
  const handler = createQueueConsole<Request>({
    queue,
    basePath: '/ops/queue',
    authorize: (_, request) => request && operatorOf(request),
  });
  app.use('/ops/queue', toNodeHandler(handler));
}
