import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../campaign/certificate.ts';
import { cancelBehindEnvironmentProxy, cancelWhileStopped } from './processes.ts';

describe('a process of its own', () => {
  it('that was told to use the proxy of its environment sends through it, once', { timeout: 60_000 }, async () => {
    expect(await cancelBehindEnvironmentProxy(makeCertificate())).toEqual({
      outcome: 'requested',
      cancellations: 1,
      tunnels: 1,
    });
  });

  it.skipIf(process.platform === 'win32')(
    'that is stopped while the answer arrives takes it when it goes on, though its time is up',
    { timeout: 60_000 },
    async () => {
      expect(await cancelWhileStopped()).toEqual({ outcome: 'requested', cancellations: 1 });
    },
  );
});
