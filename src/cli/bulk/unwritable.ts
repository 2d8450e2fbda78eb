import type { ProviderError } from '../../provider-error.ts';
import { wrongUse } from '../wrong-use.ts';

/** The error for a file that cannot be opened for writing: with the system's word for why, such as `EACCES`. */
export function unwritable(path: string, error: unknown): ProviderError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'it failed';
  return wrongUse(`${path} cannot be written (${code}). Name another file with --results. Nothing was sent.`);
}
