/** Fastify: its default error handler sends `error.message`, which names the provider. */
import { HTTP_STATUS, isProviderError, toPublicResult, type CancelResult } from 'cancelkit';
import fastify, { type FastifyInstance } from 'fastify';

/** `POST /cancel`, with an error handler for the errors that no route handles. */
export function createApp(cancel: () => Promise<CancelResult>): FastifyInstance {
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => {
    if (!isProviderError(error)) throw error;
    console.error(error);
    return reply.code(HTTP_STATUS[error.code]).send(error.toPublic());
  });
  app.post('/cancel', async (_request, reply) => reply.code(202).send(toPublicResult(await cancel())));
  return app;
}
