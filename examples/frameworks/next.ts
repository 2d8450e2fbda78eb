/** Next.js: a route handler (`app/cancel/route.ts`). An error that escapes from one is a 500 without a body. */
import { httpStatusOf, isProviderError, toPublicResult, type CancelResult } from 'cancelkit';

/** The handler of `POST /cancel`: `export const POST = createHandler(() => services.cancel(…))`. */
export function createHandler(cancel: () => Promise<CancelResult>): (request: Request) => Promise<Response> {
  return async () => {
    try {
      return Response.json(toPublicResult(await cancel()), { status: 202 });
    } catch (error) {
      console.error(error);
      if (!isProviderError(error)) return new Response('Internal Server Error', { status: 500 });
      return Response.json(error.toPublic(), { status: httpStatusOf(error) });
    }
  };
}

/** `cancel` must not be run when pages are built, nor answered from a cache. */
export const dynamic = 'force-dynamic';
