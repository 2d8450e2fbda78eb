/** A word as a POSIX shell reads it back: in single quotes if it holds more than letters, digits and a few signs. */
export function shellWord(word: string): string {
  return /^[\w.:/@=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
