import type { Call, Failure } from './call.ts';
import type { Exchange, ProviderRequest, ProviderResponse } from './exchange.ts';
import { buildHttpRequest } from './http-request.ts';
import { judgeRedirect } from './judge-answer.ts';
import { send } from './send.ts';
import { TimeLimit } from './time-limit.ts';

/** Where and how long a call may send. */
export interface Route {
  readonly baseUrl: URL;
  readonly limit: TimeLimit;
  readonly attemptTimeoutMs: number;
  readonly fetch: typeof globalThis.fetch;
}

/** An operation's verdict with the answer that it rests on. */
export interface Ran<Verdict> {
  readonly verdict: Verdict;
  readonly last: { readonly effect: 'read' | 'write'; readonly response: ProviderResponse } | undefined;
}

// More than any paging needs; an operation that goes on for longer is broken.
const MAX_REQUESTS = 500;

/**
 * Runs a provider's operation: sends what it yields, gives it the answers, returns its verdict.
 *
 * @throws ProviderError
 */
export async function runExchange<Verdict>(
  exchange: Exchange<Verdict>,
  call: Call,
  route: Route,
  allowed: 'read' | 'write',
): Promise<Ran<Verdict>> {
  let last: Ran<Verdict>['last'];
  for (let count = 0; count < MAX_REQUESTS; count += 1) {
    const step = advance(exchange, last?.response, call);
    if (step.done === true) return { verdict: step.value, last };
    const request = step.value;
    if (request.effect === 'write' && allowed === 'read') throw call.error(broken('it tried to write while reading'));
    last = { effect: request.effect, response: await answerTo(request, call, route) };
  }
  throw call.error(broken(`it asked for more than ${MAX_REQUESTS} requests`));
}

/** The first request of an operation, which nothing has been sent for. */
export function firstRequest(exchange: Exchange<unknown>, call: Call): ProviderRequest {
  const step = advance(exchange, undefined, call);
  if (step.done === true) throw call.error(broken('it asked for no request'));
  return step.value;
}

/** The failure for a request that HTTP cannot carry as it is. */
export function unsendable(expected: string): Failure {
  const message = `the request cannot be sent: expected ${expected}. Nothing was sent.`;
  return { code: 'invalid_request', message, issues: [{ path: 'service', expected }] };
}

function advance<Verdict>(
  exchange: Exchange<Verdict>,
  response: ProviderResponse | undefined,
  call: Call,
): IteratorResult<ProviderRequest, Verdict> {
  try {
    // The first call's argument goes nowhere; a generator only receives with the calls after it.
    return response === undefined ? exchange.next(...first()) : exchange.next(response);
  } catch {
    // What an adapter throws may hold anything it was given, so it is not passed on.
    throw call.error(broken('it failed on this request or answer'));
  }
}

function first(): [] {
  return [];
}

function broken(what: string): Failure {
  return {
    code: 'unexpected_response',
    reason: 'provider_error',
    message: `the adapter is faulty: ${what}. Please report it.`,
  };
}

async function answerTo(request: ProviderRequest, call: Call, route: Route): Promise<ProviderResponse> {
  const built = buildHttpRequest(route.baseUrl, request);
  if (!built.ok) throw call.error(unsendable(built.expected));
  // The clock decides as well: after something that kept the thread busy, the timer has not fired yet.
  const end = route.limit.end ?? (route.limit.remaining > 0 ? undefined : 'timeout');
  if (end !== undefined) throw call.error(endedBeforeSending(end));
  const attempt = new TimeLimit(Math.min(route.attemptTimeoutMs, route.limit.remaining), route.limit);
  call.attempts += 1;
  if (request.effect === 'write') call.writeLeaves();
  const sent = await send(built.request, attempt, route.fetch).finally(() => attempt.dispose());
  if (sent.kind === 'answered') {
    const redirect = judgeRedirect(sent.response, request.effect);
    if (redirect === undefined) return sent.response;
    if (redirect.code !== 'outcome_unknown' && request.effect === 'write') call.writeHadNoEffect();
    throw call.error(redirect);
  }
  if (sent.kind === 'not_sent') {
    if (request.effect === 'write') call.writeHadNoEffect();
    throw call.error({ code: 'unavailable', message: `${sent.why}. Nothing was sent.` });
  }
  throw call.error(request.effect === 'write' ? lostWrite(sent.reason) : lostRead(sent.reason));
}

/** The failure for a call whose time was up, or that was aborted, before its next request. */
export function endedBeforeSending(end: 'timeout' | 'aborted'): Failure {
  return end === 'aborted'
    ? { code: 'aborted', message: 'the call was aborted before anything was sent' }
    : { code: 'unavailable', reason: 'timeout', message: 'the deadline passed before anything was sent' };
}

const LOST = {
  timeout: 'no answer came in time',
  connection_lost: 'the connection was lost before the answer',
  aborted: 'the call was aborted while the request was under way',
};

function lostWrite(reason: keyof typeof LOST): Failure {
  return {
    code: 'outcome_unknown',
    reason,
    message: `${LOST[reason]}. The cancellation may have been stored: check its state before anything is sent again.`,
  };
}

function lostRead(reason: keyof typeof LOST): Failure {
  return { code: reason === 'aborted' ? 'aborted' : 'unavailable', reason, message: `${LOST[reason]}.` };
}
