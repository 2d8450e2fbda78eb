import type { ProviderError } from '../contract/provider-error.ts';

// Registered by name, so that other copies of the package find it, too, such as that of an entry that is bundled alone.
const FOREIGN = Symbol.for('cancelkit.foreignAnswer');

/**
 * Notes that an error is based on an answer that no API gives, such as a maintenance page, for {@link isForeign}.
 * Nothing prints or copies the note.
 */
export function noteForeign(error: ProviderError): void {
  Object.defineProperty(error, FOREIGN, { value: true });
}

/** Whether an error that means that nothing happened is based on an answer that no API gives. */
export function isForeign(error: ProviderError): boolean {
  return Reflect.get(error, FOREIGN) === true;
}

/**
 * Whether an error shows nothing about the provider: something else answered, or the outcome is unknown and could not
 * be read back either. Several in a row mean that every further request ends the same way.
 */
export function provesNothing(error: ProviderError): boolean {
  const { code, reason, lastSeen } = error;
  return isForeign(error) || (code === 'outcome_unknown' && lastSeen === undefined && reason !== 'aborted');
}
