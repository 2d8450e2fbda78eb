/** What a configuration option for a credential accepts, and the words for a schema's message. */
export interface CredentialRule {
  readonly accepts: (value: string) => boolean;
  /** Says what is expected; never what was received. */
  readonly expected: string;
}

/**
 * A secret: a password, a token or a key. Refused are
 *
 * - white space and invisible characters around it, and line breaks, control characters, byte order marks and
 *   zero-width spaces anywhere: they come from the file that it was read from, and the provider would see a bad login;
 * - fewer than 6 characters: no provider issues such a secret, and taking it out of a text would
 *   damage words;
 * - what is certainly a placeholder, such as `${API_TOKEN}`, `<token>` or `undefined`: it would be one more bad login.
 */
export const secretRule: CredentialRule = {
  accepts: (value) => isClean(value) && [...value].length >= SHORTEST_SECRET && !isPlaceholder(value),
  expected:
    'text with six characters minimum, without surrounding white space, line breaks, control characters and invisible characters, and no placeholder',
};

/**
 * A token or an identifier that the provider issues: as {@link secretRule}, of visible ASCII alone, and without a pair
 * of quotes around it. Such quotes belong to the file that it was read from: `docker --env-file` keeps them. Words that
 * ask to be replaced (`changeme`, `replace-with-token`) are placeholders here; a password may be such a word.
 */
export const tokenRule: CredentialRule = {
  accepts: (value) =>
    secretRule.accepts(value) && /^[\x21-\x7e]+$/.test(value) && !isQuoted(value) && !isPlaceholder(value, true),
  expected:
    'a token: six characters minimum, visible ASCII, without spaces, line breaks and surrounding quotes, and no placeholder',
};

/** A login name, such as an e-mail address: not empty, clean as the other credentials are, and no placeholder. */
export const loginRule: CredentialRule = {
  accepts: (value) => isClean(value) && value !== '' && !isQuoted(value) && !isPlaceholder(value),
  expected:
    'text that says who signs in, without surrounding quotes and white space, line breaks, control characters and invisible characters, and no placeholder',
};

// In characters.
const SHORTEST_SECRET = 6;

/** A text without white space, control and invisible characters around it. */
export function trimmed(text: string): string {
  return text.replace(AROUND, '');
}

const AROUND = /^[\s\p{Cc}\p{Cf}]+|[\s\p{Cc}\p{Cf}]+$/gu;
// Joiners stay, since emoji are made of them.
const NOWHERE = /[\p{Cc}\p{Zl}\p{Zp}\u00AD\u200B\u2060\uFEFF]/u;

function isQuoted(value: string): boolean {
  return /^(["'`]).*\1$/su.test(value);
}

function isClean(value: string): boolean {
  return value.isWellFormed() && trimmed(value) === value && !NOWHERE.test(value);
}

/**
 * Whether a text is certainly not a credential, but stands where one belongs: a variable or template that nothing has
 * replaced, a reference to a secret that nothing has looked up, a mask, or JavaScript's word for a missing value.
 *
 * @param isIssued whether a provider has made the credential. Then words that ask to be replaced are certain, too: as a
 * password, a person may have chosen them.
 */
function isPlaceholder(value: string, isIssued: boolean = false): boolean {
  return UNREPLACED.test(value) || REFERENCE.test(value) || (isIssued && ASKS_TO_BE_REPLACED.test(value));
}

// ${NAME}, ${{ secrets.NAME }}, {{ name }}, $(command), <your token>, ******, [REDACTED], your-api-key
const UNREPLACED =
  /^(?:undefined|null|\[object \w+\]|\$\{[^{}]*\}|\$?\{\{.*\}\}|\$\(.*\)|<[a-z][\w .:/-]*>|\*+|[[(](?:redacted|hidden|masked)[\])]|your[-_ ]?(?:api|access|auth)?[-_ ]?(?:token|key|secret|password|identifier|email|username)(?:[-_ ]here|@example\.\w+)?)$/i;

// Of 1Password, Vault, vals, files, Azure, AWS, Google, SOPS and Docker.
const REFERENCE =
  /^(?:(?:op|vault|ref\+\w+|file):\/\/|@Microsoft\.KeyVault\(|arn:aws:|projects\/[^/]+\/secrets\/|ENC\[|(?:\/var)?\/run\/secrets\/)/;

const ASKS_TO_BE_REPLACED =
  /\$\{\w+\}|\{\{.*\}\}|^(?:\$[a-z_]\w*|%\w+%|\{\w+\}|(?:change|replace|insert|enter|paste|put)(?:[-_]?(?:me|this|with|your|the|api|access|token|key|secret|here))+|placeholder|([x.#_-])\1+)$/i;
