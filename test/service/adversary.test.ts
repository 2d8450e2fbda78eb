import { createCancelService, isProviderError } from 'cancelkit';
import { describe, expect, it, vi } from 'vitest';
import { acme, acmeCancel, blindAcmeProvider, REQUEST } from '../support/acme.ts';
import { failureOf } from '../support/failure.ts';
import { json, recordingFetch } from '../support/fetch.ts';

const config = { baseUrl: 'https://acme.example', token: 'token-of-acme' };

describe('a cancellation', () => {
  it.each([408, 421, 425, 429])('answered %i in the provider’s own words was not processed', async (status) => {
    const { fetch, requests } = recordingFetch(() =>
      json({ result: 'refused', message: 'Slow down.' }, status, { 'retry-after': '3600' }),
    );
    const services = createCancelService({ acme: blindAcmeProvider().account(config) }, { fetch });
    expect(await failureOf(services.cancel(REQUEST))).toMatchObject({
      code: status === 429 ? 'rate_limited' : 'unavailable',
      providerStatus: status,
      retryAt: expect.any(String),
      providerMessage: 'Slow down.',
      retryable: true,
    });
    expect(requests).toHaveLength(1);
  });

  it('is not ended by an onEvent function that fails later', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const services = createCancelService(
      { acme: acme(config) },
      { fetch: recordingFetch().fetch, onEvent: async () => Promise.reject(new Error('secret of the listener')) },
    );
    expect(await services.cancel(REQUEST)).toMatchObject({ outcome: 'requested' });
    await expect.poll(() => warned).toHaveBeenCalled();
    expect(JSON.stringify(warned.mock.calls)).not.toContain('secret of the listener');
    warned.mockRestore();
  });

  it('that its own short deadline ends says nothing of the provider to the calls after it', async () => {
    let slow = true;
    const asked: unknown[] = [];
    const fetch: typeof globalThis.fetch = async (input, init) => {
      // Never, because a response that has arrived counts even if the limit fires late.
      if (slow) {
        asked.push(input);
        await new Promise(() => undefined);
      }
      return recordingFetch().fetch(input, init);
    };
    const services = createCancelService(
      { acme: blindAcmeProvider({ cancel: acmeCancel }).account(config) },
      { fetch },
    );
    while (asked.length < 20) {
      const { code, attempts } = await failureOf(services.cancel(REQUEST, { deadlineMs: 5 }));
      // On a busy machine, some end before they are sent.
      expect(code).toBe(attempts === 0 ? 'unavailable' : 'outcome_unknown');
    }
    slow = false;
    expect(await services.cancel(REQUEST)).toMatchObject({ outcome: 'requested' });
  });
});

describe('input that no type allows', () => {
  const services = createCancelService({ acme: acme(config) }, { fetch: recordingFetch().fetch });
  const codeOf = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return isProviderError(error) ? error.code : error;
    }
  };

  it.each([
    ['an iterator that is no function', { [Symbol.iterator]: 5 }],
    ['an iterator that is not there', { [Symbol.asyncIterator]: undefined }],
    ['a number', 5],
  ])('is refused as a source: %s', async (_name, source) => {
    // oxlint-disable-next-line no-unsafe-type-assertion -- what breaks the type is what is tested
    const items = services.cancelMany(source as never);
    expect(await failureOf(items.next())).toMatchObject({ code: 'invalid_request' });
  });

  it('is refused as a signal, and as accounts', async () => {
    const signal: unknown = Object.create(AbortSignal.prototype);
    // oxlint-disable-next-line no-unsafe-type-assertion -- as above
    const failure = await failureOf(services.cancel(REQUEST, { signal: signal as AbortSignal }));
    expect(failure).toMatchObject({
      code: 'invalid_request',
      issues: [{ path: 'signal', expected: 'an AbortSignal' }],
    });
    const hostile = Object.defineProperty({}, 'acme', {
      enumerable: true,
      get: () => {
        throw new Error('secret of the getter');
      },
    });
    expect(codeOf(() => createCancelService(hostile))).toBe('invalid_request');
  });

  it('learns what was expected, also if nothing or something similar was given', async () => {
    const { when: _when, ...timeless } = REQUEST;
    for (const request of [timeless, { ...REQUEST, when: 'end_of' }, { ...REQUEST, when: 'immediat' }]) {
      // oxlint-disable-next-line no-unsafe-type-assertion -- as above
      const failure = await failureOf(services.cancel(request as never));
      expect(failure.message).toContain("'immediate' or 'end_of_period'");
    }
  });
});
