/** Express: its default error handler sends the stack unless NODE_ENV is `production`; the stack names the provider. */
import { httpStatusOf, isProviderError, toPublicResult, type CancelResult } from 'cancelkit';
import express, { type ErrorRequestHandler, type Express } from 'express';

/** The error handler. It has to come after all routes. */
export const publicErrors: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  console.error(error);
  if (response.headersSent) next(error);
  // First, since `createError` of http-errors may have made it one that is exposed.
  else if (isProviderError(error)) response.status(httpStatusOf(error)).json(error.toPublic());
  else if (isExposed(error)) next(error);
  // It may repeat what a ProviderError said: one that was wrapped, say, or that came from a worker thread.
  else response.status(500).json({ error: 'Internal Server Error' });
};

/** Express's own errors about a request, such as a body that is not JSON. */
function isExposed(error: unknown): boolean {
  return error instanceof Error && 'expose' in error && error.expose === true;
}

/** `POST /cancel`, with an error handler after the routes. */
export function createApp(cancel: () => Promise<CancelResult>): Express {
  const app = express();
  app.post('/cancel', async (_request, response) => {
    response.status(202).json(toPublicResult(await cancel()));
  });
  app.use(publicErrors);
  return app;
}
