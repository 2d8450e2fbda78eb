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
      'test/call/breaker.test.ts',
      'test/privacy/{redactor,secret-pattern}.test.ts',
      'test/sending/{base-url,http-request,judge-status,retry-after,retry-policy,transport-failure}.test.ts',
      'test/outcome/judge-write.test.ts',
    ],
  },
};

export default config;
