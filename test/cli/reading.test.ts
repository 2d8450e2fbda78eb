import { beforeEach, describe, expect, it } from 'vitest';
import { builtInProviders } from '../../src/cli/setup/built-in-providers.ts';
import { createProject, recordsOf } from './support/project.ts';
import { sandboxProject } from './support/sandbox-project.ts';

const { sandbox, project } = await sandboxProject();
beforeEach(() => sandbox.vpsbg.clearRequests());

describe('cancelkit status', () => {
  it('reads the state back', async () => {
    const { cancelled, active } = sandbox.vpsbg.seeded;
    const scheduled = await project.run(['status', 'vpsbg', String(cancelled.serverId), '--json']);
    expect(scheduled.code).toBe(0);
    expect(recordsOf(scheduled.stdout)).toMatchObject([
      {
        command: 'status',
        ok: true,
        account: 'vpsbg',
        service: cancelled,
        result: { state: 'scheduled', revocable: true },
      },
    ]);
    const none = await project.run(['status', 'vpsbg', String(active.serverId)]);
    expect(none).toMatchObject({ code: 0, stderr: '' });
    expect(none.stdout).toMatch(/^none: There is no cancellation\.\n/);
  });

  it('takes the reference of an earlier result', async () => {
    const { hostingId, domain } = sandbox.hosting.add();
    const words = ['hosting', `hostingId=${hostingId}`, `domain=${domain}`];
    const cancelled = await project.run(['cancel', ...words, '--when', 'end_of_period', '--json']);
    const reference = /"providerReference":"([^"]+)"/.exec(cancelled.stdout)?.[1] ?? '';
    const read = await project.run(['status', ...words, '--provider-reference', reference]);
    expect(read.code).toBe(0);
    expect(reference).not.toBe('');
    expect(sandbox.hosting.requests.map(({ query }) => query).join(' ')).toContain(reference);
  });

  it('is unsupported if the provider has no read-back', async () => {
    const { code, stderr } = await project.run(['status', 'edis', sandbox.edis.seeded.active.kvmId]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^✗ unsupported: /);
    expect(stderr).toMatch(/where to look +\(inferred\)\n +1 +Sign in/);
    expect(stderr).toContain(sandbox.edis.seeded.active.kvmId);
  });
});

describe('cancelkit revoke', () => {
  it('undoes a cancellation, and says so if none exists', async () => {
    const { serverId } = sandbox.vpsbg.add();
    const words = ['revoke', 'vpsbg', String(serverId)];
    await project.run(['cancel', 'vpsbg', String(serverId), '--when', 'end_of_period']);
    const dry = await project.run([...words, '--dry-run']);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain(`DELETE ${sandbox.settings.vpsbg.baseUrl}/v1/servers/cancel`);
    expect(dry.stdout).toContain('authorization: Bearer [REDACTED]');
    expect(sandbox.vpsbg.service(serverId).cancellation).not.toBeNull();
    const revoked = await project.run(words);
    expect(revoked.code).toBe(0);
    expect(revoked.stdout).toMatch(/^✓ revoked: /);
    expect(sandbox.vpsbg.service(serverId).cancellation).toBeNull();
    const again = await project.run([...words, '--json']);
    expect(again.code).toBe(0);
    expect(recordsOf(again.stdout)).toMatchObject([{ ok: true, result: { outcome: 'nothing_to_revoke' } }]);
  });

  it.each([
    ['revoke', 'whmcs', '101'],
    ['revoke', 'whmcs', '101', '--dry-run'],
  ])('is unsupported if the provider has none: %s %s %s %s', async (...args) => {
    const { code, stderr } = await project.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^✗ unsupported: /);
  });
});

describe('cancelkit accounts', () => {
  it('shows what each account can do, and sends nothing', async () => {
    const { code, stdout } = await project.run(['accounts', '--json']);
    expect(code).toBe(0);
    const results = recordsOf(stdout).map(({ result }) => result);
    expect(results.length).toBe(builtInProviders.length);
    expect(results.slice(0, 4)).toMatchObject([
      { account: 'edis', configured: true, services: ['kvm_abcde_fghij', '4711'], missing: [] },
      { account: 'vpsbg', configured: true, capabilities: { revoke: true, immediateDestroysData: 'later' } },
      { account: 'hosting', configured: true, services: ['hostingId=1_aed1f0 domain=example.com'] },
      { account: 'whmcs', configured: true, capabilities: { readBack: true, revoke: false } },
    ]);
    expect(sandbox.vpsbg.requests).toEqual([]);
  });

  it('names the variables that are missing', async () => {
    const env = { EDIS_PASSWORD: '', VPSBG_TOKEN: '', VPSBG_BASE_URL: '' };
    const { stdout } = await project.run(['accounts'], { env });
    expect(stdout).toMatch(/^edis +edis +no /m);
    expect(stdout).toContain('! edis is not configured: EDIS_PASSWORD is not set (option password).');
    expect(stdout).toMatch(/vpsbg: no account, since none of VPSBG_TOKEN, VPSBG_BASE_URL, [A-Z_, ]+ is set/);
  });

  it('says what to do if none exists', async () => {
    using empty = await createProject();
    const { code, stderr } = await empty.run(['cancel', 'shop', '5', '--when', 'end_of_period']);
    expect(code).toBe(2);
    expect(stderr).toContain('Set the variables of a provider, which `cancelkit accounts` lists');
    expect(stderr).toContain('cancelkit init');
  });
});

describe('cancelkit check', () => {
  it('asks every provider that has a read for it, and changes nothing', async () => {
    const { code, stdout } = await project.run(['check', '--json']);
    expect(code).toBe(0);
    const records = recordsOf(stdout);
    expect(records.length).toBe(builtInProviders.length);
    expect(records.filter(({ ok }) => ok !== true)).toHaveLength(1);
    expect(records.slice(0, 4)).toMatchObject([
      { ok: true, result: { account: 'edis', basis: 'inferred' } },
      { ok: true, result: { account: 'vpsbg', basis: 'documented' } },
      { ok: false, account: 'hosting', error: { code: 'unsupported' } },
      { ok: true, result: { account: 'whmcs', basis: 'documented' } },
    ]);
    expect(sandbox.vpsbg.requests.map(({ method }) => method)).toEqual(['GET']);
    const people = await project.run(['check']);
    expect(people.stdout).toContain('That this read needs them is inferred, not documented.');
  });

  it.each([
    ['edis', { EDIS_PASSWORD: 'wrong-password' }],
    ['vpsbg', { VPSBG_TOKEN: 'wrong-token' }],
    ['whmcs', { WHMCS_SECRET: 'wrong-secret' }],
  ])('says that the credentials of %s are refused', async (account, env) => {
    const { code, stderr } = await project.run(['check', account], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^✗ unauthorized: /);
    sandbox.whmcs.liftBans();
  });

  it('reads the state of a service if it is named', async () => {
    const { hostingId, domain } = sandbox.hosting.seeded.active;
    const words = ['check', 'hosting', `hostingId=${hostingId}`, `domain=${domain}`];
    expect((await project.run(words)).code).toBe(0);
    expect((await project.run(words, { env: { HOSTING_TOKEN: 'wrong-token' } })).code).toBe(1);
    expect((await project.run(['check', 'hosting'])).code).toBe(2);
  });

  it('is wrong use for an account without its configuration', async () => {
    expect((await project.run(['check', 'edis'], { env: { EDIS_PASSWORD: '' } })).code).toBe(2);
  });
});
