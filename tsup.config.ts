import type { Options } from 'tsup';
import { entries } from './scripts/manifest.ts';

/** The JavaScript of the package: one entry for every sub-path of `exports`, with the code they share in chunks. */
const config: Options = {
  entry: Object.fromEntries(entries.map(({ source }) => [source.replace(/\.ts$/, ''), source])),
  outDir: 'dist',
  format: 'esm',
  platform: 'node',
  target: 'node22',
  splitting: true,
  clean: true,
  // `node:sqlite` has no name without its prefix.
  removeNodeProtocol: false,
  // The sandbox's server is bundled: whoever installs the package gets ky and valibot only.
  noExternal: [/^hono(\/|$)/, /^@hono\/node-server(\/|$)/],
};

export default config;
