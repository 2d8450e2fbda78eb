import { secretRule, tokenRule } from 'cancelkit/provider';
import { Random } from '../random.ts';

/** `token`: visible ASCII, as a header can carry it. `password`: any printable text. */
export type SecretKind = 'token' | 'password';

export interface RandomSecret {
  readonly kind: SecretKind;
  readonly value: string;
}

const VISIBLE = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
const ALPHANUMERIC = VISIBLE.filter((character) => /[A-Za-z0-9]/.test(character));
const AWKWARD = ['"', "'", '\\', '/', '%', '+', '&', '=', '<', '>', ';', '#', '?', '$', '`', '-', '.', '*', '^', '|'];
const SEQUENCES = [
  '\\"',
  '\\\\',
  "\\'",
  '%20',
  '%25',
  '&amp;',
  '&#',
  '\\u00',
  '\\n',
  '$&',
  '$1',
  '[A-Z]',
  '(?:',
  '</b>',
];
const UNICODE = ['é', 'ß', 'Ω', 'ж', '日', '本', 'ก', '\u00a0', '€', 'ﬀ', 'İ', 'e\u0301'];
const EMOJI = ['😀', '🔑', '👩‍💻', '🏳️‍🌈', '𝔘', '𐍈'];

/** The secret of that index: 6 to 64 characters. The first ones make sure that every printable character is in one. */
export function randomSecret(seed: number, index: number): RandomSecret {
  const random = new Random(seed, index);
  const kind: SecretKind = index % 2 === 0 ? 'password' : 'token';
  const visible = [ALPHANUMERIC, VISIBLE, AWKWARD, SEQUENCES];
  const pools = kind === 'token' ? visible : [...visible, [' ', ...ALPHANUMERIC], UNICODE, EMOJI];
  const length = random.between(6, 64);
  const characters: string[] = index < 94 ? [VISIBLE[index] ?? '!'] : [];
  while (characters.length < length) characters.push(...random.pick(random.pick(pools)));
  const value = characters.slice(0, length).join('');
  // What is left of it without backslashes is what the search goes by; and a run of one character is in many a text.
  const isTellTale =
    value.replaceAll('\\', '').length >= 6 &&
    new Set(characters).size >= 5 &&
    (kind === 'token' ? tokenRule : secretRule).accepts(value);
  return isTellTale ? { kind, value } : randomSecret(seed + 1, index);
}

/** A line as `ssh-keygen` writes it. */
export function randomSshKey(random: Random): string {
  const key = Buffer.from(Array.from({ length: 51 }, () => random.below(256))).toString('base64');
  return `ssh-ed25519 ${key} operator@${random.text(ALPHANUMERIC, 8)}`;
}

/** A name as an API's own credentials have it. */
export function randomIdentifier(random: Random): string {
  return random.text(ALPHANUMERIC, 32);
}
