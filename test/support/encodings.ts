import fc from 'fast-check';

/** One encoding that a secret can travel in. */
export interface Encoding {
  readonly name: string;
  /** The text that a secret travels in. */
  readonly encode: (secret: string) => string;
  /** The part of that text that gives the secret away, where it is not the whole. */
  readonly core?: (secret: string) => string;
}

const NAMES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
  '!': 'excl',
  '#': 'num',
  $: 'dollar',
  '%': 'percnt',
  '(': 'lpar',
  ')': 'rpar',
  '*': 'ast',
  '+': 'plus',
  ',': 'comma',
  '.': 'period',
  '/': 'sol',
  ':': 'colon',
  ';': 'semi',
  '=': 'equals',
  '?': 'quest',
  '@': 'commat',
  '[': 'lbrack',
  '\\': 'bsol',
  ']': 'rbrack',
  '^': 'Hat',
  _: 'lowbar',
  '`': 'grave',
  '{': 'lbrace',
  '|': 'verbar',
  '}': 'rbrace',
  é: 'eacute',
  ü: 'uuml',
  '€': 'euro',
};

const quoted = (text: string): string => JSON.stringify(text).slice(1, -1);
const eachUnit = (text: string, show: (unit: string) => string): string => text.split('').map(show).join('');
const eachCharacter = (text: string, show: (code: number, character: string) => string): string =>
  [...text].map((character) => show(character.codePointAt(0) ?? 0, character)).join('');
const hex = (text: string): string => Buffer.from(text).toString('hex');
const base64 = (text: string, before: string, after: string): string =>
  Buffer.from(`${before}${text}${after}`).toString('base64');
// The characters of a base64 text that say something of the secret alone; those at its edges mix with its neighbours.
const core = (text: string, before: string): string => {
  const from = Math.ceil((before.length * 8) / 6);
  return base64(text, before, '').slice(from, Math.floor(((before.length + Buffer.byteLength(text)) * 8) / 6));
};
const toUrl = (encoded: string): string => encoded.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');

/** The encodings that are looked for. */
export const ENCODINGS: readonly Encoding[] = [
  { name: 'raw', encode: (text) => text },
  { name: 'URL', encode: encodeURIComponent },
  {
    name: 'URL in lower case',
    encode: (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase()),
  },
  { name: 'URL, every byte', encode: (text) => hex(text).replace(/../g, '%$&') },
  { name: 'URL twice', encode: (text) => encodeURIComponent(encodeURIComponent(text)) },
  { name: 'form', encode: (text) => new URLSearchParams({ '': text }).toString().slice(1) },
  { name: 'JSON', encode: quoted },
  { name: 'JSON with escaped slashes', encode: (text) => quoted(text).replaceAll('/', '\\/') },
  {
    name: 'JSON of ASCII alone',
    encode: (text) => eachUnit(quoted(text), (unit) => (unit > '~' ? `\\u${unicode(unit)}` : unit)),
  },
  { name: 'JSON, every character', encode: (text) => eachUnit(text, (unit) => `\\u${unicode(unit).toUpperCase()}`) },
  { name: 'JSON twice', encode: (text) => quoted(quoted(text)) },
  { name: 'JSON in a URL', encode: (text) => encodeURIComponent(quoted(text)) },
  { name: 'base64', encode: (text) => base64(text, '', ''), core: (text) => core(text, '') },
  { name: 'base64 after one byte', encode: (text) => base64(text, ':', ''), core: (text) => core(text, ':') },
  { name: 'base64 after two bytes', encode: (text) => base64(text, 'u:', ''), core: (text) => core(text, 'u:') },
  { name: 'base64 between others', encode: (text) => base64(text, 'u:', '@h'), core: (text) => core(text, 'u:') },
  { name: 'base64url', encode: (text) => toUrl(base64(text, ':', '')), core: (text) => toUrl(core(text, ':')) },
  {
    name: 'base64 in a URL',
    encode: (text) => encodeURIComponent(base64(text, ':', '')),
    core: (text) => encodeURIComponent(core(text, ':')),
  },
  { name: 'hex', encode: hex },
  { name: 'hex in upper case', encode: (text) => hex(text).toUpperCase() },
  {
    name: 'HTML, named',
    encode: (text) => eachCharacter(text, (_, char) => (NAMES[char] === undefined ? char : `&${NAMES[char]};`)),
  },
  { name: 'HTML, decimal', encode: (text) => eachCharacter(text, (code) => `&#${code};`) },
  { name: 'HTML, hex', encode: (text) => eachCharacter(text, (code) => `&#x${code.toString(16)};`) },
  {
    name: 'HTML, hex in upper case with zeros',
    encode: (text) => eachCharacter(text, (code) => `&#X00${code.toString(16).toUpperCase()};`),
  },
  { name: 'HTML, only what must be', encode: (text) => text.replace(/[&<>"']/g, (char) => `&${NAMES[char] ?? ''};`) },
  { name: 'HTML twice', encode: (text) => text.replace(/[&<>"']/g, (char) => `&amp;${NAMES[char] ?? ''};`) },
];

const pieces = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '\\',
      '"',
      "'",
      '/',
      '%',
      '+',
      ' ',
      '&',
      '<',
      '>',
      '\\"',
      '\\\\',
      '&amp;',
      '%25',
      '\\n',
      '\n',
      '\t',
      '=',
      '$&',
      '.*',
      '(',
      '[',
      '{',
      '^',
      '|',
      '-',
      ';',
      '#',
      'u',
      'x',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('é', 'ü', '€', '日本', '😀', '👩‍💻', 'ß', '\u00a0', 'Ω') },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).filter((text) => text.isWellFormed()),
  },
);

/** Secrets of 6 to 64 characters with everything that an encoding treats in a way of its own. */
export const secrets: fc.Arbitrary<string> = fc
  .array(pieces, { minLength: 2, maxLength: 16 })
  .map((parts) => [...parts.join('')].slice(0, 40).join('').slice(0, 64).toWellFormed())
  .filter((text) => text.length >= 6);

/** The same with a part that no innocent text has, so that every occurrence is a leak. */
export const markedSecrets: fc.Arbitrary<string> = fc
  .tuple(secrets, secrets)
  .map(([before, after]) => `${[...before].slice(0, 20).join('')}qZ7xW9${[...after].slice(0, 20).join('')}`);

function unicode(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0');
}
