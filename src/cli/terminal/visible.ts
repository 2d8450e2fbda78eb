/**
 * Makes a foreign text safe for a terminal: one line, without control sequences. What
 * is taken out leaves a gap, since what it parted might be a secret once joined.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
