import { describe, expect, it } from 'vitest';
import { filesOf, importsFrom } from './source-tree.ts';

/**
 * The rooms of a folder, from the one that imports nothing to the one that may import all the others. Rooms in one
 * inner list are neighbours that do not import each other. `*` stands for the files of the folder itself.
 */
const ROOMS: { readonly [folder: string]: readonly (string | readonly string[])[] } = {
  src: [
    'platform',
    'contract',
    'privacy',
    'call',
    'sending',
    'accounts',
    'outcome',
    'bulk',
    'service',
    '*',
    'provider',
    ['conformance', 'queue', 'sandbox'],
    'console',
    ['cli', 'config'],
  ],
  'src/queue': ['model', 'database', 'input', 'ledger', 'words', 'examination', 'worker', 'operations', 'reader', '*'],
  'src/cli': ['terminal', 'setup', 'bulk', 'completion', 'actions', 'mcp', 'commands', '*'],
  'src/sandbox': ['kit', '*'],
  'src/console': ['model', 'assets', 'pages', 'access', '*'],
};

const files = filesOf('{src,providers}/**/*.{ts,tsx}');
const imports = new Map(files.map((file) => [file, importsFrom(file).filter((imported) => /\.tsx?$/.test(imported))]));

/** Which room of a folder a file is in: `*` for a file of the folder itself, `undefined` for one outside the folder. */
function roomOf(file: string, folder: string): string | undefined {
  if (!file.startsWith(`${folder}/`)) return undefined;
  const [room, rest] = file.slice(folder.length + 1).split('/');
  return rest === undefined ? '*' : room;
}

/** The imports that go to a room on the right, or to a neighbour, as `file → imported`. */
function forbiddenIn(folder: string): readonly string[] {
  const rooms = ROOMS[folder] ?? [];
  const placeOf = (room: string): number => rooms.findIndex((one) => one === room || one.includes(room));
  return [...imports].flatMap(([file, imported]) => {
    const room = roomOf(file, folder);
    if (room === undefined) return [];
    return imported
      .filter((other) => {
        const otherRoom = roomOf(other, folder);
        if (otherRoom === undefined || otherRoom === room) return false;
        return placeOf(otherRoom) >= placeOf(room);
      })
      .map((other) => `${file} → ${other}`);
  });
}

/** Files that import each other, by whatever way; types count. */
function circles(): readonly string[] {
  const finished = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, way: readonly string[]): void => {
    const start = way.indexOf(file);
    if (start >= 0) {
      found.push([...way.slice(start), file].join(' → '));
      return;
    }
    if (finished.has(file)) return;
    for (const imported of imports.get(file) ?? []) visit(imported, [...way, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
  return found;
}

describe('the rooms', () => {
  it.each(Object.keys(ROOMS))('of %s are all known', (folder) => {
    const known = ROOMS[folder]?.flat() ?? [];
    const rooms = new Set(files.flatMap((file) => roomOf(file, folder) ?? []));
    expect([...rooms].toSorted()).toEqual([...known].toSorted());
  });

  it.each(Object.keys(ROOMS))('of %s import from the left alone', (folder) => {
    expect(forbiddenIn(folder)).toEqual([]);
  });

  it('form no circle, not by types either', () => {
    expect(circles()).toEqual([]);
  });

  it('leave the root of src to the entry', () => {
    expect(filesOf('src/*.ts')).toEqual(['src/index.ts']);
  });

  it('keep what starts the emulators away from the emulators', () => {
    const emulators = files.filter((file) => /^providers\/[^/]+\/emulator/.test(file));
    const starters = emulators.flatMap((file) =>
      (imports.get(file) ?? []).filter((imported) => /^src\/sandbox\/(?!kit\/)/.test(imported)),
    );
    expect(starters).toEqual([]);
  });
});
