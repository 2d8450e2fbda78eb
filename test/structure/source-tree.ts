import { globSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { root } from '../../scripts/manifest.ts';
import { importsOf } from '../../scripts/module-imports.ts';

/** The project's files that match, with `/` in their paths and relative to the root. */
export function filesOf(...patterns: readonly string[]): readonly string[] {
  return globSync([...patterns], { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .toSorted((one, other) => (one < other ? -1 : 1));
}

/** A file's text. */
export function textOf(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

/** A source file's text without its comments; what is left keeps its line. */
export function codeOf(file: string): string {
  return textOf(file).replace(LITERAL_OR_COMMENT, (found, literal: string | undefined) =>
    literal === undefined ? found.replace(/[^\n]/g, '') : literal,
  );
}

// A regular expression can contain what looks like the start of a comment.
const STRING = /'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/;
const EXPRESSION = /(?<=(?:[(,=:[!&|?{};]|=>|\breturn)\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//;
const LITERAL_OR_COMMENT = new RegExp(`(${STRING.source}|${EXPRESSION.source})|${COMMENT.source}`, 'g');

/** What a file imports: project files by their path from the root, everything else by its specifier. */
export function importsFrom(file: string): readonly string[] {
  return importsOf(textOf(file)).map((specifier) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier,
  );
}

/** What a file loads when it is loaded itself: neither its types nor what it imports later. */
export function staticImportsFrom(file: string): readonly string[] {
  const statements = codeOf(file).matchAll(/^(?:import|export) (?!type )(?:[^;']*? from )?'([^']+)'/gm);
  return [...statements].map(([, specifier = '']) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier,
  );
}

/** What a module loads or declares with, by way of all its imports; with `staticImportsFrom`, what it loads itself. */
export function reachableFrom(
  file: string,
  next: (file: string) => readonly string[] = importsFrom,
): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [file];
  for (const one of waiting) {
    if (reached.has(one)) continue;
    reached.add(one);
    if (one.endsWith('.ts')) waiting.push(...next(one));
  }
  return reached;
}

/** Each file with the imports that are not allowed to it, as `file → import`. */
export function forbiddenImports(
  files: readonly string[],
  isAllowed: (imported: string, file: string) => boolean,
): readonly string[] {
  return files.flatMap((file) =>
    importsFrom(file)
      .filter((imported) => !isAllowed(imported, file))
      .map((imported) => `${file} → ${imported}`),
  );
}

/** The modules of the core: what `cancelkit` and `cancelkit/provider` are made of. */
export const coreFiles: readonly string[] = filesOf(
  'src/*.ts',
  'src/{platform,contract,privacy,call,sending,accounts,outcome,bulk,service,provider}/**/*.ts',
);

/** The folders of the providers. */
export const providerIds: readonly string[] = [
  ...new Set(filesOf('providers/*/*.ts').map((file) => posix.basename(posix.dirname(file)))),
];

/** The emulators of the providers' APIs: part of the sandbox. */
export const emulatorFiles: readonly string[] = filesOf('providers/*/emulator*.ts');

/** What the package's own tools take from a provider: its adapter and its emulator. */
export const sandboxParts: readonly string[] = filesOf('providers/*/sandbox.ts');

/** The adapters: everything in a provider's folder but its emulator and what the package's own tools take from it. */
export const adapterFiles: readonly string[] = filesOf('providers/*/**/*.ts').filter(
  (file) => !emulatorFiles.includes(file) && !sandboxParts.includes(file),
);

/** Everything written in TypeScript. */
export const typeScriptFiles: readonly string[] = filesOf(
  '{src,providers,test,examples,bench,scripts}/**/*.{ts,tsx}',
  '*.config.ts',
);
