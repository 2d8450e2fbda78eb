/**
 * Whether a text is certainly not a credential, but stands where one belongs: a variable or template that nothing has
 * replaced, a reference to a secret that nothing has looked up, a mask, or JavaScript's word for a missing value.
 *
 * @param isIssued whether a provider has made the credential. Then words that ask to be replaced are certain, too: as a
 * password, a person may have chosen them.
 */
export function isPlaceholder(value: string, isIssued: boolean = false): boolean {
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
