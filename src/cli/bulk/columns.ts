import { describeKey } from '../../call/check-schema.ts';
import { TIMINGS } from '../../contract/vocabulary.ts';
import { type OpenedServices, formsOf } from '../setup/open-services.ts';

/** The columns that mean the same for every account. */
const COMMON_COLUMNS: readonly string[] = [
  'account',
  'service',
  'when',
  'reason',
  'category',
  'reason_code',
  'reference',
  'extras',
];

/** What the columns of a provider's own fields begin with: `extras.reserveLocation`. */
export const EXTRA = 'extras.';

/** Whether a column names a field of the service, rather than a part of the cancellation. */
export function isOfService(name: string): boolean {
  return !COMMON_COLUMNS.includes(name) && !name.startsWith(EXTRA);
}

/** What the columns of a list may be called. */
export interface KnownColumns {
  readonly names: readonly string[];
  /** `false` if an account's provider does not declare the fields of its services: any other name may be one. */
  readonly isComplete: boolean;
  /** Values that mark a row as one: the names of the accounts, and the timings. */
  readonly values: ReadonlySet<string>;
}

/** The columns that the accounts take. */
export function knownColumns({ accounts }: Pick<OpenedServices, 'accounts'>): KnownColumns {
  const forms = Object.values(accounts).map((account) => formsOf(account));
  const fields = forms.flatMap((each) => each.flatMap(({ example }) => Object.keys(example)));
  const extras = Object.values(accounts).flatMap(({ capabilities }) => Object.keys(capabilities.extras ?? {}));
  return {
    names: [...new Set([...COMMON_COLUMNS, ...extras.map((name) => `${EXTRA}${name}`), ...fields])],
    isComplete: forms.every((each) => each.length > 0),
    values: new Set([...Object.keys(accounts), ...TIMINGS]),
  };
}

/** What is wrong with the names of columns; `undefined` if nothing is. */
export function columnProblem(names: readonly string[], known: KnownColumns): string | undefined {
  if (!known.isComplete) return undefined;
  const unknown = names.flatMap((name, index) => (known.names.includes(name) ? [] : [shown(name, index)]));
  if (unknown.length === 0) return undefined;
  return `${unknown.join(', ')}. ${columnsOf(known)}`;
}

/** The names that columns may have, as a sentence without its full stop. */
export function columnsOf({ names }: KnownColumns): string {
  return `The columns are: ${names.join(', ')}`;
}

/** A name is input: only what looks like the name of a field is repeated. */
function shown(name: string, index: number): string {
  return describeKey(name) === name
    ? `there is no column ${name}`
    : `the name of column ${index + 1} is not the name of a column`;
}

/** The names as the accounts know them, which a spreadsheet may have written in another case. */
export function inKnownCase(names: readonly string[], known: KnownColumns): readonly string[] {
  return names.map((name) => {
    if (known.names.includes(name)) return name;
    const [found, ...others] = known.names.filter((each) => each.toLowerCase() === name.toLowerCase());
    return found !== undefined && others.length === 0 ? found : name;
  });
}
