/**
 * Uses the packed package as its users do: installed in an empty project, with its own dependencies alone. Every
 * sub-path is imported, required and compiled against; what it loads and declares is looked at.
 *
 *     node scripts/try-package.ts .cache/cancelkit-0.1.0.tgz
 */
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as v from 'valibot';
import { entries, manifest, readJson, root } from './manifest.ts';
import { importsOf } from './module-imports.ts';
import { run } from './run.ts';

const [tarball] = process.argv.slice(2);
if (tarball === undefined) throw new Error('Name the tarball: node scripts/try-package.ts <tarball>');

const project = mkdtempSync(join(tmpdir(), 'package-consumer-'));
const modules = join(project, 'node_modules');
const installed = join(modules, manifest.name);
const problems: string[] = [];

// Of cancelkit and one adapter, before the first call.
const FIRST_LOAD_BYTES = 20_000;
const FIRST_LOAD_FILES = 6;

const bundleSchema = v.object({
  outputs: v.record(v.string(), v.object({ inputs: v.record(v.string(), v.object({ bytesInOutput: v.number() })) })),
});
const bundle = v.parse(bundleSchema, readJson(join(root, '.cache', 'bundle.json'))).outputs;

const loadingSchema = v.object({ names: v.array(v.string()), loaded: v.array(v.string()) });

const loadModule = `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  const module = await import(process.argv[1]);
  console.log(JSON.stringify({ names: Object.keys(module), loaded }));
`;
const requireModule = `
  const module = require(process.argv[1]);
  console.log(JSON.stringify({ names: Object.keys(module), loaded: [] }));
`;

try {
  await install(tarball);
  checkFiles();
  checkDeclarations();
  checkLicences();
  await checkFirstLoad();
  await checkNames();
  for (const { specifier } of entries) await checkLoading(specifier);
  for (const [name, file] of Object.entries(manifest.bin)) await checkCommand(name, file);
  await checkTypes('with the types of Node.js', { module: 'nodenext', lib: ['es2023'], types: ['node'] });
  await checkVersion1();
  await checkTypes('from CommonJS', { module: 'nodenext', lib: ['es2023'], types: ['node'] }, 'commonjs');
  await checkBundle();
  await checkTypes('with the types of browsers, for a bundler', {
    module: 'esnext',
    moduleResolution: 'bundler',
    // The sandbox is disposable; the types of Node.js would declare what that is.
    lib: ['es2023', 'esnext.disposable', 'dom'],
    types: [],
  });
} finally {
  rmSync(project, { recursive: true, force: true });
}
for (const problem of problems) console.log(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

async function install(file: string): Promise<void> {
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }));
  const unpacking = await run(['tar', '-xzf', resolve(root, file), '--strip-components=1', '-C', installed]);
  if (!unpacking.ok) throw new Error(unpacking.output);
  for (const dependency of [...Object.keys(manifest.dependencies), '@types/node', 'undici-types']) {
    cpSync(join(root, 'node_modules', dependency), join(modules, dependency), { recursive: true });
  }
}

/** The package has what its users need, and nothing that only its authors need. */
function checkFiles(): void {
  const files = globSync('**/*', { cwd: installed, exclude: (path) => path === 'node_modules' });
  const expected =
    /^(dist|dist\/.+(\.js|\.d\.ts)|docs\/.+\.md|examples\/.+\.(ts|tsx|md|mjs|json|yml)|providers\/\w+\/README\.md|package\.json|[A-Z-]+\.md|LICENSE)$/;
  for (const file of files.map((path) => path.split(sep).join('/'))) {
    const isDirectory = files.some((other) => other.startsWith(`${file}/`));
    if (!isDirectory && !expected.test(file)) problems.push(`the package contains ${file}`);
  }
  for (const file of ['README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md', 'THIRD-PARTY-LICENSES.md']) {
    if (!files.includes(file)) problems.push(`the package lacks ${file}`);
  }
  for (const file of files.filter((path) => path.endsWith('.md'))) {
    const links = readFileSync(join(installed, file), 'utf8').matchAll(/\]\((?![a-z]+:|#)(?<path>[^)#\s]+)/g);
    for (const { groups } of links) {
      const target = join(dirname(file), groups?.['path'] ?? '').replace(/[/\\]$/, '');
      // The plan of the source is for readers of the repository; the package has no source.
      if (file === 'docs/architecture.md' && /^(src|providers|test)\b/.test(target)) continue;
      // Pictures are for readers of the repository, too.
      if (target.startsWith('docs/images/')) continue;
      if (!files.includes(target)) problems.push(`${file} links to ${target}, which is not in the package`);
    }
  }
  for (const file of globSync('dist/**/*.{js,d.ts}', { cwd: installed })) {
    if (readFileSync(join(installed, file), 'utf8').includes(root))
      problems.push(`${file} names the build's directory`);
  }
}

/** A declaration may import its neighbours, the package's own dependencies and Node.js: users have nothing else. */
function checkDeclarations(): void {
  for (const file of globSync('dist/**/*.d.ts', { cwd: installed })) {
    for (const specifier of importsOf(readFileSync(join(installed, file), 'utf8'))) {
      const isKnown = /^(\.|node:)/.test(specifier) || Object.hasOwn(manifest.dependencies, specifier);
      if (!isKnown) problems.push(`${file} imports '${specifier}', which users do not have`);
    }
  }
}

/** Every package of which there is code in the output has its licence in THIRD-PARTY-LICENSES.md, and no other has. */
function checkLicences(): void {
  const bundled = globSync('dist/**/*.js', { cwd: installed }).flatMap((file) =>
    sourcesOf(join(installed, file)).flatMap(
      (source) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? [],
    ),
  );
  const licences = readFileSync(join(installed, 'THIRD-PARTY-LICENSES.md'), 'utf8').matchAll(/^## (.+)$/gm);
  const named = new Set([...licences].map(([, name = '']) => name));
  const found = new Set(bundled);
  for (const name of found) if (!named.has(name)) problems.push(`THIRD-PARTY-LICENSES.md lacks ${name}`);
  for (const name of named)
    if (!found.has(name)) problems.push(`${name} is in THIRD-PARTY-LICENSES.md, but not bundled`);
}

/** A sub-path can be imported and required, offers the same both ways, and loads what it needs and no more. */
async function checkLoading(specifier: string): Promise<void> {
  const imported = await load(specifier, 'module', loadModule);
  const required = await load(specifier, 'commonjs', requireModule);
  if (imported === undefined || required === undefined) return;
  if (imported.names.length === 0) problems.push(`${specifier} exports nothing`);
  if (imported.names.join() !== required.names.join()) {
    problems.push(`${specifier}: import gives ${imported.names.join()}, require ${required.names.join()}`);
  }
  const isTool = /\/(sandbox|conformance)$/.test(specifier);
  for (const url of imported.loaded.filter((loaded) => loaded.startsWith('file:'))) {
    const path = fileURLToPath(url);
    const owner = relative(modules, path).split(sep)[0] ?? '';
    const isKnown = owner === manifest.name || Object.hasOwn(manifest.dependencies, owner);
    if (!isKnown) problems.push(`${specifier} loads ${path}`);
    if (isTool || owner !== manifest.name) continue;
    // The console brings what renders and serves its pages.
    const own = specifier.endsWith('/console')
      ? /node_modules\/(?:valibot|hono|@hono\/node-server)\//
      : /node_modules\/valibot\//;
    const foreign = sourcesOf(path).filter(
      (source) => /node_modules|sandbox|conformance|emulator/.test(source) && !own.test(source),
    );
    if (foreign.length > 0) problems.push(`${specifier} loads the code of ${foreign.join(', ')}`);
  }
}

/** What is loaded at first stays small; what sends is loaded with the first call. */
async function checkFirstLoad(): Promise<void> {
  const ids = entries.flatMap(({ source }) => /^providers\/(.+)\/index\.ts$/.exec(source)?.[1] ?? []);
  for (const id of ids) {
    const loaded = await load(`${manifest.name}/${id}`, 'module', loadModule);
    const core = await load(manifest.name, 'module', loadModule);
    const files = new Set(
      [...(loaded?.loaded ?? []), ...(core?.loaded ?? [])].filter((url) => url.startsWith('file:')),
    );
    const bytes = [...files].map((url) => gzipSync(readFileSync(fileURLToPath(url))).byteLength);
    const sum = bytes.reduce((left, right) => left + right, 0);
    if (sum > FIRST_LOAD_BYTES) problems.push(`cancelkit and cancelkit/${id} load ${sum} bytes at first, gzip`);
    if (files.size > FIRST_LOAD_FILES) problems.push(`cancelkit and cancelkit/${id} load ${files.size} files at first`);
    for (const url of files) {
      if (/node_modules\/(ky|undici)\//.test(url))
        problems.push(`cancelkit/${id} loads ${url} before the first request`);
    }
  }
}

/** The bundler shortens names, but not those that users see. */
async function checkNames(): Promise<void> {
  const script =
    "import { inspect } from 'node:util'; import { ProviderError } from 'cancelkit'; " +
    "console.log(ProviderError.name, inspect(new ProviderError('not_found', { message: 'x' })).split(':')[0]);";
  const { output } = await run(['node', '--input-type=module', '--eval', script], { directory: project });
  if (output !== 'ProviderError ProviderError') problems.push(`the error is shown as ${output}`);
}

/** A command runs, which it can do with the package's own dependencies alone. */
async function checkCommand(name: string, file: string): Promise<void> {
  const script = join(installed, file);
  if (!readFileSync(script, 'utf8').startsWith('#!/usr/bin/env node\n')) problems.push(`${name} is not executable`);
  const version = await run(['node', script, '--version'], { directory: project, timeoutMs: 60_000 });
  if (version.output !== manifest.version) problems.push(`${name} --version:\n${version.output}`);
  const accounts = await run(['node', script, 'accounts'], { directory: project, timeoutMs: 60_000 });
  if (!accounts.ok) problems.push(`${name} accounts:\n${accounts.output}`);
}

async function load(
  specifier: string,
  type: 'module' | 'commonjs',
  script: string,
): Promise<v.InferOutput<typeof loadingSchema> | undefined> {
  const command = ['node', `--input-type=${type}`, '--eval', script, specifier] as const;
  const { ok, output } = await run(command, { directory: project, timeoutMs: 60_000 });
  if (ok) return v.parse(loadingSchema, JSON.parse(output));
  problems.push(`${specifier} cannot be loaded from a ${type}:\n${output}`);
  return undefined;
}

/** The sources of which there is code in a file of the output, as the bundler reported them when it was built. */
function sourcesOf(path: string): readonly string[] {
  const { inputs = {} } = bundle[relative(installed, path).split(sep).join('/')] ?? {};
  return Object.entries(inputs).flatMap(([source, { bytesInOutput }]) => (bytesInOutput > 0 ? [source] : []));
}

/** A strict program that uses every sub-path compiles, and so do the package's declarations themselves. */
async function checkTypes(
  how: string,
  options: Record<string, unknown>,
  type: 'module' | 'commonjs' = 'module',
): Promise<void> {
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type }));
  const compilerOptions = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true };
  const config = {
    compilerOptions: { target: 'es2023', ...compilerOptions, ...options },
    files: ['consumer.ts', 'version-1.ts', 'every-entry.ts'],
  };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  for (const file of ['consumer.ts', 'version-1.ts']) {
    cpSync(join(root, 'test', 'package', file), join(project, file));
  }
  const everyEntry = entries.map(({ specifier }, index) => `export * as entry${index} from '${specifier}';`);
  writeFileSync(join(project, 'every-entry.ts'), everyEntry.join('\n'));
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const { ok, output } = await run(['node', compiler, '-p', project], { directory: project });
  if (!ok) problems.push(`a consumer does not compile ${how}:\n${output}`);
}

/** An adapter that an author wrote for version 1 of the contract cancels with what is published. */
async function checkVersion1(): Promise<void> {
  const script = `
    import { createCancelService } from 'cancelkit';
    import { old } from './version-1.ts';
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ state: 'pending', timing: 'period', day: '2099-12-31' });
    const fetch = async () => new Response(body, { status: 201, headers });
    const account = old({ baseUrl: 'https://api.example.com', token: 'token-of-an-author' });
    const request = { account: 'old', service: { id: 'srv-1' }, when: 'end_of_period' };
    const { outcome, effectiveAt } = await createCancelService({ old: account }, { fetch }).cancel(request);
    console.log(outcome, effectiveAt.value);
  `;
  const { output } = await run(['node', '--input-type=module', '--eval', script], { directory: project });
  if (!output.endsWith('scheduled 2099-12-31')) problems.push(`an adapter of version 1 does not cancel:\n${output}`);
}

/** A bundler makes one file of the library and its dependencies, and that file sends by itself. */
async function checkBundle(): Promise<void> {
  const source = join(project, 'bundled.mjs');
  // Nobody listens there, which only a loaded HTTP client can say.
  const services = `createCancelService({ vps: vpsbg({ token: 'a-token-of-no-use', baseUrl: 'http://127.0.0.1:2' }) })`;
  writeFileSync(
    source,
    `import { createRequire } from 'node:module';
     import { createCancelService } from 'cancelkit';
     import { vpsbg } from 'cancelkit/vpsbg';
     // A program may have the name itself; so has a module of the sandbox.
     if (typeof createRequire !== 'function') throw new Error();
     const request = { account: 'vps', service: { serverId: 1 }, when: 'end_of_period' };
     ${services}.safeCancel(request).then(({ error }) => console.log(error.message));`,
  );
  const [, banner = ''] = /"--banner:js=(.*)"/.exec(readFileSync(join(root, 'docs', 'runtimes.md'), 'utf8')) ?? [];
  for (const [file, ...options] of [
    ['bundle.cjs', '--format=cjs'],
    ['bundle.mjs', '--format=esm', `--banner:js=${banner}`],
  ] as const) {
    const bundle = join(project, file);
    const bundling = await run(['esbuild', source, '--bundle', '--platform=node', ...options, `--outfile=${bundle}`]);
    const running = await run(['node', bundle], { directory: tmpdir() });
    if (running.output !== 'vpsbg: the connection was refused. Nothing was sent.') {
      problems.push(`${file} does not run:\n${bundling.output}\n${running.output}`);
    }
  }
}
