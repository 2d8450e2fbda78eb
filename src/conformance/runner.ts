/** The functions of a test runner (Vitest, Jest, Mocha, `node:test`, …) that the suite needs. */
export interface ConformanceRunner {
  /** Groups the tests that `body` registers. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Registers a test that fails if `body` rejects. The tests are to run one after another. */
  readonly it: (name: string, body: () => Promise<void>) => unknown;
}
