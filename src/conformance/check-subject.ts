import assert from 'node:assert/strict';
import type { Check } from './check.ts';
import { canUndo, stateFixtures } from './read-back.ts';
import type { ConformanceFixture, ConformanceSubject, FixtureKind } from './subject.ts';

const REQUIRED: readonly FixtureKind[] = [
  'success',
  'not_found',
  'unauthorized',
  'rate_limited',
  'refusal',
  'server_error',
];

/** Whether the fixtures and secrets are enough to judge the provider by. */
export function subjectChecks(subject: ConformanceSubject): readonly Check[] {
  const { fixtures, statusFixtures, revokeFixtures, provider, secrets } = subject;
  return [
    {
      name: 'has a documented answer of every kind',
      run: async () => {
        const kinds = new Set(fixtures.map(({ kind }) => kind));
        assert.deepEqual(
          REQUIRED.filter((kind) => !kinds.has(kind)),
          [],
          'there are kinds without a fixture',
        );
        for (const { name, source } of [...fixtures, ...(statusFixtures ?? []), ...(revokeFixtures ?? [])]) {
          assert.notEqual(name.trim(), '', 'a fixture has no name');
          assert.notEqual(source.trim(), '', `${name}: says no source`);
        }
      },
    },
    {
      name: 'expects of every fixture what its kind means',
      run: async () => {
        for (const fixture of fixtures) assert.ok(isConsistent(fixture), `${fixture.name}: not ${fixture.kind}`);
      },
    },
    {
      name: 'has secrets that can be told from other text',
      run: async () => {
        assert.ok(secrets.length > 0, 'no secret is named');
        assert.ok(
          secrets.every((secret) => secret.length >= 8),
          'a secret is shorter than 8 characters',
        );
      },
    },
    {
      name: 'has answers to a read-back exactly if it can read back',
      run: async () => {
        const shown = stateFixtures(subject).map(({ expected }) => ('state' in expected ? expected : expected.code));
        const states = shown.flatMap((one) => (typeof one === 'object' ? [one.state] : []));
        // An API that deletes shows no cancellation, but that the service is gone.
        const isGone = shown.includes('not_found') && !states.includes('none');
        const found = isGone || states.some((state) => state !== 'unknown' && state !== 'none');
        // An API may show that a service is over, and not whether one that goes on is cancelled.
        const none = states.includes('none') || states.includes('unknown');
        const { readBack } = provider.capabilities;
        assert.equal(found, readBack, 'a fixture of a cancellation that was found');
        assert.equal(none, readBack, 'a fixture of a service that is not cancelled');
      },
    },
    {
      name: 'has answers to an undo exactly if it can undo',
      run: async () => {
        const accepted = (revokeFixtures ?? []).some(({ expected }) => 'outcome' in expected);
        assert.equal(accepted, canUndo(subject), 'a fixture of an undo that is accepted');
      },
    },
  ];
}

function isConsistent({ kind, expected, answers }: Pick<ConformanceFixture, 'kind' | 'expected' | 'answers'>): boolean {
  const outcome = 'outcome' in expected ? expected.outcome : undefined;
  const code = 'code' in expected ? expected.code : undefined;
  switch (kind) {
    case 'success':
      return outcome !== undefined && outcome !== 'already_cancelled';
    case 'already_cancelled':
      return outcome === 'already_cancelled';
    case 'not_found':
    case 'unauthorized':
    case 'rate_limited':
      return code === kind;
    case 'refusal':
      return code !== undefined && code !== 'outcome_unknown';
    case 'server_error':
      return code === 'outcome_unknown' && answers[0].status >= 500;
    case 'other':
      return true;
  }
}
