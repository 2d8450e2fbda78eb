import { createCancelService } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import type { Sandbox } from 'cancelkit/sandbox';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import { beforeEach, describe, expect, it } from 'vitest';
import { failureOf } from '../support/failure.ts';
import { servicesOf, startAt8, type SandboxService } from './set-up.ts';

let sandbox: Sandbox;
let services: SandboxService;
beforeEach(async () => {
  sandbox = await startAt8();
  services = servicesOf(sandbox);
  return () => sandbox.close();
});

const sent = (): number =>
  [sandbox.edis, sandbox.vpsbg, sandbox.hosting, sandbox.whmcs].reduce((sum, { requests }) => sum + requests.length, 0);

describe('what a provider’s API cannot do', () => {
  it('is refused before anything is sent: reading back at EDIS', async () => {
    const { kvmId } = sandbox.edis.seeded.cancelled;
    // @ts-expect-error the account has no read-back
    const failure = await failureOf(services.status({ account: 'edis', service: { kvmId } }));
    expect(failure).toMatchObject({ code: 'unsupported', operation: 'status', provider: 'edis', attempts: 0 });
    expect(failure.message).toMatch(/cannot read .* back\. Look it up in the provider’s client area/);
    expect(sent()).toBe(0);
  });

  it('is refused before anything is sent: undoing at EDIS', async () => {
    const { kvmId } = sandbox.edis.seeded.cancelled;
    // @ts-expect-error the account has no undo
    const failure = await failureOf(services.revoke({ account: 'edis', service: { kvmId } }));
    expect(failure).toMatchObject({ code: 'unsupported', operation: 'revoke', provider: 'edis', attempts: 0 });
    expect(failure.message).toMatch(/A person can do it in the provider’s client or admin area/);
    expect(sent()).toBe(0);
  });

  it('is refused before anything is sent: undoing at WHMCS', async () => {
    const service = sandbox.whmcs.seeded.cancelled;
    // @ts-expect-error the account has no undo
    const failure = await failureOf(services.revoke({ account: 'whmcs', service }));
    expect(failure).toMatchObject({ code: 'unsupported', operation: 'revoke', provider: 'whmcs', attempts: 0 });
    expect(failure.message).toMatch(/A person can do it in the provider’s client or admin area/);
    expect(sent()).toBe(0);
    expect(sandbox.whmcs.service(service.serviceId).cancellation).not.toBeNull();
  });

  it('names no provider to the end customer', async () => {
    // @ts-expect-error the account has no undo
    const failure = await failureOf(services.revoke({ account: 'whmcs', service: sandbox.whmcs.seeded.cancelled }));
    expect(failure.publicMessage).not.toMatch(/whmcs|client area|admin/i);
  });

  it('is shown by the account’s capabilities, as data', () => {
    const { accounts } = createCancelService({ edis: edis(), vpsbg: vpsbg(), whmcs: whmcs() });
    const able = Object.entries(accounts).map(([name, { capabilities }]) => [
      name,
      capabilities.readBack,
      capabilities.revoke,
    ]);
    expect(able).toEqual([
      ['edis', false, false],
      ['vpsbg', true, true],
      ['whmcs', true, false],
    ]);
  });
});
