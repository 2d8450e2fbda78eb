import { createCancelService, type CancellationState, type When } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { acme, blindAcmeProvider, REQUEST } from '../support/acme.ts';
import { json, networkError, recordingFetch } from '../support/fetch.ts';

const config = { baseUrl: 'https://api.example.com', token: 'a-token-of-the-account' };
const STATES: readonly CancellationState[] = ['none', 'requested', 'scheduled', 'completed', 'failed', 'unknown'];
const WHENS: readonly When[] = ['immediate', 'end_of_period'];

/** The outcome of the response "there is one already", given what the read-back shows: the rule, written once more. */
function expected(state: CancellationState, existing: When | undefined, wanted: When, ambiguous: boolean): string {
  if (state === 'none' || state === 'failed') return 'not_cancellable';
  if (state === 'unknown') return ambiguous ? 'not_cancellable' : 'already_cancelled timing_unknown';
  if (state === 'completed') return 'already_cancelled';
  if (existing === undefined) return 'already_cancelled timing_unknown';
  return existing === wanted ? 'already_cancelled' : 'timing_conflict';
}

const cases = STATES.flatMap((state) =>
  [...WHENS, undefined].flatMap((existing) =>
    WHENS.flatMap((wanted) => [true, false].map((ambiguous) => ({ state, existing, wanted, ambiguous }))),
  ),
);

describe('the response that there is a cancellation already', () => {
  it.each(cases)(
    'with $state, $existing read back and $wanted asked for (ambiguous: $ambiguous)',
    async ({ state, existing, wanted, ambiguous }) => {
      const recording = recordingFetch(({ method }) =>
        method === 'GET'
          ? json({ state, when: existing })
          : json({ result: ambiguous ? 'not_active' : 'duplicate', code: 'E7', message: 'Exists.' }, 405),
      );
      const service = createCancelService({ acme: acme(config) }, { fetch: recording.fetch });
      const settled = await service.safeCancel({ ...REQUEST, when: wanted });
      const said = settled.ok
        ? [settled.result.outcome, ...settled.result.warnings.map(({ code }) => code)].join(' ')
        : settled.error.code;
      expect(said).toBe(expected(state, existing, wanted, ambiguous));
      expect(recording.requests.map(({ method }) => method)).toEqual(['POST', 'GET']);
      if (settled.ok) {
        expect(settled.result).toMatchObject({ existing: { state }, attempts: 2, reconciled: false });
        expect(settled.result.raw).toMatchObject({ status: 405, body: { message: 'Exists.' } });
      } else {
        expect(settled.error).toMatchObject({
          providerStatus: 405,
          providerCode: 'E7',
          providerMessage: 'Exists.',
          attempts: 2,
        });
        expect(settled.error.retryable).toBe(false);
        expect(settled.error.existing?.when).toBe(said === 'timing_conflict' ? existing : undefined);
      }
    },
  );

  const unreadable: readonly [string, () => Response | Promise<Response>][] = [
    ['cannot be reached', () => Promise.reject(networkError('ECONNREFUSED', 'connect'))],
    ['loses its connection', () => Promise.reject(networkError('ECONNRESET', 'read'))],
    ['fails', () => json({}, 503)],
    ['is refused', () => json({}, 401)],
    ['is not in the provider’s language', () => new Response('<html>')],
    ['redirects', () => new Response(null, { status: 302, headers: { location: 'https://other.example.com/' } })],
  ];
  it.each(unreadable)('is believed where the read-back %s, with a warning', async (_, answer) => {
    const { fetch } = recordingFetch(({ method }) =>
      method === 'GET' ? answer() : json({ result: 'duplicate' }, 409),
    );
    const result = await createCancelService({ acme: acme(config) }, { fetch }).cancel(REQUEST);
    expect(result).toMatchObject({ outcome: 'already_cancelled', warnings: [{ code: 'timing_unknown' }] });
    expect(result.existing).toBeUndefined();
  });

  it.each(unreadable)('that can mean something else is no success where the read-back %s', async (_, answer) => {
    const { fetch } = recordingFetch(({ method }) =>
      method === 'GET' ? answer() : json({ result: 'not_active' }, 405),
    );
    const settled = await createCancelService({ acme: acme(config) }, { fetch }).safeCancel(REQUEST);
    expect(settled).toMatchObject({ ok: false, error: { code: 'not_cancellable', providerStatus: 405 } });
  });

  it.each([
    {
      result: 'duplicate',
      said: { ok: true, result: { outcome: 'already_cancelled', warnings: [{ code: 'timing_unknown' }] } },
    },
    { result: 'not_active', said: { ok: false, error: { code: 'not_cancellable' } } },
  ])('at a provider without read-back ($result) asks nothing more', async ({ result, said }) => {
    const recording = recordingFetch(() => json({ result }, 409));
    const account = blindAcmeProvider().account(config);
    const settled = await createCancelService({ acme: account }, { fetch: recording.fetch }).safeCancel(REQUEST);
    expect(settled).toMatchObject(said);
    expect(recording.requests).toHaveLength(1);
  });

  it('keeps the time limit of the call over the read-back', async () => {
    const { fetch } = recordingFetch(({ method }) =>
      method === 'GET' ? new Promise<Response>(() => undefined) : json({ result: 'duplicate' }, 409),
    );
    const service = createCancelService({ acme: acme(config) }, { fetch, deadlineMs: 50 });
    expect(await service.cancel(REQUEST)).toMatchObject({
      outcome: 'already_cancelled',
      warnings: [{ code: 'timing_unknown' }],
    });
  });
});
