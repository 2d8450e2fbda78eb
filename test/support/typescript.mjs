/* oxlint-disable typescript/no-unsafe-argument, typescript/no-unsafe-call, typescript/no-unsafe-member-access,
   typescript/no-unsafe-return -- a .mjs file is outside the project's types */
/**
 * Runs the project's TypeScript on a Node.js that cannot do so by itself (before 22.18): `node --import` it. Elsewhere
 * it does nothing. A `.mjs` file, because such a Node.js has to read it.
 */
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';

// Node.js loads this file once more, in the thread of its hooks.
if (isMainThread && !process.features.typescript) register(import.meta.url);

export async function load(url, context, nextLoad) {
  if (!url.endsWith('.ts')) return await nextLoad(url, context);
  const { transform } = await import('esbuild');
  const { code } = await transform(await readFile(fileURLToPath(url), 'utf8'), { loader: 'ts', target: 'node20' });
  return { format: 'module', source: code, shortCircuit: true };
}
