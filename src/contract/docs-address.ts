import type { ErrorCode } from './error-code.ts';

/**
 * Where the documentation is: the folder in the package. A project with an address of its own puts that here, as
 * `homepage` of package.json names it.
 */
export const DOCS = 'cancelkit/docs';

/** The page and heading of an error code. It stays the same for good. */
export function docsOf(code: ErrorCode): string {
  return `${DOCS}/errors.md#${code}`;
}
