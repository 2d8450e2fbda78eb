import ky from 'ky';
import type { ProviderResponse } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { readBody } from './response-body.ts';
import type { TimeLimit } from './time-limit.ts';
import { provesNotSent } from './transport-failure.ts';

/** What became of one request. It is never sent twice here, and nothing of a library's error comes out. */
export type SendResult =
  | { readonly kind: 'answered'; readonly response: ProviderResponse }
  /** Nothing left the machine. */
  | { readonly kind: 'not_sent'; readonly why: string }
  /** The request may have arrived. */
  | { readonly kind: 'lost'; readonly reason: 'timeout' | 'connection_lost' | 'aborted' };

/**
 * Sends one request once, through ky with everything that would repeat, follow or throw switched off. The only place
 * that touches the network.
 */
export async function send(
  request: HttpRequest,
  limit: TimeLimit,
  fetch: typeof globalThis.fetch,
): Promise<SendResult> {
  if (limit.end !== undefined) return { kind: 'not_sent', why: 'the time was up' };
  let answered = false;
  try {
    const response = await limit.race(
      Promise.resolve(
        ky(request.url, {
          method: request.method,
          headers: { ...request.headers },
          ...(request.body === undefined ? {} : { body: request.body }),
          retry: 0,
          timeout: false,
          throwHttpErrors: false,
          redirect: 'manual',
          signal: limit.signal,
          fetch,
        }),
      ),
    );
    answered = true;
    const body = await readBody(response, limit);
    return {
      kind: 'answered',
      response: { status: response.status, headers: Object.fromEntries(response.headers), body },
    };
  } catch (error) {
    if (limit.end !== undefined) return { kind: 'lost', reason: limit.end };
    // Once headers have come, no error of the body can prove that the request was not sent.
    const notSent = answered ? undefined : provesNotSent(error);
    return notSent === undefined ? { kind: 'lost', reason: 'connection_lost' } : { kind: 'not_sent', ...notSent };
  }
}
