import type { ProviderError } from '../../contract/provider-error.ts';
import { systemCode } from '../terminal/system-code.ts';
import { wrongUse } from '../terminal/wrong-use.ts';

/**
 * The error for a file that cannot be opened for writing, with the system's word for why, such as `EACCES`. It does not
 * advise another file: if an earlier run has sent something, all of it would be sent again.
 */
export function unwritable(path: string, error: unknown): ProviderError {
  return wrongUse(`${path} cannot be written (${systemCode(error)}). Correct that first. Nothing was sent.`);
}
