import { createCancelService, type ProviderError } from 'cancelkit';
import {
  defineProvider,
  performAction,
  type ActionProvider,
  type ProviderRequest,
  type ProviderResponse,
  type RefusedVerdict,
} from 'cancelkit/provider';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { LEAST_CAPABILITIES } from '../support/capabilities.ts';
import { failureOf } from '../support/failure.ts';

interface Config {
  readonly password: string;
}

const login = (password: string): ProviderRequest => ({
  effect: 'read',
  method: 'POST',
  path: ['login'],
  form: { password },
});
const refusal: RefusedVerdict = { verdict: 'refused', code: 'unauthorized', message: 'the login was refused.' };

/** An adapter that logs in before each operation, as a panel with sessions needs it. */
const config = v.strictObject({ password: v.string() });
const definition = {
  specVersion: 1,
  id: 'sessions',
  capabilities: { ...LEAST_CAPABILITIES, readBack: true, revoke: true, immediateDestroysData: 'yes' },
  config,
  env: {},
  service: v.strictObject({ id: v.string() }),
  baseUrl: () => 'https://sessions.example.com',
  secrets: ({ password }: Config) => [password],
  *cancel(_: unknown, { password }: Config) {
    yield login(password);
    return refusal;
  },
  *status() {
    yield { effect: 'read', method: 'GET', path: ['cancellation'] } as const;
    return { verdict: 'found', status: { state: 'requested', revocable: true, raw: null } } as const;
  },
  *revoke(_: unknown, { password }: Config): Generator<ProviderRequest, RefusedVerdict, ProviderResponse> {
    yield login(password);
    return refusal;
  },
} as const;
const provider = defineProvider(definition);
const account = provider.account({ password: 'correct horse' });
const fetch: typeof globalThis.fetch = async (url) =>
  new Request(url).url.endsWith('/login') ? new Response('', { status: 401 }) : Response.json({});

describe('a login that is refused before the write', () => {
  it.each(['cancel', 'revoke'] as const)('is unauthorized for %s', async (operation) => {
    const services = createCancelService({ account }, { fetch });
    const service = { id: 'a' };
    const failure: ProviderError = await failureOf(
      operation === 'cancel'
        ? services.cancel({ account: 'account', service, when: 'immediate' })
        : services.revoke({ account: 'account', service }),
    );
    expect(failure).toMatchObject({ code: 'unauthorized', message: 'sessions: the login was refused.' });
  });

  it('is unauthorized for an action', async () => {
    const action = {
      input: v.strictObject({}),
      secrets: () => [],
      *run(_: unknown, { password }: Config): Generator<ProviderRequest, RefusedVerdict, ProviderResponse> {
        yield login(password);
        return refusal;
      },
    };
    const performer: ActionProvider<Config> = definition;
    const failure = await failureOf(performAction(performer, action, account, {}, { fetch }));
    expect(failure).toMatchObject({ code: 'unauthorized', message: 'sessions: the login was refused.' });
  });
});
