import { describeKey } from '../../check.ts';
import { formsOf, type OpenedServices } from '../open-services.ts';

/** The columns that mean the same for every account. */
export const COMMON_COLUMNS: readonly string[] = ['account', 'service', 'when', 'reason', 'category', 'reference'];

/** What is wrong with the names of columns, given the accounts that there are; `undefined` where nothing is. */
export function columnProblem(names: readonly string[], opened: OpenedServices): string | undefined {
  const accounts = Object.values(opened.accounts);
  // Of a provider of somebody else's the fields may not be known.
  if (accounts.some((account) => formsOf(account).length === 0)) return undefined;
  const fields = accounts.flatMap((account) => formsOf(account).flatMap(({ example }) => Object.keys(example)));
  const known = [...new Set([...COMMON_COLUMNS, ...fields])];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length === 0) return undefined;
  return `there is no column ${unknown.map(describeKey).join(', ')}. The columns are: ${known.join(', ')}`;
}
