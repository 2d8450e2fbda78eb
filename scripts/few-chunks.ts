import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Options } from 'tsup';

// Marks a question that this plugin itself asks the bundler.
const SEEN = 'few-chunks';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/** A chunk: the entries whose static imports make it up, and the sources that are in it. */
interface Chunk {
  readonly entries: readonly string[];
  readonly sources: ReadonlySet<string>;
}

/**
 * Bundles everything that some entries load into one chunk, for each group of entries; valibot goes into the first.
 *
 * The bundler makes a chunk for each set of entries that share a module, a dozen for most of them, and loading a file
 * takes longer than reading code that an entry could do without.
 *
 * @param root the directory of package.json.
 * @param groups the entries of each chunk, relative to the root, in the order in which the chunks are loaded: what is
 * in a chunk is in none after it.
 */
export function fewChunks(root: string, groups: readonly (readonly string[])[]): Plugin {
  return {
    name: 'few-chunks',
    setup: async (build) => {
      const { metafile } = await build.esbuild.build({
        entryPoints: groups.flat(),
        absWorkingDir: root,
        bundle: true,
        splitting: true,
        format: 'esm',
        platform: 'node',
        packages: 'external',
        outdir: 'chunks',
        write: false,
        metafile: true,
      });
      const outputs = Object.entries(metafile.outputs);
      const taken = new Set<string>();
      const chunks = groups.map((entries): Chunk => {
        const sources = new Set<string>();
        const waiting = outputs.filter(([, { entryPoint = '' }]) => entries.includes(entryPoint));
        for (const [, { inputs, imports }] of waiting) {
          for (const input of Object.keys(inputs)) if (!taken.has(input)) sources.add(join(root, input));
          const loaded = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
          waiting.push(...outputs.filter((output) => loaded.includes(output[0]) && !waiting.includes(output)));
        }
        for (const source of sources) taken.add(relative(root, source).split(sep).join('/'));
        return { entries: entries.map((entry) => join(root, entry)), sources };
      });
      const chunkOf = (file: string): Chunk | undefined => chunks.find(({ sources }) => sources.has(file));
      // What counts as having side effects is loaded by all that name it, and nothing is left out of its chunk.
      build.onResolve({ filter: /^\.{1,2}\// }, ({ path, importer, kind }) => {
        const file = resolve(dirname(importer), path);
        return kind === 'import-statement' && chunkOf(file) !== undefined
          ? { path: file, sideEffects: true }
          : undefined;
      });
      // Tree shaking leaves in a module what any of its importers needs, so the tools have a valibot of their own.
      build.onResolve({ filter: /^valibot$/ }, async ({ importer, resolveDir, kind, pluginData }) => {
        const isFirst = chunks[0]?.sources.has(importer) === true || importer.startsWith(join(root, 'providers'));
        if (pluginData === SEEN || isFirst) return undefined;
        const found = await build.resolve('valibot', { resolveDir, kind, pluginData: SEEN });
        return { ...found, suffix: '?tools' };
      });
      // A module that needs a part of a chunk loads all of it, and so does each of the chunk's entries.
      build.onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
        const own = chunkOf(path);
        const contents = readFileSync(path, 'utf8');
        const named = [...contents.matchAll(/^(?:import|export) (?!type )[^;']* from '(.+)';$/gm)];
        const needed = new Set(named.map(([, name = '']) => chunkOf(resolve(dirname(path), name))));
        const entries = [...needed].flatMap((chunk) => {
          if (chunk === undefined || (chunk === own && !chunk.entries.includes(path))) return [];
          return chunk.entries.filter((entry) => entry !== path);
        });
        if (entries.length === 0) return undefined;
        // At the end, because the first line of a command says what runs it.
        const imports = entries.map((entry) => `import '${wayTo(entry, path)}';\n`).join('');
        return { contents: `${contents}\n${imports}`, loader: path.endsWith('.tsx') ? 'tsx' : 'ts' };
      });
    },
  };
}

/** The specifier by which one file imports another. */
function wayTo(imported: string, importer: string): string {
  const way = relative(dirname(importer), imported).split(sep).join('/');
  return way.startsWith('.') ? way : `./${way}`;
}
