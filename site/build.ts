/**
 * Builds the site, or serves it with `--serve`: the pages of the repository as they are, and a page for each export,
 * made from its doc comment. `--base /cancelkit/` builds it for that path of a host instead of its root. Everything is
 * made anew in `.cache/site`.
 */
import { cpSync, existsSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Application, type TypeDocOptions } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { build, createServer } from 'vitepress';
import { entries, root } from '../scripts/manifest.ts';
import { llmsFull, llmsIndex } from './llms.ts';
import { lists, pages, textOf, titleOf } from './pages.ts';

const site = join(root, 'site');
const made = join(root, '.cache/site');
const { values } = parseArgs({ options: { serve: { type: 'boolean' }, base: { type: 'string', default: '/' } } });
const { base } = values;
if (!/^\/([\w.-]+\/)*$/.test(base)) {
  console.error(`--base is a path that begins and ends with a slash, such as /cancelkit/. It is "${base}".`);
  process.exit(2);
}

rmSync(made, { recursive: true, force: true });
for (const { from, to } of pages) write(to, from.endsWith('.md') ? textOf(from) : listing(from));
for (const folder of lists) write(`${folder}/index.md`, listOf(folder));
write('public/llms.txt', llmsIndex(base));
write('public/llms-full.txt', llmsFull());
const images = join(root, 'docs/images');
if (existsSync(images)) cpSync(images, join(made, 'pages/docs/images'), { recursive: true });
// Files of their own, loaded by pages with a diagram alone: bundling them would double the time of the build.
const mermaid = dirname(fileURLToPath(import.meta.resolve('mermaid/dist/mermaid.esm.min.mjs')));
for (const part of globSync(['mermaid.esm.min.mjs', 'chunks/mermaid.esm.min/*.mjs'], { cwd: mermaid }))
  cpSync(join(mermaid, part), join(made, 'pages/public/mermaid', part));
await writeReference(join(made, 'pages/api'));

if (values.serve === true) {
  const server = await createServer(site, { host: '127.0.0.1', base });
  await server.listen();
  server.printUrls();
} else {
  await build(site, { base });
  // llms.txt links to the text of the pages, beside which their own links lead to each other as in the repository.
  for (const { from } of pages) cpSync(join(root, from), join(made, 'built', from));
  console.log(`${globSync('**/*.html', { cwd: join(made, 'built') }).length} pages in .cache/site/built`);
}

/** The pages of all exports, by entry. A doc comment that cannot be read fails the build. */
async function writeReference(out: string): Promise<void> {
  const options: TypeDocOptions & PluginOptions = {
    plugin: ['typedoc-plugin-markdown'],
    tsconfig: join(site, 'tsconfig.json'),
    entryPoints: entries.map(({ source }) => join(root, source)),
    outputs: [{ name: 'markdown', path: out }],
    name: 'Reference',
    readme: 'none',
    disableSources: true,
    excludePrivate: true,
    excludeInternal: true,
    hidePageHeader: true,
    entryFileName: 'index',
    logLevel: 'Error',
  };
  const application = await Application.bootstrapWithPlugins(options);
  const project = await application.convert();
  if (project === undefined) throw new Error('The sources could not be read.');
  for (const module of project.children ?? []) module.name = specifierOf(module.name);
  await application.generateOutputs(project);
  if (application.logger.hasErrors()) throw new Error('The reference has errors; they are printed above.');
}

/** How the module that TypeDoc calls `src/queue` is imported: `cancelkit/queue`. */
function specifierOf(module: string): string {
  const entry = entries.find(({ source }) => source === `${module}.ts` || source === `${module}/index.ts`);
  if (entry === undefined) throw new Error(`${module} is no entry of the package.`);
  return entry.specifier;
}

function write(page: string, text: string): void {
  const path = join(made, 'pages', page);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A file that pages link to, as a page. */
function listing(file: string): string {
  return `# ${file}\n\n\`\`\`\`${posix.extname(file).slice(1)}\n${textOf(file)}\`\`\`\`\n`;
}

/** The start page of a folder that has none. */
function listOf(folder: string): string {
  const inside = pages.filter(({ to }) => posix.dirname(to) === folder);
  return `# ${folder}\n\n${inside.map((page) => `- [${titleOf(page)}](/${page.to})`).join('\n')}\n`;
}
