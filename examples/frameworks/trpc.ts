/** tRPC: it sends the `message` of an error that a procedure throws, and in development its stack. */
import { initTRPC, type TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { httpStatusOf, isProviderError, toPublicResult, type CancelResult, type PublicError } from 'cancelkit';

/** Answers requests below `/trpc`, which has one mutation: `cancel`. */
export function createHandler(cancel: () => Promise<CancelResult>): (request: Request) => Promise<Response> {
  const t = initTRPC.create({
    errorFormatter: ({ shape, error }) => {
      const { code, httpStatus, path } = shape.data;
      return { code: shape.code, ...publicPart(error), data: { code, httpStatus, path, public: publicOf(error) } };
    },
  });
  const router = t.router({ cancel: t.procedure.mutation(async () => toPublicResult(await cancel())) });
  return (req) =>
    fetchRequestHandler({
      endpoint: '/trpc',
      req,
      router,
      onError: ({ error }) => console.error(error),
      // Of a batch, each call has its own status in its part of the body.
      responseMeta: ({ errors: [error, ...others] }) =>
        others.length === 0 && isProviderError(error?.cause) ? { status: httpStatusOf(error.cause) } : {},
    });
}

/** What the customer may see of a ProviderError. */
function publicOf({ cause }: TRPCError): PublicError | undefined {
  return isProviderError(cause) ? cause.toPublic() : undefined;
}

function publicPart(error: TRPCError): { readonly message: string } {
  const known = publicOf(error);
  if (known !== undefined) return { message: known.error };
  // Every unexpected error may repeat what a ProviderError said. The other codes are tRPC's own, or the procedure's.
  return { message: error.code === 'INTERNAL_SERVER_ERROR' ? 'Internal Server Error' : error.message };
}
