/** The console of the queue in a Hono application. The operators are those that other middleware has signed in. */
import { createQueueConsole, type ConsoleQueue, type Operator } from 'cancelkit/console';
import type { Context, Hono } from 'hono';

/** Serves the console at `/ops/queue`. */
export function mountConsole(
  app: Hono,
  queue: ConsoleQueue,
  operatorOf: (context: Context) => Operator | undefined,
): void {
  const console = createQueueConsole<Context>({
    queue,
    basePath: '/ops/queue',
    authorize: (_, context) => context && operatorOf(context),
  });
  app.all('/ops/queue', (context) => console(context.req.raw, context));
  app.all('/ops/queue/*', (context) => console(context.req.raw, context));
}
