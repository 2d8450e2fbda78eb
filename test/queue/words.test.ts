import { ProviderError } from 'cancelkit';
import type { QueuedCancellation } from 'cancelkit/queue';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUEUE_STATES } from '../../src/queue/model/state.ts';
import { sentenceOf } from '../../src/queue/words/history-words.ts';
import { pauseWords } from '../../src/queue/words/pause-words.ts';
import { relativeTime, timeBetween, utcTime } from '../../src/queue/words/relative-time.ts';
import { followWords, STATE_WORDS, wordsOf, taskWords } from '../../src/queue/words/state-words.ts';
import { acceptedResult } from '../support/result.ts';

const NOW = Date.parse('2026-11-05T10:00:00.000Z');
const OF_EVERY_ROW = { fingerprint: 'f' };

const ITEM: QueuedCancellation = {
  ...OF_EVERY_ROW,
  id: 'one',
  account: 'alpha',
  provider: 'shop',
  request: { account: 'alpha', service: { id: '7' }, when: 'end_of_period' },
  state: 'planned',
  needsPerson: false,
  whenAbsent: 'refuse',
  priority: 0,
  tries: 0,
  createdAt: '2026-11-05T09:00:00.000Z',
  updatedAt: '2026-11-05T09:00:00.000Z',
};

const unknown = (
  more: Partial<ConstructorParameters<typeof ProviderError>[1]> = {},
  item: Partial<QueuedCancellation> = {},
): QueuedCancellation => ({
  ...ITEM,
  state: 'unknown',
  sentAt: '2026-11-05T09:30:00.000Z',
  outcome: {
    ok: false,
    error: new ProviderError('outcome_unknown', { message: 'shop: lost.', reason: 'timeout', ...more }),
  },
  ...item,
});

describe('what is known of a cancellation', () => {
  it('is never empty, whatever its state', () => {
    for (const state of QUEUE_STATES) {
      const { summary, known } = wordsOf({ ...ITEM, state }, NOW);
      expect({ state, empty: [summary, ...known].filter((line) => line === '') }).toEqual({ state, empty: [] });
    }
  });

  it('says of an unknown one when it was sent, why it is unknown, and what a read-back showed', () => {
    const { known } = wordsOf(unknown({ lastSeen: 'none' }, { needsPerson: true }), NOW);
    expect(known).toEqual([
      'It was sent on 5 Nov 2026, 09:30:00 UTC, and no response arrived in time.',
      'When it was read back, the provider shows no cancellation.',
      'Nothing more is done by itself: a person has to look.',
    ]);
  });

  it('does not promise that nothing is sent again if the queue sends an absent one again', () => {
    const { known } = wordsOf(unknown({}, { whenAbsent: 'send_again', notBefore: '2026-11-05T10:02:00.000Z' }), NOW);
    expect(known.at(-1)).toBe(
      'It is read back in 2 min. If the last read-back shows no cancellation, it is sent again (end of period), once.',
    );
    expect(wordsOf(unknown(), NOW).known.at(-1)).toContain('It is not sent again by itself.');
  });

  it('does not say that one was sent if that is not known', () => {
    const { sentAt: _, ...item } = unknown();
    expect(wordsOf(item, NOW).known[0]).toBe('It may have been sent, and no response arrived in time.');
  });

  it('says of one that waits for a token how the provider sent it', () => {
    const error = new ProviderError('confirmation_required', {
      message: 'shop: a token.',
      confirmation: { sentTo: 'email' },
    });
    const { summary } = wordsOf({ ...ITEM, state: 'unknown', needsPerson: true, outcome: { ok: false, error } }, NOW);
    expect(summary).toBe('Waits for the token that the provider sent by e-mail.');
  });

  it('says of a held one where it would go, and of a planned one when and why not yet', () => {
    const held = { ...ITEM, needsPerson: true, place: 'shop https://old', otherPlace: 'shop https://new' };
    expect(wordsOf(held, NOW).summary).toBe(
      'Held: its account leads to shop https://new now, and it was enqueued for shop https://old.',
    );
    const lastError = new ProviderError('rate_limited', { message: 'shop: too many requests.' });
    expect(wordsOf({ ...ITEM, notBefore: '2026-11-05T11:00:00.000Z', lastError }, NOW)).toEqual({
      summary: 'Not taken so far: shop: too many requests. Taken up in 1 h.',
      known: ['Not taken so far: shop: too many requests. Taken up in 1 h.', 'Nothing happened at the provider.'],
    });
  });

  it('marks a date that was computed', () => {
    const effectiveAt = { value: '2026-12-01', precision: 'date', source: 'computed' } as const;
    const result = acceptedResult({ outcome: 'scheduled', effectiveAt });
    expect(wordsOf({ ...ITEM, state: 'scheduled', outcome: { ok: true, result } }, NOW).summary).toContain(
      'It ends on 2026-12-01 (computed).',
    );
  });
});

describe('a line of history', () => {
  const say = (type: string, data: Readonly<Record<string, unknown>> = {}): string =>
    sentenceOf({ at: '2026-11-05T10:00:00.000Z', type, data }).text;

  it.each([
    ['enqueued', { by: 'Kim' }, 'Kim asked for it.'],
    ['enqueued', {}, 'A caller asked for it.'],
    ['attempt', { effect: 'write' }, 'The request was handed to the network.'],
    ['attempt', { effect: 'read' }, 'The provider was asked for its state.'],
    ['answer', { outcome: 'answered', status: 200 }, 'The provider answered with the status 200.'],
    ['answer', { outcome: 'not_sent' }, 'No connection was made. Nothing was sent.'],
    ['answer', { outcome: 'timeout' }, 'No response arrived in time.'],
    ['settled', { state: 'unknown', needsPerson: true }, 'The outcome is unknown. It waits for a person.'],
    [
      'settled',
      { state: 'unknown', needsPerson: false, next: '2026-11-05T10:02:00.000Z' },
      'The outcome is unknown. It is read back on 5 Nov 2026, 10:02:00 UTC.',
    ],
    ['settled', { state: 'refused', code: 'not_found' }, 'Refused (not_found). It is not cancelled.'],
    ['settled', { state: 'completed' }, 'Completed. The service is over.'],
    [
      'resolved',
      { by: 'Kim', as: 'scheduled', effectiveAt: '2026-12-01' },
      'Kim recorded it as scheduled, ending on 2026-12-01.',
    ],
    ['reading', { by: 'Kim' }, 'Kim had it read back.'],
    [
      'followed',
      { state: 'scheduled', seen: { state: 'scheduled' } },
      'The provider shows a cancellation with a date.',
    ],
    [
      'followed',
      { seen: { state: 'none' }, doubt: 'lapsed' },
      'The provider shows no cancellation. That speaks against the cancellation: it is read again.',
    ],
    ['proposed', { by: 'Kim' }, 'Kim proposed it. It waits for approval.'],
    ['approved', { by: 'Ann' }, 'Ann approved it.'],
    [
      'settled',
      { state: 'unknown', needsPerson: true, seen: { state: 'none' } },
      'The provider shows no cancellation. The outcome is unknown. It waits for a person.',
    ],
    [
      'settled',
      {
        state: 'scheduled',
        seen: { state: 'scheduled', when: 'end_of_period', effectiveAt: { value: '2026-12-01' } },
      },
      'The provider shows a cancellation with a date (end of period, 2026-12-01). Scheduled. The provider confirmed it, with an end date.',
    ],
    [
      'settled',
      { state: 'unknown', seen: { failed: 'unauthorized' } },
      'The reading failed (unauthorized). The outcome is unknown. It is read back.',
    ],
    ['retried', { by: 'Kim' }, 'Kim had it sent again.'],
    ['confirmation_refused', { by: 'Kim', code: 'rejected' }, 'Kim passed a token on. It was refused (rejected).'],
    ['something_new', { by: 'Kim' }, 'Kim: something new.'],
  ])('%s %j is “%s”', (type, data, text) => {
    expect(say(type, data)).toBe(text);
  });

  it('carries the note of the person apart from the sentence', () => {
    expect(sentenceOf({ at: '', type: 'withdrawn', data: { by: 'Kim', note: 'they stay' } })).toEqual({
      text: 'Kim took it out of the queue.',
      tone: 'bad',
      note: 'they stay',
    });
  });

  it('is a sentence whatever is in it', () => {
    const types = [
      'enqueued',
      'settled',
      'answer',
      'retry',
      'read_back',
      'resolved',
      'quarantined',
      'late_outcome',
      'constructor',
      '__proto__',
    ];
    const value = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string()),
      fc.object(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...types),
        fc.dictionary(
          fc.constantFrom('by', 'note', 'state', 'as', 'code', 'because', 'outcome', 'seen', 'since', 'next'),
          value,
        ),
        (type, data) => {
          const { text, tone } = sentenceOf({ at: '2026-11-05T10:00:00.000Z', type, data });
          expect(text).toMatch(/\.$/);
          expect(text).not.toContain('[object');
          expect(['neutral', 'sent', 'good', 'bad', 'person']).toContain(tone);
        },
      ),
    );
  });
});

it('every state has a name and a sentence, and those that follow a cancellation have, too', () => {
  for (const state of [...QUEUE_STATES, 'proposed', 'lapsed', 'overdue'] as const) {
    expect(STATE_WORDS[state].name).toMatch(/^[A-Z]/);
    expect(STATE_WORDS[state].meaning).toMatch(/\.$/);
  }
});

describe('a time', () => {
  it.each([
    ['2026-11-05T09:59:59.900Z', 'now'],
    ['2026-11-05T09:59:30.000Z', '30 s ago'],
    ['2026-11-05T08:30:00.000Z', '1 h ago'],
    ['2026-11-02T10:00:00.000Z', '3 d ago'],
    ['2026-11-05T10:05:00.000Z', 'in 5 min'],
  ])('%s is %s', (iso, text) => {
    expect(relativeTime(iso, NOW)).toBe(text);
  });

  it('is in UTC in full, and unchanged if it is not a time', () => {
    expect(utcTime('2026-11-05T09:04:31.123Z')).toBe('5 Nov 2026, 09:04:31 UTC');
    expect(utcTime('tomorrow')).toBe('tomorrow');
    expect(timeBetween('2026-11-05T11:00:00.000Z', NOW)).toBe('1 h');
  });
});

describe('what a person has to do', () => {
  const confirm = new ProviderError('confirmation_required', { message: 'shop: a token was sent.' });
  it.each<readonly [string, QueuedCancellation]>([
    ['queue resume', { ...ITEM, needsPerson: true }],
    ['queue approve', { ...ITEM, state: 'proposed', needsPerson: true }],
    ['queue retry', { ...ITEM, state: 'lapsed', needsPerson: true }],
    ['ask the provider why it still runs', { ...ITEM, state: 'overdue', needsPerson: true }],
    ['queue resolve', unknown({}, { needsPerson: true })],
    ['queue confirm', unknown({}, { needsPerson: true, outcome: { ok: false, error: confirm } })],
  ])('is to %s', (task, item) => {
    expect(taskWords(item)).toContain(task);
  });
});

describe('how a cancellation is followed', () => {
  const readAt = '2026-11-05T10:04:31.000Z';
  it.each([
    [{}, 'not read yet'],
    [{ nextAt: readAt }, 'not read yet; read next on 5 Nov 2026, 10:04:31 UTC'],
    [{ readAt, lastSeen: 'scheduled' }, 'scheduled on 5 Nov 2026, 10:04:31 UTC'],
    [{ readAt, ended: 'superseded' }, 'read on 5 Nov 2026, 10:04:31 UTC; a newer cancellation of the service'],
    [{ readAt, finding: 'The service was renewed.' }, 'The service was renewed.'],
  ] as const)('%o is said in words', (follow, words) => {
    expect(followWords({ since: readAt, ...follow })).toContain(words);
  });
});

describe('why an account is paused', () => {
  it('is said in words, and a code without words is named', () => {
    expect(pauseWords('unauthorized')).toBe('the provider refused its credentials');
    expect(pauseWords('new_code')).toBe('new_code');
    expect(pauseWords(undefined)).toBe('the reason is not known');
  });
});
