import { setFlagsFromString } from 'node:v8';

/**
 * Compiles the WebAssembly modules that `open` loads with V8's baseline compiler alone.
 *
 * V8 compiles what runs often a second time, to faster code, and needs up to 800 MB for that with a module as large as
 * PostgreSQL. A queue waits for its provider and its disk, and gains nothing from it.
 *
 * V8 decides at compile time, and its flags belong to the process: they are changed until `open` settles, and then
 * restored. A program that sets one of them itself keeps its own choice.
 */
export async function withBaselineWasm<Value>(open: () => Promise<Value>): Promise<Value> {
  if (isChosenByProgram()) return await open();
  opening += 1;
  setFlags('--no-');
  try {
    return await open();
  } finally {
    opening -= 1;
    if (opening === 0) setFlags('--');
  }
}

const FLAGS = ['wasm-tier-up', 'wasm-dynamic-tiering'] as const;

let opening = 0;

function setFlags(prefix: '--' | '--no-'): void {
  for (const flag of FLAGS) setFlagsFromString(`${prefix}${flag}`);
}

function isChosenByProgram(): boolean {
  const given = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ').replaceAll('_', '-');
  return /wasm-tier-up|wasm-dynamic-tiering|liftoff/.test(given);
}
