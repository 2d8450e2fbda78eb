import { fileURLToPath } from 'node:url';
import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

const briefFastCheck = fileURLToPath(new URL('test/support/brief-fast-check.ts', import.meta.url));

/**
 * The tests that are about the mutated files themselves: each mutant runs those of them that reach it. Properties run
 * briefly.
 */
const config: ViteUserConfig = {
  ...base,
  plugins: [
    { name: 'brief-fast-check', enforce: 'pre', resolveId: (id) => (id === 'fast-check' ? briefFastCheck : undefined) },
  ],
  test: {
    ...base.test,
    include: [
      'test/core/{account-health,base-url,judge-answer,retry-after,retry-policy,transport-failure,write-failure}.test.ts',
    ],
  },
};

export default config;
