/**
 * A text of somebody else's as it may go to a terminal: in one line, and without anything that steers the terminal. What
 * is taken out leaves a gap, since what it parted might be a secret once joined.
 */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
