import { unsendable } from '../sending/send-with-retries.ts';
import type { Call } from '../call/call.ts';
import type { Exchange } from '../contract/exchange.ts';
import { buildHttpRequest } from '../sending/http-request.ts';
import type { PreviewedRequest } from '../contract/result.ts';
import { firstRequest } from '../sending/run-exchange.ts';

/**
 * The first request of an operation as it would go over the wire, without its secrets.
 *
 * @throws ProviderError
 */
export function previewOf(exchange: Exchange<unknown>, call: Call, baseUrl: URL): PreviewedRequest {
  const built = buildHttpRequest(baseUrl, firstRequest(exchange, call));
  if (!built.ok) throw call.error(unsendable(built.expected));
  const { method, url, headers, body } = built.request;
  const { redactor } = call;
  return {
    method,
    url: redactor.text(url),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, redactor.text(value)])),
    ...(body === undefined ? {} : { body: redactor.text(body) }),
  };
}
