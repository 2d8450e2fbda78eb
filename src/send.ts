import ky from 'ky';
import type { ProviderResponse } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { readBody } from './response-body.ts';
import { SendProbe } from './send-probe.ts';
import type { LimitEnd, TimeLimit } from './time-limit.ts';
import { provesNotSent } from './transport-failure.ts';

/** What became of one request. It is never sent twice here, and nothing of a library's error comes out. */
export type SendResult =
  | { readonly kind: 'answered'; readonly response: ProviderResponse }
  /** Nothing left the machine. `end` is there where the time limit ended, or the caller ended it. */
  | { readonly kind: 'not_sent'; readonly why: string; readonly end: LimitEnd | undefined }
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
  if (limit.end !== undefined) return notSent('the time was up', limit.end);
  const probe = new SendProbe(new URL(request.url).origin);
  // A custom fetch may go another way once one has failed, so what the probe did not see proves nothing there.
  const probeDecides = fetch === globalThis.fetch;
  let answered = false;
  try {
    const response = await limit.race(probe.run(() => exchange(request, limit.signal, fetch)));
    answered = true;
    probe.answered();
    const body = await readBody(response, limit);
    const { status, headers } = response;
    return { kind: 'answered', response: { status, headers: Object.fromEntries(headers), body } };
  } catch (error) {
    if (!answered && probeDecides && probe.provesNotSent)
      return notSent(NOT_SENT[limit.end ?? 'connection'], limit.end);
    if (limit.end !== undefined) return { kind: 'lost', reason: limit.end };
    // Once headers have come, no error of the body can prove that the request was not sent. Nor can an error once
    // headers have gone out: it can be that of a second try underneath, by a dispatcher or a custom fetch.
    if (answered || probe.hasBegun) return { kind: 'lost', reason: 'connection_lost' };
    const proof = provesNotSent(error) ?? (isConnectError(probe, error) ? { why: NO_CONNECTION } : undefined);
    return proof === undefined ? { kind: 'lost', reason: 'connection_lost' } : notSent(proof.why, undefined);
  }
}

const NO_CONNECTION = 'no connection could be made: the TCP connection or its TLS handshake failed';

function isConnectError(probe: SendProbe, error: unknown): boolean {
  try {
    return probe.isConnectError(error);
  } catch {
    // A custom fetch can fail with anything; what cannot be read proves nothing.
    return false;
  }
}

const NOT_SENT = {
  timeout: 'the connection could not be made in time',
  aborted: 'the call was aborted before the request left',
  connection: 'the connection failed before the request left',
};

function notSent(why: string, end: LimitEnd | undefined): SendResult {
  return { kind: 'not_sent', why, end };
}

async function exchange(
  { url, method, headers, body }: HttpRequest,
  signal: AbortSignal,
  fetch: typeof globalThis.fetch,
): Promise<Response> {
  const options = {
    method,
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    redirect: 'manual',
    // For whatever caches below fetch and goes by this option; the types of Node leave it out.
    cache: 'no-store',
    signal,
    fetch,
  } as const;
  return await ky(url, options);
}
