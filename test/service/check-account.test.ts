import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edis } from '../../providers/edis/index.ts';
import { hosting } from '../../providers/hosting/index.ts';
import { vpsbg } from '../../providers/vpsbg/index.ts';
import { whmcs } from '../../providers/whmcs/index.ts';
import { internalsOf } from '../../src/accounts/account.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { checkAccount } from '../../src/service/check-account.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

describe('the check of an account', () => {
  it.each(['edis', 'vpsbg', 'whmcs', 'vpsbgReadOnly', 'whmcsReadOnly'] as const)('accepts %s', async (name) => {
    const account = sandbox.accounts[name];
    expect(await checkAccount(name, account)).toMatchObject({ account: name, provider: account.provider });
  });

  it.each([
    ['a wrong password', () => edis({ ...sandbox.settings.edis, password: 'wrong-password' }), 'unauthorized'],
    ['a wrong token', () => vpsbg({ ...sandbox.settings.vpsbg, token: 'wrong-token' }), 'unauthorized'],
    ['a wrong secret', () => whmcs({ ...sandbox.settings.whmcs, secret: 'wrong-secret' }), 'unauthorized'],
    ['a disabled administrator', () => whmcs(sandbox.settings.whmcsDisabled), 'forbidden'],
    ['a provider without such a read', () => hosting(sandbox.settings.hosting), 'unsupported'],
    ['no configuration', () => edis(() => ({ email: '', password: '' })), 'not_configured'],
    [
      'a server that is not there',
      () => edis({ ...sandbox.settings.edis, baseUrl: 'http://127.0.0.1:2' }),
      'unavailable',
    ],
  ])('says what is wrong with %s', async (_, account, code) => {
    await expect(checkAccount('a', account())).rejects.toMatchObject({ code, operation: 'check', account: 'a' });
  });

  it.each(['edis', 'vpsbg', 'whmcs'] as const)('takes a page of %s that is not its API for no yes', async (name) => {
    sandbox[name].fault({ kind: 'html', executed: false, times: 1 });
    await expect(checkAccount(name, sandbox.accounts[name])).rejects.toMatchObject({
      code: expect.stringMatching(/^(unexpected_response|unavailable)$/),
    });
    sandbox[name].clearFaults();
  });
});

describe('the forms of a service', () => {
  it.each([
    ['edis', edis()],
    ['vpsbg', vpsbg()],
    ['hosting', hosting()],
    ['whmcs', whmcs()],
  ])('of %s have examples that the provider takes', async (_, account) => {
    const internals = internalsOf(account)!;
    expect(internals.serviceForms).not.toEqual([]);
    for (const { example, plainId } of internals.serviceForms!) {
      expect(await internals.bind(example)).toMatchObject({ ok: true });
      const [value] = Object.values(example);
      if (plainId !== undefined) expect(String(value)).toMatch(plainId);
    }
  });
});
