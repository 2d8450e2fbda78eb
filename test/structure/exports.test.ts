import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { entries, root } from '../../scripts/manifest.ts';
import { codeOf } from './source-tree.ts';

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

const nameOf = ({ name }: Exported): string => name;

function listing(exported: readonly Exported[]): readonly string[] {
  return ['values:', ...namesOf(exported, false), '', 'types:', ...namesOf(exported, true), ''];
}

describe.each(entries)('$specifier', ({ specifier, source }) => {
  const exported = exportedBy(source);

  it('exports the values that its statements name', async () => {
    expect(Object.keys(await import(join(root, source))).toSorted()).toEqual(namesOf(exported, false));
  });

  // After a change that is meant: vitest run test/structure/exports.test.ts -u
  it('exports what is listed, no more and no less', async () => {
    const provider = /^providers\/(.+)\/index\.ts$/.exec(source)?.[1];
    if (provider !== undefined) {
      const inSandbox = exportedBy(`providers/${provider}/sandbox.ts`);
      const sections = [...listing(exported), 'types of cancelkit/sandbox:', ...inSandbox.map(nameOf).toSorted(), ''];
      await expect(sections.join('\n')).toMatchFileSnapshot(join(root, 'test/providers', provider, 'exports.txt'));
      return;
    }
    // What the sandbox exports of each provider is listed with the provider.
    const ofProviders = specifier === 'cancelkit/sandbox' ? exportedBy('providers/list.ts').map(nameOf) : [];
    const own = exported.filter(({ name }) => !ofProviders.includes(name));
    const list = join(root, 'test/structure/exports', `${posix.basename(specifier)}.txt`);
    await expect(listing(own).join('\n')).toMatchFileSnapshot(list);
  });
});

describe('cancelkit and cancelkit/provider', () => {
  it('share no value: a caller and the author of an adapter need different ones', () => {
    const provider = namesOf(exportedBy('src/provider/index.ts'), false);
    expect(namesOf(exportedBy('src/index.ts'), false).filter((name) => provider.includes(name))).toEqual([]);
  });
});
