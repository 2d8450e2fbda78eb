import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { startPglite } from './support/databases.ts';

/** Opens a directory in a process of its own, uses it, and says how much memory that needed at most, in megabytes. */
function peakOf(directory: string, ...flags: readonly string[]): number {
  const module = new URL('../../src/queue/database/pglite.ts', import.meta.url).href;
  const script = `
    const { openPglite } = await import(${JSON.stringify(module)});
    const database = await openPglite(${JSON.stringify(directory)});
    await database.query('CREATE TABLE IF NOT EXISTS public.t (v text)');
    for (let turn = 0; turn < 500; turn += 1) await database.query('INSERT INTO public.t VALUES ($1)', [String(turn)]);
    await database.close();
    console.log(process.resourceUsage().maxRSS / 1024);`;
  const child = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', script], { encoding: 'utf8' });
  return v.parse(v.pipe(v.string(), v.transform(Number), v.number(), v.minValue(1)), child.stdout.trim());
}

describe('the memory of the embedded database', () => {
  it('is not spent on compiling it a second time', async () => {
    await using place = await startPglite();
    expect(peakOf(place.address)).toBeLessThan(450);
  }, 60_000);

  it('is what a program chooses that sets the flags of V8 itself', async () => {
    await using place = await startPglite();
    expect(peakOf(place.address, '--wasm-tier-up')).toBeGreaterThan(450);
  }, 60_000);
});
