import { ProviderError } from '../../contract/provider-error.ts';
import type { CancelResult } from '../../contract/result.ts';
import type { QueryClient } from '../database/database.ts';
import { invalidInput } from '../input/check-input.ts';
import type { CheckedResolution } from '../input/decision-input.ts';
import { toClaimed } from './claimed-row.ts';
import { type DecisionContext, locked, note, write } from './decision.ts';

/**
 * Writes a person's word on a cancellation that is unknown, has lapsed or is overdue.
 *
 * @throws ProviderError `invalid_request` if it is in another state, or is being read back at this moment
 */
export async function resolve(
  client: QueryClient,
  context: DecisionContext,
  id: string,
  { as, effectiveAt, ...decision }: CheckedResolution,
): Promise<void> {
  const row = await locked(client, context, id, decision, ['unknown', 'lapsed', 'overdue'], RESOLVED);
  const { provider, request, error, result: accepted } = toClaimed(row);
  if (effectiveAt !== undefined) await checkNotOver(client, effectiveAt);
  const { account, service, when } = request;
  const { attempts = 0, operationId = crypto.randomUUID() } = error ?? accepted ?? {};
  const origin = { attempts, operationId };
  if (as === 'refused') {
    const message = `${provider}: a person has found that it did not take effect.`;
    const refusal = new ProviderError('rejected', { ...origin, message, account, provider, operation: 'cancel' });
    await write(client, context, id, { state: as, error: refusal.toJSON() });
  } else {
    const result: CancelResult = {
      account,
      provider,
      service,
      when,
      outcome: as,
      reconciled: true,
      // The person read it there.
      ...(effectiveAt === undefined
        ? {}
        : { effectiveAt: { value: effectiveAt, precision: 'date', source: 'provider' } }),
      warnings: [BY_A_PERSON],
      ...origin,
      raw: undefined,
    };
    await write(client, context, id, { state: as, result });
  }
  await note(client, context, id, 'resolved', decision, effectiveAt === undefined ? { as } : { as, effectiveAt });
}

/** @throws ProviderError `invalid_request` for a day that is over everywhere: nothing is scheduled for it */
async function checkNotOver(client: QueryClient, day: string): Promise<void> {
  const { rows } = await client.query(
    `SELECT ((clock_timestamp() AT TIME ZONE 'UTC') - interval '12 hours')::date > $1::date AS over`,
    [day],
  );
  if (rows[0]?.['over'] !== true) return;
  const expected = 'a day that is not over; for one that is, resolve it as completed or requested';
  throw invalidInput([{ path: 'decision.effectiveAt', expected }]);
}

const RESOLVED = 'is unknown, lapsed or overdue';

const BY_A_PERSON = {
  code: 'resolved_by_person',
  message: 'A person found this out; the provider did not say it over its API.',
} as const;
