/**
 * Finishes the output in dist/. What the bundler says of its contents moves to .cache/bundle.json, for the checks.
 *
 * Then the declarations: the compiler leaves `./account.ts` in them and declares every module, public or not. Here the
 * specifiers become `./account.js`, and what no entry's declaration leads to is removed.
 */
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { entries, readJson, root } from './manifest.ts';
import { importsOf } from './module-imports.ts';

const outputsSchema = v.object({
  outputs: v.record(v.string(), v.object({ inputs: v.record(v.string(), v.unknown()) })),
});

mkdirSync(join(root, '.cache'), { recursive: true });
renameSync(join(root, 'dist', 'metafile-esm.json'), join(root, '.cache', 'bundle.json'));

// Every entry names the chunk of the bundler's own helpers, which most of them do not use.
const outputs = v.parse(outputsSchema, readJson(join(root, '.cache', 'bundle.json'))).outputs;
const helpers = Object.entries(outputs).flatMap(([path, { inputs }]) =>
  Object.keys(inputs).length === 0 && basename(path).startsWith('chunk-') ? [basename(path)] : [],
);
for (const file of globSync('dist/**/*.js', { cwd: root })) {
  const path = join(root, file);
  const code = readFileSync(path, 'utf8');
  const without = helpers.reduce((rest, name) => rest.replaceAll(new RegExp(`import"[./]+${name}";`, 'g'), ''), code);
  if (without !== code) writeFileSync(path, without);
}

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
