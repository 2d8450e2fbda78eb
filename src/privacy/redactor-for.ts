import { stripVTControlCharacters } from 'node:util';
import { trimmed } from './credential.ts';
import { decodeEntities } from './decode-entities.ts';
import { REDACTED, Redactor, type SecretFinder } from './redactor.ts';
import { secretPattern } from './secret-pattern.ts';

/**
 * Makes the redactor of an account's secrets. It finds them by value, in any case and in every normal form of Unicode;
 * of a secret that is echoed in part, its beginning and its end are recognized from half of it on, or from 16
 * characters.
 *
 * @param escapesHtml whether the provider escapes its texts for HTML; then `words` decodes them.
 */
export function redactorFor(secrets: readonly string[], escapesHtml: boolean = false): Redactor {
  return new Redactor(finderFor(secrets), escapesHtml ? decodeEntities : undefined);
}

/**
 * Makes a redactor of secrets that become more during a call.
 *
 * @param secrets returns the same array as long as nothing has been added.
 */
export function growingRedactor(secrets: () => readonly string[], escapesHtml: boolean = false): Redactor {
  let held: readonly string[] | undefined;
  let finder: SecretFinder | undefined;
  const current = (): SecretFinder | undefined => {
    const now = secrets();
    if (now !== held) [held, finder] = [now, finderFor(now)];
    return finder;
  };
  const growing: SecretFinder = {
    without: (text) => current()?.without(text) ?? text,
    withoutHidden: (text) => current()?.withoutHidden(text) ?? text,
  };
  return new Redactor(growing, escapesHtml ? decodeEntities : undefined);
}

/** Finds the secrets; `undefined` if there are none. */
function finderFor(secrets: readonly string[]): SecretFinder | undefined {
  // A secret out of a file can have white space around it that the provider does not echo.
  const given = secrets.flatMap((secret) => [secret, trimmed(secret)]);
  const forms = given.flatMap((secret) => [secret, ...NORMAL_FORMS.map((form) => secret.normalize(form))]);
  const held = [...new Set(forms)].filter((secret) => secret !== '').sort((a, b) => b.length - a.length);
  return held.length === 0 ? undefined : finderOf(held);
}

const NORMAL_FORMS = ['NFC', 'NFD', 'NFKC', 'NFKD'] as const;

function finderOf(secrets: readonly string[]): SecretFinder {
  const known = secrets.flatMap(patternsFor);
  const inParts = secrets.filter(({ length }) => length > SHORTEST_PART);
  // No encoding is shorter than the secret itself, so a shorter text holds neither
  // a secret nor a recognizable part.
  const shortest = Math.min(...secrets.map(({ length }) => (length > SHORTEST_PART ? neededOf(length) : length)));
  const without = (text: string): string => {
    if (text.length < shortest) return text;
    const rest = known.reduce((left, pattern) => left.replace(pattern, REDACTED), text);
    return inParts.reduce(withoutParts, rest);
  };
  return {
    without,
    withoutHidden: (text) => {
      if (text.length < shortest) return text;
      const rest = without(text);
      if (!INVISIBLE.test(rest)) return rest;
      // Invisible characters may split a secret, which a reader would still see whole.
      const visible = stripVTControlCharacters(rest).replace(INVISIBLES, '');
      const clean = without(visible);
      return clean === visible ? rest : clean;
    },
  };
}

const CACHE_SIZE = 1024;
// A pattern has many alternatives for each character; beyond a few thousand characters the engine refuses it.
const MAX_PIECE = 1000;

// Patterns are worth keeping: an account's secrets are the same at every call. Module-private, so out of reach.
const patterns = new Map<string, readonly RegExp[]>();

const INVISIBLE = /[\p{Cc}\p{Cf}]/u;
const INVISIBLES = /[\p{Cc}\p{Cf}]+/gu;

// With less than that of a secret, what is left of it cannot be found by trying; with more, it would be in many a word.
const SHORTEST_PART = 8;
const LONGEST_PART = 16;

/** The text without what begins, or ends, as the secret does, as far as it goes on as the secret does. */
function withoutParts(text: string, secret: string): string {
  const [lowerText, lowerSecret] = [text.toLowerCase(), secret.toLowerCase()];
  // A few letters have another length in lower case; then only their own case is looked for.
  const isExact = lowerText.length === text.length && lowerSecret.length === secret.length;
  const [inText, whole] = isExact ? [lowerText, lowerSecret] : [text, secret];
  const needed = neededOf(whole.length);
  const found = [...beginningsIn(inText, whole, needed), ...endsIn(inText, whole, needed)];
  if (found.length === 0) return text;
  let rest = '';
  let from = 0;
  for (const [start, end] of found.toSorted(([one], [other]) => one - other)) {
    // Two that touch or overlap are replaced once.
    if (start > from || from === 0) rest += text.slice(from, start) + REDACTED;
    from = Math.max(from, end);
  }
  return rest + text.slice(from);
}

type Range = readonly [start: number, end: number];

function beginningsIn(text: string, secret: string, needed: number): readonly Range[] {
  const found: Range[] = [];
  const beginning = secret.slice(0, needed);
  for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, found.at(-1)?.[1])) {
    let end = at + needed;
    while (end < text.length && end - at < secret.length && text[end] === secret[end - at]) end += 1;
    found.push([at, end]);
  }
  return found;
}

function endsIn(text: string, secret: string, needed: number): readonly Range[] {
  const found: Range[] = [];
  const ending = secret.slice(-needed);
  for (let at = text.indexOf(ending); at >= 0; at = text.indexOf(ending, found.at(-1)?.[1])) {
    const end = at + needed;
    let start = at;
    while (start > 0 && end - start < secret.length && text[start - 1] === secret.at(start - 1 - end)) start -= 1;
    found.push([start, end]);
  }
  return found;
}

/** How much of a secret has to be there for its beginning or its end to be recognized. */
function neededOf(length: number): number {
  return Math.min(LONGEST_PART, Math.max(SHORTEST_PART, Math.ceil(length / 2)));
}

function patternsFor(secret: string): readonly RegExp[] {
  const known = patterns.get(secret);
  if (known !== undefined) return known;
  const sources = LONG_TOKEN.test(secret) ? [tokenPattern(secret)] : pieces(secret).map(secretPattern);
  const made = sources.map((source) => new RegExp(source, 'gi'));
  if (patterns.size >= CACHE_SIZE) patterns.clear();
  patterns.set(secret, made);
  return made;
}

/**
 * A long token is recognized by its beginning, and then goes on as any encoding of it does: compiling the pattern of a
 * whole one takes a fifth of a second, and a new one comes with each login.
 */
function tokenPattern(token: string): string {
  return `(?:${secretPattern(token.slice(0, TOKEN_BEGINNING))})${ON_IN_ANY_ENCODING}`;
}

const TOKEN_BEGINNING = 32;
const LONG_TOKEN = /^[\w.~+/-]{48,}={0,2}$/;
// Not an ampersand or an equals sign alone: the next field of a form is none of the token.
const ON_IN_ANY_ENCODING = String.raw`(?:[\w.~+/\\-]|%[0-9a-f]{2}|&(?:amp;)*(?:#\w+|[a-z]\w*);)*={0,2}`;

/** A long secret in parts of about the same length: where the whole is, each of them is. */
function pieces(secret: string): string[] {
  const characters = [...secret];
  const size = Math.ceil(characters.length / Math.ceil(characters.length / MAX_PIECE));
  return characters.flatMap((_, index) => (index % size === 0 ? [characters.slice(index, index + size).join('')] : []));
}
