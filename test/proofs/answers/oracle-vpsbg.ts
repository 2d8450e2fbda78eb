import type { CancellationState, ErrorCode } from '../../../src/index.ts';
import { asObject, objectIn, type ReadAnswer } from './answer.ts';
import { SERVICE_ID } from './documented.ts';
import { lastAnswers } from './exchange.ts';
import { isClientError, isSuccessStatus, type Oracle } from './oracle.ts';

const CODES: Readonly<Record<number, readonly ErrorCode[]>> = {
  401: ['unauthorized'],
  403: ['forbidden'],
  // A route that is gone is not a server that is gone.
  404: ['not_found', 'unexpected_response'],
  405: ['unexpected_response'],
  429: ['rate_limited'],
  // A locked server: such an action has been seen to land later.
  423: [],
};

/** VPSBG: any 2xx without a body, or with an object that names no error; errors as 4xx with a `message`. */
export const vpsbgOracle: Oracle = {
  accepts: (answer) => isSuccessStatus(answer) && namesNoError(answer),
  refuses: (answer) => {
    const message = objectIn(answer)?.['message'];
    if (typeof message !== 'string') return [];
    // What Laravel says of a missing token, before any of the API's code runs, under whichever status.
    const isAboutToken = message.trim().replace(/\.$/, '').toLowerCase() === 'unauthenticated';
    return [
      ...(isAboutToken ? (['unauthorized'] as const) : []),
      ...(isClientError(answer) ? (CODES[answer.status] ?? ['rejected' as const]) : []),
    ];
  },
  // No documented response says so.
  isDuplicate: () => false,
  duplicateIsAmbiguous: false,
  speaks: () => false,
  isOpen: () => false,
  states: (reads) => statesOf(lastAnswers(reads, 'show').at(-1)),
};

function namesNoError({ body }: ReadAnswer): boolean {
  if (body.is === 'nothing') return true;
  const fields = body.is === 'json' ? asObject(body.value) : undefined;
  return fields !== undefined && !Object.keys(fields).some((key) => /error|message|fail|exception/i.test(key));
}

function statesOf(answer: ReadAnswer | undefined): ReadonlySet<CancellationState> {
  const states = new Set<CancellationState>(['unknown']);
  const server = objectIn(answer);
  if (answer?.status !== 200 || server === undefined || String(server['id']) !== String(SERVICE_ID)) return states;
  if (!Object.hasOwn(server, 'cancel_request')) return states;
  const request = server['cancel_request'];
  // The values of the billing status are not documented: what is over says `terminated`, and one that speaks of a
  // cancellation where there is no request is neither over nor free of one.
  const status = typeof server['status'] === 'string' ? server['status'].toLowerCase() : '';
  if (status === 'terminated') return states.add('completed');
  // `null` if none exists; what is empty in another way is neither.
  if (request === null) return status.includes('cancel') ? states : states.add('none');
  if (!request || (typeof request === 'object' && Object.keys(request).length === 0)) return states;
  states.add('requested');
  const isDated = typeof server['expiry_at'] === 'string' && !Number.isNaN(Date.parse(server['expiry_at']));
  const now = asObject(request)?.['now'];
  // A database writes `false` as 0.
  return isDated && (now === false || now === 0) ? states.add('scheduled') : states;
}
