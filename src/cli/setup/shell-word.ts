/** A word as a shell takes it unchanged: in single quotes where it holds more than letters, digits and a few signs. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
