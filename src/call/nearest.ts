/** The known name that a misspelt one most likely meant; `undefined` if no known name is near enough. */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const typed = plain(name);
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  // A long text is no misspelt name, and comparing it would take its time.
  if (typed.length > 40) return undefined;
  for (const candidate of known) {
    const other = plain(candidate);
    const distance = edits(typed, other);
    // One letter is another name, not a slip.
    const most = Math.max(typed.length, other.length) < 3 ? 0 : Math.max(1, Math.floor(typed.length / 3));
    if (distance <= most && distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Upper and lower case, dashes and underscores are confused too easily to count. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}

/** How many letters have to be added, left out, replaced or exchanged with their neighbour. */
function edits(one: string, other: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: other.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const replaced = (last[column - 1] ?? 0) + (isSame ? 0 : 1);
      const isSwap = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const swapped = isSwap && row > 1 && column > 1 ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced, swapped));
    }
    [beforeLast, last] = [last, current];
  }
  return last[other.length] ?? 0;
}
