import type { ProviderError } from '../contract/provider-error.ts';

/** The time of the caller's clock after a wait in milliseconds, ISO 8601. */
export function timeAfter(milliseconds: number): string {
  return new Date(Date.now() + milliseconds).toISOString();
}

// By this name also for another copy of the package, such as the one of an entry that is bundled alone.
const RETRY_BY = Symbol.for('cancelkit.retryBy');

/**
 * Notes when an error's wait ends by the clock that is never set, for {@link waitOf}. It is never
 * printed or copied.
 */
export function noteWait(error: ProviderError, milliseconds: number): void {
  Object.defineProperty(error, RETRY_BY, { value: performance.now() + milliseconds });
}

/**
 * Returns how many milliseconds are left until the time that an error names (`retryAt`), at least 0, or `undefined` if
 * it names none. A time of day that is set after the error was made changes nothing; only an error without the note of
 * {@link noteWait}, such as a copy that a wrapper of the service made, is measured by the time of day.
 */
export function waitOf(error: ProviderError): number | undefined {
  const { retryAt } = error;
  if (retryAt === undefined) return undefined;
  const until: unknown = Reflect.get(error, RETRY_BY);
  const left = typeof until === 'number' ? until - performance.now() : Date.parse(retryAt) - Date.now();
  return Number.isNaN(left) ? undefined : Math.max(0, Math.ceil(left));
}
