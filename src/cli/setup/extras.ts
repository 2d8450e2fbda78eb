import type { Account } from '../../contract/account.ts';
import { wrongUse } from '../terminal/wrong-use.ts';

/**
 * The provider's own fields out of texts, as its capabilities describe them. A name that is not described stays a text:
 * the check of the request says what is expected.
 *
 * @throws ProviderError `invalid_request` for a text that is neither yes nor no
 */
export function extrasOf(
  texts: Readonly<Record<string, string>>,
  { capabilities }: Pick<Account, 'capabilities'>,
): Readonly<Record<string, string | boolean>> {
  const entries = Object.entries(texts).map(([name, text]): [string, string | boolean] => {
    if (capabilities.extras?.[name]?.type !== 'boolean') return [name, text];
    const value = BOOLEANS.get(text.trim().toLowerCase());
    if (value === undefined) throw wrongUse(`the extra ${name} has to be true or false. Nothing was sent.`);
    return [name, value];
  });
  return Object.fromEntries(entries);
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);
