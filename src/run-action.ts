import type { Call } from './call.ts';
import type { Exchange } from './exchange.ts';
import type { Performed } from './perform-action.ts';
import { rawOf } from './raw-answer.ts';
import type { Route } from './route.ts';
import { runExchange, type Ran } from './run-exchange.ts';
import type { ActionVerdict } from './verdict.ts';
import { writeFailure } from './write-failure.ts';

/**
 * Sends an action's requests, and judges the provider's verdict.
 *
 * @throws ProviderError
 */
export async function runAction<Result>(
  exchange: Exchange<ActionVerdict<Result>>,
  call: Call,
  route: Route,
): Promise<Performed<Result>> {
  return judge(await runExchange(exchange, call, route, 'write'), call);
}

function judge<Result>({ verdict, last }: Ran<ActionVerdict<Result>>, call: Call): Performed<Result> {
  if (last === undefined || last.effect !== 'write') {
    const message = 'the adapter is faulty: its verdict does not follow from what it sent. Please report it.';
    throw call.error({ code: 'unexpected_response', reason: 'provider_error', message });
  }
  const { response } = last;
  if (verdict.verdict === 'accepted' && response.status < 500) {
    const { attempts, operationId } = call;
    return { result: verdict.result, attempts, operationId, raw: rawOf(response, call) };
  }
  if (verdict.verdict === 'accepted') {
    const message = `the server said yes and failed with ${response.status}.`;
    throw call.error({ code: 'outcome_unknown', reason: 'server_error', status: response.status, message });
  }
  throw writeFailure(verdict, response, call);
}
