import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import * as list from '../../providers/list.ts';
import { commands, entries, exportsOfFolders, manifest, readJson, root } from '../../scripts/manifest.ts';
import tsup from '../../tsup.config.ts';
import vitest from '../../vitest.config.ts';
import { filesOf, importsFrom, providerIds, textOf } from './source-tree.ts';

const { paths } = v.parse(
  v.object({ compilerOptions: v.object({ paths: v.record(v.string(), v.array(v.string())) }) }),
  readJson(`${root}/tsconfig.json`),
).compilerOptions;
const declared = v.parse(
  v.object({ include: v.array(v.string()), exclude: v.array(v.string()) }),
  readJson(`${root}/tsconfig.build.json`),
);
const { typesVersions } = v.parse(
  v.object({ typesVersions: v.object({ '*': v.record(v.string(), v.array(v.string())) }) }),
  readJson(`${root}/package.json`),
);

/** Those of the targets for a specifier that are files, by the pattern with a `*` that it matches. */
function targetsOf(patterns: Readonly<Record<string, readonly string[]>>, specifier: string): readonly string[] {
  const [part, targets] = Object.entries(patterns)
    .map(([pattern, all]): readonly [string | undefined, readonly string[]] => [
      new RegExp(`^${pattern.replace('*', '(.+)')}$`).exec(specifier)?.[pattern.includes('*') ? 1 : 0],
      all,
    ])
    .find(([matched]) => matched !== undefined) ?? [undefined, []];
  return targets.map((target) => target.replace('*', part ?? ''));
}

describe('a provider', () => {
  it.each(providerIds)('%s has its adapter, its emulator and its facts', (id) => {
    const folder = filesOf(`providers/${id}/*`);
    const needed = ['README.md', 'emulator.ts', 'index.ts', 'sandbox.ts'].map((file) => `providers/${id}/${file}`);
    expect(needed.filter((file) => !folder.includes(file))).toEqual([]);
  });

  it.each(providerIds)('%s is a sub-path of the package, and README.md says so', (id) => {
    expect(entries.map(({ specifier }) => specifier)).toContain(`cancelkit/${id}`);
    expect(textOf('README.md'), 'add the provider to README.md').toMatch(new RegExp(`cancelkit/${id}\\b`));
  });

  it.each(providerIds)('%s is in every list that names each provider', (id) => {
    const heading = /^# (?:hosting: .*(?=Hosting API))?(.+?)(?: Global)?$/m.exec(
      textOf(`providers/${id}/README.md`),
    )?.[1];
    const lists: readonly (readonly [file: string, mention: RegExp])[] = [
      ['docs/README.md', new RegExp(`providers/${id}/README\\.md`)],
      ['docs/configuration.md', new RegExp(`^\\|.*\\b${id.toUpperCase()}_`, 'm')],
      // Settings, seeded services and time.
      ['docs/testing.md', new RegExp(`(?:^\\| \`${id}\` [^]*){3}`, 'm')],
      // What `check` reads.
      ['docs/cli.md', new RegExp(`^\\| (?:${heading}|${id}) `, 'm')],
      ...['conditions', 'credentials', 'foreign-answers', 'where-to-look'].map(
        (name) => [`test/providers/${name}.test.ts`, new RegExp(`cancelkit/${id}'`)] as const,
      ),
    ];
    expect(
      textOf('docs/testing.md').split('## What is emulated')[1],
      'say in docs/testing.md what is emulated',
    ).toMatch(new RegExp(`^\\| ${heading} `, 'm'));
    expect(lists.filter(([file, mention]) => !mention.test(textOf(file))).map(([file]) => file)).toEqual([]);
  });
});

describe('the list of providers', () => {
  it('has a line for each folder in providers/', () => {
    const expected = providerIds.map((id) => `providers/${id}/sandbox.ts`);
    expect(importsFrom('providers/list.ts').toSorted(), 'add the missing line to providers/list.ts').toEqual(expected);
  });

  it('gives each provider a port of its own, in a row', () => {
    const offsets = Object.values(list).map(({ portOffset }) => portOffset);
    expect(
      offsets.toSorted((one, other) => one - other),
      'give portOffset in the sandbox.ts of the new provider the next number',
    ).toEqual(offsets.map((_, index) => index));
  });

  it.each(providerIds)('names %s with one word, which is its factory too', async (id) => {
    expect(id).toMatch(/^[a-z][a-z\d]*$/);
    expect(await import(join(root, `providers/${id}/index.ts`))).toHaveProperty(id, expect.any(Function));
  });

  it('has the folder as the id of each provider, its sub-path and its account in the sandbox', async () => {
    expect(
      Object.values(list)
        .map(({ provider }) => provider.id)
        .toSorted(),
    ).toEqual(providerIds);
    for (const { provider, load } of Object.values(list)) {
      const { settings, accounts } = (await load()).reach('http://127.0.0.1:1');
      expect([Object.keys(settings), Object.keys(accounts)]).toEqual([
        expect.arrayContaining([provider.id]),
        expect.arrayContaining([provider.id]),
      ]);
    }
  });
});

describe('every sub-path', () => {
  const sources = entries.map(({ source }) => source);

  it('is in package.json', () => {
    expect(manifest.exports, 'package.json is out of date: run `npm run sync`').toEqual(exportsOfFolders());
  });

  it('is built, and its types are declared', () => {
    expect(Object.values(v.parse(v.record(v.string(), v.string()), tsup.entry))).toEqual([...sources, ...commands]);
    const included = filesOf(...declared.include).filter(
      (file) => !declared.exclude.some((folder) => file.startsWith(`${folder}/`)),
    );
    expect(included).toEqual(sources.toSorted());
  });

  it('means the source to the compiler', () => {
    const found = entries.map(({ specifier }) =>
      targetsOf(paths, specifier).filter((path) => filesOf(path.replace(/^\.\//, '')).length > 0),
    );
    expect(found).toEqual(sources.map((source) => [`./${source}`]));
  });

  it('means its types to a compiler that does not read `exports`', () => {
    for (const { specifier, types } of entries.filter(({ specifier }) => specifier !== manifest.name)) {
      const subPath = specifier.slice(manifest.name.length + 1);
      const isSource = (path: string): boolean =>
        filesOf(path.replace(/^\.\/dist\//, '').replace(/\.d\.ts$/, '.ts')).length > 0;
      expect(targetsOf(typesVersions['*'], subPath).filter(isSource)).toEqual([`./${types}`]);
    }
  });

  it('leaves the types of the library itself to be found by such a compiler, too', () => {
    const types = manifest.exports['.'];
    if (types === undefined || types === './package.json') throw new Error('package.json: the library has no types');
    // `types` in package.json goes through the patterns as well.
    expect(targetsOf(typesVersions['*'], types.types.replace('./', ''))).toContain(types.types);
  });

  it('means the source to the test runner', () => {
    const aliases = v.parse(
      v.array(v.object({ find: v.instance(RegExp), replacement: v.string() })),
      vitest.resolve?.alias,
    );
    const resolved = entries.map(({ specifier }) => {
      const alias = aliases.find(({ find }) => find.test(specifier));
      return alias === undefined ? specifier : specifier.replace(alias.find, alias.replacement);
    });
    expect(resolved).toEqual(sources.map((source) => `${root}/${source}`));
  });
});

describe('the dependencies', () => {
  it('are ky and undici', () => {
    expect(Object.keys(manifest.dependencies)).toEqual(['ky', 'undici']);
  });

  it('are locked without the address of a registry', () => {
    expect(textOf('package-lock.json')).not.toMatch(
      /"resolved": "(?!site")|https?:\/\/[^"]*(registry|artifact|nexus)/i,
    );
  });
});
