/**
 * The console of the queue in Next.js: `app/ops/queue/[[...path]]/route.ts`.
 *
 * ```ts
 * export const dynamic = 'force-dynamic';
 * export const { GET, POST } = consoleRoute(queue, () => operatorOfSession());
 * ```
 *
 * Make the queue once for each process, and not when the module is loaded: `next build` loads it, too, and `next dev`
 * loads it again after each change (`globalThis.queue ??= createCancelQueue(…)` in a function). An embedded queue
 * takes less memory with `serverExternalPackages: ['@electric-sql/pglite']` in `next.config.ts`.
 */
import { createQueueConsole, type ConsoleQueue, type Operator } from 'cancelkit/console';

type RouteHandler = (request: Request) => Promise<Response>;

/**
 * The handlers of the route.
 *
 * @param appPath the `basePath` of `next.config.ts`, such as `/admin`.
 */
export function consoleRoute(
  queue: ConsoleQueue,
  operatorOf: (request: Request) => Operator | undefined | Promise<Operator | undefined>,
  appPath = '',
): { readonly GET: RouteHandler; readonly POST: RouteHandler } {
  const console = createQueueConsole({ queue, basePath: `${appPath}/ops/queue`, authorize: operatorOf });
  const answer: RouteHandler = (request) => console(asSent(request, appPath));
  return { GET: answer, POST: answer };
}

/** The request with the path that the browser sent: Next.js takes its `basePath` off. */
function asSent(request: Request, appPath: string): Request {
  if (appPath === '') return request;
  const url = new URL(request.url);
  url.pathname = `${appPath}${url.pathname}`;
  return new Request(url, request);
}
