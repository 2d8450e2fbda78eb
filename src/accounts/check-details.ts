import type { Call } from '../call/call.ts';
import { checkedOrThrow, invalid } from '../call/check-input.ts';
import { type Checked, checkAgainst } from '../call/check-schema.ts';
import { chooseReasonCode } from '../call/reason-code.ts';
import type { Reason } from '../contract/reason.ts';
import type { AccountEntry } from './account-entry.ts';

/** The parts of a cancellation that are the provider's own, checked. */
export interface CheckedDetails {
  /** The code of the provider's own list that is to be sent. */
  readonly reasonCode: string | undefined;
  /** As the provider's schema returned them; `undefined` if the provider has none. */
  readonly extras: unknown;
}

/**
 * Checks the parts of a cancellation that are the provider's own: its extras, and its codes for a reason.
 *
 * @throws ProviderError `invalid_request`
 */
export async function checkDetails(
  { account, driver }: AccountEntry,
  { reason, extras }: { readonly reason?: Reason | undefined; readonly extras?: object | undefined },
  call: Call,
): Promise<CheckedDetails> {
  const { code, issue } = chooseReasonCode(reason, account.capabilities.reason);
  if (issue !== undefined) throw call.error(invalid([issue]));
  return { reasonCode: code, extras: await checkedOrThrow(checkExtras(driver.extras, extras), call, 'extras') };
}

function checkExtras(schema: AccountEntry['driver']['extras'], extras: object = {}): Promise<Checked<unknown>> {
  if (schema !== undefined) return checkAgainst(schema, extras);
  const isEmpty = Object.keys(extras).length === 0;
  return Promise.resolve(isEmpty ? { ok: true, value: undefined } : { ok: false, issues: [NO_EXTRAS] });
}

const NO_EXTRAS = { path: '', expected: 'nothing: this provider has no fields of its own' } as const;
