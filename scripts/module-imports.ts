const statement = /^[ \t]*(?:import|export)\b[^;'"]*?\bfrom\s*(['"])(?<specifier>[^'"]+)\1/gm;
const bare = /^[ \t]*import\s*(['"])(?<specifier>[^'"]+)\1/gm;
const call = /\b(?:import|require)\(\s*(['"])(?<specifier>[^'"]+)\1\s*[,)]/g;

/**
 * The specifiers that a formatted TypeScript or JavaScript module imports or exports from, types included, in the order
 * of their first appearance.
 */
export function importsOf(source: string): readonly string[] {
  const found = [statement, bare, call].flatMap((pattern) => [...source.matchAll(pattern)]);
  const ordered = found.sort((one, other) => one.index - other.index);
  return [...new Set(ordered.flatMap(({ groups }) => groups?.['specifier'] ?? []))];
}
