import { driverOf, type Account } from './account.ts';
import { Call } from './call.ts';
import { conduct } from './conduct.ts';
import { configure } from './configure.ts';
import { DEFAULTS } from './options.ts';
import { previewOf } from './preview.ts';
import type { PreviewedRequest } from './result.ts';
import { notOffered } from './revoke-operation.ts';
import { checkedOrThrow } from './sound-input.ts';
import { TimeLimit } from './time-limit.ts';

/**
 * The request that a withdrawal would send once it has read that there is a cancellation, every secret shown as
 * `[REDACTED]`. Sends nothing.
 *
 * @throws ProviderError `invalid_request`, `not_configured` or `unsupported`
 */
export function previewRevoke(name: string, account: Account, service: unknown): Promise<PreviewedRequest> {
  const call = new Call('preview');
  call.account = name;
  call.provider = account.provider;
  return conduct(
    call,
    () => preview(account, service, call),
    () => undefined,
  );
}

async function preview(account: Account, service: unknown, call: Call): Promise<PreviewedRequest> {
  const driver = driverOf(account);
  if (driver === undefined) throw call.error(notOffered());
  const limit = new TimeLimit(DEFAULTS.deadlineMs, undefined);
  try {
    const bound = await checkedOrThrow(driver.bind(service), call, 'service');
    const { configured, baseUrl } = await configure(bound.configure, driver.env, call, limit, {});
    const exchange = configured.revoke?.();
    if (exchange === undefined) throw call.error(notOffered());
    return previewOf(exchange, call, baseUrl);
  } finally {
    limit.dispose();
  }
}
