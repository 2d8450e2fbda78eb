/**
 * Finishes the output in dist/. What the bundler says of its contents moves to .cache/bundle.json, for the checks. Then the declarations: the compiler leaves `./account.ts` in them and declares every module, public or
 * not. Here the specifiers become `./account.js`, and what no entry's declaration leads to is removed.
 */
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { entries, root } from './manifest.ts';
import { importsOf } from './module-imports.ts';

mkdirSync(join(root, '.cache'), { recursive: true });
renameSync(join(root, 'dist', 'metafile-esm.json'), join(root, '.cache', 'bundle.json'));

const reachable = new Set<string>();
const waiting = entries.map(({ types }) => join(root, types));
for (const file of waiting) {
  if (reachable.has(file)) continue;
  reachable.add(file);
  const declaration = readFileSync(file, 'utf8').replace(
    /(\bfrom |\bimport\()(['"])(\.{1,2}\/[^'"]+)\.ts\2/g,
    '$1$2$3.js$2',
  );
  writeFileSync(file, declaration);
  const relative = importsOf(declaration).filter((specifier) => specifier.startsWith('.'));
  waiting.push(...relative.map((specifier) => join(dirname(file), specifier.replace(/\.js$/, '.d.ts'))));
}

for (const file of globSync('dist/**/*.d.ts', { cwd: root })) {
  const path = join(root, file);
  if (!reachable.has(path)) rmSync(path);
}
