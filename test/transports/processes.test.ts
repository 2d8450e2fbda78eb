import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../campaign/certificate.ts';
import { cancelBehindEnvironmentProxy, cancelWhileStopped, cancelWithPatchedFetch } from './processes.ts';

describe('a process of its own', () => {
  it('that uses the proxy of its environment sends through it, once', { timeout: 60_000 }, async () => {
    expect(await cancelBehindEnvironmentProxy(makeCertificate())).toEqual({
      outcome: 'requested',
      cancellations: 1,
      tunnels: 1,
    });
  });

  it.each([
    ['nock', { outcome: 'requested 1', cancellations: 0 }],
    ['MSW', { outcome: 'requested 1', cancellations: 1 }],
    ['a function around it', { outcome: 'requested 1', cancellations: 1 }],
  ] as const)(
    'whose fetch was replaced by %s before cancelkit was loaded sends through that, once',
    { timeout: 60_000 },
    async (how, expected) => {
      expect(await cancelWithPatchedFetch(how)).toEqual(expected);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'that is stopped while the response arrives takes it when it goes on, though its time is up',
    { timeout: 60_000 },
    async () => {
      expect(await cancelWhileStopped()).toEqual({ outcome: 'requested', cancellations: 1 });
    },
  );
});
