#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { endProcess, watchProcess } from './process-end.ts';
import { run } from './program.ts';

/** The version in the package's manifest, which lies three directories above the built file. */
function versionOf(manifest: URL): string {
  const text: unknown = JSON.parse(readFileSync(manifest, 'utf8'));
  const isManifest = typeof text === 'object' && text !== null && 'version' in text;
  return isManifest ? String(text.version) : '0.0.0';
}

watchProcess();
await endProcess(await run(process.argv.slice(2), versionOf(new URL('../../../package.json', import.meta.url))));
