import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { recordsOf } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();
afterEach(() => {
  for (const provider of [sandbox.edis, sandbox.vpsbg, sandbox.hosting, sandbox.whmcs]) {
    provider.clearFaults();
    provider.clearRequests();
  }
});

const END = ['--when', 'end_of_period'];
const requestCount = (): number =>
  [sandbox.edis, sandbox.vpsbg, sandbox.hosting, sandbox.whmcs].reduce((sum, { requests }) => sum + requests.length, 0);

describe('cancelkit cancel', () => {
  it('cancels at every provider, by a plain id if one is enough', async () => {
    const { kvmId } = sandbox.edis.add();
    const { serviceId: ordered } = sandbox.edis.add();
    const { serverId } = sandbox.vpsbg.add();
    const { hostingId, domain } = sandbox.hosting.add();
    const { serviceId } = sandbox.whmcs.add();
    for (const words of [
      ['edis', kvmId],
      ['edis', String(ordered)],
      ['vpsbg', String(serverId)],
      ['hosting', `domain=${domain}`, `hostingId=${hostingId}`],
      ['whmcs', `serviceId=${serviceId}`],
    ]) {
      const { code, stdout, stderr } = await project.run(['cancel', ...words, ...END, '--reason', 'Project ended']);
      expect({ words, code, stderr }).toEqual({ words, code: 0, stderr: '' });
      expect(stdout).toMatch(/^✓ requested: /);
    }
    const counts = [
      sandbox.edis.service(kvmId),
      sandbox.edis.service(ordered),
      sandbox.vpsbg.service(serverId),
      sandbox.hosting.service(hostingId),
      sandbox.whmcs.service(serviceId),
    ].map(({ timesCancelled, cancellation }) => [timesCancelled, cancellation?.when]);
    expect(counts).toEqual(Array.from({ length: 5 }, () => [1, 'end_of_period']));
  });

  it('sends the reason and the reference, and reads the state back if that is asked for', async () => {
    const { serverId } = sandbox.vpsbg.add();
    const words = ['cancel', 'vpsbg', String(serverId), ...END];
    const { code, stdout } = await project.run([
      ...words,
      '--category',
      'non_payment',
      '--reference',
      'order-7',
      '--verify',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(recordsOf(stdout)).toMatchObject([
      {
        command: 'cancel',
        ok: true,
        result: { account: 'vpsbg', service: { serverId }, outcome: 'scheduled', when: 'end_of_period' },
      },
    ]);
    expect(sandbox.vpsbg.service(serverId).cancellation?.reason).toBe('Non-payment (reference: order-7)');
  });

  it('shows the provider’s own id of an error, which its support asks for', async () => {
    const { hostingId, domain } = sandbox.hosting.add({ state: 'provisioning' });
    const words = ['cancel', 'hosting', `hostingId=${hostingId}`, `domain=${domain}`, ...END, '--reason', 'Over'];
    const { stderr } = await project.run(words);
    expect(stderr).toMatch(/provider reference\s+1_[0-9a-f]{40}/);
    const { stdout } = await project.run([...words, '--json']);
    expect(recordsOf(stdout)).toMatchObject([
      { ok: false, error: { code: 'not_cancellable', providerReference: expect.stringMatching(/^1_[0-9a-f]{40}$/) } },
    ]);
  });

  it('says what it can mean that the service is gone after a lost response', async () => {
    sandbox.hosting.fault({ kind: 'reset', executed: true, only: ({ method }) => method === 'DELETE' });
    const words = ['cancel', 'hosting', 'hostingId=1_neverThere', 'domain=gone.example', ...END, '--reason', 'Over'];
    const { code, stderr } = await project.run(words);
    expect(code).toBe(3);
    expect(stderr).toMatch(/last seen\s+absent: the provider has no such service/);
    expect(stderr).toContain('If the service existed before, it is over.');
  });

  it('prints the masked request and sends nothing with --dry-run, as preview does', async () => {
    const words = ['hosting', 'hostingId=1_a', 'domain=example.com', '--when', 'immediate', '--reason', 'Over'];
    const dry = await project.run(['cancel', ...words, '--dry-run']);
    const preview = await project.run(['preview', ...words]);
    expect(dry).toEqual(preview);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain(`DELETE ${sandbox.settings.hosting.baseUrl}/hosting/1_a`);
    expect(dry.stdout).toContain('token: [REDACTED]');
    expect(dry.stdout).toContain('{"reason":"Over","domain":"example.com","immediate":true}');
    expect(requestCount()).toBe(0);
  });

  it('refuses an immediate cancellation without a terminal, and does it with --yes', async () => {
    const { hostingId, domain } = sandbox.hosting.add();
    const words = ['cancel', 'hosting', `hostingId=${hostingId}`, `domain=${domain}`, '--when', 'immediate'];
    const refused = await project.run(words);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('the provider deletes the data immediately and for good');
    expect(refused.stderr).toContain('Add --yes');
    expect(requestCount()).toBe(0);
    expect((await project.run([...words, '--yes'])).code).toBe(0);
    expect(sandbox.hosting.service(hostingId).timesCancelled).toBe(1);
  });

  it.each([
    ['vpsbg', ['abc'], '7301   or   serverId=7301 addonId=12   or   floatingIpId=608'],
    ['vpsbg', ['serverId=-1'], '7301   or   serverId=7301 addonId=12   or   floatingIpId=608'],
    ['hosting', ['1_aed1f0'], 'hostingId=1_aed1f0 domain=example.com'],
    ['hosting', ['hostingId=1_aed1f0'], 'hostingId=1_aed1f0 domain=example.com'],
    ['hosting', ['hostingId=../x', 'domain=example.com'], 'hostingId=1_aed1f0 domain=example.com'],
    ['edis', ['vm-5'], 'kvm_abcde_fghij   or   4711'],
    ['edis', ['kvmId=kvm_a', 'serviceId=5'], 'kvm_abcde_fghij   or   4711'],
    ['whmcs', ['5', '6'], '4711'],
    ['whmcs', ['serviceId=5', 'serviceId=6'], '4711'],
  ])('shows the right form of %s for %j', async (account, words, form) => {
    const { code, stdout, stderr } = await project.run(['cancel', account, ...words, ...END]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`A service of ${account} (${account}) is written: ${form}\n`);
    expect(requestCount()).toBe(0);
  });

  it.each([
    ['an account that there is not', ['cancel', 'shop', '5', ...END], 'The accounts are: edis, vpsbg, hosting, whmcs'],
    ['no timing', ['cancel', 'whmcs', '5'], '--when'],
    ['another timing', ['cancel', 'whmcs', '5', '--when', 'soon'], 'end_of_term, earliest or a date'],
    [
      'no service',
      ['cancel', 'whmcs', ...END],
      'service is missing. It is written: cancelkit cancel <account> <service...>',
    ],
    ['an option that there is not', ['cancel', 'whmcs', '5', ...END, '--reson', 'x'], 'Did you mean --reason?'],
    ['a command that there is not', ['cancle'], 'Did you mean cancel?'],
    [
      'a reference that is too long',
      ['cancel', 'whmcs', '5', ...END, '--reference', 'x'.repeat(129)],
      '128 characters',
    ],
  ])('is wrong use with %s', async (_, args, words) => {
    const { code, stdout, stderr } = await project.run(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^✗ (invalid_request|unknown_account): /);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('tells a refusal from an unknown outcome by its exit code', async () => {
    const missing = await project.run(['cancel', 'whmcs', '99999', ...END, '--json']);
    expect(missing.code).toBe(1);
    expect(recordsOf(missing.stdout)).toMatchObject([{ command: 'cancel', ok: false, error: { code: 'not_found' } }]);
    expect(missing.stderr).toMatch(/^✗ not_found: /);

    const { kvmId } = sandbox.edis.add();
    sandbox.edis.fault({ kind: 'reset', executed: true });
    const lost = await project.run(['cancel', 'edis', kvmId, ...END, '--json']);
    expect(lost.code).toBe(3);
    expect(recordsOf(lost.stdout)).toMatchObject([{ ok: false, error: { code: 'outcome_unknown' } }]);
    expect(lost.stderr).toContain('Do not send it again.');
    expect(sandbox.edis.service(kvmId).timesCancelled).toBe(1);
  });

  it('reports its outcome after a Ctrl-C', async () => {
    const { kvmId } = sandbox.edis.add();
    sandbox.edis.fault({ kind: 'hang', executed: true });
    const { code, stderr } = await project.run(['cancel', 'edis', kvmId, ...END], {
      started: async (child) => {
        await expect.poll(() => sandbox.edis.requests.length).toBe(1);
        child.kill('SIGINT');
        await once(child, 'exit');
      },
    });
    expect(code).toBe(3);
    expect(stderr).toMatch(/^✗ outcome_unknown: /);
    expect(stderr).toMatch(/because of +aborted/);
  });

  it('lets nothing of a provider steer the terminal', async () => {
    const { serverId } = sandbox.vpsbg.add();
    await project.run([
      'cancel',
      'vpsbg',
      String(serverId),
      ...END,
      '--reason',
      'x\u001B]0;title\u0007\u001B[2Jy\u202Ez',
    ]);
    const { stdout } = await project.run(['status', 'vpsbg', String(serverId)]);
    expect(stdout).toMatch(/reason +x.*y.*z/);
    // oxlint-disable-next-line no-control-regex
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202E]/);
  });
});
