import type { ProviderError } from '../contract/provider-error.ts';

// Registered by name, so that other copies of the package find it, too, such as that of an entry that is bundled alone.
const FOREIGN = Symbol.for('cancelkit.foreignAnswer');

/**
 * Notes that an error is based on a response that no API gives, such as a maintenance page, for {@link isForeign}.
 * Nothing prints or copies the note.
 *
 * @param hasWritten whether a write had been sent by then, to which it may be the response.
 */
export function noteForeign(error: ProviderError, hasWritten: boolean): void {
  Object.defineProperty(error, FOREIGN, { value: hasWritten ? 'after a write' : 'before any write' });
}

/** Whether an error that means that nothing happened is based on a response that no API gives. */
export function isForeign(error: ProviderError): boolean {
  return Reflect.get(error, FOREIGN) !== undefined;
}

/** Whether that response may be to a write, which is not sent again after it. */
export function isForeignAfterWrite(error: ProviderError): boolean {
  return Reflect.get(error, FOREIGN) === 'after a write';
}

/**
 * Whether an error shows nothing about the provider: something else answered, or the outcome is unknown and could not
 * be read back either. Several in a row mean that every further request ends the same way.
 */
export function provesNothing(error: ProviderError): boolean {
  const { code, reason, lastSeen } = error;
  return isForeign(error) || (code === 'outcome_unknown' && lastSeen === undefined && reason !== 'aborted');
}

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
