import { describe, expect, it, vi } from 'vitest';
import { ProviderError } from '../../../src/index.ts';
import { isMet } from '../figure.ts';
import { Random } from '../random.ts';
import { encoded, ENCODINGS, fragments, traces } from './encodings.ts';
import { randomSecret } from './random-secret.ts';
import { proveSecrets, secretFigures } from './secrets.ts';
import { leaks, SINKS, spilled, type Sink } from './sinks.ts';
import { withoutRedaction } from './without-redaction.ts';

const SEED = 11;

// Measured in seconds on an idle machine; a busy one takes longer.
vi.setConfig({ testTimeout: 90_000 });

describe('a secret that a server repeats', () => {
  it('comes out nowhere, in no encoding, in no class of errors and results', async () => {
    const found = await proveSecrets(0, 8, SEED);
    expect(found.examples).toEqual([]);
    expect(found.unexpectedEnds).toEqual([]);
    expect(secretFigures(found).filter((one) => !isMet(one))).toEqual([]);
    expect([...found.codes].sort()).toEqual([
      'aborted',
      'forbidden',
      'invalid_request',
      'not_cancellable',
      'not_configured',
      'not_found',
      'outcome_unknown',
      'rate_limited',
      'rejected',
      'timing_conflict',
      'unauthorized',
      'unavailable',
      'unexpected_response',
      'unknown_account',
      'unsupported',
    ]);
  });

  it('is found in each sink that a response reaches, with redaction switched off', async () => {
    const { hitsBySink } = await withoutRedaction(() => proveSecrets(0, 4, SEED));
    // No response reaches the issues: they are about the caller's own input, and hold what was expected alone.
    const reached = SINKS.filter((sink) => sink !== 'issues');
    expect(reached.filter((sink) => hitsBySink[sink] === 0)).toEqual([]);
  });
});

describe('the search', () => {
  it('finds a secret in each encoding in each sink', () => {
    const missed: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      const secret = randomSecret(SEED, index).value;
      for (const encoding of ENCODINGS) {
        const text = `It is «${encoded(secret, encoding, new Random(SEED, index))}».`;
        for (const sink of SINKS) {
          if (!leaks(leaking(sink, text), traces(secret)).found.includes(sink)) missed.push(`${encoding} in ${sink}`);
        }
      }
    }
    expect(missed).toEqual([]);
  });

  it('finds a part of a secret', () => {
    const parts = fragments('correct-horse');
    expect(leaks({ message: 'it ends in t-horse' }, parts).found).toEqual(['message']);
    expect(leaks({ message: 'it ends in [REDACTED]orse' }, parts).found).toEqual([]);
  });

  it('finds nothing if there is nothing', () => {
    const output = spilled({
      value: new ProviderError('rejected', { message: 'no' }),
      events: [],
      trace: {},
      isPreview: true,
    });
    for (let index = 0; index < 300; index += 1) {
      const secret = randomSecret(SEED, index).value;
      expect(leaks(output, [...traces(secret), ...fragments(secret)]).found).toEqual([]);
    }
  });

  it('goes by secrets that use every visible character', () => {
    const characters = new Set(Array.from({ length: 94 }, (_, index) => [...randomSecret(SEED, index).value]).flat());
    const visible = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
    expect(visible.filter((character) => !characters.has(character))).toEqual([]);
  });
});

/** What a call gives out whose `sink` holds the text. */
function leaking(sink: Sink, text: string): ReturnType<typeof spilled> {
  const error = (details: object): ReturnType<typeof spilled> =>
    spilled({
      value: new ProviderError('rejected', { message: '', ...details }),
      events: [],
      trace: {},
      isPreview: false,
    });
  switch (sink) {
    case 'message':
    case 'stack':
    case 'inspect':
    case 'json':
    case 'structuredClone':
      return error({ message: text });
    case 'providerMessage':
      return error({ providerMessage: text });
    case 'providerCode':
      return error({ providerCode: text });
    case 'issues':
      return error({ issues: [{ path: 'service', expected: text }] });
    case 'raw':
      return spilled({ value: { raw: { body: [{ [text]: 1 }] } }, events: [], trace: {}, isPreview: false });
    case 'preview':
      return spilled({ value: { body: text }, events: [], trace: {}, isPreview: true });
    case 'events':
      return spilled({ value: {}, events: [{ url: text }], trace: {}, isPreview: false });
    case 'tracing':
      return spilled({ value: {}, events: [], trace: { error: { deep: [text] } }, isPreview: false });
  }
}
