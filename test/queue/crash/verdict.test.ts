import { ProviderError } from 'cancelkit';
import type { QueuedCancellation } from 'cancelkit/queue';
import { describe, expect, it } from 'vitest';
import { judge, judgeControl, type Job, type RowVerdict } from './verdict.ts';

const readable: Job = { id: 'alpha-1', service: 'alpha-1', readable: true };
const blind: Job = { id: 'blind-2', service: 'blind-2', readable: false };

function row(job: Job, state: QueuedCancellation['state'], more: Partial<QueuedCancellation> = {}): QueuedCancellation {
  return {
    id: job.id,
    account: job.readable ? 'alpha' : 'blind',
    provider: 'test',
    fingerprint: 'of the request',
    request: { account: 'alpha', service: { id: job.service }, when: 'immediate' },
    state,
    needsPerson: false,
    whenAbsent: 'refuse',
    priority: 0,
    tries: 1,
    createdAt: '2026-05-01T10:00:00.000Z',
    updatedAt: '2026-05-01T10:00:00.000Z',
    ...more,
  };
}

const refusedBecause = (message: string): Partial<QueuedCancellation> => ({
  outcome: { ok: false, error: new ProviderError('rejected', { message }) },
});
const confirmed = refusedBecause('test: confirmed not cancelled. It was read back.');

describe('the judge of the crash tests', () => {
  const cases: readonly (readonly [string, Job, QueuedCancellation | undefined, number, RowVerdict])[] = [
    ['done, and it was', readable, row(readable, 'requested'), 1, 'right'],
    ['done, although it never was', readable, row(readable, 'requested'), 0, 'wrong'],
    ['cancelled before, although it never was', readable, row(readable, 'already_cancelled'), 0, 'wrong'],
    ['confirmed not cancelled, and it was not', readable, row(readable, 'refused', confirmed), 0, 'confirmed_not'],
    ['confirmed not cancelled, although it was', readable, row(readable, 'refused', confirmed), 1, 'wrong'],
    ['refused for another reason', readable, row(readable, 'refused', refusedBecause('test: no.')), 0, 'lost'],
    ['confirmed where nobody can be asked', blind, row(blind, 'refused', confirmed), 0, 'lost'],
    [
      'left for a person where nobody can be asked',
      blind,
      row(blind, 'unknown', { needsPerson: true }),
      1,
      'for_person',
    ],
    ['left for a person where it could be asked', readable, row(readable, 'unknown', { needsPerson: true }), 1, 'lost'],
    ['unknown, and left to no person', blind, row(blind, 'unknown'), 0, 'lost'],
    ['still planned', readable, row(readable, 'planned'), 0, 'lost'],
    ['still about to be sent', readable, row(readable, 'intent'), 1, 'lost'],
    ['no row at all', readable, undefined, 1, 'lost'],
  ];

  it.each(cases)('finds what the ledger says against what happened: %s', (_, job, found, times, expected) => {
    const executions = new Map(times === 0 ? [] : [[job.service, times]]);
    const verdict = judge([job], found === undefined ? [] : [found], { executions, writes: executions });
    const { lost, wrong, forPerson, confirmedNot } = verdict;
    const of = (own: RowVerdict): number => (own === expected ? 1 : 0);
    expect({ lost, wrong, forPerson, confirmedNot }).toEqual({
      lost: of('lost'),
      wrong: of('wrong'),
      forPerson: of('for_person'),
      confirmedNot: of('confirmed_not'),
    });
    expect(verdict.examples).toHaveLength(of('lost') + of('wrong'));
  });

  it('finds what was cancelled twice, and what was only sent twice', () => {
    const executions = new Map([
      ['alpha-1', 2],
      ['blind-2', 1],
    ]);
    const writes = new Map([
      ['alpha-1', 2],
      ['blind-2', 3],
    ]);
    const rows = [row(readable, 'requested'), row(blind, 'requested')];
    const verdict = judge([readable, blind], rows, { executions, writes });
    expect(verdict).toMatchObject({ jobs: 2, executed: 2, duplicates: 1, sentTwice: 2, lost: 0, wrong: 0 });
    expect(verdict.examples).toHaveLength(1);
  });

  it('judges the control by the same record', () => {
    const executions = new Map([['a', 2]]);
    const verdict = judgeControl(['a', 'b', 'c'], ['a', 'b'], { executions, writes: executions });
    expect(verdict).toMatchObject({ jobs: 3, executed: 1, duplicates: 1, lost: 1, wrong: 1 });
  });
});
