import assert from 'node:assert/strict';
import { providerConformance } from 'cancelkit/conformance';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type * as KeeperModule from '../../src/accounts/token-keeper.ts';
import type * as RedactorModule from '../../src/privacy/redactor-for.ts';
import { byOAuth, bySignature, type GuardedVariant } from '../support/guarded.ts';
import { guardedSubject } from './guarded-subject.ts';

// Chance is part of what the suite looks at.
beforeAll(() => void vi.restoreAllMocks());

providerConformance(guardedSubject(), { describe, it });
providerConformance(guardedSubject({ access: bySignature }), { describe, it });

type Checks = ReadonlyMap<string, () => Promise<void>>;

function checksOf(variant: GuardedVariant, suite: typeof providerConformance = providerConformance): Checks {
  const checks = new Map<string, () => Promise<void>>();
  suite(guardedSubject(variant), {
    describe: (_title, body) => body(),
    it: (name, run) => void checks.set(name, run),
  });
  return checks;
}

async function fails(checks: Checks, pattern: RegExp): Promise<void> {
  const matching = [...checks].filter(([name]) => pattern.test(name));
  expect(matching).not.toEqual([]);
  for (const [, run] of matching) await expect(run()).rejects.toBeInstanceOf(assert.AssertionError);
}

describe('the suite finds a provider of version 2 that', () => {
  it.each<[string, GuardedVariant, RegExp]>([
    [
      'makes headers by chance',
      { access: { ...byOAuth, headers: () => ({ 'x-nonce': crypto.randomUUID() }) } },
      /makes the same headers/,
    ],
    [
      'reads the clock for its headers',
      { access: { ...byOAuth, headers: () => ({ 'x-time': String(new Date().getUTCFullYear()) }) } },
      /makes the same headers/,
    ],
    ['names an origin that it does not have', { request: { origin: 'elsewhere' } }, /a 202: requested/],
    [
      'takes every answer for a login',
      {
        access: {
          ...byOAuth,
          *obtain() {
            yield { method: 'POST', effect: 'read', authenticated: false, path: ['oauth', 'token'] };
            return { verdict: 'granted', token: 'some-token', expiresInS: 600 };
          },
        },
      },
      /takes no answer for a login|does not try refused credentials/,
    ],
    [
      'never tells how long its token is valid',
      {
        access: {
          ...byOAuth,
          *obtain(config, moment) {
            const exchange = byOAuth.obtain?.(config, moment);
            const verdict = exchange === undefined ? undefined : yield* exchange;
            if (verdict?.verdict !== 'granted') return verdict ?? { verdict: 'unrecognized' };
            return { verdict: 'granted', token: verdict.token };
          },
        },
      },
      /renews a token/,
    ],
  ])('%s', async (_fault, variant, found) => {
    await fails(checksOf(variant), found);
  });
});

describe('the suite finds a core that', () => {
  afterEach(() => {
    vi.doUnmock('../../src/accounts/token-keeper.ts');
    vi.doUnmock('../../src/privacy/redactor-for.ts');
    vi.resetModules();
  });

  const withKeeper = async (change: (keeper: KeeperModule.TokenKeeper) => void): Promise<Checks> => {
    vi.resetModules();
    vi.doMock('../../src/accounts/token-keeper.ts', async (importOriginal) => {
      const original = await importOriginal<typeof KeeperModule>();
      class Changed extends original.TokenKeeper {
        constructor() {
          super();
          change(this);
        }
      }
      return { ...original, TokenKeeper: Changed };
    });
    const { providerConformance: suite } = await import('cancelkit/conformance');
    return checksOf({}, suite);
  };

  it('does not hide a token', async () => {
    vi.resetModules();
    vi.doMock('../../src/privacy/redactor-for.ts', async (importOriginal) => {
      const original = await importOriginal<typeof RedactorModule>();
      const growingRedactor: typeof RedactorModule.growingRedactor = (secrets, escapesHtml) =>
        original.redactorFor(secrets(), escapesHtml);
      return { ...original, growingRedactor };
    });
    const { providerConformance: suite } = await import('cancelkit/conformance');
    await fails(checksOf({}, suite), /shows no secret that the answer echoes/);
  });

  it('does not renew a token', async () => {
    const checks = await withKeeper((keeper) => void Object.assign(keeper, { refused: () => false }));
    await fails(checks, /renews a token/);
  });

  it('renews a token more than once', async () => {
    const checks = await withKeeper((keeper) => {
      let left = 3;
      const { refused } = keeper;
      Object.assign(keeper, {
        refused: (grant: KeeperModule.Grant, isRenewed: boolean) =>
          refused.call(keeper, grant, isRenewed && (left -= 1) < 0),
      });
    });
    await fails(checks, /a 401: unauthorized/);
  });
});
