import type { ErrorFacts } from '../call/call.ts';
import { REPORT_IT } from '../contract/report-it.ts';

/** The failure for a verdict that does not follow from the requests. */
export const FAULTY: ErrorFacts = {
  code: 'unexpected_response',
  reason: 'provider_error',
  message: `the adapter is faulty: its verdict does not follow from what it sent. ${REPORT_IT}`,
};
