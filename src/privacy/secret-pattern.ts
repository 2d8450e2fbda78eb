/**
 * Patterns that find a secret in a text, in every encoding that it travels in: raw, URL, form, JSON, HTML (character
 * by character, so that mixtures are found too), base64, base64url and hex.
 */

/**
 * The source of a regular expression that matches the secret in any of its encodings. It is to be used without regard
 * to case: a hash in hex is the same secret in either, and providers change the case of what they repeat.
 */
export function secretPattern(secret: string): string {
  const bytes = Buffer.from(secret, 'utf8');
  const plain = secret.length < SHORTEST_ANYWHERE ? alone(characters(secret)) : characters(secret);
  return [plain, ...base64Patterns(bytes), ...hexPatterns(bytes)].join('|');
}

// So few letters are a part of many a word. Adapters that apply the `secretRule` have none of them.
const SHORTEST_ANYWHERE = 4;

/** Not inside of a word, which would lose its letters. An escape before it ends in letters, and is none. */
function alone(pattern: string): string {
  return `(?:(?<![A-Za-z0-9])|(?<=%[0-9A-F]{2}|\\\\u[0-9A-F]{4}|\\\\[nrtbf]))(?:${pattern})(?![A-Za-z0-9])`;
}

// HTML's names of the ASCII characters that have one: an encoder for HTML 5 uses them all.
const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  '\t': 'Tab',
  '\n': 'NewLine',
  '!': 'excl',
  '"': 'quot',
  '#': 'num',
  $: 'dollar',
  '%': 'percnt',
  '&': 'amp',
  "'": 'apos',
  '(': 'lpar',
  ')': 'rpar',
  '*': '(?:ast|midast)',
  '+': 'plus',
  ',': 'comma',
  '.': 'period',
  '/': 'sol',
  ':': 'colon',
  ';': 'semi',
  '<': 'lt',
  '=': 'equals',
  '>': 'gt',
  '?': 'quest',
  '@': 'commat',
  '[': '(?:lsqb|lbrack)',
  ']': '(?:rsqb|rbrack)',
  '^': 'Hat',
  _: '(?:lowbar|UnderBar)',
  '`': '(?:grave|DiacriticalGrave)',
  '{': '(?:lcub|lbrace)',
  '|': '(?:verbar|vert|VerticalLine)',
  '}': '(?:rcub|rbrace)',
};
const JSON_ESCAPES: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };

// Shorter pieces of an encoding would be found in many an innocent word.
const MIN_BASE64_LENGTH = 6;
const MIN_HEX_BYTES = 4;

function characters(secret: string): string {
  // A run of backslashes is one element: each may be doubled, and doubled again, and a quantifier a character would
  // make the match exponential. For the same reason the run also takes the backslashes that escape the character after,
  // and those before the first character are left where they are.
  const elements = secret.match(/\\+|[^\\]/gsu) ?? [];
  return elements
    .map((element, index) => {
      if (element.startsWith('\\')) return backslashes(element.length);
      return character(element, index > 0 && elements[index - 1]?.startsWith('\\') === false);
    })
    .join('');
}

// Backslashes that escape the character after them. Any number: a bounded repetition is unrolled by the engine.
const ESCAPING = '(?:\\\\|%(?:25)*5c)';
// One backslash in any encoding.
const BACKSLASH = `(?:\\\\u005c|${ESCAPING}|&(?:amp;)*(?:#0*92|#x0*5c|bsol);)`;

function backslashes(count: number): string {
  // A longer run is examined one time only, from its beginning, and not again from each of its backslashes.
  return `(?<!${BACKSLASH})${BACKSLASH}{${count},}`;
}

function character(char: string, mayBeEscaped: boolean): string {
  const code = char.codePointAt(0) ?? 0;
  const alternatives = [percent(Buffer.from(char, 'utf8')), entity(code), unicodeEscape(char)];
  if (char === ' ') alternatives.push('\\+');
  const named = NAMED_ENTITIES[char];
  if (named !== undefined) alternatives.push(`&(?:amp;)*${named};`);
  const jsonEscape = JSON_ESCAPES[char];
  if (jsonEscape !== undefined) alternatives.push(jsonEscape);
  if (code > 127) alternatives.push('&[A-Za-z][A-Za-z0-9]{1,30};');
  if (code > 127 && code < 256) alternatives.push(percent(Buffer.from([code])));
  // Last, since an encoded & or % begins with itself.
  alternatives.push(escape(char));
  return `${mayBeEscaped ? `${ESCAPING}*` : ''}(?:${alternatives.join('|')})`;
}

function percent(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `%(?:25)*${byte.toString(16).padStart(2, '0')}`).join('');
}

function entity(code: number): string {
  return `&(?:amp;)*#(?:0*${code}|x0*${code.toString(16)});`;
}

/** Without the first backslash. */
function unicodeEscape(char: string): string {
  const units = char.split('').map((unit) => `u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return units.join('\\\\{1,3}');
}

/**
 * The secret inside a longer encoded text starts at any of three offsets; the characters at its edges mix with others.
 */
function base64Patterns(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const start = Math.ceil((offset * 8) / 6);
    const end = Math.floor(((offset + bytes.length) * 8) / 6);
    const own = encoded.slice(start, end);
    // The last character can be the secret's and its neighbour's.
    const edge = ((offset + bytes.length) * 8) % 6 === 0 ? '' : '[A-Za-z0-9+/_-]?={0,2}';
    return own.length < MIN_BASE64_LENGTH ? [] : [`${[...own].map(base64Character).join('')}${edge}`];
  });
}

function base64Character(char: string): string {
  if (char === '+') return '(?:\\+|-|%2b|\\\\u002b)';
  if (char === '/') return '(?:\\\\?/|_|%2f|\\\\u002f)';
  return char;
}

function hexPatterns(bytes: Buffer): string[] {
  return bytes.length < MIN_HEX_BYTES ? [] : [bytes.toString('hex')];
}

function escape(char: string): string {
  return char.replace(/[\^$\\.*+?()[\]{}|/-]/g, '\\$&');
}
