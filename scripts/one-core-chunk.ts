import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { Options } from 'tsup';

// Marks a question that this plugin itself asks the bundler.
const SEEN = 'one-core-chunk';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

/**
 * Bundles everything that some entries load when they are imported into one chunk, with valibot.
 *
 * The bundler makes a chunk for each set of entries that share a module, a dozen for most of them, and loading a file
 * takes longer than reading code that an entry could do without.
 *
 * @param root the directory of package.json.
 * @param entries the sources whose static imports make up the chunk, relative to the root.
 */
export function oneCoreChunk(root: string, entries: readonly string[]): Plugin {
  return {
    name: 'one-core-chunk',
    setup: async (build) => {
      const { metafile } = await build.esbuild.build({
        entryPoints: [...entries],
        absWorkingDir: root,
        bundle: true,
        splitting: true,
        format: 'esm',
        platform: 'node',
        packages: 'external',
        outdir: 'core',
        write: false,
        metafile: true,
      });
      const outputs = Object.entries(metafile.outputs);
      const core = new Set<string>();
      const waiting = outputs.filter(([, { entryPoint = '' }]) => entries.includes(entryPoint));
      for (const [, { inputs, imports }] of waiting) {
        for (const input of Object.keys(inputs)) core.add(join(root, input));
        const loaded = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
        waiting.push(...outputs.filter(([path]) => loaded.includes(path)));
      }
      // What counts as having side effects is loaded by all that name it, and nothing is left out of the chunk.
      build.onResolve({ filter: /^\.{1,2}\// }, ({ path, importer, kind }) => {
        const file = resolve(dirname(importer), path);
        return core.has(file) && kind === 'import-statement' ? { path: file, sideEffects: true } : undefined;
      });
      // Tree shaking leaves in a module what any of its importers needs, so the tools have a valibot of their own.
      build.onResolve({ filter: /^valibot$/ }, async ({ importer, resolveDir, kind, pluginData }) => {
        if (pluginData === SEEN || core.has(importer) || importer.startsWith(join(root, 'providers'))) return undefined;
        const found = await build.resolve('valibot', { resolveDir, kind, pluginData: SEEN });
        return { ...found, suffix: '?tools' };
      });
      // A module that needs a part of the chunk loads all of it, and so does each of the entries.
      const roots = entries.map((entry) => join(root, entry));
      build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (core.has(path) && !roots.includes(path)) return undefined;
        const contents = readFileSync(path, 'utf8');
        const named = [...contents.matchAll(/^(?:(?:import|export) (?!type )|\} )(?:.* )?from '(.+)';$/gm)];
        if (!named.some(([, name = '']) => core.has(resolve(dirname(path), name)))) return undefined;
        const imports = roots.filter((entry) => entry !== path).map((entry) => `import '${wayTo(entry, path)}';\n`);
        // At the end, because the first line of a command says what runs it.
        return { contents: `${contents}\n${imports.join('')}`, loader: 'ts' };
      });
    },
  };
}

/** The specifier by which one file imports another. */
function wayTo(imported: string, importer: string): string {
  const way = relative(dirname(importer), imported).split(sep).join('/');
  return way.startsWith('.') ? way : `./${way}`;
}
