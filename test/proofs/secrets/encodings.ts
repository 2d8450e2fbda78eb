import type { Random } from '../random.ts';

/** The eight encodings in which a server can repeat a secret. */
export const ENCODINGS = ['raw', 'url', 'form', 'json', 'base64', 'base64url', 'hex', 'html'] as const;

export type Encoding = (typeof ENCODINGS)[number];

/** One way to write an encoding. */
interface Variant {
  readonly write: (secret: string) => string;
  /** The part that tells the secret, where its edges mix with what stands beside it. Left out: all of it. */
  readonly core?: (secret: string) => string;
}

const hex = (text: string): string => Buffer.from(text, 'utf8').toString('hex');
const jsonOf = (text: string): string => JSON.stringify(text).slice(1, -1);
const lowerEscapes = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
const asUrlSafe = (text: string): string => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const codes = (text: string, write: (code: number) => string): string =>
  [...text].map((character) => write(character.codePointAt(0) ?? 0)).join('');
const units = (text: string, write: (unit: number) => string): string =>
  text
    .split('')
    .map((unit) => write(unit.charCodeAt(0)))
    .join('');
const fourDigits = (unit: number): string => unit.toString(16).padStart(4, '0');

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
  '[': 'lsqb',
  '\\': 'bsol',
  ']': 'rsqb',
  '^': 'Hat',
  _: 'lowbar',
  '`': 'grave',
  '{': 'lcub',
  '|': 'verbar',
  '}': 'rcub',
  é: 'eacute',
  ß: 'szlig',
  '€': 'euro',
};
const named = (text: string, only: RegExp): string =>
  text.replace(only, (character) => (NAMES[character] === undefined ? character : `&${NAMES[character]};`));

/** The secret inside a longer text, so that it begins at each of the three offsets of base64. */
function base64At(before: string, after: string, alphabet: (text: string) => string): Variant {
  return {
    write: (secret) => alphabet(Buffer.from(`${before}${secret}${after}`, 'utf8').toString('base64')),
    core: (secret) => {
      const from = Math.ceil((before.length * 8) / 6);
      const to = Math.floor(((before.length + Buffer.byteLength(secret)) * 8) / 6);
      return alphabet(Buffer.from(`${before}${secret}${after}`, 'utf8').toString('base64').slice(from, to));
    },
  };
}

const base64 = (alphabet: (text: string) => string): readonly Variant[] => [
  base64At('', '', alphabet),
  base64At(':', '', alphabet),
  base64At('u:', '', alphabet),
  base64At('abc', '@host', alphabet),
  base64At('user:', 'x', alphabet),
];

const VARIANTS: { readonly [Name in Encoding]: readonly Variant[] } = {
  raw: [{ write: (secret) => secret }],
  url: [
    { write: encodeURIComponent },
    { write: (secret) => lowerEscapes(encodeURIComponent(secret)) },
    { write: (secret) => encodeURIComponent(secret).replace(/[!'()*]/g, (mark) => `%${hex(mark).toUpperCase()}`) },
    { write: (secret) => hex(secret).replace(/../g, '%$&') },
  ],
  form: [{ write: (secret) => new URLSearchParams({ '': secret }).toString().slice(1) }],
  json: [
    { write: jsonOf },
    { write: (secret) => jsonOf(secret).replaceAll('/', '\\/') },
    { write: (secret) => jsonOf(secret).replace(/[^ -~]/g, (unit) => `\\u${fourDigits(unit.charCodeAt(0))}`) },
    { write: (secret) => units(secret, (unit) => `\\u${fourDigits(unit)}`) },
    { write: (secret) => units(secret, (unit) => `\\u${fourDigits(unit).toUpperCase()}`) },
    {
      write: (secret) =>
        jsonOf(secret).replace(/[<>&']/g, (mark) => `\\u${fourDigits(mark.charCodeAt(0)).toUpperCase()}`),
    },
  ],
  base64: base64((text) => text),
  base64url: base64(asUrlSafe),
  hex: [{ write: hex }, { write: (secret) => hex(secret).toUpperCase() }],
  html: [
    { write: (secret) => named(secret, /[&<>"']/g) },
    { write: (secret) => named(secret, /[^A-Za-z0-9 ]/gu) },
    { write: (secret) => secret.replace(/[&<>"']/g, (mark) => `&#${mark === "'" ? '0' : ''}${mark.charCodeAt(0)};`) },
    { write: (secret) => codes(secret, (code) => `&#${code};`) },
    { write: (secret) => codes(secret, (code) => `&#x${code.toString(16)};`) },
    { write: (secret) => codes(secret, (code) => `&#X${code.toString(16).toUpperCase()};`) },
  ],
};

/** The secret in that encoding, in one of the ways to write it. */
export function encoded(secret: string, encoding: Encoding, random: Random): string {
  return random.pick(VARIANTS[encoding]).write(secret);
}

/** Everything that a text must not contain: the secret in each way to write each encoding, from 6 characters on. */
export function traces(secret: string): readonly string[] {
  const texts = Object.values(VARIANTS).flatMap((variants) =>
    variants.map(({ write, core = write }) => core(secret).replaceAll('\\', '')),
  );
  return [...new Set(texts)].filter((text) => text.length >= 6);
}

/**
 * Parts of the secret itself, of 6 characters: where it was taken out by half, one of them is left. A part with few
 * different characters is in many an innocent text, and is left out.
 */
export function fragments(secret: string): readonly string[] {
  const plain = secret.replaceAll('\\', '');
  return Array.from({ length: Math.max(0, plain.length - 5) }, (_, from) => plain.slice(from, from + 6)).filter(
    (part) => new Set(part).size >= 5,
  );
}
