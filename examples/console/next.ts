/**
 * The console of the queue in Next.js: `app/ops/queue/[[...path]]/route.ts`.
 *
 * ```ts
 * export const dynamic = 'force-dynamic';
 * export const { GET, POST } = consoleRoute(queue, () => operatorOfSession());
 * ```
 */
import { createQueueConsole, type ConsoleQueue, type Operator } from 'cancelkit/console';

type RouteHandler = (request: Request) => Promise<Response>;

/** The handlers of the route. */
export function consoleRoute(
  queue: ConsoleQueue,
  operatorOf: (request: Request) => Operator | undefined | Promise<Operator | undefined>,
): { readonly GET: RouteHandler; readonly POST: RouteHandler } {
  const console = createQueueConsole({ queue, basePath: '/ops/queue', authorize: operatorOf });
  const answer: RouteHandler = (request) => console(request);
  return { GET: answer, POST: answer };
}
