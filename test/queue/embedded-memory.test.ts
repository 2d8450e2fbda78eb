import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type * as V8 from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { compilePglite } from '../../src/queue/database/pglite-modules.ts';
import { startPglite } from './support/databases.ts';

declare const WebAssembly: { readonly Module: new (code: Uint8Array) => object };

const flags = vi.hoisted(() => new Map<string, boolean>());
vi.mock('node:v8', async (load) => {
  const v8 = await load<typeof V8>();
  const setFlagsFromString = (flag: string): void => {
    flags.set(flag.replace(/^--(?:no-)?/, ''), !flag.startsWith('--no-'));
    v8.setFlagsFromString(flag);
  };
  return { ...v8, setFlagsFromString };
});

beforeEach(() => flags.clear());
afterEach(() => vi.unstubAllGlobals());

const { Module } = WebAssembly;
const child = fileURLToPath(new URL('support/open-and-report.ts', import.meta.url));

describe('the memory of the embedded database', { timeout: 180_000 }, () => {
  it('stays below 400 MB when an existing directory is opened', async () => {
    await using database = await startPglite();
    expect(await peakOf(database.address)).toBeLessThan(400);
  });

  it('stays below 400 MB when a new directory is made', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'queue-memory-'));
    expect(await peakOf(join(folder, 'new'))).toBeLessThan(400);
    await rm(folder, { recursive: true, force: true });
  });

  it('is V8’s own affair if the process was started with flags for WebAssembly', async () => {
    expect(await compiledWith('--wasm-tier-up')).toBe('undefined');
    expect(await compiledWith('--no-wasm-tier-up')).toBe('undefined');
    expect(await compiledWith('--no-warnings')).toBe('object');
  });

  it('leaves the flags of the process at their defaults', async () => {
    const duringCompilation: boolean[] = [];
    const Watched = new Proxy(Module, {
      construct: (target, given) => {
        duringCompilation.push(...flags.values());
        return Reflect.construct(target, given);
      },
    });
    vi.stubGlobal('WebAssembly', { Module: Watched });
    expect(await compilePglite()).toBeDefined();
    expect(duringCompilation).toEqual([false, false, false, false, false, false]);
    expect([...flags.values()]).toEqual([true, true, true]);
  });

  it('leaves the flags of the process at their defaults if the code cannot be compiled', async () => {
    const Failing = new Proxy(Module, {
      construct: () => {
        throw new RangeError('out of memory');
      },
    });
    vi.stubGlobal('WebAssembly', { Module: Failing });
    await expect(compilePglite()).rejects.toThrow(RangeError);
    expect([...flags.values()]).toEqual([true, true, true]);
  });
});

async function peakOf(directory: string): Promise<number> {
  const { stdout } = await run(process.execPath, ['--no-warnings', child, directory]);
  return Number(stdout);
}

async function compiledWith(flag: string): Promise<string> {
  const source = new URL('../../src/queue/database/pglite-modules.ts', import.meta.url).href;
  const code = `const { compilePglite } = await import('${source}'); console.log(typeof (await compilePglite()));`;
  const { stdout } = await run(process.execPath, ['--no-warnings', flag, '--input-type=module', '-e', code]);
  return stdout.trim();
}

const run = promisify(execFile);
