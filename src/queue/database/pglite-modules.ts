import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';

/** PGlite's compiled code, as the options of `PGlite.create` name it. */
export interface PgliteModules {
  readonly pgliteWasmModule: object;
  readonly initdbWasmModule: object;
}

/**
 * Compiles PGlite's WebAssembly completely and once, without the optimising compiler, which takes hundreds of
 * megabytes.
 *
 * V8 has flags for that, and they apply to the whole process. They are set and set back without anything else running
 * on this thread in between. See docs/decisions/0036-embedded-memory.md.
 *
 * @returns `undefined` on another runtime than Node.js, if the process was started with V8's flags for WebAssembly, or
 * if the files are not where PGlite has them, as in a bundle: then PGlite compiles by itself.
 */
export async function compilePglite(): Promise<PgliteModules | undefined> {
  if (!mayChangeFlags()) return undefined;
  const files = await readWasm();
  if (files === undefined) return undefined;
  const [pglite, initdb] = files;
  try {
    for (const flag of FLAGS) setFlagsFromString(`--no-${flag}`);
    return {
      pgliteWasmModule: new WebAssembly.Module(pglite),
      initdbWasmModule: new WebAssembly.Module(initdb),
    };
  } finally {
    for (const flag of FLAGS) setFlagsFromString(`--${flag}`);
  }
}

// The types of Node.js leave it out.
declare const WebAssembly: { readonly Module: new (code: Uint8Array) => object };

// Each is on by default, in every version of Node.js from 20 to 26. Functions that are compiled later would take the
// flags of that time, so none is left for later.
const FLAGS = ['wasm-tier-up', 'wasm-dynamic-tiering', 'wasm-lazy-compilation'] as const;

/** V8 does not say how its flags are set, so they are only changed if the process was started with their defaults. */
function mayChangeFlags(): boolean {
  if ('bun' in process.versions || 'deno' in process.versions) return false;
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  return !/wasm|liftoff|freeze.flags|jitless/i.test(given);
}

async function readWasm(): Promise<readonly [Uint8Array, Uint8Array] | undefined> {
  const pglite = locatePglite();
  if (pglite === undefined) return undefined;
  const folder = dirname(pglite);
  try {
    return [await readFile(join(folder, 'pglite.wasm')), await readFile(join(folder, 'initdb.wasm'))];
  } catch (error) {
    if (error instanceof Error && 'code' in error && NOT_THERE.has(error.code)) return undefined;
    throw error;
  }
}

const NOT_THERE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR']);

/** The path of PGlite's code, or `undefined` where it is not a file of its own, as in a bundle. */
export function locatePglite(): string | undefined {
  try {
    const path: unknown = createRequire(import.meta.url).resolve('@electric-sql/pglite');
    // Turbopack and webpack replace the whole expression by the id that the module has in their bundle.
    return typeof path === 'string' && isAbsolute(path) ? path : undefined;
  } catch {
    return undefined;
  }
}
