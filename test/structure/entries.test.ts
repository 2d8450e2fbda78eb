import { describe, expect, it } from 'vitest';
import * as v from 'valibot';
import { commands, entries, manifest, readJson, root } from '../../scripts/manifest.ts';
import tsup from '../../tsup.config.ts';
import vitest from '../../vitest.config.ts';
import { filesOf, providerIds, textOf } from './source-tree.ts';

const paths = v.parse(
  v.object({ compilerOptions: v.object({ paths: v.record(v.string(), v.tuple([v.string()])) }) }),
  readJson(`${root}/tsconfig.json`),
).compilerOptions.paths;
const { files: declared } = v.parse(v.object({ files: v.array(v.string()) }), readJson(`${root}/tsconfig.build.json`));

describe('a provider', () => {
  it.each(providerIds)('%s has its adapter, its emulator and its facts', (id) => {
    const folder = filesOf(`providers/${id}/*`);
    const needed = ['README.md', 'emulator.ts', 'index.ts'].map((file) => `providers/${id}/${file}`);
    expect(needed.filter((file) => !folder.includes(file))).toEqual([]);
  });

  it.each(providerIds)('%s is a sub-path of the package, and README.md says so', (id) => {
    expect(entries.map(({ specifier }) => specifier)).toContain(`cancelkit/${id}`);
    expect(textOf('README.md')).toMatch(new RegExp(`cancelkit/${id}\\b`));
  });
});

describe('every sub-path', () => {
  const sources = entries.map(({ source }) => source);

  it('has a source', () => {
    expect(sources.filter((source) => filesOf(source).length === 0)).toEqual([]);
  });

  it('has its types beside its JavaScript', () => {
    expect(entries.map(({ types }) => types)).toEqual(
      entries.map(({ javascript }) => javascript.replace(/\.js$/, '.d.ts')),
    );
  });

  it('is built, and its types are declared', () => {
    expect(Object.values(v.parse(v.record(v.string(), v.string()), tsup.entry))).toEqual([...sources, ...commands]);
    expect(declared.toSorted()).toEqual(sources.toSorted());
  });

  it('means the source to the compiler', () => {
    expect(paths).toEqual(Object.fromEntries(entries.map(({ specifier, source }) => [specifier, [`./${source}`]])));
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
    expect(textOf('package-lock.json')).not.toMatch(/"resolved"|https?:\/\/[^"]*(registry|artifact|nexus)/i);
  });
});
