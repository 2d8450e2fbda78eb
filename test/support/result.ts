import type { CancelResult } from 'cancelkit';

/** A made-up result: by default of a cancellation that was requested to the end of the period. */
export function acceptedResult(parts: Partial<CancelResult> = {}): CancelResult {
  return {
    account: 'shop',
    provider: 'acme',
    service: { id: 'service-1' },
    when: 'end_of_period',
    outcome: 'requested',
    reconciled: false,
    warnings: [],
    attempts: 1,
    operationId: 'operation-1',
    raw: null,
    ...parts,
  };
}
