import type { Options } from 'tsup';
import { fewChunks } from './scripts/few-chunks.ts';
import { commands, entries, root } from './scripts/manifest.ts';

const adapters = entries.map(({ source }) => source).filter((source) => source.startsWith('providers/'));
const sources = [...entries.map(({ source }) => source), ...commands];

/**
 * The JavaScript of the package: one entry for every sub-path of `exports` and every command, with the code they share
 * in chunks.
 */
const config: Options = {
  entry: Object.fromEntries(sources.map((source) => [source.replace(/\.ts$/, ''), source])),
  outDir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  splitting: true,
  minify: true,
  metafile: true,
  clean: true,
  // `node:sqlite` has no name without its prefix.
  removeNodeProtocol: false,
  // Whoever installs the package gets ky and undici only; all else is bundled.
  noExternal: [
    /^hono(\/|$)/,
    /^@hono\/node-server(\/|$)/,
    /^(commander|picocolors|cli-table3|cli-progress|csv-parse|@clack\/prompts)(\/|$)/,
  ],
  // An optional dependency of cli-table3, for colours that are not used.
  external: [/^@colors\/colors/],
  esbuildOptions: (options) => {
    // A stack trace shows the line that failed; the whole of a file would fill the screen.
    options.lineLimit = 160;
  },
  esbuildPlugins: [
    fewChunks(root, [
      ['src/index.ts', 'src/provider/lazy.ts'],
      // What adapters are made of.
      ['src/provider/index.ts', 'src/provider/fields.ts'],
      // What is loaded with the first call.
      [
        'src/accounts/account-operations.ts',
        'src/accounts/ready-call.ts',
        'src/sending/transport.ts',
        'src/service/operations.ts',
      ],
      ...adapters.map((adapter) => [adapter]),
    ]),
  ],
  plugins: [
    {
      name: 'require-of-node',
      // Where the bundler keeps the `require` calls of CommonJS libraries, an ES module has to bring a `require` along.
      renderChunk: (code) =>
        code.includes('Dynamic require of') ? { code: code.replace(/^(#!.*\n)?/, `$1${REQUIRE}\n`) } : undefined,
    },
  ],
};

const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

export default config;
