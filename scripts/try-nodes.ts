/**
 * Uses the package in a project of its own on each version of Node.js that it supports: `npm run test:nodes`, after a
 * build. Versions other than this one come from the `node` package of npm; name some to use only these.
 *
 *     node scripts/try-nodes.ts 20 22
 */
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunnable, samplesIn } from '../test/package/markdown-samples.ts';
import { root } from './manifest.ts';
import { run } from './run.ts';

const named = process.argv.slice(2);
const versions = named.length === 0 ? ['20', '22', '24', '26'] : named;
const project = mkdtempSync(join(tmpdir(), 'nodes-'));
try {
  mkdirSync(join(project, 'node_modules'));
  // The dependencies are found from the real path.
  symlinkSync(root, join(project, 'node_modules', 'cancelkit'), 'junction');
  writeFileSync(join(project, 'package.json'), '{"private":true,"type":"module"}');
  const smoke = readFileSync(join(root, 'scripts', 'runtime', 'smoke.ts'), 'utf8');
  writeFileSync(join(project, 'smoke.mjs'), stripTypeScriptTypes(smoke));
  const command = join(root, 'dist', 'src', 'cli', 'index.js');
  const documents = globSync(['README.md', 'docs/**/*.md', 'providers/*/README.md'], { cwd: root });
  const samples = documents.flatMap((file) => samplesIn(file, readFileSync(join(root, file), 'utf8')));
  const scripts = samples.map((sample, index) => {
    const path = join(project, `sample-${index}.mjs`);
    writeFileSync(path, stripTypeScriptTypes(sample.code));
    return isRunnable(sample) ? [path] : ['--check', path];
  });
  for (const version of versions) {
    const node = ['npx', '--yes', '-p', `node@${version}`, 'node'] as const;
    for (const script of [['smoke.mjs'], [command, 'accounts'], ...scripts]) {
      const { ok, output } = await run([...node, ...script], { directory: project });
      console.log(`${ok ? 'ok' : 'FAILED'}  Node.js ${version}: ${script.join(' ')}${ok ? '' : `\n${output}`}`);
      if (!ok) process.exitCode = 1;
    }
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}
