import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/** The tests that are about the mutated files themselves: each mutant runs those of them that reach it. */
const config: ViteUserConfig = mergeConfig(base, {
  test: {
    include: [
      'test/core/{account-health,base-url,errors,faults,redaction,request,retry,retry-after,retry-policy}.test.ts',
    ],
  },
});

export default config;
