import { baseOf, unsendable, withRequestId } from '../sending/send-with-retries.ts';
import type { Call } from '../call/call.ts';
import type { Exchange } from '../contract/exchange.ts';
import { buildHttpRequest } from '../sending/http-request.ts';
import type { PreviewedRequest } from '../contract/result.ts';
import type { SendContext } from '../sending/send-context.ts';
import { firstRequest } from '../sending/run-exchange.ts';

/**
 * The first request of an operation as it would go over the wire, without its secrets. Nothing is obtained for it: what
 * access adds is shown without its values.
 *
 * @throws ProviderError
 */
export function previewOf(
  exchange: Exchange<unknown>,
  call: Call,
  context: Pick<SendContext, 'baseUrl' | 'wire'>,
): PreviewedRequest {
  const asked = firstRequest(exchange, call);
  const built = buildHttpRequest(baseOf(asked, call, context), asked);
  if (!built.ok) throw call.error(unsendable(built.expected));
  const identified = withRequestId(built.request, asked.requestIdHeader, NEW_ID, call);
  const access = asked.authenticated === false ? undefined : context.wire?.access;
  const { method, url, headers, body } = access === undefined ? identified : access.preview(identified, call);
  const { redactor } = call;
  return {
    method,
    url: redactor.text(url),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redactor.text(value)])),
    ...(body === undefined ? {} : { body: redactor.text(body) }),
  };
}

// The core makes a new UUID for each attempt.
const NEW_ID = '[NEW UUID]';
