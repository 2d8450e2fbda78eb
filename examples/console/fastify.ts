/** The console of the queue in a Fastify application. The operators are those that a hook has signed in. */
import { createQueueConsole, toNodeHandler, type ConsoleQueue, type Operator } from 'cancelkit/console';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Serves the console at `/ops/queue`. */
export async function mountConsole(
  app: FastifyInstance,
  queue: ConsoleQueue,
  operatorOf: (request: FastifyRequest) => Operator | undefined,
): Promise<void> {
  const console = createQueueConsole<FastifyRequest>({
    queue,
    basePath: '/ops/queue',
    authorize: (_, request) => request && operatorOf(request),
  });
  const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    // The console answers by itself.
    reply.hijack();
    await toNodeHandler((asked) => console(asked, request))(request.raw, reply.raw);
  };
  await app.register(async (scope) => {
    // The console reads its forms itself.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all('/ops/queue', answer);
    scope.all('/ops/queue/*', answer);
  });
}
