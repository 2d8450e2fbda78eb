/** One figure of a proof, and what it must be. */
export interface Figure {
  /** Number of the proof, as CONTRIBUTING lists them. */
  readonly proof: number;
  readonly what: string;
  readonly value: number;
  /** Left out: the figure is only shown. */
  readonly goal?: Goal;
}

/** `exactly` and `at_least` hold for the sum of a proof's parts, `below` for each of them. */
export interface Goal {
  readonly is: 'exactly' | 'at_least' | 'below';
  readonly than: number;
}

export function figure(proof: number, what: string, value: number, is?: Goal['is'], than = 0): Figure {
  return { proof, what, value, ...(is === undefined ? {} : { goal: { is, than } }) };
}

export function isMet({ value, goal }: Figure): boolean {
  switch (goal?.is) {
    case 'exactly':
      return value === goal.than;
    case 'at_least':
      return value >= goal.than;
    case 'below':
      return value < goal.than;
    case undefined:
      return true;
  }
}

/** One list of figures where several parts of a proof were run apart from each other. */
export function combined(parts: readonly (readonly Figure[])[]): readonly Figure[] {
  const sums = new Map<string, Figure>();
  for (const part of parts.flat()) {
    const key = `${part.proof} ${part.what}`;
    const known = sums.get(key);
    sums.set(key, known === undefined ? part : sum(known, part));
  }
  return [...sums.values()].sort((a, b) => a.proof - b.proof);
}

function sum(a: Figure, b: Figure): Figure {
  if (a.goal?.is === 'below') return a.value >= b.value ? a : b;
  const value = a.value + b.value;
  if (a.goal === undefined || b.goal === undefined) return { ...a, value };
  return { ...a, value, goal: { is: a.goal.is, than: a.goal.than + b.goal.than } };
}

/** The figures as lines of a table. */
export function asTable(figures: readonly Figure[]): string {
  const signs = { exactly: '=', at_least: '≥', below: '<' };
  const rows = figures.map((one) => {
    const goal = one.goal === undefined ? '' : `${signs[one.goal.is]} ${count(one.goal.than)}`;
    const verdict = one.goal === undefined ? '' : isMet(one) ? 'met' : 'NOT MET';
    return [String(one.proof), one.what, count(one.value), goal, verdict];
  });
  const table = [['proof', 'figure', 'value', 'goal', ''], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return column === 2 || column === 3 ? cell.padStart(width) : cell.padEnd(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function count(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-GB') : value.toFixed(1);
}
