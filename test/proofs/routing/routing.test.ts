import { describe, expect, it, vi } from 'vitest';
import { isMet } from '../figure.ts';
import { largeAnswerFigures, proveLargeAnswers } from './large-answers.ts';
import { pathIdFigures, provePathIds } from './path-ids.ts';
import { proveRedirects, redirectFigures } from './redirects.ts';

// Measured in seconds on an idle machine; a busy one takes longer.
vi.setConfig({ testTimeout: 90_000 });

describe('a redirect', () => {
  it('of any kind leads no adapter anywhere, and where it would lead plain fetch is seen', async () => {
    const found = await proveRedirects();
    expect(found.wrongEnds).toEqual([]);
    expect(redirectFigures(found).filter((one) => !isMet(one))).toEqual([]);
  });
});

describe('a random id', () => {
  it('is refused, or sent as exactly one segment, if encodeURIComponent alone would not do', async () => {
    const found = await provePathIds(3_000, 7);
    expect(found.wrong).toEqual([]);
    expect(pathIdFigures(found).filter((one) => !isMet(one))).toEqual([]);
  });
});

describe('a huge answer', () => {
  it('is refused without being held, if plain fetch holds it', async () => {
    const answers = await proveLargeAnswers(64, ['whmcs', 'fetch']);
    expect(answers.map(({ client }) => client)).toEqual(['whmcs', 'whmcs', 'fetch']);
    expect(largeAnswerFigures(answers).filter((one) => !isMet(one))).toEqual([]);
  });
});
