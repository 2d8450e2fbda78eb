import type { Call, ErrorFacts } from '../call/call.ts';
import type { Exchange, ProviderRequest, ProviderResponse } from '../contract/exchange.ts';
import { calendarDay } from '../contract/when.ts';
import { adapterFault } from './adapter-fault.ts';
import type { SendContext } from './send-context.ts';
import { sendWithRetries } from './send-with-retries.ts';

/** An operation's verdict with the response that it rests on. */
export interface ExchangeResult<Verdict> {
  readonly verdict: Verdict;
  readonly lastResponse: { readonly effect: 'read' | 'write'; readonly response: ProviderResponse } | undefined;
  /** The response to the last write. */
  readonly lastWrite: ProviderResponse | undefined;
}

// More than any paging needs; an operation that goes on for longer is broken.
const MAX_REQUESTS = 500;

/**
 * Runs a provider's operation: sends what it yields, gives it the responses, returns its verdict.
 *
 * @throws ProviderError
 */
export async function runExchange<Verdict>(
  exchange: Exchange<Verdict>,
  call: Call,
  context: SendContext,
  allowed: 'read' | 'write',
): Promise<ExchangeResult<Verdict>> {
  let last: ExchangeResult<Verdict>['lastResponse'];
  let lastWrite: ProviderResponse | undefined;
  let posted = false;
  let hasRead = false;
  for (let count = 0; count < MAX_REQUESTS; count += 1) {
    const step = advance(exchange, last?.response, call);
    if (step.done === true) {
      if (!isVerdict(step.value)) throw call.error(adapterFault('it returned no verdict'));
      if (allowed === 'write' && posted && !call.wrote && isAcceptance(step.value)) throw call.error(MISCALLED);
      return { verdict: step.value, lastResponse: last, lastWrite };
    }
    const request = step.value;
    if (request.effect === 'write' && allowed === 'read')
      throw call.error(adapterFault('it tried to write while reading'));
    posted ||= request.method === 'POST';
    if (request.effect === 'write') noteWrite(request, call, hasRead);
    last = { effect: request.effect, response: await sendWithRetries(request, call, context) };
    if (request.effect === 'write') lastWrite = last.response;
    else hasRead ||= last.response.status >= 200 && last.response.status < 300;
  }
  throw call.error(adapterFault(`it asked for more than ${MAX_REQUESTS} requests`));
}

/**
 * Runs an operation that only reads.
 *
 * @returns its verdict with the response that it rests on.
 * @throws ProviderError `unexpected_response` if the adapter sends nothing, and others
 */
export async function runRead<Verdict>(
  exchange: Exchange<Verdict>,
  call: Call,
  context: SendContext,
): Promise<{ readonly verdict: Verdict; readonly response: ProviderResponse }> {
  const { verdict, lastResponse } = await runExchange(exchange, call, context, 'read');
  if (lastResponse === undefined) {
    throw call.error({ code: 'unexpected_response', message: 'the adapter sent no request' });
  }
  return { verdict, response: lastResponse.response };
}

/** The first request of an operation, which nothing has been sent for. */
export function firstRequest(exchange: Exchange<unknown>, call: Call): ProviderRequest {
  const step = advance(exchange, undefined, call);
  if (step.done === true) throw call.error(adapterFault('it asked for no request'));
  return step.value;
}

function advance<Verdict>(
  exchange: Exchange<Verdict>,
  response: ProviderResponse | undefined,
  call: Call,
): IteratorResult<ProviderRequest, Verdict> {
  let step: IteratorResult<ProviderRequest, Verdict>;
  let fault: string | undefined;
  try {
    step = response === undefined ? exchange.next() : exchange.next(response);
    fault = step.done === true ? undefined : faultOf(step.value);
  } catch {
    // What an adapter throws may hold anything it was given, so it is not passed on.
    throw call.error(adapterFault('it failed on this request or response'));
  }
  if (fault !== undefined) throw call.error(adapterFault(fault));
  return step;
}

/** What is wrong with a request of an adapter that the types did not hold, or `undefined`. */
function faultOf({ method, effect, ...request }: ProviderRequest): string | undefined {
  if (!METHODS.has(method)) return 'it asked for a method that is none of GET, POST, PUT, PATCH and DELETE';
  if (!EFFECTS.has(effect)) return 'its request is neither a read nor a write';
  if (effect === 'read' && !READS.has(method)) return `it called a ${method} a read, which only GET and POST can be`;
  if (effect === 'read' && isDisguised(request)) return 'it called a read what asks the server for another method';
  const hasBody = 'form' in request || 'json' in request;
  if (method === 'GET' && hasBody) return 'it asked for a GET with a body';
  const { asksFor } = request;
  return asksFor === undefined || calendarDay(asksFor) === asksFor
    ? undefined
    : 'it asked for a date that is no day of the calendar';
}

/**
 * Whether a request asks for another method than its own, as frameworks take it: Laravel, Rails and Symfony by the
 * field `_method`, others by a header.
 */
function isDisguised(request: Omit<ProviderRequest, 'method' | 'effect'>): boolean {
  const { headers = {}, query = {} } = request;
  const bodies = ['form', 'json'].map((name): unknown => Reflect.get(request, name));
  return (
    Object.keys(headers).some((name) => OVERRIDE.test(name)) ||
    [query, ...bodies].some((fields) => typeof fields === 'object' && fields !== null && '_method' in fields)
  );
}

const OVERRIDE = /^x-(?:http-)?method(?:-override)?$/i;

const METHODS: ReadonlySet<unknown> = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
const EFFECTS: ReadonlySet<unknown> = new Set(['read', 'write']);
const READS: ReadonlySet<unknown> = new Set(['GET', 'POST']);

/**
 * Remembers what a read-back of this write is compared with.
 *
 * @param hasRead whether a read of this operation was answered with a success.
 */
function noteWrite({ asksFor, serviceSeen }: ProviderRequest, call: Call, hasRead: boolean): void {
  if (asksFor !== undefined && call.asksFor !== undefined && asksFor !== call.asksFor) {
    throw call.error(adapterFault('it asked for another date than it was given'));
  }
  if (serviceSeen === true && !hasRead) throw call.error(adapterFault('it has seen a service that it did not read'));
  call.asksFor ??= asksFor;
  call.serviceSeen ||= serviceSeen === true;
}

/** Adapters in JavaScript can return anything, and only a verdict of its own asks for a confirmation. */
function isVerdict(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('verdict' in value)) return false;
  return typeof value.verdict === 'string' && !('code' in value && value.code === 'confirmation_required');
}

function isAcceptance(verdict: unknown): boolean {
  return typeof verdict === 'object' && verdict !== null && 'verdict' in verdict && verdict.verdict === 'accepted';
}

// Something was accepted, so the POST that the adapter calls a read may well have changed something.
const MISCALLED: ErrorFacts = {
  code: 'outcome_unknown',
  reason: 'provider_error',
  message:
    'the adapter is faulty: the request that was accepted is one that it calls a read. It may have been carried out: ' +
    'check that, and report the fault.',
};
