import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { entries, root } from './scripts/manifest.ts';

/**
 * The files that take longest. In a fresh clone the test runner goes by the size of the files, so that one of these
 * would run alone at the end.
 */
const LONGEST = [
  'queue/scale',
  'site/site',
  'console/browser',
  'queue/readers',
  'examples/durable-backend',
  'cli/queue',
  'cli/queue-ui',
].map((name) => `${root}/test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const [long, rest] = [true, false].map((isLong) =>
      sorted.filter(({ moduleId }) => LONGEST.includes(moduleId) === isLong),
    );
    return [...(long ?? []), ...(rest ?? [])];
  }
}

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
    globalSetup: ['test/queue/support/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    // The tests of the queue and of the command line wait more than they work.
    maxWorkers: 3,
    // For a machine that is busy with something else: no test waits that long unless it fails. What is polled fails
    // before the test does, and so says what it waited for.
    testTimeout: 60_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 45_000 } },
  },
});

export default config;
