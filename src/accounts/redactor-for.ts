import { stripVTControlCharacters } from 'node:util';
import { trimmed } from '../privacy/credential.ts';
import { decodeEntities } from '../privacy/decode-entities.ts';
import { REDACTED, Redactor, type SecretFinder } from '../privacy/redactor.ts';
import { secretPattern } from '../privacy/secret-pattern.ts';

/**
 * Makes the redactor of an account's secrets. It finds them by value and in any case; of a secret that is echoed in
 * part, its beginning is recognized from half of it on, or from 16 characters.
 *
 * @param escapesHtml whether the provider escapes its texts for HTML; then `words` decodes them.
 */
export function redactorFor(secrets: readonly string[], escapesHtml: boolean = false): Redactor {
  // A secret out of a file can have white space around it that the provider does not echo.
  const forms = secrets.flatMap((secret) => [secret, trimmed(secret)]);
  const held = [...new Set(forms)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return new Redactor(held.length === 0 ? undefined : finderOf(held), escapesHtml ? decodeEntities : undefined);
}

function finderOf(secrets: readonly string[]): SecretFinder {
  const known = patternsFor(secrets);
  const beginnings = secrets.filter(({ length }) => length > SHORTEST_BEGINNING);
  const without = (text: string): string => {
    const rest = known.reduce((left, pattern) => left.replace(pattern, REDACTED), text);
    return beginnings.reduce(withoutBeginning, rest);
  };
  return {
    without,
    withoutHidden: (text) => {
      const rest = without(text);
      if (!INVISIBLE.test(rest)) return rest;
      // Invisible characters may split a secret, which a reader would still see whole.
      const visible = stripVTControlCharacters(rest).replace(INVISIBLES, '');
      const clean = without(visible);
      return clean === visible ? rest : clean;
    },
  };
}

const CACHE_SIZE = 256;
// A pattern has many alternatives for each character; beyond a few thousand characters the engine refuses it.
const MAX_PIECE = 1000;

// Patterns are worth keeping: an account's secrets are the same at every call. Module-private, so out of reach.
const patterns = new Map<string, readonly RegExp[]>();

const INVISIBLE = /[\p{Cc}\p{Cf}]/u;
const INVISIBLES = /[\p{Cc}\p{Cf}]+/gu;

// With less than that of a secret, what is left of it cannot be found by trying; with more, it would be in many a word.
const SHORTEST_BEGINNING = 8;
const LONGEST_BEGINNING = 16;

/** The text without what begins as the secret does, as far as it goes on as the secret does. */
function withoutBeginning(text: string, secret: string): string {
  const [lowerText, lowerSecret] = [text.toLowerCase(), secret.toLowerCase()];
  // A few letters have another length in lower case; then only their own case is looked for.
  const isExact = lowerText.length === text.length && lowerSecret.length === secret.length;
  const [inText, whole] = isExact ? [lowerText, lowerSecret] : [text, secret];
  const needed = Math.min(LONGEST_BEGINNING, Math.max(SHORTEST_BEGINNING, Math.ceil(whole.length / 2)));
  const beginning = whole.slice(0, needed);
  let rest = '';
  let from = 0;
  for (let at = inText.indexOf(beginning); at >= 0; at = inText.indexOf(beginning, from)) {
    let end = at + needed;
    while (end < inText.length && end - at < whole.length && inText[end] === whole[end - at]) end += 1;
    rest += text.slice(from, at) + REDACTED;
    from = end;
  }
  return from === 0 ? text : rest + text.slice(from);
}

function patternsFor(secrets: readonly string[]): readonly RegExp[] {
  const key = JSON.stringify(secrets);
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const made = secrets.flatMap(pieces).map((piece) => new RegExp(secretPattern(piece), 'gi'));
  if (patterns.size >= CACHE_SIZE) patterns.clear();
  patterns.set(key, made);
  return made;
}

/** A long secret in parts of about the same length: where the whole is, each of them is. */
function pieces(secret: string): string[] {
  const characters = [...secret];
  const size = Math.ceil(characters.length / Math.ceil(characters.length / MAX_PIECE));
  return characters.flatMap((_, index) => (index % size === 0 ? [characters.slice(index, index + size).join('')] : []));
}
