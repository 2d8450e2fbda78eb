import { createHash } from 'node:crypto';

/** Hexadecimal digits that look random and are the same for the same seed; at most 40. */
export function hexOf(seed: string, length: number): string {
  return createHash('sha1').update(seed).digest('hex').slice(0, length);
}

/** A UUID of version 4 that looks random and is the same for the same seed. */
export function uuidOf(seed: string): string {
  const [, a, b, c, d, e] = /^(.{8})(.{4}).(.{3}).(.{3})(.{12})/.exec(hexOf(seed, 40)) ?? [];
  return [a, b, `4${c}`, `8${d}`, e].join('-');
}
