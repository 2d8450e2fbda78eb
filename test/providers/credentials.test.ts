import { createCancelService, isProviderError } from 'cancelkit';
import { contabo } from 'cancelkit/contabo';
import { edis } from 'cancelkit/edis';
import { hetzner } from 'cancelkit/hetzner';
import { hostbill } from 'cancelkit/hostbill';
import { hosting } from 'cancelkit/hosting';
import { leaseweb } from 'cancelkit/leaseweb';
import { mittwald } from 'cancelkit/mittwald';
import { ovh } from 'cancelkit/ovh';
import { loginRule, secretRule, tokenRule } from 'cancelkit/provider';
import { vpsbg } from 'cancelkit/vpsbg';
import { whmcs } from 'cancelkit/whmcs';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { untyped } from '../support/untyped.ts';

afterEach(() => void vi.unstubAllEnvs());

const services = untyped(
  createCancelService({
    edis: edis(),
    hosting: hosting(),
    vpsbg: vpsbg(),
    api: whmcs(),
    admin: whmcs(),
    mittwald: mittwald(),
    contabo: contabo(),
    hetzner: hetzner(),
    leaseweb: leaseweb(),
    hostbill: hostbill(),
    ovh: ovh(),
  }),
);

const orders: Readonly<Record<string, object>> = {
  edis: { service: { serviceId: 1 }, when: 'immediate' },
  hosting: { service: { hostingId: '1_a', domain: 'example.com' }, when: 'immediate' },
  vpsbg: { service: { serverId: 1 }, when: 'end_of_period' },
  mittwald: { service: { contractId: 'V1' }, when: 'earliest' },
  contabo: { service: { instanceId: 1 }, when: 'earliest' },
  hetzner: { service: { serverNumber: 1 }, when: 'earliest' },
  leaseweb: { service: { serviceId: 1 }, when: 'end_of_term' },
  hostbill: { service: { serviceId: 1 }, when: 'end_of_period', reason: 'r' },
  ovh: { service: { serviceId: 1 }, when: 'end_of_period' },
  api: { service: { serviceId: 1 }, when: 'immediate' },
  admin: { service: { serviceId: 1 }, when: 'immediate' },
};

const environments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  edis: { EDIS_EMAIL: 'op@example.com', EDIS_PASSWORD: 'long-enough' },
  hosting: { HOSTING_BASE_URL: 'https://api.example.com', HOSTING_TOKEN: 'long-enough' },
  vpsbg: { VPSBG_TOKEN: 'long-enough' },
  mittwald: { MITTWALD_TOKEN: 'long-enough' },
  contabo: {
    CONTABO_CLIENT_ID: 'INT-12345',
    CONTABO_CLIENT_SECRET: 'long-enough',
    CONTABO_USERNAME: 'api@example.com',
    CONTABO_PASSWORD: 'long-enough',
  },
  hetzner: { HETZNER_USER: '#ws+abc', HETZNER_PASSWORD: 'long-enough' },
  leaseweb: { LEASEWEB_API_KEY: 'long-enough' },
  hostbill: {
    HOSTBILL_BASE_URL: 'https://portal.example.com',
    HOSTBILL_EMAIL: 'op@example.com',
    HOSTBILL_PASSWORD: 'long-enough',
  },
  ovh: {
    OVH_APPLICATION_KEY: 'key-long-enough',
    OVH_APPLICATION_SECRET: 'long-enough',
    OVH_CONSUMER_KEY: 'long-enough',
  },
  api: { WHMCS_URL: 'https://api.example.com', WHMCS_IDENTIFIER: 'identifier-1', WHMCS_SECRET: 'long-enough' },
  admin: { WHMCS_URL: 'https://api.example.com', WHMCS_USERNAME: 'api', WHMCS_PASSWORD: 'long-enough' },
};

const credentials = [
  ['edis', 'EDIS_EMAIL', 'email'],
  ['edis', 'EDIS_PASSWORD', 'password'],
  ['hosting', 'HOSTING_TOKEN', 'token'],
  ['vpsbg', 'VPSBG_TOKEN', 'token'],
  ['mittwald', 'MITTWALD_TOKEN', 'token'],
  ['contabo', 'CONTABO_CLIENT_ID', 'clientId'],
  ['contabo', 'CONTABO_CLIENT_SECRET', 'clientSecret'],
  ['contabo', 'CONTABO_USERNAME', 'username'],
  ['contabo', 'CONTABO_PASSWORD', 'password'],
  ['hetzner', 'HETZNER_USER', 'user'],
  ['hetzner', 'HETZNER_PASSWORD', 'password'],
  ['leaseweb', 'LEASEWEB_API_KEY', 'apiKey'],
  ['hostbill', 'HOSTBILL_EMAIL', 'email'],
  ['hostbill', 'HOSTBILL_PASSWORD', 'password'],
  ['ovh', 'OVH_APPLICATION_KEY', 'applicationKey'],
  ['ovh', 'OVH_APPLICATION_SECRET', 'applicationSecret'],
  ['ovh', 'OVH_CONSUMER_KEY', 'consumerKey'],
  ['api', 'WHMCS_IDENTIFIER', 'identifier'],
  ['api', 'WHMCS_SECRET', 'secret'],
  ['api', 'WHMCS_ACCESS_KEY', 'accessKey'],
  ['admin', 'WHMCS_USERNAME', 'username'],
  ['admin', 'WHMCS_PASSWORD', 'password'],
] as const;

async function failureWith(account: string, changed: Readonly<Record<string, string>>): Promise<unknown> {
  for (const [name, value] of Object.entries({ ...environments[account], ...changed })) vi.stubEnv(name, value);
  return await services.preview({ account, ...orders[account] }).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe.each(credentials)('a credential of %s in %s', (account, variable, option) => {
  const sound = environments[account]?.[variable] ?? 'long-enough';

  it('is taken as it should be', async () => {
    expect(await failureWith(account, { [variable]: sound })).toBeUndefined();
  });

  // `docker --env-file` keeps the quotes of its file. A password may have some, but its login name is then refused.
  const mayHaveQuotes = ['password', 'secret', 'accessKey', 'applicationSecret'].includes(option);
  it.each(['"', "'", '`'])(
    `with %s on both sides is ${mayHaveQuotes ? 'taken unchanged' : 'refused'}`,
    async (quote) => {
      const error = await failureWith(account, { [variable]: `${quote}${sound}${quote}` });
      expect(isProviderError(error, 'not_configured')).toBe(!mayHaveQuotes);
      if (!mayHaveQuotes) expect(error).toHaveProperty('message', expect.stringMatching(/quotes/));
      expect(await failureWith(account, { [variable]: `${quote}${sound}` })).toBeUndefined();
    },
  );

  it.each(['\n', '\r\n', ' ', '\t', '\u00A0', '\uFEFF', '\u200B', '\u2028'])(
    'with %j around it is refused, and the message names option and variable',
    async (around) => {
      for (const value of [`${sound}${around}`, `${around}${sound}`]) {
        const error = await failureWith(account, { [variable]: value });
        if (!isProviderError(error, 'not_configured')) throw new Error('it was accepted');
        expect(error.message).toContain(variable);
        expect(error.message).toContain(`option ${option}`);
        expect(error.message).not.toContain(sound);
      }
    },
  );

  it.each(['\0', '\u0007', 'a\nb', '\u200B', '\uFEFF'])('with %j inside is refused', async (inside) => {
    const value = `${sound.slice(0, 2)}${inside}${sound.slice(2)}`;
    if (value.includes('\0')) return expect(secretRule.accepts(value)).toBe(false);
    expect(isProviderError(await failureWith(account, { [variable]: value }), 'not_configured')).toBe(true);
  });

  it.each(['a', 'ab', 'abc', '12345'])('of a few letters (%j) is refused, unless it is a name', async (value) => {
    const isName = /_(?:EMAIL|USER(?:NAME)?)$/.test(variable);
    const error = await failureWith(account, { [variable]: value });
    expect(isProviderError(error, 'not_configured')).toBe(!isName);
  });
});

const UNREPLACED = [
  '${VPSBG_TOKEN}',
  '${EDIS_PASSWORD:-}',
  '${{ secrets.TOKEN }}',
  '{{ token }}',
  '{{.Values.token}}',
  '$(cat /run/secrets/token)',
  '<token>',
  '<your password>',
  '<YOUR_API_KEY>',
  'undefined',
  'null',
  '[object Object]',
  '[object Promise]',
  '********',
  '[REDACTED]',
  '<redacted>',
  '(hidden)',
  'your-token',
  'your-api-key',
  'YOUR_API_KEY_HERE',
  'your_password',
  'yourpassword',
  'your-secret',
  'your-email',
  'your-email@example.com',
  'op://vault/edis/password',
  'vault://secret/edis',
  'ref+awsssm://path',
  'arn:aws:secretsmanager:eu:1:secret:a',
  '@Microsoft.KeyVault(SecretUri=https://example.com)',
  'ENC[AES256_GCM,data:p673w==]',
  'projects/7/secrets/edis/versions/1',
  '/run/secrets/edis',
  'file:///run/secrets/edis',
];
const ISSUED = [
  '$VPSBG_TOKEN',
  '%VPSBG_TOKEN%',
  '{token}',
  'token-${ENVIRONMENT}',
  'changeme',
  'change-me',
  'CHANGE_ME',
  'replace-with-your-token',
  'insert_token_here',
  'placeholder',
  'xxxxxxxx',
  'XXXXXXXX',
  '--------',
];

describe.each(credentials)('a placeholder as a credential of %s in %s', (account, variable, option) => {
  it.each(UNREPLACED)('%s is refused before anything is sent', async (value) => {
    const error = await failureWith(account, { [variable]: value });
    if (!isProviderError(error, 'not_configured')) throw new Error('it was accepted');
    expect(error.message).toMatch(new RegExp(`${variable}.*placeholder.*option ${option}`));
    expect(error.message).not.toContain(value);
  });

  const isIssued = /token|identifier|client|(?:api|application|consumer)key/i.test(option);
  it.each(ISSUED)(`%s is ${isIssued ? 'refused' : 'taken, since a person may have chosen it'}`, async (value) => {
    const error = await failureWith(account, { [variable]: value });
    expect(isProviderError(error, 'not_configured')).toBe(isIssued);
  });
});

describe('the rules for credentials', () => {
  it('take no credential for a placeholder that could be one', () => {
    for (const value of [
      'yourself1',
      'your-dog-ate-it',
      'undefined1',
      'nullable',
      '$ummer2026',
      'a<b>c-def',
      '<3<3<3>',
      '{x}y{z}',
    ]) {
      expect([value, secretRule.accepts(value)]).toEqual([value, true]);
    }
    for (const value of [
      '1|aBcdEf0123',
      'sk_live_<not>',
      'replaced-1',
      'e0$A{9}_x',
      'change-2026',
      'x1x1x1x1',
      '$2y$10$abcdef',
    ]) {
      expect([value, tokenRule.accepts(value)]).toEqual([value, true]);
    }
    fc.assert(
      fc.property(fc.stringMatching(/^[\x21-\x7e]{12,64}$/), (value) => {
        fc.pre(!/[<>{}()[\]*]|:\/\/|^["'`$%]/.test(value));
        expect(tokenRule.accepts(value)).toBe(true);
      }),
    );
  });

  it('accept a password with blanks, signs and emoji in it, joiners included', () => {
    for (const value of ['correct horse', '100%100%', '👩‍💻👩‍💻👩‍💻', 'Zoë 密码 🔑', '\\"<>&'.repeat(2)]) {
      expect([value, secretRule.accepts(value)]).toEqual([value, true]);
    }
  });

  it('refuse whatever trimming would change', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        if (value !== value.trim()) expect([secretRule, loginRule].some(({ accepts }) => accepts(value))).toBe(false);
      }),
    );
    expect(loginRule.accepts('')).toBe(false);
    expect(loginRule.accepts('a')).toBe(true);
  });
});
