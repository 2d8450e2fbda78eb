import { issueText, listed } from '../../call/issue-text.ts';
import type { Account } from '../../contract/account.ts';
import { isProviderError } from '../../contract/provider-error.ts';
import type { AnyWhen } from '../../contract/vocabulary.ts';
import { parseWhen } from '../../contract/when.ts';
import { extrasOf } from '../setup/extras.ts';
import { type OpenedServices, formsOf } from '../setup/open-services.ts';
import { misread, parseService, toReference, writtenForms } from '../setup/parse-service.ts';
import { columnProblem, EXTRA, isOfService, knownColumns } from './columns.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { InputRow } from './input-row.ts';
import { placeOf } from './place.ts';
import { idInCell, isScientific, SHORTENED } from './spreadsheet-cell.ts';

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
  const { row, line, values } = input;
  const problem = input.problem ?? unreadable(values) ?? unknownColumn(input, opened);
  if (problem !== undefined) return { row, line, ok: false, problem };
  const request = toRequest(input, opened);
  if (typeof request === 'string') return { row, line, ok: false, problem: request };
  let serviceKey: string;
  try {
    // Whatever was in the row is checked here.
    // oxlint-disable-next-line no-unsafe-type-assertion
    ({ serviceKey } = await opened.services.validate(request as never));
  } catch (error) {
    if (!isProviderError(error)) throw error;
    const issues = error.issues?.map((issue) => issueText(issue)).join('; ');
    return { row, line, ok: false, problem: issues ?? error.message };
  }
  // oxlint-disable-next-line no-unsafe-type-assertion -- checked just now
  const checked = request as unknown as RowRequest;
  const fingerprint = fingerprintOf(checked, serviceKey, await placeOf(checked.account, opened));
  return { row, line, ok: true, request: checked, serviceKey, fingerprint };
}

/** The request that the columns make; a text: why they make none. */
function toRequest(
  { values, isSpreadsheet = false }: InputRow,
  opened: OpenedServices,
): Readonly<Record<string, unknown>> | string {
  const { account, when, reference } = values;
  if (typeof account !== 'string') return 'account: expected the name of an account';
  const known = Object.hasOwn(opened.accounts, account) ? opened.accounts[account] : undefined;
  if (known === undefined) return `account: expected one of ${Object.keys(opened.accounts).join(', ')}`;
  if (typeof when === 'string' && parseWhen(when.trim()) === undefined) return `when: ${misreadWhen(when, known)}`;
  const forms = formsOf(known);
  const ids = isSpreadsheet ? idsIn(values, forms) : values;
  if (typeof ids === 'string') return ids;
  if (isSpreadsheet && typeof reference === 'string' && isScientific(reference)) return `reference: ${SHORTENED}`;
  const service = serviceIn(ids, forms);
  if (service === undefined)
    return `service: ${noService(ids, forms)} Examples: ${writtenForms(forms).join('   or   ')}`;
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

/** The values with their ids read out of the cells of a spreadsheet; a text: which one cannot be read. */
function idsIn(
  values: Readonly<Record<string, unknown>>,
  forms: ReturnType<typeof formsOf>,
): Readonly<Record<string, unknown>> | string {
  const read: Record<string, unknown> = { ...values };
  for (const [name, value] of Object.entries(values)) {
    const isId = name === 'service' || isOfService(name);
    if (!isId || typeof value !== 'string') continue;
    const isNumber =
      name === 'service'
        ? forms.some(({ plainId }) => plainId?.test('4711') === true)
        : forms.some(({ example }) => typeof example[name] === 'number');
    const cell = idInCell(value, isNumber);
    if (!cell.ok) return `${name}: ${cell.problem}`;
    read[name] = cell.id;
  }
  return read;
}

/** Why the values name no service. */
function noService(values: Readonly<Record<string, unknown>>, forms: ReturnType<typeof formsOf>): string {
  const { service } = values;
  const fields = Object.keys(values).filter((name) => isOfService(name));
  if (service === undefined && fields.length === 0) return 'it is missing.';
  if (service !== undefined && fields.length > 0) return `it is named twice, also by ${fields.join(', ')}.`;
  if (service === undefined) return `${fields.join(', ')} together do not name a service of this account.`;
  if (typeof service !== 'string' && typeof service !== 'number') return 'it has to be an id or an object.';
  const words = String(service).trim().split(/\s+/);
  return words.length > 1 && !words.every((word) => word.includes('='))
    ? 'it is several words; expected one id, or key=value pairs.'
    : misread(words, forms);
}

function serviceIn(
  values: Readonly<Record<string, unknown>>,
  forms: ReturnType<typeof formsOf>,
): Readonly<Record<string, unknown>> | undefined {
  const fields = Object.entries(values).filter(([name]) => isOfService(name));
  const { service } = values;
  if (service === undefined)
    return toReference(
      fields.map(([name, value]): [string, string] => [name, String(value)]),
      forms,
    );
  if (fields.length > 0) return undefined;
  if (typeof service === 'object' && service !== null) return { ...service };
  const isText = typeof service === 'string' || typeof service === 'number';
  return isText ? parseService(String(service).trim().split(/\s+/), forms) : undefined;
}

/** The first line of a spreadsheet was checked by itself. */
function unknownColumn({ values, isSpreadsheet = false }: InputRow, opened: OpenedServices): string | undefined {
  return isSpreadsheet ? undefined : columnProblem(Object.keys(values), knownColumns(opened));
}

/** A file in another encoding than UTF-8 would send garbled reasons. */
function unreadable(values: Readonly<Record<string, unknown>>): string | undefined {
  return JSON.stringify(values).includes('\uFFFD')
    ? 'it is not UTF-8; save the file as UTF-8 (“CSV UTF-8”)'
    : undefined;
}
