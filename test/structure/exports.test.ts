import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entries, root } from '../../scripts/manifest.ts';
import { codeOf, textOf } from './source-tree.ts';

interface Exported {
  readonly name: string;
  readonly isType: boolean;
}

/** What a module exports, by its own statements and those of the modules that it exports with a `*`. */
function exportedBy(file: string): readonly Exported[] {
  const code = codeOf(file);
  const lists = [...code.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, allTypes, names = '']) =>
    names.split(',').flatMap((text) => {
      const [, ownType, name] = /^\s*(type )?(?:\w+ as )?(\w+)\s*$/.exec(text) ?? [];
      return name === undefined ? [] : [{ name, isType: (allTypes ?? ownType) !== undefined }];
    }),
  );
  const declared = [
    ...code.matchAll(/^export (?:declare )?(?:async )?(interface|type|class|const|function\*?) (\w+)/gm),
  ].map(([, kind = '', name = '']) => ({ name, isType: /interface|type/.test(kind) }));
  const stars = [...code.matchAll(/^export (type )?\* from '(.+)';$/gm)].flatMap(([, onlyTypes, specifier = '']) =>
    exportedBy(posix.join(posix.dirname(file), specifier)).map(({ name, isType }) => ({
      name,
      isType: isType || onlyTypes !== undefined,
    })),
  );
  return [...lists, ...declared, ...stars];
}

const namesOf = (exported: readonly Exported[], isType: boolean): readonly string[] =>
  exported
    .filter((one) => one.isType === isType)
    .map(({ name }) => name)
    .toSorted();

/** The names that the report of an entry lists: `npm test` holds it against the declarations, with every signature. */
function reported(specifier: string): readonly string[] {
  const report = textOf(`test/api/${specifier.replaceAll('/', '-')}.api.md`);
  const names = [...report.matchAll(/^export (?:interface|type|class|const|function) (\w+)/gm)].map(
    ([, name = '']) => name,
  );
  // Each signature of a function has a line.
  return [...new Set(names)].toSorted();
}

describe.each(entries)('$specifier', ({ specifier, source }) => {
  const exported = exportedBy(source);

  it('exports the values that its statements name', async () => {
    expect(Object.keys(await import(join(root, source))).toSorted()).toEqual(namesOf(exported, false));
  });

  // After a change that is meant: npm run api:update
  it('exports what its report lists, no more and no less', () => {
    expect(exported.map(({ name }) => name).toSorted()).toEqual(reported(specifier));
  });
});

describe('cancelkit and cancelkit/provider', () => {
  it('share no value: a caller and the author of an adapter need different ones', () => {
    const provider = namesOf(exportedBy('src/provider/index.ts'), false);
    expect(namesOf(exportedBy('src/index.ts'), false).filter((name) => provider.includes(name))).toEqual([]);
  });
});
