import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { entries, root } from './scripts/manifest.ts';

const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: entries.map(({ specifier, source }) => ({
      find: new RegExp(`^${specifier}$`),
      replacement: `${root}/${source}`,
    })),
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/no-waiting.ts'],
    // The tests of the queue and of the command line wait more than they work.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});

export default config;
