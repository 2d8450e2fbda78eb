import { stripVTControlCharacters } from 'node:util';
import { trimmed } from './credential.ts';
import { decodeEntities } from './decode-entities.ts';
import { secretPattern } from './secret-pattern.ts';

/** What stands in place of a secret. */
export const REDACTED = '[REDACTED]';

const MAX_TEXT = 512;
const MAX_DEPTH = 24;
const CACHE_SIZE = 256;
// A pattern has many alternatives for each character; beyond a few thousand characters the engine refuses it.
const MAX_PIECE = 1000;
const SENSITIVE_KEY =
  /pass(?:word|wd|phrase)?$|^pw$|^pwd$|secret|token|api_?-?key|access_?-?key|private_?-?key|credential|authorization|cookie/i;

// Patterns are worth keeping: an account's secrets are the same at every call. Module-private, so out of reach.
const patterns = new Map<string, readonly RegExp[]>();

/**
 * Takes an account's secrets out of everything that comes out, by value and in any case. Holds them where no inspection
 * shows them. Of a secret that is echoed in part, its beginning is recognised from half of it on, or from 16 characters.
 */
export class Redactor {
  readonly #patterns: readonly RegExp[];
  readonly #beginnings: readonly string[];
  readonly #escapesHtml: boolean;

  /** @param escapesHtml whether the provider escapes its texts for HTML; then {@link words} decodes them. */
  constructor(secrets: readonly string[], escapesHtml: boolean = false) {
    this.#escapesHtml = escapesHtml;
    // A secret out of a file can have white space around it that the provider does not echo.
    const forms = secrets.flatMap((secret) => [secret, trimmed(secret)]);
    const held = [...new Set(forms)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
    this.#patterns = held.length === 0 ? [] : patternsFor(held);
    this.#beginnings = held.filter(({ length }) => length > SHORTEST_BEGINNING);
  }

  /** The text without any secret. */
  text(text: string): string {
    const rest = this.#without(text);
    if (!INVISIBLE.test(rest)) return rest;
    // What no screen shows may part a secret, which would be whole to whoever reads it.
    return this.#ifFoundIn(stripVTControlCharacters(rest).replace(INVISIBLES, '')) ?? rest;
  }

  /** A provider's text as a person wrote it, without any secret. */
  words(text: string): string {
    const redacted = this.text(text);
    // Before the decoding, which can change a secret that holds an entity or stands beside half of one, and after it.
    return this.#escapesHtml ? this.text(decodeEntities(redacted)) : redacted;
  }

  /** A provider's message for an error: one line, without secrets, tags and control characters, at most 512 characters. */
  message(text: string): string {
    const redacted = this.words(text);
    // Whole secrets first, which may hold what looks like a tag; then those that tags part.
    const line = (this.#ifFoundIn(redacted.replace(TAGS, '')) ?? redacted)
      .toWellFormed()
      .replace(TAGS, ' ')
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
      .trim();
    // Once more: a blank may now stand where a tag or a line break was.
    const clean = this.text(line);
    return clean.length <= MAX_TEXT ? clean : `${clean.slice(0, MAX_TEXT - 1).toWellFormed()}…`;
  }

  /**
   * A deep copy of JSON data without secrets. What stands under a key that names a password, a token or the like goes
   * too, since an answer can hold secrets that are not the account's own.
   */
  data(value: unknown, depth = 0): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      return this.text(String(value)) === String(value) ? value : REDACTED;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return '[TOO DEEP]';
    if (Array.isArray(value)) return value.map((entry) => this.data(entry, depth + 1));
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [
        this.text(key),
        SENSITIVE_KEY.test(key) && entry !== null && entry !== '' ? REDACTED : this.data(entry, depth + 1),
      ]),
    );
  }

  #without(text: string): string {
    const rest = this.#patterns.reduce((left, pattern) => left.replace(pattern, REDACTED), text);
    return this.#beginnings.reduce(withoutBeginning, rest);
  }

  /** The text without the secrets in it; `undefined` where it holds none. */
  #ifFoundIn(text: string): string | undefined {
    const rest = this.#without(text);
    return rest === text ? undefined : rest;
  }
}

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

const TAGS = /<[^<>]{0,200}>/g;
const INVISIBLE = /[\p{Cc}\p{Cf}]/u;
const INVISIBLES = /[\p{Cc}\p{Cf}]+/gu;

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
