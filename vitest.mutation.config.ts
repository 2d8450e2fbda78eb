import type { ViteUserConfig } from 'vitest/config';
import base from './vitest.config.ts';

/**
 * The tests that are about the mutated files themselves: each mutant runs those of them that reach it. They are tables;
 * the tests with servers and the long properties would take hours here, and run in `npm test`.
 */
const config: ViteUserConfig = {
  ...base,
  test: {
    ...base.test,
    isolate: false,
    include: [
      'test/core/{account-health,base-url,http-request,judge-answer,redactor,retry-after,retry-policy,secret-pattern,transport-failure,write-failure}.test.ts',
    ],
  },
};

export default config;
