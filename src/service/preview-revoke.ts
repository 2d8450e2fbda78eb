import { internalsOf } from '../accounts/account.ts';
import type { Account } from '../contract/account.ts';
import { Call } from '../call/call.ts';
import { runCall } from '../call/run-call.ts';
import { configure } from '../accounts/configure.ts';
import { withinDeadline } from '../accounts/ready-call.ts';
import { previewOf } from '../outcome/preview.ts';
import type { PreviewedRequest } from '../contract/result.ts';
import { notOffered } from '../outcome/revoke.ts';
import { checkedOrThrow } from '../call/check-schema.ts';

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
  return runCall(
    call,
    () => preview(account, service, call),
    () => undefined,
  );
}

async function preview(account: Account, service: unknown, call: Call): Promise<PreviewedRequest> {
  const internals = internalsOf(account);
  if (internals === undefined) throw call.error(notOffered());
  return await withinDeadline(call, {}, async (limit) => {
    const bound = checkedOrThrow(await internals.bind(service), call, 'service');
    const { configured, baseUrl, wire } = await configure(bound.configure, internals.env, call, limit, {});
    const exchange = configured.revoke?.();
    if (exchange === undefined) throw call.error(notOffered());
    return previewOf(exchange, call, { baseUrl, wire });
  });
}
