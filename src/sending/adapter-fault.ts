import type { ErrorFacts } from '../call/call.ts';
import { REPORT_IT } from '../contract/report-it.ts';

/** The failure for an adapter that breaks the contract. */
export function adapterFault(what: string): ErrorFacts {
  return {
    code: 'unexpected_response',
    reason: 'provider_error',
    message: `the adapter is faulty: ${what}. ${REPORT_IT}`,
  };
}

/** The failure for a verdict that does not follow from the requests. */
export const FAULTY: ErrorFacts = adapterFault('its verdict does not follow from what it sent');
