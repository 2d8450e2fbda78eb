import { issueText } from '../../call/issue-text.ts';
import type { Account } from '../../contract/account.ts';
import { isProviderError } from '../../contract/provider-error.ts';
import { exampleOf } from '../../contract/when.ts';
import { type OpenedServices, formsOf } from '../setup/open-services.ts';
import { misread, parseService, toReference, writtenForms } from '../setup/parse-service.ts';
import { columnProblem, isOfService, knownColumns } from './columns.ts';
import type { InputRow } from './input-row.ts';
import { idInCell } from './spreadsheet-cell.ts';

/** The account and the service that a row names. */
export interface RowAddress {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
}

/** A row whose account and service have been checked, or what is wrong with it. */
export type AddressedRow = { readonly row: number; readonly line: number; readonly reference?: string } & (
  { readonly ok: true; readonly request: RowAddress } | { readonly ok: false; readonly problem: string }
);

/** Reads which service a row names, and checks that. What else it asks for, such as a timing, plays no part. */
export async function readAddress(input: InputRow, opened: OpenedServices): Promise<AddressedRow> {
  const { row, line, values } = input;
  const { reference } = values;
  const isText = typeof reference === 'string' || typeof reference === 'number';
  const place = { row, line, ...(isText ? { reference: String(reference) } : {}) };
  const problem = rowProblem(input, opened);
  if (problem !== undefined) return { ...place, ok: false, problem };
  const address = addressIn(input, opened);
  if (typeof address === 'string') return { ...place, ok: false, problem: address };
  const { account, service, known } = address;
  const [when = 'end_of_period'] = known.capabilities.timings;
  const valid = await validated({ account, service, when: exampleOf(when) }, opened);
  return valid.ok ? { ...place, ok: true, request: { account, service } } : { ...place, ...valid };
}

/** What is wrong with a row before its meaning is known; `undefined` if nothing is. */
export function rowProblem(input: InputRow, opened: OpenedServices): string | undefined {
  return input.problem ?? unreadable(input.values) ?? unknownColumn(input, opened);
}

/** The account and the service that the columns name; a text: why they name none. */
export function addressIn(
  { values, isSpreadsheet = false }: InputRow,
  opened: OpenedServices,
): (RowAddress & { readonly known: Account }) | string {
  const { account } = values;
  if (typeof account !== 'string') return 'account: expected the name of an account';
  const known = Object.hasOwn(opened.accounts, account) ? opened.accounts[account] : undefined;
  if (known === undefined) return `account: expected one of ${Object.keys(opened.accounts).join(', ')}`;
  const forms = formsOf(known);
  const ids = isSpreadsheet ? idsIn(values, forms) : values;
  if (typeof ids === 'string') return ids;
  const service = serviceIn(ids, forms);
  if (service === undefined)
    return `service: ${noService(ids, forms)} Examples: ${writtenForms(forms).join('   or   ')}`;
  return { account, service, known };
}

/** The name of the service of a request, or what is wrong with the request. */
export async function validated(
  request: Readonly<Record<string, unknown>>,
  opened: OpenedServices,
): Promise<{ readonly ok: true; readonly serviceKey: string } | { readonly ok: false; readonly problem: string }> {
  try {
    // Whatever was in the row is checked here.
    // oxlint-disable-next-line no-unsafe-type-assertion
    const { serviceKey } = await opened.services.validate(request as never);
    return { ok: true, serviceKey };
  } catch (error) {
    if (!isProviderError(error)) throw error;
    const issues = error.issues?.map((issue) => issueText(issue)).join('; ');
    return { ok: false, problem: issues ?? error.message };
  }
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
