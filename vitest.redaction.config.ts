import type { ViteUserConfig } from 'vitest/config';
import mutation from './vitest.mutation.config.ts';

/** The same for redaction, which every call runs through: only its own tests, without those that are slow by size. */
const config: ViteUserConfig = {
  ...mutation,
  test: {
    ...mutation.test,
    include: ['test/core/redaction.test.ts'],
    testNamePattern: /^(?!.*(?:20000|4096) characters)/,
  },
};

export default config;
