import type { EffectiveAt } from '../contract/vocabulary.ts';

/** What stands in place of a secret. */
export const REDACTED = '[REDACTED]';

const MAX_TEXT = 512;
const MAX_DEPTH = 24;
const SENSITIVE_KEY =
  /pass(?:word|wd|phrase)?$|^pw$|^pwd$|secret|token|api_?-?key|access_?-?key|private_?-?key|credential|authorization|cookie/i;

/** Finds secrets in texts. */
export interface SecretFinder {
  /** The text without any secret. */
  readonly without: (text: string) => string;
  /** The same, also without those that characters part which no screen shows. */
  readonly withoutHidden: (text: string) => string;
}

/**
 * Takes an account's secrets out of everything that comes out. Holds them where no inspection shows them. Finding them
 * is loaded with the first configuration; without a finder, texts are only made fit to be shown.
 */
export class Redactor {
  readonly #secrets: SecretFinder | undefined;
  readonly #decode: ((text: string) => string) | undefined;

  /** @param decode makes of a provider's text what a person wrote. */
  constructor(secrets?: SecretFinder, decode?: (text: string) => string) {
    this.#secrets = secrets;
    this.#decode = decode;
  }

  /** The text without any secret. */
  text(text: string): string {
    return this.#secrets?.withoutHidden(text) ?? text;
  }

  /** A date as a provider's adapter states it, without any secret. */
  date({ value, precision, source }: EffectiveAt): EffectiveAt {
    return { value: this.text(value), precision, source };
  }

  /** A provider's text as a person wrote it, without any secret. */
  words(text: string): string {
    const redacted = this.text(text);
    // Before the decoding, which can change a secret that contains an entity or is beside half of one, and after it.
    return this.#decode === undefined ? redacted : this.text(this.#decode(redacted));
  }

  /**
   * A provider's message for an error: one line, without secrets, tags and control characters, at most 512 characters.
   */
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
   * too, since a response can hold secrets that are not the account's own.
   */
  data(value: unknown, depth = 0): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      const text = String(value);
      return this.text(text) === text ? value : REDACTED;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (depth >= MAX_DEPTH) return '[TOO DEEP]';
    if (Array.isArray(value)) return value.map((entry) => this.data(entry, depth + 1));
    const fields = Object.entries(value).map(([key, entry]): [string, unknown] => [
      this.text(key),
      entry !== null && entry !== '' && SENSITIVE_KEY.test(key) ? REDACTED : this.data(entry, depth + 1),
    ]);
    return Object.fromEntries(fields);
  }

  /** The text without the secrets in it; `undefined` if it holds none. */
  #ifFoundIn(text: string): string | undefined {
    const rest = this.#secrets?.without(text);
    return rest === text ? undefined : rest;
  }
}

const TAGS = /<[^<>]{0,200}>/g;
