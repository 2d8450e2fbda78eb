import { createCancelService, isProviderError } from 'cancelkit';
import { loginRule, secretRule } from 'cancelkit/provider';
import { edis } from 'cancelkit/edis';
import { hosting } from 'cancelkit/hosting';
import { mittwald } from 'cancelkit/mittwald';
import { ovh } from 'cancelkit/ovh';
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
    ovh: ovh(),
  }),
);

const orders: Readonly<Record<string, object>> = {
  edis: { service: { serviceId: 1 }, when: 'immediate' },
  hosting: { service: { hostingId: '1_a', domain: 'example.com' }, when: 'immediate' },
  vpsbg: { service: { serverId: 1 }, when: 'end_of_period' },
  mittwald: { service: { contractId: 'V1' }, when: 'earliest' },
  ovh: { service: { serviceId: 1 }, when: 'end_of_period' },
  api: { service: { serviceId: 1 }, when: 'immediate' },
  admin: { service: { serviceId: 1 }, when: 'immediate' },
};

const environments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  edis: { EDIS_EMAIL: 'op@example.com', EDIS_PASSWORD: 'long-enough' },
  hosting: { HOSTING_BASE_URL: 'https://api.example.com', HOSTING_TOKEN: 'long-enough' },
  vpsbg: { VPSBG_TOKEN: 'long-enough' },
  mittwald: { MITTWALD_TOKEN: 'long-enough' },
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
    const isName = variable === 'EDIS_EMAIL' || variable === 'WHMCS_USERNAME';
    const error = await failureWith(account, { [variable]: value });
    expect(isProviderError(error, 'not_configured')).toBe(!isName);
  });
});

describe('the rules for credentials', () => {
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
