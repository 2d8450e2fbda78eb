import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/manifest.ts';
import { run } from '../../scripts/run.ts';

/** A code sample in a Markdown file. */
export interface Sample {
  /** The file's path from the root. */
  readonly file: string;
  /** The line of the first line of code, from 1. */
  readonly line: number;
  /** What stands after the fence: `ts`. */
  readonly language: string;
  readonly code: string;
}

/** The fenced blocks of a Markdown file that contain TypeScript or JavaScript. */
export function samplesIn(file: string, markdown: string): readonly Sample[] {
  const fence = /^(?<indent>[ \t]*)(?<mark>`{3,})(?<language>[^`\n]*)\n(?<code>[\s\S]*?)^[ \t]*\k<mark>`*[ \t]*$/gm;
  return [...markdown.matchAll(fence)].flatMap(({ index, groups = {} }) => {
    const { indent = '', language = '', code = '' } = groups;
    if (!/^\W*(ts|js|[cm][tj]s|tsx|jsx|typescript|javascript)\b/i.test(language)) return [];
    const line = markdown.slice(0, index).split('\n').length + 1;
    return { file, line, language: language.trim(), code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '') };
  });
}

/** Whether a sample is complete and reaches nothing but a sandbox of its own. */
export function isRunnable({ code }: Sample): boolean {
  return code.includes('startSandbox(') && !code.includes("'vitest'");
}

/** The compiler's complaints about the samples, each taken as a module of its own: `README.md:12:3: error …`. */
export async function complaintsAbout(samples: readonly Sample[]): Promise<readonly string[]> {
  mkdirSync(join(root, '.cache'), { recursive: true });
  // Inside the project, where `cancelkit` and the modules that samples import are found.
  const directory = mkdtempSync(join(root, '.cache', 'samples-'));
  try {
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false, isolatedDeclarations: false };
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { ...compilerOptions, declaration: false },
      include: ['*.ts'],
      exclude: [],
    };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
    samples.forEach(({ line, code }, index) => {
      // The empty lines give the compiler's line numbers the meaning of the Markdown file's.
      writeFileSync(join(directory, `${index}.ts`), `${'\n'.repeat(line - 1)}${code}\nexport {};\n`);
    });
    const { ok, output } = await run(['tsc', '-p', directory, '--pretty', 'false']);
    if (ok) return [];
    return output
      .split('\n')
      .map((complaint) =>
        complaint.replace(
          /^\S*?(\d+)\.ts\((\d+),(\d+)\)/,
          (_, index: string, line: string, column: string) => `${samples[Number(index)]?.file}:${line}:${column}`,
        ),
      );
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
