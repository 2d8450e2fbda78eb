/** Used by `try-nodes.ts`: what a user does with the package, on this Node.js. Exits with 0 if all holds. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCancelService, isProviderError } from 'cancelkit';
import { createCancelQueue } from 'cancelkit/queue';
import { startSandbox } from 'cancelkit/sandbox';

const sandbox = await startSandbox();
try {
  const services = createCancelService(sandbox.accounts, { attemptTimeoutMs: 500 });
  const service = sandbox.vpsbg.seeded.active;
  sandbox.vpsbg.fault({ kind: 'hang', executed: true });
  const result = await services.cancel({ account: 'vpsbg', service, when: 'end_of_period' });
  assert.equal(result.reconciled, true);
  assert.equal((await services.status({ account: 'vpsbg', service })).state, 'requested');
  assert.equal((await services.revoke({ account: 'vpsbg', service })).outcome, 'revoked');
  const requests = [
    { account: 'edis', service: { kvmId: sandbox.edis.seeded.active.kvmId }, when: 'end_of_period' },
    { account: 'hosting', service: sandbox.hosting.seeded.active, when: 'end_of_period' },
    { account: 'whmcs', service: sandbox.whmcs.seeded.active, when: 'end_of_period' },
  ] as const;
  for await (const item of services.cancelMany(requests)) assert.ok(item.ok, `item ${item.index}`);

  const directory = mkdtempSync(join(tmpdir(), 'queue-smoke-'));
  try {
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const opened = createCancelQueue({ services, database: join(directory, 'queue') });
    if (major > 22 || (major === 22 && minor >= 13)) {
      const queue = await opened;
      await queue.enqueue({ account: 'vpsbg', service, when: 'end_of_period' }, { id: 'order-1' });
      await queue.work({ stopWhenIdle: true });
      assert.equal((await queue.wait('order-1')).outcome?.ok, true);
      await queue.close();
    } else {
      const refusal = await opened.then(
        () => undefined,
        (error: unknown) => error,
      );
      assert.ok(isProviderError(refusal, 'not_configured'), String(refusal));
      assert.match(refusal.message, /Node\.js 22\.13 or later/);
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
} finally {
  await sandbox.close();
}
console.log(`ok on ${process.version}`);
