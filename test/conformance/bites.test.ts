import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { brokenCores, mockedModules } from './broken-core.ts';
import { collectChecks } from './collect-checks.ts';
import { faultySubjects } from './faulty-subjects.ts';
import { sample } from './sample-subject.ts';

type Checks = ReturnType<typeof collectChecks>;

const bitten = new Set<string>();

// Chance is part of what the suite looks at.
beforeAll(() => void vi.restoreAllMocks());

afterEach(() => {
  for (const module of mockedModules) vi.doUnmock(module);
  vi.resetModules();
});

describe('the suite finds a provider that', () => {
  it.each(faultySubjects)('$fault', async ({ subject, found }) => {
    expect(await passing(collectChecks(subject), found)).toEqual([]);
  });
});

describe('the suite finds a core that', () => {
  it.each(brokenCores)('$fault', async ({ install, found, subject }) => {
    vi.resetModules();
    install();
    const { providerConformance } = await import('cancelkit/conformance');
    expect(await passing(collectChecks(subject ?? sample(), providerConformance), found)).toEqual([]);
  });
});

describe('the suite', () => {
  it('takes it for an answer with a cancellation that a service is gone, if no answer shows it uncancelled', async () => {
    const gone = sample().statusFixtures?.find(({ expected }) => 'code' in expected && expected.code === 'not_found');
    const there = {
      name: 'there',
      source: 'here',
      answers: [{ status: 200 }],
      expected: { state: 'unknown' },
    } as const;
    const statusFixtures = [there, ...(gone === undefined ? [] : [gone])];
    const checks = collectChecks(sample({}, { statusFixtures }));
    await checks.get('the subject: has answers to a read-back exactly if it can read back')?.();
    expect(statusFixtures).toHaveLength(2);
  });

  it('has no check that none of these faults fails', () => {
    const names = [...collectChecks(sample()).keys()];
    expect(names.filter((name) => !bitten.has(name))).toEqual([]);
  });
});

/** The names of the checks that should fail and do not, and the patterns that match no check. */
async function passing(checks: Checks, found: readonly RegExp[]): Promise<readonly string[]> {
  const wrong: string[] = [];
  for (const pattern of found) {
    const matching = [...checks].filter(([name]) => pattern.test(name));
    if (matching.length === 0) wrong.push(`no check matches ${pattern}`);
    for (const [name, run] of matching) {
      const failure = await run().then(
        () => 'it passes',
        (error: unknown) => error,
      );
      if (failure instanceof assert.AssertionError) bitten.add(name);
      else wrong.push(`${name}: ${inspect(failure)}`);
    }
  }
  return wrong;
}
