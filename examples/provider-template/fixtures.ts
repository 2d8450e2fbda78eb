import type { ConformanceFixture, ConformanceRevokeFixture, ConformanceStatusFixture } from 'cancelkit/conformance';

const DOCS = 'README.md of this template';
const dated = { id: 'can_1', timing: 'period_end', effective_on: '2026-12-01' } as const;
const pending = { status: 200, body: { cancellation: { ...dated, state: 'pending' } } } as const;
const none = { status: 200, body: { cancellation: null } } as const;
const failure = { status: 500, body: { error: { code: 'internal', message: 'Something went wrong' } } } as const;

/** Documented answers to a cancellation. */
export const fixtures: readonly ConformanceFixture[] = [
  {
    name: 'a 201 with the date',
    source: DOCS,
    kind: 'success',
    when: 'end_of_period',
    answers: [{ status: 201, body: { cancellation: dated } }],
    expected: {
      outcome: 'scheduled',
      providerReference: 'can_1',
      effectiveAt: { value: '2026-12-01', precision: 'date', source: 'provider' },
    },
  },
  {
    name: 'a 201 without a date',
    source: DOCS,
    kind: 'success',
    answers: [{ status: 201, body: { cancellation: { id: 'can_2', timing: 'now' } } }],
    expected: { outcome: 'requested', providerReference: 'can_2' },
  },
  {
    name: 'a 409 for a cancellation with the timing that is asked for',
    source: DOCS,
    kind: 'already_cancelled',
    when: 'end_of_period',
    answers: [{ status: 409, body: { error: { code: 'cancellation_exists', message: 'Already cancelled' } } }, pending],
    expected: { outcome: 'already_cancelled', existing: { state: 'scheduled', when: 'end_of_period' } },
  },
  {
    name: 'a 409 for a cancellation with another timing',
    source: DOCS,
    kind: 'other',
    when: 'immediate',
    answers: [{ status: 409, body: { error: { code: 'cancellation_exists', message: 'Already cancelled' } } }, pending],
    expected: { code: 'timing_conflict', existing: { when: 'end_of_period' } },
  },
  refusal('a 404', 'not_found', 404, 'subscription_not_found', 'not_found'),
  refusal('a 401', 'unauthorized', 401, 'invalid_token', 'unauthorized'),
  refusal('a 403 for a token that may only read', 'refusal', 403, 'read_only_token', 'forbidden'),
  refusal('a 422', 'refusal', 422, 'locked_by_contract', 'rejected'),
  refusal('a 429', 'rate_limited', 429, 'too_many_requests', 'rate_limited'),
  {
    name: 'a 500',
    source: DOCS,
    kind: 'server_error',
    answers: [failure],
    expected: { code: 'outcome_unknown', reason: 'server_error', providerCode: 'internal' },
  },
  {
    name: 'a 500, and no cancellation yet',
    source: DOCS,
    kind: 'server_error',
    answers: [failure, none],
    expected: { code: 'outcome_unknown', reason: 'server_error', lastSeen: 'none' },
  },
  {
    name: 'a 500, and the cancellation',
    source: DOCS,
    kind: 'other',
    when: 'end_of_period',
    answers: [failure, pending],
    expected: { outcome: 'scheduled', reconciled: true },
  },
];

/** Documented answers to a read-back. */
export const statusFixtures: readonly ConformanceStatusFixture[] = [
  {
    name: 'a cancellation with a date',
    source: DOCS,
    answers: [pending],
    expected: { state: 'scheduled', when: 'end_of_period', revocable: true },
  },
  {
    name: 'a cancellation that is done',
    source: DOCS,
    answers: [{ status: 200, body: { cancellation: { id: 'can_2', timing: 'now', state: 'done' } } }],
    expected: { state: 'completed', revocable: false },
  },
  {
    name: 'a cancellation by its id, which failed',
    source: DOCS,
    providerReference: 'can_1',
    answers: [{ status: 200, body: { cancellation: { ...dated, state: 'failed' } } }],
    expected: { state: 'failed', revocable: false },
  },
  {
    name: 'no cancellation',
    source: DOCS,
    answers: [none],
    expected: { state: 'none', revocable: false },
  },
  {
    name: 'an unknown subscription',
    source: DOCS,
    answers: [{ status: 404, body: { error: { code: 'subscription_not_found', message: 'Not found' } } }],
    expected: { code: 'not_found' },
  },
];

/** Documented answers to an undo. */
export const revokeFixtures: readonly ConformanceRevokeFixture[] = [
  { name: 'a 200 to an undo', source: DOCS, answers: [none], expected: { outcome: 'revoked' } },
  {
    name: 'a 409 to an undo of what is done',
    source: DOCS,
    answers: [{ status: 409, body: { error: { code: 'cancellation_done', message: 'Too late' } } }],
    expected: { code: 'rejected', providerCode: 'cancellation_done' },
  },
  {
    name: 'a 500 to an undo',
    source: DOCS,
    answers: [failure],
    expected: { code: 'outcome_unknown', reason: 'server_error' },
  },
];

function refusal(
  name: string,
  kind: ConformanceFixture['kind'],
  status: number,
  providerCode: string,
  code: 'not_found' | 'unauthorized' | 'forbidden' | 'rejected' | 'rate_limited',
): ConformanceFixture {
  const body = { error: { code: providerCode, message: 'No' } };
  return { name, source: DOCS, kind, answers: [{ status, body }], expected: { code, providerCode } };
}
