import { type Sandbox, startSandbox } from 'cancelkit/sandbox';
import { beforeEach } from 'vitest';

/** A new sandbox for each test of a file, on 10 March 2096 at 08:00 UTC. It is closed after the test. */
export function sandboxPerTest(): () => Sandbox {
  let sandbox: Sandbox | undefined;
  beforeEach(async () => {
    const started = await startSandbox({ now: new Date('2096-03-10T08:00:00Z') });
    sandbox = started;
    return () => started.close();
  });
  return () => {
    if (sandbox === undefined) throw new Error('there is a sandbox in tests only');
    return sandbox;
  };
}
