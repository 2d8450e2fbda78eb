import type { ProviderError } from '../contract/provider-error.ts';

// Registered by name, so that other copies of the package find it, too, such as that of an entry that is bundled alone.
const FOREIGN = Symbol.for('cancelkit.foreignAnswer');

/**
 * Notes that an error is based on an answer that no API gives, such as a maintenance page, for {@link isForeign}.
 * Nothing prints or copies the note.
 *
 * @param hasWritten whether a write had been sent by then, to which it may be the answer.
 */
export function noteForeign(error: ProviderError, hasWritten: boolean): void {
  Object.defineProperty(error, FOREIGN, { value: hasWritten ? 'after a write' : 'before any write' });
}

/** Whether an error that means that nothing happened is based on an answer that no API gives. */
export function isForeign(error: ProviderError): boolean {
  return Reflect.get(error, FOREIGN) !== undefined;
}

/** Whether that answer may be to a write, which is not sent again after it. */
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
