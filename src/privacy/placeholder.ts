/**
 * Whether a text is certainly not a credential, but stands where one belongs: a variable or template that nothing has
 * replaced, a reference to a secret that nothing has looked up, a mask, or JavaScript's word for a missing value.
 */
export function isPlaceholder(value: string): boolean {
  return UNREPLACED.test(value);
}

/** The same for what a provider issues: nobody has chosen it, so words that ask to be replaced are certain, too. */
export function isIssuedPlaceholder(value: string): boolean {
  return isPlaceholder(value) || VARIABLE_WITHIN.test(value) || ASKS_TO_BE_REPLACED.test(value);
}

const UNREPLACED = new RegExp(
  [
    'undefined|null|\\[object \\w+\\]',
    // ${NAME}, ${{ secrets.NAME }}, {{ name }}, $(command), <your token>
    '\\$\\{[^{}]*\\}|\\$?\\{\\{.*\\}\\}|\\$\\(.*\\)|<[A-Za-z][\\w .:/-]*>',
    '[*•●]+|[[<(](?:redacted|masked|hidden|filtered)[\\])>]',
    'your[-_ ]?(?:(?:api|access|auth|app|admin|client|login)[-_ ]?)*' +
      '(?:token|key|secret|password|identifier|e-?mail|user-?name|login)(?:[-_ ]?here)?',
    '(?:op|vault|ref\\+\\w+|env|file):\\/\\/.*|@Microsoft\\.KeyVault\\(.*|arn:aws:.*|ENC\\[.*',
    'projects\\/[^/]+\\/secrets\\/.*|(?:\\/var)?\\/run\\/secrets\\/.*',
  ]
    .map((form) => `^(?:${form})$`)
    .join('|'),
  'i',
);

const VARIABLE_WITHIN = /\$\{\w+\}|\{\{.*\}\}|^\$[A-Z_]\w*$|^%\w+%$|^\{\w+\}$/;

const ASKS_TO_BE_REPLACED =
  /^(?:(?:change|replace|insert|enter|paste|put|fill)(?:[-_]?(?:me|this|it|in|with|your|the|api|access|auth|token|key|secret|identifier|here))+|placeholder|([xX.#_-])\1+)$/i;
