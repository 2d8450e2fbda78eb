import { defineProvider, type Provider } from 'cancelkit/provider';
import * as v from 'valibot';
import { LEAST_CAPABILITIES } from './capabilities.ts';

/** A made-up provider with one timing, another service shape and no read-back. */
export const miniProvider: Provider<
  'mini',
  { readonly key: string },
  { readonly serverId: number },
  'immediate',
  'cancel'
> = defineProvider({
  specVersion: 1,
  id: 'mini',
  capabilities: { ...LEAST_CAPABILITIES, immediateDestroysData: 'yes' },
  config: v.strictObject({ key: v.string() }),
  env: { key: 'MINI_KEY' },
  service: v.strictObject({ serverId: v.number() }),
  baseUrl: () => 'https://mini.example.com',
  secrets: ({ key }) => [key],
  *cancel({ service }, { key }) {
    yield { effect: 'write', method: 'DELETE', path: [String(service.serverId)], form: { key } };
    return { verdict: 'unrecognized' };
  },
});
