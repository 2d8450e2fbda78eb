/** Whether two names are of one person: however they are spaced, and in whichever case and form of Unicode. */
export function isSamePerson(one: string, other: string): boolean {
  return nameOf(one) === nameOf(other);
}

function nameOf(by: string): string {
  // Characters that nobody sees make no other person. Some of them become others by NFKC, and some keep letters apart.
  const visible = by.replaceAll(INVISIBLE, '').normalize('NFKC').replaceAll(INVISIBLE, '');
  return visible.toLowerCase().normalize('NFKC').replaceAll(/\s+/g, ' ').trim();
}

const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
