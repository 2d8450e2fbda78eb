import { readdirSync } from 'node:fs';
import { createCancelService } from 'cancelkit';
import { edis, orderVps, type EdisOrder } from 'cancelkit/edis';
import type { ProviderDefinition } from 'cancelkit/provider';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { checkDefinition } from '../../src/accounts/define-provider.ts';
import { defineLazyProvider } from '../../src/provider/lazy.ts';
import { failureOf } from '../support/failure.ts';

interface MiniTypes {
  readonly id: 'mini';
  readonly configInput: { readonly key: string };
  readonly config: { readonly key: string };
  readonly serviceInput: { readonly serverId: number };
  readonly service: { readonly serverId: number };
  readonly timing: 'immediate';
  readonly readBack: false;
  readonly revoke: false;
  readonly extrasInput: { readonly note?: string | undefined } | undefined;
  readonly extras: { readonly note: string };
}

const definition: ProviderDefinition<MiniTypes> = {
  specVersion: 2,
  id: 'mini',
  capabilities: {
    timings: ['immediate'],
    reason: { field: 'no' },
    readBack: false,
    revoke: false,
    extras: { note: { type: 'text', description: 'A note.' } },
    immediateDestroysData: 'yes',
    recognizesRepeat: 'no',
  },
  env: { key: 'MINI_KEY' },
  config: v.strictObject({ key: v.string() }),
  service: v.strictObject({ serverId: v.number() }),
  extras: v.strictObject({ note: v.optional(v.string(), 'none') }),
  baseUrl: () => 'https://mini.example.com',
  secrets: ({ key }) => [key],
  *cancel({ service, extras }, { key }) {
    const json = { key, note: extras?.note ?? null };
    const { status } = yield { effect: 'write', method: 'POST', path: [String(service.serverId)], json };
    return status === 200 ? { verdict: 'accepted', outcome: 'requested' } : { verdict: 'unrecognized' };
  },
};

function textOf(init: RequestInit | undefined): string {
  return typeof init?.body === 'string' ? init.body : '';
}

/** A service whose fetch records the bodies that it is given. */
function recordingService(load: () => Promise<typeof definition>) {
  const bodies: unknown[] = [];
  const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    bodies.push(JSON.parse(textOf(init)));
    return Response.json({});
  };
  const mini = defineLazyProvider(definition, load).account({ key: 'key-123456' });
  return { services: createCancelService({ mini }, { fetch }), bodies };
}

const request = { account: 'mini', service: { serverId: 7 }, when: 'immediate' } as const;

describe('a provider whose definition is loaded with the first call', () => {
  it('loads nothing before that, and loads once for concurrent calls and later ones', async () => {
    let loads = 0;
    const { services, bodies } = recordingService(async () => {
      loads += 1;
      return definition;
    });
    expect([services.accounts.mini.provider, loads]).toEqual(['mini', 0]);
    await services.cancel(request);
    await Promise.all([services.cancel(request), services.cancel(request)]);
    expect([loads, bodies.length]).toEqual([1, 3]);
  });

  it('checks extras by the schema that was loaded, in the first call and in a validation', async () => {
    const { services, bodies } = recordingService(async () => definition);
    // @ts-expect-error -- the run-time check is what is tested
    expect((await failureOf(services.cancel({ ...request, extras: { other: 1 } }))).code).toBe('invalid_request');
    const another = recordingService(async () => definition).services;
    // @ts-expect-error -- the run-time check is what is tested
    expect((await failureOf(another.validate({ ...request, extras: { other: 1 } }))).code).toBe('invalid_request');
    await services.cancel(request);
    await services.cancel({ ...request, extras: { note: 'mine' } });
    expect(bodies).toEqual([
      { key: 'key-123456', note: 'none' },
      { key: 'key-123456', note: 'mine' },
    ]);
  });

  it('sends nothing and reports no unknown outcome if it cannot be loaded, and tries again with the next call', async () => {
    let isThere = false;
    const { services, bodies } = recordingService(async () => {
      if (!isThere) throw new Error('Cannot find module /srv/app/secret-path/definition.js');
      return definition;
    });
    const failure = await failureOf(services.cancel(request));
    expect([failure.code, failure.attempts, bodies.length]).toEqual(['unavailable', 0, 0]);
    expect(failure.message).toContain('could not be loaded. If packages were updated, restart the program.');
    expect(`${failure.message} ${failure.stack}`).not.toContain('secret-path');
    isThere = true;
    expect((await services.cancel(request)).outcome).toBe('requested');
  });

  it('reads a request when it is called, whatever its owner does with it during the load', async () => {
    const { services, bodies } = recordingService(async () => definition);
    const own = { ...request, service: { serverId: 7 }, extras: { note: 'first' } };
    const cancelling = services.cancel(own);
    own.extras.note = 'changed';
    await cancelling;
    expect(bodies).toEqual([{ key: 'key-123456', note: 'first' }]);
  });
});

describe('an order at EDIS', () => {
  it('is read when it is called, whatever its owner does with it during the load', async () => {
    const bodies: string[] = [];
    const fetch = async (_url: unknown, init?: RequestInit): Promise<Response> => {
      bodies.push(textOf(init));
      return Response.json({});
    };
    const items = [{ productId: 1, os: 2, hostname: 'first.example.com' }];
    const order: EdisOrder = { billingCycle: 'monthly', paymentMethod: 'paypal', items };
    const account = edis({ email: 'someone@example.com', password: 'pass-word-1' });
    const ordering = orderVps(account, order, { fetch });
    items[0]!.hostname = 'changed.example.com';
    await ordering.catch(() => undefined);
    expect(bodies).toHaveLength(1);
    expect(decodeURIComponent(bodies[0]!)).toContain('first.example.com');
  });
});

describe('the definition of each provider', () => {
  const ids = readdirSync('providers', { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );

  it.each(ids)('%s does not contradict itself, and has the capabilities of the provider', async (id) => {
    const loaded: Record<string, ProviderDefinition<MiniTypes>> = await import(`../../providers/${id}/definition.ts`);
    const index: Record<string, typeof definition> = await import(`../../providers/${id}/index.ts`);
    const own = loaded[`${id}Definition`]!;
    checkDefinition(own);
    expect(index[`${id}Provider`]!.capabilities).toBe(own.capabilities);
  });
});
