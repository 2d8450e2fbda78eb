import * as v from 'valibot';
import type { When } from '../../src/index.ts';
import {
  defineProvider,
  type CancelVerdict,
  type Exchange,
  type Provider,
  type ProviderResponse,
  type StatusVerdict,
} from '../../src/provider/index.ts';

/** Where the provider is. */
export interface TestConfig {
  readonly baseUrl: string;
  readonly token?: string;
}

/** What it cancels. */
export interface TestService {
  readonly id: string;
}

const config = v.object({ baseUrl: v.string(), token: v.optional(v.string(), 'test-token-0001') });
const service = v.object({ id: v.string() });
const timings: readonly When[] = ['immediate', 'end_of_period'];
const common = { reason: { field: 'optional' }, immediateDestroysData: 'unknown', recognizesRepeat: 'no' } as const;

/** A provider that cancels with DELETE and can be asked for its state. */
export const readable: Provider<'readable', TestConfig, TestService, When, 'cancel' | 'status'> = defineProvider({
  specVersion: 1,
  id: 'readable',
  capabilities: { ...common, timings, readBack: true, revoke: false },
  config,
  service,
  env: {},
  baseUrl: ({ baseUrl }) => baseUrl,
  secrets: ({ token }) => [token],
  *cancel({ service: { id }, when, reference, reasonText }, { token }): Exchange<CancelVerdict> {
    const headers = { authorization: `Bearer ${token}`, 'x-reference': reference ?? '' };
    const json = { when, reason: reasonText };
    return verdictOf(yield { effect: 'write', method: 'DELETE', path: ['services', id], headers, json });
  },
  *status({ id }, { token }): Exchange<StatusVerdict> {
    const headers = { authorization: `Bearer ${token}` };
    const response = yield { effect: 'read', method: 'GET', path: ['services', id], headers };
    const value = recordOf(response);
    if (value?.['result'] !== 'found') return { verdict: 'unrecognized' };
    const cancelled = value['over'] === true ? 'completed' : 'requested';
    const state = value['cancelled'] === true ? cancelled : 'none';
    const when = timings.find((timing) => timing === value['when']);
    const status = { state, ...(when === undefined ? {} : { when }), revocable: false, raw: value } as const;
    return { verdict: 'found', status };
  },
});

/** A provider that cancels with POST and cannot be asked anything. */
export const blind: Provider<'blind', TestConfig, TestService, When, 'cancel'> = defineProvider({
  specVersion: 1,
  id: 'blind',
  capabilities: { ...common, timings, readBack: false, revoke: false },
  config,
  service,
  env: {},
  baseUrl: ({ baseUrl }) => baseUrl,
  secrets: ({ token }) => [token],
  *cancel({ service: { id }, when, reference }, { token }): Exchange<CancelVerdict> {
    const headers = { authorization: `Bearer ${token}`, 'x-reference': reference ?? '' };
    return verdictOf(yield { effect: 'write', method: 'POST', path: ['cancel', id], headers, form: { when } });
  },
});

function verdictOf(response: ProviderResponse): CancelVerdict {
  const value = recordOf(response);
  if (value?.['result'] === 'accepted') return { verdict: 'accepted', outcome: 'requested' };
  if (value?.['error'] === 'unauthorized') {
    return { verdict: 'refused', code: 'unauthorized', message: 'the token was not accepted. Check it.' };
  }
  if (value?.['error'] === 'not_found') {
    return { verdict: 'refused', code: 'not_found', message: 'there is no such service.' };
  }
  return { verdict: 'unrecognized' };
}

function recordOf({ body }: ProviderResponse): Readonly<Record<string, unknown>> | undefined {
  if (body.kind !== 'json' || typeof body.value !== 'object' || body.value === null) return undefined;
  return Object.fromEntries(Object.entries(body.value));
}
