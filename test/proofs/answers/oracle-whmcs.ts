import type { CancellationState, ErrorCode } from '../../../src/index.ts';
import { asObject, objectIn, type ReadAnswer } from './answer.ts';
import { SERVICE_ID } from './documented.ts';
import { lastAnswers, type Exchanged } from './exchange.ts';
import type { Oracle } from './oracle.ts';

/** The documented messages, compared without case. */
const MESSAGES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^service id not found$/, 'not_found'],
  [/^authentication failed$/, 'unauthorized'],
  [/^invalid or missing credentials$/, 'unauthorized'],
  [/^invalid ip:? [0-9a-f.:]+$/, 'forbidden'],
  [/^invalid permissions: api action "?\w+"? is not allowed$/, 'forbidden'],
  [/^access denied$/, 'forbidden'],
  [/^administrator account disabled$/, 'forbidden'],
  [/^ip banned$/, 'forbidden'],
  [/^invalid api action\b/, 'unexpected_response'],
];

/** WHMCS: `result` decides, whatever the HTTP status. */
export const whmcsOracle: Oracle = {
  accepts: (answer) => resultOf(answer) === 'success',
  refuses: (answer) => {
    if (resultOf(answer) !== 'error') return [];
    const known = MESSAGES.flatMap(([pattern, code]) => (pattern.test(messageOf(answer)) ? [code] : []));
    // Errors of access come with these statuses, whatever their words.
    const byStatus: readonly ErrorCode[] =
      answer.status === 401 ? ['unauthorized'] : answer.status === 403 ? ['forbidden'] : [];
    return [...known, ...byStatus];
  },
  isDuplicate: (answer) =>
    resultOf(answer) === 'error' && /^existing cancellation request exists(?!\w)/.test(messageOf(answer)),
  duplicateIsAmbiguous: false,
  speaks: (answer) => resultOf(answer) !== undefined,
  // Any other wording may come after the request was stored.
  isOpen: (answer) => resultOf(answer) === 'error' && answer.status < 500,
  states: statesOf,
};

/** Letters of another size do not make it another word. */
function resultOf(answer: ReadAnswer | undefined): 'success' | 'error' | undefined {
  const result = objectIn(answer)?.['result'];
  const word = typeof result === 'string' ? result.trim().toLowerCase() : undefined;
  return word === 'success' || word === 'error' ? word : undefined;
}

function messageOf(answer: ReadAnswer): string {
  const message = objectIn(answer)?.['message'];
  return typeof message === 'string'
    ? message
        .trim()
        .toLowerCase()
        .replace(/[.!;,: ]+$/, '')
    : '';
}

function statesOf(reads: readonly Exchanged[]): ReadonlySet<CancellationState> {
  const states = new Set<CancellationState>(['unknown']);
  const product = productIn(lastAnswers(reads, 'show').at(-1));
  if (product === undefined) return states;
  const pages = lastAnswers(reads, 'list', 'rest');
  const lists = pages.map((page) =>
    resultOf(page) === 'success' ? entriesOf(objectIn(page)?.['packages'], 'package') : undefined,
  );
  const entries = lists.flat().map(asObject);
  const requests = entries.filter((entry) => String(entry?.['relid']) === String(SERVICE_ID));
  if (['terminated', 'cancelled'].includes(String(product['status']).toLowerCase())) return states.add('completed');
  if (requests.length > 0) {
    states.add('requested');
    const isDated = requests.some((request) => /^end of billing period$/i.test(String(request?.['type'])));
    if (isDated && /^\d{4}-\d{2}-\d{2}/.test(String(product['nextduedate']))) states.add('scheduled');
    return states;
  }
  const isReadable = lists.length > 0 && entries.every((entry) => isId(entry?.['relid']));
  const total = Number(objectIn(pages.at(-1))?.['totalresults'] ?? Number.NaN);
  const isWhole = lists.at(-1)?.length === 0 || entries.length >= total;
  return isReadable && isWhole ? states.add('none') : states;
}

function productIn(answer: ReadAnswer | undefined): Readonly<Record<string, unknown>> | undefined {
  if (resultOf(answer) !== 'success') return undefined;
  const products = entriesOf(objectIn(answer)?.['products'], 'product') ?? [];
  return products.map(asObject).find((one) => String(one?.['id']) === String(SERVICE_ID));
}

function isId(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'string';
}

/** A list in each of its forms: under its key or not, empty in five ways, one object alone, numeric keys. */
function entriesOf(value: unknown, key: string): readonly unknown[] | undefined {
  if (value === undefined || value === null || value === '') return [];
  if (Array.isArray(value)) return value;
  const object = asObject(value);
  if (object === undefined) return undefined;
  if (Object.hasOwn(object, key)) return entriesOf(object[key], key);
  const isNumbered = Object.keys(object).every((name) => /^\d+$/.test(name));
  return isNumbered ? Object.values(object) : [object];
}
