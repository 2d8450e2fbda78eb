/** Fastify: its default error handler sends `error.message`, which names the provider. */
import { httpStatusOf, isProviderError, toPublicResult, type CancelResult } from 'cancelkit';
import fastify, { type FastifyInstance, type FastifyReply } from 'fastify';

/** `POST /cancel`, with an error handler for the errors that no route handles. */
export function createApp(cancel: () => Promise<CancelResult>): FastifyInstance {
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => {
    if (isAboutRequest(error)) throw error;
    console.error(error);
    if (isProviderError(error)) return answer(reply, httpStatusOf(error), error.toPublic());
    // It may repeat what a ProviderError said: one that was wrapped, say, or that came from a worker thread.
    return answer(reply, 500, { error: 'Internal Server Error' });
  });
  app.post('/cancel', async (_request, reply) => reply.code(202).send(toPublicResult(await cancel())));
  return app;
}

/** Past the hooks: where one fails for this response, too (`onSend`, `preSerialization`), Fastify sends its message. */
function answer(reply: FastifyReply, status: number, body: object): FastifyReply {
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    // Those about the body that is not sent stay behind; others, such as CORS's, are the customer's.
    if (value !== undefined && !name.startsWith('content-')) reply.raw.setHeader(name, value);
  }
  reply.raw.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
  return reply;
}

/** Fastify's own errors about a request, such as a body that is not JSON. */
function isAboutRequest(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('statusCode' in error)) return false;
  return String(error.code).startsWith('FST_') && Number(error.statusCode) < 500;
}
