import { stripVTControlCharacters } from 'node:util';

/** A text of somebody else's as it may go to a terminal: in one line, and without anything that steers the terminal. */
export function visible(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ');
}
