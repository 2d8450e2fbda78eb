import type { ErrorCode } from '../../contract/error-code.ts';
import type { ProviderError } from '../../contract/provider-error.ts';

/** What to do after an error, if its message does not say it already. */
export function nextStepOf({
  code,
  message,
  operation,
}: Pick<ProviderError, 'code' | 'message'> & Partial<Pick<ProviderError, 'operation'>>): string | undefined {
  if (code === 'unavailable' && SAYS_WHAT_TO_DO.test(message)) return undefined;
  if (code !== 'outcome_unknown') return NEXT_STEPS[code];
  // Of a list, what was sent is in its results, which the message names.
  if (RESULTS_SAY.test(message)) return undefined;
  return operation === 'queue' ? LOOK_INTO_QUEUE : NEXT_STEPS[code];
}

const RESULTS_SAY = /--resume|Look the rows of the list up/;
const LOOK_INTO_QUEUE = 'Look with `cancelkit queue list` for what it has changed before you repeat it.';

/** An address that is wrong, or a wall in front of the provider: it will be there the next time, too. */
const SAYS_WHAT_TO_DO = /\b(?:Check|Ask) the\b/;

const NEXT_STEPS: { readonly [Code in ErrorCode]?: string } = {
  unsupported: '`cancelkit accounts` shows what each account can do.',
  unauthorized: 'Correct the credentials before another call: some providers ban after a few failures.',
  not_found: 'Check the id, and that it belongs to this account.',
  timing_conflict: 'Decide which of the two should apply, and undo the other one.',
  rate_limited: 'Nothing was processed. Run it again later.',
  unavailable: 'Nothing happened. Run it again later; if it stays so, check the address in the configuration.',
  unexpected_response: 'Check the address in the configuration.',
  aborted: 'Nothing was sent. Run it again if it is still wanted.',
  outcome_unknown:
    'Do not send it again. Read it back with `cancelkit status`, or look it up if the provider cannot be asked.',
};
