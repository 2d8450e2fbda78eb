import { statSync, type Stats } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { listed } from '../../call/issue-text.ts';
import type { ProviderError } from '../../contract/provider-error.ts';
import { unlessIdle } from '../terminal/process-end.ts';
import { systemCode } from '../terminal/system-code.ts';
import { notConfigured, wrongUse } from '../terminal/wrong-use.ts';
import { configIn } from './find-config.ts';

/** A configuration file, loaded. What its default export holds has not been checked. */
export interface LoadedConfig {
  readonly path: string;
  readonly value: object;
}

/**
 * Loads the configuration file that is named, or the one in the working directory; `undefined` if it does not exist.
 *
 * @throws ProviderError `invalid_request` if the named file is not there, `not_configured` if it cannot be used. What
 * the file threw is not shown, since it may hold a secret.
 */
export async function loadConfig(named: string | undefined): Promise<LoadedConfig | undefined> {
  const path = configIn(named);
  if (path === undefined) return undefined;
  const file = resolve(path);
  const found = statsOf(file, path);
  if (found === undefined)
    throw wrongUse(`there is no file ${path}. Name another one, or write one with: cancelkit init`);
  if (found.isDirectory()) throw wrongUse(`${path} is a directory; expected a configuration file.`);
  if (!EXTENSIONS.includes(extname(file)))
    throw wrongUse(`${path} is not a configuration file; expected one that ends in ${listed(EXTENSIONS, 'or')}.`);
  const isTyped = /^\.[cm]?ts$/.test(extname(file));
  if (isTyped && !process.features.typescript) throw notConfigured(tooOld(path));
  let module: unknown;
  try {
    module = await unlessIdle(import(pathToFileURL(file).href), never);
  } catch (error) {
    throw error === NEVER
      ? notConfigured(`${path} never ends: it awaits something that does not come.`)
      : unloadable(error, file, path);
  }
  const value = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (typeof value === 'object' && value !== null) return { path, value };
  const what = value === undefined ? 'has no default export' : `has a default export that is no object`;
  throw notConfigured(`${path} ${what}. It has to end in: export default defineConfig({ accounts: { … } })`);
}

function statsOf(file: string, path: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch (error) {
    throw wrongUse(`${path} cannot be read (${systemCode(error)}).`);
  }
}

const EXTENSIONS = ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs'];

const NEVER = new Error('never');

function never(): never {
  throw NEVER;
}

function tooOld(path: string): string {
  const name = basename(path).replace(/ts$/, 'js');
  return `${path} is TypeScript, which Node.js ${process.version} does not run. Use Node.js 22.18 or later, or write it as ${name}.`;
}

/**
 * Of what a file threw, only what cannot hold a secret is repeated: which module is missing, or which kind of error
 * where.
 */
function unloadable(error: unknown, file: string, path: string): ProviderError {
  if (!(error instanceof Error)) return notConfigured(`${path} could not be loaded: it threw something.`);
  const { code, message, stack, name } = textsOf(error);
  const missing = /^Cannot find (?:package|module) '([^']+)'/.exec(message)?.[1];
  if (code === 'ERR_MODULE_NOT_FOUND' && missing !== undefined) {
    const what = missing.startsWith('file:') ? fileURLToPath(missing) : missing;
    return notConfigured(
      `${path} could not be loaded: it imports '${what}', which is not there. Install it: npm install`,
    );
  }
  const unknown =
    /^Package subpath '\.\/([\w/.-]{1,80})' is not defined/.exec(message) ??
    /^The requested module '[\w@/.-]{1,80}' does not provide an export named '([\w$]{1,80})'/.exec(message);
  if (unknown !== null) {
    return notConfigured(
      `${path} could not be loaded: it imports ${unknown[1] ?? ''}, which the package does not have.`,
    );
  }
  const line = lineIn(stack, file);
  const where = line === undefined ? '' : ` at line ${line}`;
  const kind = /^[A-Z]\w{0,40}Error$/.test(name) ? name : 'Error';
  const isCommonJs = /^(?:require|module|exports|__dirname|__filename) is not defined/.test(message);
  const hint = isCommonJs ? ES_MODULE : kind === 'SyntaxError' && /\.[jt]s$/.test(file) ? HINT : '';
  return notConfigured(`${path} could not be loaded: ${kind}${where}.${hint} To see more of it, run: node ${path}`);
}

const ES_MODULE =
  ' It is an ES module: write `import` and `export default` in place of `require` and `module.exports`.';
const HINT = ' If package.json says "type": "commonjs", name it .mts or .mjs instead.';

/** A foreign error may hold any value in the place of its texts. */
function textsOf(error: Error): { readonly [Key in 'code' | 'message' | 'stack' | 'name']: string } {
  const text = (key: string): string => {
    try {
      const value: unknown = Reflect.get(error, key);
      return typeof value === 'string' ? value : '';
    } catch {
      // What a getter throws may hold a secret as well.
      return '';
    }
  };
  return { code: text('code'), message: text('message'), stack: text('stack'), name: text('name') };
}

function lineIn(stack: string, file: string): string | undefined {
  const position = [pathToFileURL(file).href, file].map((name) => stack.indexOf(`${name}:`)).find((at) => at >= 0);
  return position === undefined ? undefined : /^.*?:(\d+)(?::\d+)?\)?$/m.exec(stack.slice(position))?.[1];
}
