/** Hono: its default error handler answers 500 without the message. This one tells the customer what to do. */
import { httpStatusOf, isProviderError, toPublicResult, type CancelResult } from 'cancelkit';
import { Hono } from 'hono';

/** `POST /cancel`, with an error handler for the errors that no route handles. */
export function createApp(cancel: () => Promise<CancelResult>): Hono {
  const app = new Hono();
  app.onError((error) => {
    console.error(error);
    if (!isProviderError(error)) return new Response('Internal Server Error', { status: 500 });
    return Response.json(error.toPublic(), { status: httpStatusOf(error) });
  });
  app.post('/cancel', async (context) => context.json(toPublicResult(await cancel()), 202));
  return app;
}
