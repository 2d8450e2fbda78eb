import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { oauth2 } from '../../examples/access/oauth2.ts';
import { signature } from '../../examples/access/signature.ts';
import { root } from '../../scripts/manifest.ts';
import { createCancelService } from '../../src/index.ts';
import { guardedProvider, json, SECRET, startGuarded, tokenOf, type Guarded } from '../support/guarded.ts';

let servers: Guarded;
beforeEach(async () => {
  servers = await startGuarded();
  return () => servers[Symbol.asyncDispose]();
});

const order = { account: 'main', service: { id: 's1' }, when: 'immediate' } as const;

describe('the samples of access', () => {
  it.each(['oauth2', 'signature'])('%s is what the page on adding a provider shows', (name) => {
    const page = readFileSync(join(root, 'docs/adding-a-provider.md'), 'utf8');
    expect(page).toContain(readFileSync(join(root, `examples/access/${name}.ts`), 'utf8'));
  });

  it('by OAuth 2.0 obtains a token and uses it', async () => {
    const account = guardedProvider({ access: oauth2 }).account(servers.config);
    const { outcome, attempts } = await createCancelService({ main: account }).cancel(order);
    expect([outcome, attempts]).toEqual(['requested', 2]);
    expect(servers.api.seen[0]?.headers.authorization).toBe(`Bearer ${tokenOf(1)}`);
  });

  it('by OAuth 2.0 says that the credentials are wrong', async () => {
    const config = { ...servers.config, clientSecret: 'another-secret' };
    const account = guardedProvider({ access: oauth2 }).account(config);
    await expect(createCancelService({ main: account }).cancel(order)).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('by a signature signs what is sent', async () => {
    servers.onApi = (response) => {
      json(response, 202, { result: 'cancelled' });
      return true;
    };
    const account = guardedProvider({ access: signature }).account(servers.config);
    await createCancelService({ main: account }).cancel(order);
    const [sent] = servers.api.seen;
    const { 'x-time': time, 'x-nonce': nonce, 'x-signature': signed } = sent?.headers ?? {};
    const text = ['POST', `${servers.api.origin}${sent?.path}`, '', time, nonce].join('\n');
    expect(signed).toBe(createHmac('sha256', SECRET).update(text).digest('hex'));
  });
});
