import { inspect } from 'node:util';
import { isProviderError } from 'cancelkit';

/** One answer that a call was given. */
export interface Answered {
  /** `POST /v2/contracts/{contractId}/termination` */
  readonly operation: string;
  readonly status: number;
  readonly body?: unknown;
}

/** How a call ended, with the answers that it was given. */
export interface Settled {
  readonly operation: 'cancel' | 'confirm' | 'status' | 'revoke' | 'options' | 'find' | 'check';
  readonly answered: readonly Answered[];
  readonly result?: unknown;
  readonly error?: unknown;
}

/** What an answer shows in the documentation's own words. */
export interface Shown {
  /** That the service is cancelled, or is gone because of this cancellation. */
  readonly cancelled: (answer: Answered) => boolean;
  /** That no cancellation is in force. */
  readonly active: (answer: Answered) => boolean;
  /** The operations that change nothing though they are no GET, such as a login. */
  readonly reads?: readonly string[];
}

/** What is wrong with how a call ended: a success that no answer shows, an error of no known kind, a secret. */
export function problemsOf(
  settled: Settled,
  { shows, secrets }: { readonly shows: Shown; readonly secrets: readonly string[] },
): readonly string[] {
  const { result, error } = settled;
  const out = inspect(error ?? result, { depth: null, showHidden: true }) + JSON.stringify(error ?? result);
  const leaks = secrets.filter((secret) => out.includes(secret)).map(() => `a secret comes out: ${out}`);
  return [...leaks, ...(error === undefined ? resultProblems(settled, shows) : errorProblems(settled, shows))];
}

function errorProblems({ operation, answered, error }: Settled, shows: Shown): readonly string[] {
  if (!isProviderError(error)) return [`an error that is no ProviderError: ${inspect(error)}`];
  const isDone = operation === 'cancel' && answered.some((one) => isWrite(one, shows) && shows.cancelled(one));
  return isDone && error.code !== 'outcome_unknown' ? [`${error.code} although the cancellation was accepted`] : [];
}

function resultProblems({ operation, answered, result }: Settled, shows: Shown): readonly string[] {
  const needs = neededMark(operation, result);
  return needs === undefined || answered.some((one) => shows[needs](one))
    ? []
    : [`no answer shows ${needs}, and the result is ${JSON.stringify(result)}`];
}

/** What an answer has to show before this may be said. */
function neededMark(operation: Settled['operation'], result: unknown): 'cancelled' | 'active' | undefined {
  const { outcome, state }: { outcome?: unknown; state?: unknown } = Object(result);
  switch (operation) {
    case 'cancel':
    case 'confirm':
      return 'cancelled';
    case 'revoke':
      return outcome === 'requested' ? undefined : 'active';
    case 'status':
      if (state === 'none') return 'active';
      return state === 'requested' || state === 'scheduled' || state === 'completed' ? 'cancelled' : undefined;
    case 'options':
    case 'find':
    case 'check':
      return undefined;
  }
}

function isWrite({ operation }: Answered, { reads = [] }: Shown): boolean {
  return !operation.startsWith('GET ') && !reads.includes(operation);
}
