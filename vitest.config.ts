import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const config: ViteUserConfig = defineConfig({
  resolve: {
    alias: [
      { find: /^cancelkit$/, replacement: source('src/index.ts') },
      { find: /^cancelkit\/(edis|vpsbg|hosting|whmcs)$/, replacement: source('providers/$1/index.ts') },
      { find: /^cancelkit\/(sandbox|conformance|queue|config)$/, replacement: source('src/$1/index.ts') },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/no-waiting.ts'],
    // The tests of the queue and of the command line wait more than they work.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});

export default config;
