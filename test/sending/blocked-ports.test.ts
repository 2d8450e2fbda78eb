import { createCancelService, isProviderError } from 'cancelkit';
import { edis } from 'cancelkit/edis';
import { whmcs } from 'cancelkit/whmcs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkBaseUrl } from '../../src/sending/base-url.ts';
import { failureOf } from '../support/failure.ts';
import { recordingFetch } from '../support/fetch.ts';

afterEach(() => void vi.unstubAllEnvs());

const isTaken = (port: number): boolean => checkBaseUrl(`http://127.0.0.1:${port}`).ok;

describe('a base URL on a port that fetch never connects to', () => {
  it('is refused for each port that this fetch refuses', async () => {
    // The lowest 1,024 and the others up to 10,080, without those that something here could listen at.
    const ports = [1, 7, 9, 22, 25, 53, 110, 143, 465, 587, 993, 1719, 2049, 3659, 5060, 6000, 6667, 6697, 10_080];
    for (const port of ports) {
      const error: unknown = await fetch(`http://127.0.0.1:${port}/`).catch((failure: unknown) => failure);
      expect([port, error instanceof Error && String(error.cause)]).toEqual([port, 'Error: bad port']);
      expect([port, isTaken(port)]).toEqual([port, false]);
    }
    expect(isTaken(0)).toBe(false);
  });

  it.each([2, 80, 443, 3000, 8080, 8443, 10_000, 65_535])('is no other: %i is taken', (port) => {
    expect(isTaken(port)).toBe(true);
  });

  it('is not configured, before anything is sent, and the message names option and variable', async () => {
    const { fetch, requests } = recordingFetch();
    vi.stubEnv('WHMCS_URL', 'https://billing.example.com:6000');
    vi.stubEnv('WHMCS_IDENTIFIER', 'identifier-1');
    vi.stubEnv('WHMCS_SECRET', 'a-long-secret');
    const own = { email: 'op@example.com', password: 'a-long-password', baseUrl: 'http://127.0.0.1:9' };
    const services = createCancelService({ edis: edis(own), whmcs: whmcs() }, { fetch });
    const order = { service: { serviceId: 1 }, when: 'immediate' } as const;
    const errors = [
      await failureOf(services.cancel({ account: 'edis', ...order })),
      await failureOf(services.cancel({ account: 'whmcs', ...order })),
    ];
    for (const error of errors) {
      expect(isProviderError(error, 'not_configured')).toBe(true);
      expect(error).toMatchObject({ attempts: 0, retryable: false });
      expect(error.message).toContain('fetch never connects to');
    }
    expect(errors[0]?.message).toContain('port than 9');
    expect(errors[0]?.message).toMatch(/\bbaseUrl\b.*\bEDIS_BASE_URL\b/);
    expect(errors[1]?.message).toMatch(/\burl\b.*\bWHMCS_URL\b/);
    expect(requests).toEqual([]);
  });
});
