import { internalsOf } from '../accounts/account.ts';
import { configure } from '../accounts/configure.ts';
import { Call } from '../call/call.ts';
import { checkedOrThrow } from '../call/check-schema.ts';
import { runCall } from '../call/run-call.ts';
import { startLimit } from '../call/time-limit.ts';
import type { Account } from '../contract/account.ts';
import type { Exchange } from '../contract/exchange.ts';
import type { PreviewedRequest } from '../contract/result.ts';
import { buildHttpRequest } from '../sending/http-request.ts';
import { firstRequest } from '../sending/run-exchange.ts';
import type { SendContext } from '../sending/send-context.ts';
import { baseOf, unsendable, withRequestId } from '../sending/send-with-retries.ts';
import { notOffered } from './revoke.ts';

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

/**
 * The request that an undo would send once it has read that there is a cancellation, every secret shown as
 * `[REDACTED]`. Sends nothing.
 *
 * @throws ProviderError `invalid_request`, `not_configured` or `unsupported`
 */
export function previewRevoke(name: string, account: Account, service: unknown): Promise<PreviewedRequest> {
  const call = new Call('preview');
  call.account = name;
  call.provider = account.provider;
  return runCall(call, () => preview(account, service, call));
}

async function preview(account: Account, service: unknown, call: Call): Promise<PreviewedRequest> {
  const internals = internalsOf(account);
  if (internals === undefined) throw call.error(notOffered());
  const limit = startLimit(call, {});
  const bound = checkedOrThrow(await internals.bind(service), call, 'service');
  const { configured, baseUrl, wire } = await configure(bound.configure, internals.env, call, limit, {});
  const exchange = configured.revoke?.();
  if (exchange === undefined) throw call.error(notOffered());
  return previewOf(exchange, call, { baseUrl, wire });
}
