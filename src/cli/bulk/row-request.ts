import { listed } from '../../call/issue-text.ts';
import type { Account } from '../../contract/account.ts';
import type { AnyWhen } from '../../contract/vocabulary.ts';
import { parseWhen } from '../../contract/when.ts';
import { extrasOf } from '../setup/extras.ts';
import type { OpenedServices } from '../setup/open-services.ts';
import { EXTRA } from './columns.ts';
import { fingerprintOf, placeOf } from './fingerprint.ts';
import type { InputRow } from './input-row.ts';
import { addressIn, rowProblem, validated } from './row-address.ts';
import { isScientific, SHORTENED } from './spreadsheet-cell.ts';

/** A request as a list holds it, checked. */
export interface RowRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when: AnyWhen;
  readonly reason?: string | Readonly<Record<string, unknown>>;
  readonly reference?: string;
  readonly extras?: Readonly<Record<string, unknown>>;
}

/** A row with its meaning, or with what is wrong with it. */
export type ReadRow = { readonly row: number; readonly line: number } & (
  | { readonly ok: true; readonly request: RowRequest; readonly serviceKey: string; readonly fingerprint: string }
  | { readonly ok: false; readonly problem: string }
);

/**
 * Reads a row's meaning, and checks it as `cancel` does.
 *
 * @throws ProviderError `not_configured` if its account cannot be used at all
 */
export async function readRow(input: InputRow, opened: OpenedServices): Promise<ReadRow> {
  const { row, line } = input;
  const problem = rowProblem(input, opened);
  if (problem !== undefined) return { row, line, ok: false, problem };
  const request = toRequest(input, opened);
  if (typeof request === 'string') return { row, line, ok: false, problem: request };
  const valid = await validated(request, opened);
  if (!valid.ok) return { row, line, ok: false, problem: valid.problem };
  const { serviceKey } = valid;
  // oxlint-disable-next-line no-unsafe-type-assertion -- checked just now
  const checked = request as unknown as RowRequest;
  const fingerprint = fingerprintOf(checked, serviceKey, await placeOf(checked.account, opened));
  return { row, line, ok: true, request: checked, serviceKey, fingerprint };
}

/** The request that the columns make; a text: why they make none. */
function toRequest(input: InputRow, opened: OpenedServices): Readonly<Record<string, unknown>> | string {
  const { values, isSpreadsheet = false } = input;
  const { when, reference } = values;
  const address = addressIn(input, opened);
  if (typeof address === 'string') return address;
  if (isSpreadsheet && typeof reference === 'string' && isScientific(reference)) return `reference: ${SHORTENED}`;
  const { account, service, known } = address;
  if (typeof when === 'string' && parseWhen(when.trim()) === undefined) return `when: ${misreadWhen(when, known)}`;
  return {
    account,
    service,
    ...(when === undefined ? {} : { when: (typeof when === 'string' ? parseWhen(when.trim()) : undefined) ?? when }),
    ...reasonIn(values),
    ...(reference === undefined ? {} : { reference: typeof reference === 'number' ? String(reference) : reference }),
    ...extrasIn(values, known),
  };
}

/** What the account offers, as it is written in a list. */
function misreadWhen(when: string, { capabilities }: Account): string {
  const words = capabilities.timings.map((timing) => (timing === 'on_date' ? 'a date such as 2026-12-31' : timing));
  const isDate = /\d/.test(when);
  return `expected ${listed(words, 'or')}${isDate ? '. A spreadsheet writes dates its own way: format the column as text' : ''}`;
}

/** A text alone, or the parts of a reason. A reason that is an object is one already. */
function reasonIn({ reason: text, category, reason_code: providerCode }: Readonly<Record<string, unknown>>): {
  readonly reason?: unknown;
} {
  if (category === undefined && providerCode === undefined) return text === undefined ? {} : { reason: text };
  const parts = Object.entries({ category, text, providerCode }).filter(([, value]) => value !== undefined);
  return { reason: Object.fromEntries(parts) };
}

/** The provider's own fields: those of the object `extras`, and those of the columns `extras.…`. */
function extrasIn(values: Readonly<Record<string, unknown>>, account: Account): { readonly extras?: unknown } {
  const { extras } = values;
  const columns = Object.entries(values).filter(([name]) => name.startsWith(EXTRA));
  if (columns.length === 0) return extras === undefined ? {} : { extras };
  const texts = columns.map(([name, value]): [string, string] => [name.slice(EXTRA.length), String(value)]);
  return { extras: { ...(typeof extras === 'object' ? extras : {}), ...extrasOf(Object.fromEntries(texts), account) } };
}
