/** GraphQL: servers send the `message` of an error that a resolver throws, Apollo Server in development its stack. */
import { isProviderError } from 'cancelkit';
import { GraphQLError } from 'graphql';

/**
 * The error that a client may see. For Apollo Server `formatError: (_, error) => toPublicError(error).toJSON()`, for
 * GraphQL Yoga `maskedErrors: { maskError: toPublicError }`; with graphql-js itself, map the `errors` of each result.
 */
export function toPublicError(error: unknown): GraphQLError {
  const thrown = thrownIn(error);
  // About the request (a syntax error, an unknown field), or written for the client by a resolver.
  if (error instanceof GraphQLError && thrown === undefined) return error;
  console.error(error);
  const { nodes, source, positions, path } = error instanceof GraphQLError ? error : new GraphQLError('');
  const place = { nodes: nodes ?? null, source, positions, path };
  // It may repeat what a ProviderError said: one that was wrapped, say, or that came from a worker thread.
  if (!isProviderError(thrown)) return new GraphQLError('Internal Server Error', place);
  const { error: message, ...extensions } = thrown.toPublic();
  return new GraphQLError(message, { ...place, extensions: { ...extensions } });
}

/** What a resolver threw, below the errors that GraphQL has wrapped it in; `undefined` for a plain GraphQLError. */
function thrownIn(error: unknown): unknown {
  return error instanceof GraphQLError ? error.originalError && thrownIn(error.originalError) : error;
}
