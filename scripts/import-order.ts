/**
 * The lint rule `house/import-order`: Node.js' own modules first, then packages, then files by their path. What is
 * imported for its effect alone, a comment or an empty line ends a block; each block is sorted by itself.
 */

interface Node {
  readonly type: string;
  readonly range: readonly [start: number, end: number];
}

interface Import extends Node {
  readonly source: { readonly value: string };
  readonly specifiers: readonly Node[];
}

interface Fixer {
  readonly replaceTextRange: (range: readonly [start: number, end: number], text: string) => unknown;
}

interface Context {
  readonly sourceCode: { readonly text: string };
  readonly report: (found: {
    readonly node: Node;
    readonly message: string;
    readonly fix: (fixer: Fixer) => unknown;
  }) => void;
}

interface Rule {
  readonly meta: { readonly type: 'layout'; readonly fixable: 'code' };
  readonly create: (context: Context) => { readonly Program: (program: { readonly body: readonly Node[] }) => void };
}

const importOrder: Rule = {
  meta: { type: 'layout', fixable: 'code' },
  create: (context) => ({
    Program: ({ body }) => {
      const { text } = context.sourceCode;
      for (const block of blocksOf(body, text)) {
        const sorted = block.toSorted((one, other) => compare(one.source.value, other.source.value));
        const at = sorted.findIndex((node, index) => node !== block[index]);
        const [first, last, misplaced] = [block[0], block.at(-1), block[at]];
        if (first === undefined || last === undefined || misplaced === undefined) continue;
        context.report({
          node: misplaced,
          message: `'${sorted[at]?.source.value}' comes before this import: node:, then packages, then paths.`,
          fix: (fixer) =>
            fixer.replaceTextRange(
              [first.range[0], last.range[1]],
              sorted.map(({ range: [start, end] }) => text.slice(start, end)).join('\n'),
            ),
        });
      }
    },
  }),
};

const plugin: { readonly meta: { readonly name: string }; readonly rules: Readonly<Record<string, Rule>> } = {
  meta: { name: 'house' },
  rules: { 'import-order': importOrder },
};

export default plugin;

/** Imports that follow each other line by line. */
function blocksOf(body: readonly Node[], text: string): readonly (readonly Import[])[] {
  const blocks: Import[][] = [];
  let end: number | undefined;
  for (const node of body) {
    if (!isImport(node) || node.specifiers.length === 0) {
      end = undefined;
      continue;
    }
    const isNext = end !== undefined && /^\r?\n$/.test(text.slice(end, node.range[0]));
    if (isNext) blocks.at(-1)?.push(node);
    else blocks.push([node]);
    end = node.range[1];
  }
  return blocks;
}

function isImport(node: Node): node is Import {
  return node.type === 'ImportDeclaration';
}

function compare(one: string, other: string): number {
  const byKind = kindOf(one) - kindOf(other);
  return byKind === 0 ? Number(one > other) - Number(one < other) : byKind;
}

function kindOf(module: string): number {
  if (module.startsWith('node:')) return 0;
  return module.startsWith('.') ? 2 : 1;
}
