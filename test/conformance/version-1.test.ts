import { providerConformance } from 'cancelkit/conformance';
import { describe, it } from 'vitest';
import { oldProvider } from '../package/version-1.ts';

const token = 'tok_conformance+7/Q&x';
const pending = { state: 'pending', timing: 'period', day: '2099-12-31' } as const;
const no = (error: string): { readonly error: string; readonly text: string } => ({ error, text: 'No' });
// An adapter that was written for version 1 passes the suite of today.
providerConformance(
  {
    provider: oldProvider,
    config: (baseUrl) => ({ baseUrl, token }),
    secrets: [token],
    service: { id: 'srv-1' },
    invalidServices: [{ id: '../x' }, { id: 'A' }],
    fixtures: [
      {
        name: 'a 201',
        source: 'docs',
        kind: 'success',
        when: 'end_of_period',
        answers: [{ status: 201, body: pending }],
        expected: { outcome: 'scheduled' },
      },
      {
        name: 'a 201 now',
        source: 'docs',
        kind: 'success',
        when: 'immediate',
        answers: [{ status: 201, body: { state: 'done' } }],
        expected: { outcome: 'completed' },
      },
      {
        name: 'a 409',
        source: 'docs',
        kind: 'already_cancelled',
        when: 'end_of_period',
        answers: [
          { status: 409, body: no('exists') },
          { status: 200, body: pending },
        ],
        expected: { outcome: 'already_cancelled' },
      },
      {
        name: 'a 401',
        source: 'docs',
        kind: 'unauthorized',
        answers: [{ status: 401, body: no('auth') }],
        expected: { code: 'unauthorized' },
      },
      {
        name: 'a 403',
        source: 'docs',
        kind: 'refusal',
        answers: [{ status: 403, body: no('x') }],
        expected: { code: 'forbidden' },
      },
      {
        name: 'a 404',
        source: 'docs',
        kind: 'not_found',
        answers: [{ status: 404, body: no('missing') }],
        expected: { code: 'not_found' },
      },
      {
        name: 'a 429',
        source: 'docs',
        kind: 'rate_limited',
        answers: [{ status: 429, body: no('slow') }],
        expected: { code: 'rate_limited' },
      },
      {
        name: 'a 500',
        source: 'docs',
        kind: 'server_error',
        answers: [{ status: 500, body: no('x') }],
        expected: { code: 'outcome_unknown' },
      },
    ],
    statusFixtures: [
      {
        name: 'pending',
        source: 'docs',
        answers: [{ status: 200, body: pending }],
        expected: { state: 'scheduled', when: 'end_of_period' },
      },
      {
        name: 'none',
        source: 'docs',
        answers: [{ status: 200, body: { state: 'none' } }],
        expected: { state: 'none' },
      },
      {
        name: 'unknown',
        source: 'docs',
        answers: [{ status: 404, body: no('missing') }],
        expected: { code: 'not_found' },
      },
    ],
    revokeFixtures: [
      {
        name: 'a 200',
        source: 'docs',
        answers: [{ status: 200, body: { state: 'none' } }],
        expected: { outcome: 'revoked' },
      },
    ],
  },
  { describe, it },
);
