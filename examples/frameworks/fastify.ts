/** Fastify: its default error handler sends `error.message`, which names the provider. */
import { httpStatusOf, isProviderError, toPublicResult, type CancelResult } from 'cancelkit';
import fastify, { type FastifyInstance } from 'fastify';

/** `POST /cancel`, with an error handler for the errors that no route handles. */
export function createApp(cancel: () => Promise<CancelResult>): FastifyInstance {
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => {
    if (isAboutRequest(error)) throw error;
    console.error(error);
    if (isProviderError(error)) return reply.code(httpStatusOf(error)).send(error.toPublic());
    // It may repeat what a ProviderError said: one that was wrapped, say, or that came from a worker thread.
    return reply.code(500).send({ error: 'Internal Server Error' });
  });
  app.post('/cancel', async (_request, reply) => reply.code(202).send(toPublicResult(await cancel())));
  return app;
}

/** Fastify's own errors about a request, such as a body that is not JSON. */
function isAboutRequest(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return false;
  return String(error.code).startsWith('FST_') && Number(error.statusCode) < 500;
}
