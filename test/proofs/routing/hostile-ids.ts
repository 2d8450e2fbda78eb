import type { Random } from '../random.ts';

const LETTERS = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'];
const MARKS = [...'-._~!$&\'()*+,;=:@"<>[]^`{|}'];
const TRAVERSALS = ['.', '..', '...', '/', '\\', '//', '/../', '/./', '\\..\\', '..;', ';/', './', '/.', '../..'];
const ENCODED = [
  '%2e',
  '%2E%2e',
  '%2f',
  '%5c',
  '%252e%252e',
  '%c0%ae',
  '%00',
  '%0d%0a',
  '%u002e',
  '%',
  '%zz',
  '&#46;',
  '＃',
  '．．',
  '。',
  '／',
  '\\u002e',
];
const DELIMITERS = ['?', '#', '?x=1', '#top', '?immediate=true', '@evil.example', ':80', '//evil.example/', '&', ';'];
const CONTROLS = Array.from({ length: 33 }, (_, code) => String.fromCharCode(code)).concat([
  '\u007f',
  '\u0080',
  '\u0085',
  '\u009f',
  '\u2028',
  '\u2029',
  '\r\nHost: evil.example\r\n',
]);
const UNICODE = [
  'é',
  'ß',
  '日本',
  '😀',
  '👩‍💻',
  '\u202e',
  '\u200b',
  '\ufeff',
  '\u00a0',
  '\u0300',
  '\ufffd',
  'İ',
  'ﬃ',
  '\u{10ffff}',
];
const SURROGATES = ['\ud800', '\udfff', '\ude00\ud83d', '\udbff'];
const WHOLE = [
  '',
  '.',
  '..',
  ' ',
  '/',
  '\\',
  '?',
  '#',
  '%',
  '%2e%2e',
  '../',
  '..\\',
  '.%2e',
  '\u0000',
  '\t',
  '\n..',
  '.. ',
];

/** An id out of everything that has ever changed a path, mixed with what is harmless. */
export function hostileId(random: Random): string {
  if (random.chance(0.03)) return random.pick(WHOLE);
  if (random.chance(0.03)) return random.text([...LETTERS, '..', '/', '%2f'], random.between(200, 2000));
  const kinds = [LETTERS, LETTERS, MARKS, TRAVERSALS, ENCODED, DELIMITERS, CONTROLS, UNICODE, SURROGATES];
  const pools = Array.from({ length: random.between(1, 4) }, () => random.pick(kinds));
  return Array.from({ length: random.between(1, 12) }, () => random.pick(random.pick(pools))).join('');
}

/** An id that a hosting can have: 1 to 128 visible ASCII characters that are one path segment. */
export function soundId(random: Random): string {
  const characters = random.chance(0.5) ? [...LETTERS, '_', '-'] : [...LETTERS, ...MARKS];
  const id = random.text(characters, random.chance(0.05) ? random.between(100, 128) : random.between(1, 40));
  return id === '.' || id === '..' ? `${id}a` : id;
}

/**
 * Whether an id must be refused: whether a URL that it is put into, or a server that decodes it once more, could see
 * anything but one segment with this very id.
 */
export function mustBeRefused(id: string): boolean {
  if (id === '' || id.length > 255 || !id.isWellFormed()) return true;
  if (/[/\\?#%\p{Cc}\p{Zl}\p{Zp}]/u.test(id)) return true;
  return /^\.{1,2}$/.test(id);
}

/** Whether it can be the id of a hosting. */
export function isHostingId(id: string): boolean {
  return !mustBeRefused(id) && /^[!-~]{1,128}$/.test(id);
}
