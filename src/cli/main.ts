import { readFileSync } from 'node:fs';
import { run } from './program.ts';
import { endProcess, watchProcess } from './terminal/process-end.ts';

/** Runs the command line of this process, and ends the process. */
export async function main(): Promise<never> {
  watchProcess();
  return endProcess(await run(process.argv.slice(2), version()));
}

/** The version in the package's manifest, the first `package.json` above the built file. */
function version(): string {
  for (const above of ['..', '../..', '../../..']) {
    const text = textOf(new URL(`${above}/package.json`, import.meta.url));
    if (text !== undefined) return versionIn(JSON.parse(text));
  }
  return '0.0.0';
}

function textOf(manifest: URL): string | undefined {
  try {
    return readFileSync(manifest, 'utf8');
  } catch {
    return undefined;
  }
}

function versionIn(manifest: unknown): string {
  const isManifest = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return isManifest ? String(manifest.version) : '0.0.0';
}
