import type { ProviderResponse } from '../contract/exchange.ts';

/**
 * The values of a login's response that look like credentials, by their names and forms. They are needed before the
 * adapter has said which value is the token, and for those that it does not use, such as a refresh token.
 */
export function secretsIn({ headers, body }: ProviderResponse): readonly string[] {
  const named = Object.entries(headers).flatMap(([name, value]) =>
    IN_HEADERS.test(name)
      ? value.split(/[;,\s=]+/).filter((part) => part.length >= SHORTEST_IN_HEADERS && isToken(part))
      : [],
  );
  if (body.kind === 'json') return [...named, ...tokensIn(body.value, true, 0)];
  // A token that is the whole body; a page has blanks.
  return body.kind === 'other' && isToken(body.text) ? [...named, body.text] : named;
}

const IN_HEADERS = /token|cookie|authorization|session|secret/;
const NAMES =
  /token|refresh|jwt|secret|session|ticket|assertion|bearer|cookie|api_?-?key|password|authorization|credential/i;
// What only describes a token: `token_type` is `Bearer`.
const DESCRIBES = /(?:type|ur[il]|endpoint|scope|expir\w*|lifetime|name)$/i;
const MAX_DEPTH = 8;
// Longer than the names of a cookie's attributes.
const SHORTEST_IN_HEADERS = 16;

function tokensIn(value: unknown, isNamed: boolean, depth: number): readonly string[] {
  if (typeof value === 'string') return isNamed && isToken(value) ? [value] : [];
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return [];
  if (Array.isArray(value)) return value.flatMap((entry) => tokensIn(entry, depth > 0 && isNamed, depth + 1));
  return Object.entries(value).flatMap(([name, entry]) =>
    tokensIn(entry, (NAMES.test(name) || (depth > 0 && isNamed)) && !DESCRIBES.test(name), depth + 1),
  );
}

/** Words are shorter, or have blanks between them, and codes such as `invalid_grant` are made of words. */
function isToken(text: string): boolean {
  return text.length >= 8 && text.length <= 16_384 && !/[\s<>]/.test(text) && !WORDS.test(text) && !isTime(text);
}

/** Whether a text is a date or a time: taken for a secret, it would hide the dates of a cancellation. */
export function isTime(text: string): boolean {
  return ISO_TIME.test(text) || HTTP_DATE.test(text);
}

// Also the basic form, and a time that was cut at a colon.
const ISO_TIME =
  /^(?:19|20)\d\d-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])(?:T[\d:.,]{0,20}(?:Z|[+-]\d\d(?::?\d\d)?)?)?$/i;
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/;

const WORDS = /^(?=.{0,23}$)[A-Za-z]+(?:[_.:-][A-Za-z]+)*$/;
