import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { entries, root } from './scripts/manifest.ts';

/**
 * The files that take longest. In a fresh clone the test runner goes by the size of the files, so that one of these
 * would run alone at the end.
 */
const LONGEST = [
  'console/browser',
  'cli/bulk-results',
  'cli/bulk',
  'queue/readers',
  'examples/durable-backend',
  'queue/crash/kills',
  'queue/stranded',
  'queue/pooler',
  'queue/server-settings',
  'cli/queue',
  'queue/changes',
  'site/site',
  'queue/feed-reader',
  'queue/follow',
  'providers/ovh/conformance',
  'cli/queue-ui',
  'queue/scale',
].map((name) => `${root}/test/${name}.test.ts`);

// Hundreds of processes compile the same code. A process that imports the sources, whose types Node.js removes first,
// starts in half the processor time.
process.env['NODE_COMPILE_CACHE'] ??= `${root}/.cache/compile`;

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
