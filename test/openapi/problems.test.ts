import { ProviderError } from 'cancelkit';
import { describe, expect, it } from 'vitest';
import { problemsOf, type Answered, type Settled } from './problems.ts';

const subject = {
  secrets: ['tok_very+secret'],
  shows: {
    cancelled: ({ status }: Answered) => status === 201,
    active: ({ status }: Answered) => status === 200,
  },
};
const accepted: Answered = { operation: 'POST /cancel', status: 201 };
const active: Answered = { operation: 'GET /service', status: 200 };
const refused: Answered = { operation: 'POST /cancel', status: 404 };
const error = (code: 'not_found' | 'outcome_unknown', message = 'no'): ProviderError =>
  new ProviderError(code, { message });

describe('an ended call', () => {
  it.each<readonly [string, Settled]>([
    ['a success that was answered', { operation: 'cancel', answered: [accepted], result: { outcome: 'requested' } }],
    ['a refusal', { operation: 'cancel', answered: [refused], error: error('not_found') }],
    [
      'an accepted write of unknown outcome',
      { operation: 'cancel', answered: [accepted], error: error('outcome_unknown') },
    ],
    ['an undo that was read back', { operation: 'revoke', answered: [active], result: { outcome: 'revoked' } }],
    ['a status that is shown', { operation: 'status', answered: [active], result: { state: 'none' } }],
    ['a status that claims nothing', { operation: 'status', answered: [], result: { state: 'unknown' } }],
  ])('with %s has no problem', (_name, settled) => {
    expect(problemsOf(settled, subject)).toEqual([]);
  });

  it.each<readonly [string, Settled, RegExp]>([
    [
      'a success that no answer shows',
      { operation: 'cancel', answered: [refused], result: { outcome: 'requested' } },
      /no answer shows/,
    ],
    [
      'an undo that no answer shows',
      { operation: 'revoke', answered: [accepted], result: { outcome: 'revoked' } },
      /no answer shows/,
    ],
    [
      'a state that no answer shows',
      { operation: 'status', answered: [active], result: { state: 'scheduled' } },
      /no answer shows/,
    ],
    [
      'no cancellation where no answer shows that',
      { operation: 'status', answered: [], result: { state: 'none' } },
      /no answer shows/,
    ],
    [
      'a refusal after an accepted write',
      { operation: 'cancel', answered: [accepted], error: error('not_found') },
      /although/,
    ],
    [
      'an error of another kind',
      { operation: 'cancel', answered: [], error: new TypeError('x is undefined') },
      /no ProviderError/,
    ],
    [
      'a secret in its error',
      { operation: 'cancel', answered: [], error: error('not_found', 'tok_very+secret') },
      /a secret comes out/,
    ],
    [
      'a secret in its result',
      { operation: 'status', answered: [active], result: { state: 'none', raw: ['tok_very+secret'] } },
      /a secret/,
    ],
  ])('with %s has one', (_name, settled, problem) => {
    expect(problemsOf(settled, subject).join()).toMatch(problem);
  });
});
