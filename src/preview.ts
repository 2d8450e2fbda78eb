import { unsendable } from './answer-to.ts';
import type { Call } from './call.ts';
import type { Exchange } from './exchange.ts';
import { buildHttpRequest } from './http-request.ts';
import type { PreviewedRequest } from './result.ts';
import { firstRequest } from './run-exchange.ts';

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
