/** Express: its default error handler sends the stack unless NODE_ENV is `production`; the stack names the provider. */
import { HTTP_STATUS, isProviderError, toPublicResult, type CancelResult } from 'cancelkit';
import express, { type ErrorRequestHandler, type Express } from 'express';

const publicErrors: ErrorRequestHandler = (error, _request, response, next) => {
  if (!isProviderError(error) || response.headersSent) {
    next(error);
    return;
  }
  console.error(error);
  response.status(HTTP_STATUS[error.code]).json(error.toPublic());
};

/** `POST /cancel`, with an error handler after the routes. */
export function createApp(cancel: () => Promise<CancelResult>): Express {
  const app = express();
  app.post('/cancel', async (_request, response) => {
    response.status(202).json(toPublicResult(await cancel()));
  });
  app.use(publicErrors);
  return app;
}
