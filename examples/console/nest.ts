/** The console of the queue in a NestJS application on Express, for those whom other middleware has signed in. */
import type { INestApplication } from '@nestjs/common';
import { createQueueConsole, toNodeHandler, type ConsoleQueue, type Operator } from 'cancelkit/console';
import type { Request } from 'express';

/** Serves the console at `/ops/queue`. Guards do not apply to it: `authorize` decides. */
export function mountConsole(
  app: INestApplication,
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
