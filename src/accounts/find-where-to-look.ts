import * as v from 'valibot';
import type { Call } from '../call/call.ts';
import { revokeRequestSchema } from '../call/check-request.ts';
import { checkedOrThrow } from '../call/check-schema.ts';
import { inTime, withinDeadline } from '../call/time-limit.ts';
import type { CallOptions, ServiceOptions } from '../contract/options.ts';
import { isProviderError } from '../contract/provider-error.ts';
import type { WhereToLook } from '../contract/where-to-look.ts';
import type { Redactor } from '../privacy/redactor.ts';
import { isLoopback } from '../sending/base-url.ts';
import type { AccountEntry } from './account-entry.ts';
import { configure } from './configure.ts';
import { checkedRequest } from './open-call.ts';
import { placeOf } from './place.ts';

/**
 * Where a person finds a service at its provider. Sends nothing.
 *
 * @returns `undefined` if that is not known: the adapter does not say, says something that cannot be shown, or needs a
 * configuration that is not complete here; with the option `place`, if the account leads elsewhere now.
 * @throws ProviderError `invalid_request`, `unknown_account`, `aborted` or `unavailable`
 */
export async function findWhereToLook(
  accounts: ReadonlyMap<string, AccountEntry>,
  request: unknown,
  options: Pick<CallOptions, 'signal' | 'deadlineMs' | 'place'>,
  defaults: ServiceOptions,
  call: Call,
): Promise<WhereToLook | undefined> {
  const { entry, checked } = await checkedRequest(accounts, { schema: revokeRequestSchema, request }, call);
  const { account, internals } = entry;
  const { deadlineMs = defaults.deadlineMs, signal, place } = options;
  return await withinDeadline(call, { deadlineMs, signal }, async (limit) => {
    const bound = checkedOrThrow(await inTime(internals.bind(checked.service), call, limit), call, 'service');
    const opened = await configure(bound.configure, internals.env, call, limit, defaults).catch(unlessNotConfigured);
    if (opened === undefined) return undefined;
    if (place !== undefined && place !== placeOf(account.provider, opened, call.redactor)) return undefined;
    return shown(opened.configured.whereToLook, call.redactor);
  });
}

/** Where to look helps a person with a decision: a secret that is missing here is no reason to fail. */
function unlessNotConfigured(error: unknown): undefined {
  if (isProviderError(error, 'not_configured')) return undefined;
  throw error;
}

/** What an adapter says, without secrets and in the form that its type promises. */
function shown(ask: (() => unknown) | undefined, redactor: Redactor): WhereToLook | undefined {
  const read = v.safeParse(answer, askedQuietly(ask));
  if (!read.success) return undefined;
  const { steps, url, source } = read.output;
  const isClean = url !== undefined && isAddress(url) && redactor.text(url) === url;
  return { steps: steps.map((step) => redactor.message(step)), ...(isClean ? { url } : {}), source };
}

function askedQuietly(ask: (() => unknown) | undefined): unknown {
  try {
    return ask?.();
  } catch {
    // What an adapter throws may hold a secret. The conformance suite finds one that throws.
    return undefined;
  }
}

const answer = v.object({
  steps: v.pipe(v.array(v.pipe(v.string(), v.trim(), v.nonEmpty())), v.minLength(1), v.maxLength(10)),
  url: v.optional(v.string()),
  source: v.picklist(['documented', 'seen', 'inferred']),
});

/** Whether a person's browser may be sent there. */
function isAddress(text: string): boolean {
  if (/[\s\\<>"'`\p{Cc}]/u.test(text) || text.length > 2_000 || !URL.canParse(text)) return false;
  const { protocol, username, password, hostname } = new URL(text);
  const isAllowed = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isAllowed && username === '' && password === '' && hostname !== '';
}
