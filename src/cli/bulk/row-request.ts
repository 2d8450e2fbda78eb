import { issueText } from '../../issue-text.ts';
import { isProviderError } from '../../provider-error.ts';
import { formsOf, type OpenedServices } from '../open-services.ts';
import { parseService, toReference, writtenForms } from '../parse-service.ts';
import { columnProblem, COMMON_COLUMNS } from './columns.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { InputRow } from './input-row.ts';
import { placeOf } from './place.ts';

/** A request as a list holds it, checked. */
export interface RowRequest {
  readonly account: string;
  readonly service: Readonly<Record<string, unknown>>;
  readonly when: 'immediate' | 'end_of_period';
  readonly reason?: string | Readonly<Record<string, unknown>>;
  readonly reference?: string;
}

/** A row with its meaning, or with what is wrong with it. */
export type ReadRow = { readonly row: number; readonly line: number } & (
  | { readonly ok: true; readonly request: RowRequest; readonly serviceKey: string; readonly fingerprint: string }
  | { readonly ok: false; readonly problem: string }
);

/**
 * Reads a row's meaning, and checks it as `cancel` does.
 *
 * @throws ProviderError `not_configured` where its account cannot be used at all
 */
export async function readRow(input: InputRow, opened: OpenedServices): Promise<ReadRow> {
  const { row, line, values } = input;
  const problem = input.problem ?? unreadable(values) ?? columnProblem(Object.keys(values), opened);
  if (problem !== undefined) return { row, line, ok: false, problem };
  const request = toRequest(values, opened);
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
  values: Readonly<Record<string, unknown>>,
  opened: OpenedServices,
): Readonly<Record<string, unknown>> | string {
  const { account, when, reason, category, reference } = values;
  if (typeof account !== 'string') return 'account: expected the name of an account';
  const known = Object.hasOwn(opened.accounts, account) ? opened.accounts[account] : undefined;
  if (known === undefined) return `account: expected one of ${Object.keys(opened.accounts).join(', ') || '(none)'}`;
  const forms = formsOf(known);
  const service = serviceIn(values, forms);
  if (service === undefined) return `service: expected ${writtenForms(forms).join('   or   ')}`;
  return {
    account,
    service,
    ...(when === undefined ? {} : { when }),
    ...(category === undefined ? {} : { reason: { category, ...(reason === undefined ? {} : { text: reason }) } }),
    ...(category === undefined && reason !== undefined ? { reason } : {}),
    ...(reference === undefined ? {} : { reference: typeof reference === 'number' ? String(reference) : reference }),
  };
}

function serviceIn(
  values: Readonly<Record<string, unknown>>,
  forms: ReturnType<typeof formsOf>,
): Readonly<Record<string, unknown>> | undefined {
  const fields = Object.entries(values).filter(([name]) => !COMMON_COLUMNS.includes(name));
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

/** A file in another encoding than UTF-8 would send reasons that nobody wrote. */
function unreadable(values: Readonly<Record<string, unknown>>): string | undefined {
  return JSON.stringify(values).includes('\uFFFD') ? 'it is not UTF-8; save the file as UTF-8' : undefined;
}
