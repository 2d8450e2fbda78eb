import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type BuiltInProvider, builtInProviders, isInEnvironment } from '../setup/built-in-providers.ts';
import { CONFIG_NAMES } from '../setup/find-config.ts';
import type { Session } from '../setup/session.ts';
import { EXIT } from '../terminal/exit-code.ts';
import { systemCode } from '../terminal/system-code.ts';
import { wrongUse } from '../terminal/wrong-use.ts';

/** `cancelkit init` */
export async function init(isJavaScript: boolean, { output, command }: Session): Promise<number> {
  const file = fileName(isJavaScript);
  const existing = CONFIG_NAMES.find((name) => existsSync(name));
  if (existing !== undefined) throw wrongUse(`there is a ${existing} already. Edit it, or remove it first.`);
  try {
    writeFileSync(file, configText(), { flag: 'wx' });
  } catch (error) {
    throw wrongUse(`${file} cannot be written here (${systemCode(error)}).`);
  }
  output.record({ command, ok: true, result: { file } });
  output.line(`${output.colours.green('✓')} wrote ${file}`);
  output.line('  Uncomment the providers that you have an account at, then run: cancelkit accounts');
  return EXIT.done;
}

function fileName(isJavaScript: boolean): string {
  if (isJavaScript || !runsTypeScript()) return 'cancelkit.config.mjs';
  try {
    return `cancelkit.config.${isCommonJs() ? 'mts' : 'ts'}`;
  } catch (error) {
    throw wrongUse(`the working directory cannot be read (${systemCode(error)}).`);
  }
}

/** Whether this Node.js loads a `.ts` file by itself; versions before 22.10 lack the property. */
function runsTypeScript(): boolean {
  return Boolean(process.features.typescript);
}

/** Whether the nearest package.json has Node.js take `.ts` and `.js` for CommonJS, which knows no `import`. */
function isCommonJs(): boolean {
  for (let directory = resolve('.'); ; directory = dirname(directory)) {
    const manifest = join(directory, 'package.json');
    if (existsSync(manifest)) return /"type"\s*:\s*"commonjs"/.test(readFileSync(manifest, 'utf8'));
    if (directory === dirname(directory)) return false;
  }
}

/** The file: every provider in a comment, those whose variables are set without one. */
function configText(): string {
  return [
    '// The accounts that `npx cancelkit` works with. Keep credentials out of this file: an account without options reads',
    '// its environment variables at each call, and an (async) function may fetch its options from a vault.',
    "import { defineConfig } from 'cancelkit/config';",
    ...builtInProviders.map(
      (provider) => `${commented(provider)}import { ${provider.id} } from 'cancelkit/${provider.id}';`,
    ),
    '',
    'export default defineConfig({',
    '  // The names are yours; the commands take them: cancelkit cancel NAME SERVICE',
    '  accounts: {',
    ...builtInProviders.flatMap((provider) => [
      `    // reads ${Object.values(provider.env).join(', ')}`,
      `    ${commented(provider)}${provider.id}: ${provider.id}(),`,
    ]),
    '  },',
    '',
    '  // As in createCancelService.',
    '  // options: { deadlineMs: 30_000, attemptTimeoutMs: 10_000 },',
    '',
    '  // As in createCancelQueue, for `cancelkit queue`: a directory, or a postgres:// URL.',
    "  // queue: { database: '.cancelkit' },",
    '});',
    '',
  ].join('\n');
}

function commented(provider: BuiltInProvider): string {
  return isInEnvironment(provider) ? '' : '// ';
}
