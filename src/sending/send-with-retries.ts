import type { Call, ErrorFacts } from '../call/call.ts';
import { TimeLimit, endedBeforeSending, inTime } from '../call/time-limit.ts';
import type { FailureClass } from '../contract/event.ts';
import type { ProviderRequest, ProviderResponse } from '../contract/exchange.ts';
import { adapterFault } from './adapter-fault.ts';
import { adviceOn } from './connection-failure.ts';
import { type HttpRequest, buildHttpRequest, withHeaders } from './http-request.ts';
import { judgeChallenge, isUnprocessed, judgeCached, judgeRedirect } from './judge-response.ts';
import { retryWaitOf } from './retry-after.ts';
import { retryDelay } from './retry-policy.ts';
import type { SendContext } from './send-context.ts';
import { type SendResult, send } from './send.ts';

/**
 * The response to one request, which is sent again as often as the retry policy allows.
 *
 * @throws ProviderError
 */
export async function sendWithRetries(
  request: ProviderRequest,
  call: Call,
  context: SendContext,
): Promise<ProviderResponse> {
  const built = buildHttpRequest(baseOf(request, call, context), request);
  if (!built.ok) throw call.error(unsendable(built.expected));
  const access = request.authenticated === false ? undefined : context.wire?.access;
  const isMadeAnew = access !== undefined || request.requestIdHeader !== undefined;
  let isRenewed = false;
  for (let repeated = 0; ; repeated += 1) {
    // The clock decides as well: after something that kept the thread busy, the timer has not fired yet.
    const end = context.limit.end ?? (context.limit.remaining > 0 ? undefined : 'timeout');
    if (end !== undefined) throw call.error(endedBeforeSending(end));
    const attempt = isMadeAnew ? await madeAnew(built.request, request, call, context) : built.request;
    const tried = await sendOnce(attempt, request.effect, call, context);
    if (access !== undefined && isRefusedLogin(tried) && (await access.refused(isRenewed, call, context))) {
      // The provider did not let the request in, so it was not processed, a write neither.
      if (request.effect === 'write') call.writeHadNoEffect();
      call.emit({ type: 'retry', because: 'unprocessed', delayMs: 0 });
      isRenewed = true;
      repeated -= 1;
      continue;
    }
    const failure = classOf(tried);
    const delay =
      failure === undefined ? undefined : delayBeforeRepeat(failure, tried, request.effect, repeated, call, context);
    if (failure === undefined || delay === undefined) return outcomeOf(tried, request.effect, call);
    call.emit({ type: 'retry', because: failure, delayMs: Math.round(delay) });
    await pause(delay, call, context.limit);
  }
}

/**
 * What the path of a request lies below: the account's base URL, or another origin of the provider.
 *
 * @throws ProviderError if the definition has no such origin
 */
export function baseOf({ origin }: ProviderRequest, call: Call, context: Pick<SendContext, 'baseUrl' | 'wire'>): URL {
  const base = origin === undefined ? context.baseUrl : context.wire?.origins.get(origin);
  if (base === undefined)
    throw call.error(adapterFault('its request names an origin that its definition does not have'));
  return base;
}

/** The request with what is made anew for each attempt: its id, and the headers of access. */
async function madeAnew(
  request: HttpRequest,
  asked: ProviderRequest,
  call: Call,
  context: SendContext,
): Promise<HttpRequest> {
  const nonce = crypto.randomUUID();
  const identified = withRequestId(request, asked.requestIdHeader, nonce, call);
  const access = asked.authenticated === false ? undefined : context.wire?.access;
  return access === undefined ? identified : await access.authenticate(identified, nonce, call, context);
}

/** The request with its id in the header that the adapter names. */
export function withRequestId(request: HttpRequest, name: string | undefined, id: string, call: Call): HttpRequest {
  if (name === undefined) return request;
  const identified = withHeaders(request, { [name]: id });
  if (identified === undefined) throw call.error(adapterFault('its requestIdHeader is no name of a header'));
  return identified;
}

/** Whether the provider itself asks for another login: not a wall in front of it, a proxy or a cache. */
function isRefusedLogin(sent: SendResult): boolean {
  if (sent.kind !== 'answered' || sent.response.status !== 401 || sent.repeated) return false;
  return judgeChallenge(sent.response) === undefined && judgeCached(sent.response, 'read') === undefined;
}

/** The failure for a request that HTTP cannot carry unchanged. */
export function unsendable(expected: string): ErrorFacts {
  const message = `the request cannot be sent: expected ${expected}. Nothing was sent.`;
  return { code: 'invalid_request', message, issues: [{ path: 'service', expected }] };
}

async function sendOnce(
  request: HttpRequest,
  effect: 'read' | 'write',
  call: Call,
  context: SendContext,
): Promise<SendResult> {
  const isCutShort = context.limit.remaining < context.attemptTimeoutMs;
  const limit = new TimeLimit(Math.min(context.attemptTimeoutMs, context.limit.remaining), context.limit);
  const startedAt = performance.now();
  call.attempts += 1;
  call.responseId = undefined;
  if (call.isObserved) {
    call.emit({
      type: 'attempt',
      attempt: call.attempts,
      effect,
      method: request.method,
      url: call.redactor.text(request.url),
    });
  }
  if (effect === 'write') call.writeLeaves();
  const isFresh = effect === 'write' && context.writesOnFreshConnection;
  let sent;
  try {
    sent = await send(request, limit, context.transport, isFresh);
  } finally {
    limit.dispose();
  }
  if (context.wire !== undefined && sent.kind === 'answered') context.wire.arrived(sent.response, call);
  if (effect === 'write' && sent.kind === 'answered' && sent.repeated) call.writeWasRepeated();
  const unprocessed = sent.kind === 'not_sent' || classOf(sent) === 'unprocessed';
  if (effect === 'write' && unprocessed) call.writeHadNoEffect();
  // A call that was cut short by its caller, or by its own short deadline, says nothing of the provider.
  const isOver = context.limit.end !== undefined || (isCutShort && limit.end !== undefined);
  if (!isOver) call.breaker?.record(sent.kind === 'answered' && sent.response.status < 500 ? 'answered' : 'failed');
  if (call.isObserved) {
    call.emit({
      type: 'answer',
      attempt: call.attempts,
      outcome: sent.kind === 'lost' ? sent.reason : sent.kind,
      status: sent.kind === 'answered' ? sent.response.status : undefined,
      durationMs: Math.round(performance.now() - startedAt),
    });
  }
  return sent;
}

function classOf(sent: SendResult): FailureClass | undefined {
  // As with a challenge below: a repetition gets no further, and is one more bad login at the proxy.
  if (sent.kind === 'not_sent') return isWalledOff(sent) ? undefined : 'not_sent';
  if (sent.kind === 'lost') return 'perhaps_sent';
  // A challenge is no failure of the server that a repetition could get past.
  if (judgeChallenge(sent.response) !== undefined) return undefined;
  if (isUnprocessed(sent.response.status)) return 'unprocessed';
  return sent.response.status >= 500 ? 'server_error' : undefined;
}

/** Whether a proxy on the way has refused to let the request through. */
function isWalledOff(sent: Extract<SendResult, { kind: 'not_sent' }>): boolean {
  return sent.check === 'tunnel';
}

function delayBeforeRepeat(
  failure: FailureClass,
  sent: SendResult,
  effect: 'read' | 'write',
  repeated: number,
  call: Call,
  context: SendContext,
): number | undefined {
  const delay = retryDelay({
    failure,
    effect,
    repeated,
    retryAfterMs: sent.kind === 'answered' ? retryWaitOf(sent.response) : undefined,
    remainingMs: context.limit.remaining,
    random: Math.random(),
  });
  // The budget is asked last, so that nothing is taken out of it for a repetition that is not made.
  return delay !== undefined && (call.breaker?.mayRepeat() ?? true) ? delay : undefined;
}

async function pause(milliseconds: number, call: Call, limit: TimeLimit): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await inTime(passed, call, limit);
  } finally {
    clearTimeout(timer);
  }
}

/** The response that the adapter receives, or the error if there is no response for it. */
function outcomeOf(sent: SendResult, effect: 'read' | 'write', call: Call): ProviderResponse {
  if (sent.kind === 'answered') {
    const challenge = judgeChallenge(sent.response);
    if (challenge !== undefined) {
      if (effect === 'write') call.writeHadNoEffect();
      else call.readBackRefusal = challenge;
      throw call.error(challenge);
    }
    const cached = judgeCached(sent.response, effect);
    if (cached !== undefined) throw call.error(cached);
    const redirect = judgeRedirect(sent.response, effect);
    if (redirect === undefined) return sent.response;
    if (redirect.code !== 'outcome_unknown' && effect === 'write') call.writeHadNoEffect();
    throw call.error(redirect);
  }
  if (sent.kind === 'not_sent') {
    const code = sent.end === 'aborted' ? 'aborted' : 'unavailable';
    const advice = sent.check === undefined ? '' : ` ${adviceOn(sent.check, call.addressName)}`;
    const why = `${sent.why}.${advice}`;
    const isFinal = isWalledOff(sent);
    if (isFinal && effect === 'read') call.readBackRefusal = { code, message: why };
    const retryable = isFinal ? false : undefined;
    throw call.error({ code, reason: sent.end, retryable, message: `${why} Nothing was sent.` });
  }
  throw call.error(effect === 'write' ? lostWrite(sent.reason) : lostRead(sent.reason));
}

const LOST = {
  timeout: 'no response came in time',
  connection_lost: 'the connection was lost before the response',
  aborted: 'the call was aborted while the request was in flight',
};

function lostWrite(reason: keyof typeof LOST): ErrorFacts {
  return {
    code: 'outcome_unknown',
    reason,
    message: `${LOST[reason]}. The request may have been carried out: check that before anything is sent again.`,
  };
}

function lostRead(reason: keyof typeof LOST): ErrorFacts {
  return { code: reason === 'aborted' ? 'aborted' : 'unavailable', reason, message: `${LOST[reason]}.` };
}
