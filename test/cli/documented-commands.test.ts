import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { root } from '../../scripts/manifest.ts';
import { createProgram } from '../../src/cli/program.ts';

const program = createProgram('0.0.0', async () => {
  throw new Error('nothing is run here');
});

const documents = globSync(['*.md', 'docs/**/*.md', 'providers/*/README.md', 'examples/**/*.{md,yml}'], {
  cwd: root,
}).filter((file) => !file.startsWith('docs/decisions') && file !== 'CHANGELOG.md');

/** The commands that a text shows: in code spans, and as lines of a block. */
function commandsIn(text: string): readonly string[] {
  const spans = [...text.matchAll(/`((?:npx )?cancelkit [a-z][^`\n]*)`/g)].map(([, code = '']) => code);
  const blocks = [...text.matchAll(/^ *```(?:sh|console)\n([^]*?)^ *```/gm)].map(([, block = '']) => block).join('\n');
  const lines = [...blocks.matchAll(/^ *\$? ?((?:npx )?cancelkit [a-z].*)$/gm)].map(([, code = '']) => code);
  return [...spans, ...lines].map((code) =>
    code
      .replace(/^npx /, '')
      .replace(/\s+#.*$|\s*[|<>;].*$/, '')
      .replaceAll(/"[^"]*"?|'[^']*'?/g, 'TEXT'),
  );
}

/** What is wrong with a command as it is shown; `undefined` if the command line would take its words. */
function complaintAbout(shown: string): string | undefined {
  const words = shown
    .split(/\s+/)
    .slice(1)
    .flatMap((word) => word.split(/(?<=^--[\w-]+)=/))
    .map((word) => word.replace(/^[[(]+|[\])…,.:]+$/g, ''))
    .filter((word) => word !== '');
  let command: Command = program;
  while (words[0] !== undefined && command.commands.length > 0) {
    const [name] = words;
    const next = command.commands.find((candidate) => candidate.name() === name);
    if (next === undefined) return name === 'help' ? undefined : `no command ${name}`;
    command = next;
    words.shift();
  }
  const known = [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]);
  const unknown = words.filter((word) => /^--?[a-z]/.test(word) && ![...known, '--help', '-h'].includes(word));
  return unknown.length === 0 ? undefined : `${command.name()} has no ${unknown.join(', ')}`;
}

describe('the commands that the documentation shows', () => {
  it('exist, with their options', () => {
    const wrong = documents.flatMap((file) =>
      commandsIn(readFileSync(join(root, file), 'utf8')).flatMap((shown) => {
        const complaint = complaintAbout(shown);
        return complaint === undefined ? [] : [`${file}: ${shown}: ${complaint}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('are found where they are written', () => {
    expect(
      commandsIn('Run `npx cancelkit queue nothing --by me` or:\n```sh\ncancelkit status vps 1 --lst x  # c\n```'),
    ).toEqual(['cancelkit queue nothing --by me', 'cancelkit status vps 1 --lst x']);
    expect(complaintAbout('cancelkit queue nothing --by me')).toBe('no command nothing');
    expect(complaintAbout('cancelkit status vps 1 --lst x')).toBe('status has no --lst');
    expect(complaintAbout('cancelkit bulk x.csv --resume')).toBeUndefined();
    expect(documents.flatMap((file) => commandsIn(readFileSync(join(root, file), 'utf8'))).length).toBeGreaterThan(50);
  });
});
