import { globSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';

/** The part of package.json that the checks rely on. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly engines: { readonly node: string };
  /** Where each sub-path leads, relative to the package's root. */
  readonly exports: Readonly<Record<string, { readonly types: string; readonly default: string } | './package.json'>>;
  /** The commands, each with its file. */
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifestSchema: v.GenericSchema<unknown, Manifest> = v.object({
  name: v.string(),
  version: v.string(),
  description: v.string(),
  engines: v.object({ node: v.string() }),
  exports: v.record(
    v.string(),
    v.union([v.strictObject({ types: v.string(), default: v.string() }), v.literal('./package.json')]),
  ),
  bin: v.record(v.string(), v.string()),
  dependencies: v.record(v.string(), v.string()),
  devDependencies: v.record(v.string(), v.string()),
});

/** One importable sub-path of the package. */
export interface Entry {
  /** How it is imported: `cancelkit/sandbox`. */
  readonly specifier: string;
  /** The source file, relative to the root: `src/sandbox/index.ts`. */
  readonly source: string;
  readonly types: string;
  readonly javascript: string;
}

/** The directory of package.json, without a slash at its end. */
export const root: string = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

/** The project's package.json. */
export const manifest: Manifest = v.parse(manifestSchema, readJson(`${root}/package.json`));

/** The importable sub-paths; `./package.json` is not one of them. */
export const entries: readonly Entry[] = Object.entries(manifest.exports).flatMap(([path, leadsTo]) => {
  if (leadsTo === './package.json') return [];
  const javascript = leadsTo.default.replace(/^\.\//, '');
  return {
    specifier: path.replace(/^\./, manifest.name),
    source: sourceOf(javascript),
    types: leadsTo.types.replace(/^\.\//, ''),
    javascript,
  };
});

/** The sources of the commands, which are run and not imported. */
export const commands: readonly string[] = Object.values(manifest.bin).map(sourceOf);

/** What `exports` in package.json has to be: the library, and each folder of src/ and providers/ with an `index.ts`. */
export function exportsOfFolders(): Manifest['exports'] {
  const sources = ['src/index.ts', ...indexFilesIn('providers'), ...indexFilesIn('src')];
  const subPaths = sources.map((source) => {
    const folder = source.replace(/\/?index\.ts$/, '').replace(/^(src|providers)/, '.');
    const built = `./dist/${source.replace(/\.ts$/, '')}`;
    return [folder, { types: `${built}.d.ts`, default: `${built}.js` }] as const;
  });
  return { ...Object.fromEntries(subPaths), './package.json': './package.json' };
}

/** A JSON file's content. */
export function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The entries in the folders of a folder; commands are run and not imported. */
function indexFilesIn(folder: string): readonly string[] {
  const files = globSync(`${folder}/*/index.ts`, { cwd: root }).map((path) => path.split(sep).join('/'));
  return files.filter((file) => !commands.includes(file)).toSorted();
}

function sourceOf(javascript: string): string {
  return javascript.replace(/^dist\//, '').replace(/\.js$/, '.ts');
}
