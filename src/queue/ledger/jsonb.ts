/**
 * A value as JSON that a `jsonb` column takes. It takes no NUL and no unpaired surrogates, which a provider's answer may
 * hold: each of them becomes U+FFFD. As the character itself, since a database that is not in UTF-8 refuses its escape.
 */
export function toJsonb(value: unknown): string {
  return JSON.stringify(value).replace(NOT_STORABLE, '$1\ufffd');
}

/** Whether a value comes back out of a `jsonb` column as it went in. */
export function isStorable(value: unknown): boolean {
  return JSON.stringify(value) === toJsonb(value);
}

// As JSON.stringify escapes them; an even number of backslashes before it is text of its own.
const NOT_STORABLE = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g;
