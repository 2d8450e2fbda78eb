import { defineProvider, type Provider } from 'cancelkit/provider';
import * as v from 'valibot';

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
  capabilities: {
    timings: ['immediate'],
    reason: { field: 'no' },
    readBack: false,
    revoke: false,
    immediateDestroysData: 'yes',
    recognizesRepeat: 'no',
  },
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
