import type { QueuedCancellation, FollowRecord } from '../ledger/record.ts';
import type { FollowEnd } from '../model/follow-plan.ts';
import type { QueueState } from '../model/state.ts';
import { relativeTime, utcTime } from './relative-time.ts';
import { timingWords } from './timing-words.ts';

/** How a state, or a line of history, is to be taken. */
export type Tone = 'neutral' | 'sent' | 'good' | 'bad' | 'person';

/** A state in words. */
export interface StateWords {
  readonly name: string;
  /** A sentence, as far as the state alone says something. */
  readonly meaning: string;
  readonly tone: Tone;
}

/** The words of every state. */
export const STATE_WORDS: Readonly<Record<QueueState, StateWords>> = {
  proposed: { name: 'Proposed', meaning: 'Waits for a person to approve it. Nothing has been sent.', tone: 'person' },
  planned: { name: 'Planned', meaning: 'Waits for its turn. Nothing has been sent.', tone: 'neutral' },
  intent: { name: 'Being sent', meaning: 'A worker has taken it up.', tone: 'sent' },
  sent: { name: 'Sent', meaning: 'The request was sent; the response is awaited.', tone: 'sent' },
  requested: {
    name: 'Requested',
    meaning: 'The provider stored it; a cron job, a worker or a person still acts on it.',
    tone: 'good',
  },
  scheduled: { name: 'Scheduled', meaning: 'The provider confirmed it, with an end date.', tone: 'good' },
  completed: { name: 'Completed', meaning: 'The service is over.', tone: 'good' },
  already_cancelled: {
    name: 'Already cancelled',
    meaning: 'It was cancelled before; nothing new was needed.',
    tone: 'good',
  },
  refused: { name: 'Refused', meaning: 'It is not cancelled.', tone: 'bad' },
  unknown: { name: 'Unknown', meaning: 'It may be cancelled, or not.', tone: 'person' },
  lapsed: {
    name: 'Lapsed',
    meaning: 'The cancellation is no longer at the provider: it was removed, or the service was renewed.',
    tone: 'person',
  },
  overdue: { name: 'Overdue', meaning: 'Its date has passed, and the service still runs.', tone: 'person' },
};

/** Why an outcome is not known, to be put after "and". */
export const UNKNOWN_REASONS: Readonly<Record<string, string>> = {
  timeout: 'no response arrived in time',
  connection_lost: 'the connection broke off',
  aborted: 'it was interrupted',
  server_error: 'the provider answered with a server error',
  unreadable_answer: 'the response could not be read',
  provider_error: 'the response does not say whether it took effect',
};

/** What a read-back showed, to be put after "the provider". */
export const SEEN_WORDS: Readonly<Record<string, string>> = {
  none: 'shows no cancellation',
  absent: 'knows no such service',
  requested: 'shows a request',
  scheduled: 'shows a cancellation with a date',
  completed: 'shows that the service is over',
  failed: 'shows a cancellation that failed',
  unknown: 'shows a state that says nothing about it',
};

/** A cancellation in sentences. */
export interface CancellationWords {
  /** One line, for a list. */
  readonly summary: string;
  /** What is known, a sentence each. */
  readonly known: readonly string[];
}

/** Says what is known of a cancellation, and what happens next. */
export function wordsOf(item: QueuedCancellation, now: number): CancellationWords {
  const { state, outcome, lastError } = item;
  if (awaitsToken(item)) {
    const error = outcome?.ok === false ? outcome.error : undefined;
    const sentTo = SENT_TO[error?.confirmation?.sentTo ?? ''] ?? '';
    const summary = `Waits for the token that the provider sent${sentTo}.`;
    return { summary, known: [summary, 'Nothing is cancelled until a person passes it on.'] };
  }
  if (state === 'unknown') return unknownWords(item, now);
  if (state === 'refused') {
    const summary = outcome?.ok === false ? outcome.error.message : STATE_WORDS.refused.meaning;
    return { summary, known: ['It is not cancelled, and is not tried again by itself.', summary] };
  }
  if (state === 'planned' && item.otherPlace !== undefined) {
    const summary = `Held: its account leads to ${item.otherPlace} now, and it was enqueued for ${item.place ?? 'another place'}.`;
    return { summary, known: [summary, 'Nothing is sent until a person decides.'] };
  }
  if (state === 'planned') {
    const next = isAfter(item.notBefore, now) ? ` Taken up ${comingTime(item.notBefore, now)}.` : '';
    const summary =
      lastError === undefined ? next.trim() || 'Waits for its turn.' : `Not taken so far: ${lastError.message}${next}`;
    return {
      summary,
      known: [summary, lastError === undefined ? 'Nothing has been sent.' : 'Nothing happened at the provider.'],
    };
  }
  const { meaning } = STATE_WORDS[state];
  const finding = item.follow?.finding;
  if (finding !== undefined) return { summary: finding, known: [meaning, finding, NOTHING_SENT] };
  const effectiveAt = outcome?.ok === true ? outcome.result.effectiveAt : undefined;
  const ends =
    effectiveAt === undefined
      ? ''
      : ` It ends on ${effectiveAt.value}${effectiveAt.source === 'computed' ? ' (computed)' : ''}.`;
  const warnings = outcome?.ok === true ? outcome.result.warnings.map(({ message }) => message) : [];
  const conditions = state === 'proposed' ? conditionsOf(item) : [];
  return { summary: `${meaning}${ends}`, known: [`${meaning}${ends}`, ...conditions, ...warnings] };
}

/** What is asked for besides the service and the time. A person who approves the cancellation approves that, too. */
export function conditionsOf({
  request: { extras = {}, reason },
  place,
  notBefore,
}: QueuedCancellation): readonly string[] {
  const extra = Object.entries(extras).map(
    ([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [
    ...(extra.length === 0 ? [] : [`With it: ${extra.join(', ')}.`]),
    ...(reason === undefined ? [] : [`Reason: ${Object.values(reason).join(', ')}.`]),
    ...(place === undefined ? [] : [`It goes to ${place}.`]),
    ...(notBefore === undefined ? [] : [`Not before ${utcTime(notBefore)}.`]),
  ];
}

/** Whether it takes effect only once a person has passed on the provider's token. */
export function awaitsToken({ state, needsPerson, outcome }: QueuedCancellation): boolean {
  return state === 'unknown' && needsPerson && outcome?.ok === false && outcome.error.code === 'confirmation_required';
}

function unknownWords(item: QueuedCancellation, now: number): CancellationWords {
  const error = item.outcome?.ok === false ? item.outcome.error : undefined;
  const why = UNKNOWN_REASONS[error?.reason ?? ''] ?? 'its outcome is not known';
  const seen =
    error?.lastSeen === undefined
      ? undefined
      : (SEEN_WORDS[error.lastSeen] ?? 'shows a state that says nothing about it');
  const sent = item.sentAt ?? error?.sentAt;
  const readBack =
    seen === undefined ? 'It has not been read back so far.' : `When it was read back, the provider ${seen}.`;
  const isHeld = item.otherPlace !== undefined;
  return {
    summary: `Sent, and ${why}. ${readBack}`,
    known: [
      sent === undefined ? `It may have been sent, and ${why}.` : `It was sent on ${utcTime(sent)}, and ${why}.`,
      readBack,
      ...(isHeld
        ? [`Its account leads to ${item.otherPlace} now, and it was enqueued for ${item.place ?? 'another place'}.`]
        : []),
      nextOf(item, now),
    ],
  };
}

function nextOf({ needsPerson, notBefore, whenAbsent, request }: QueuedCancellation, now: number): string {
  if (needsPerson) return 'Nothing more is done by itself: a person has to look.';
  const when = isAfter(notBefore, now) ? comingTime(notBefore, now) : 'soon';
  const then =
    whenAbsent === 'send_again'
      ? `If the last read-back shows no cancellation, it is sent again (${timingWords(request.when)}), once.`
      : 'It is not sent again by itself.';
  return `It is read back ${when}. ${then}`;
}

/** Beside now if it is soon, and in full if it is not. */
function comingTime(iso: string, now: number): string {
  return Date.parse(iso) - now < 2 * 86_400_000 ? relativeTime(iso, now) : `on ${utcTime(iso)}`;
}

const NOTHING_SENT = 'Nothing is sent by itself: a person has to decide.';

function isAfter(iso: string | undefined, now: number): iso is string {
  return iso !== undefined && Date.parse(iso) > now;
}

const SENT_TO: Readonly<Record<string, string>> = {
  email: ' by e-mail',
  sms: ' by text message',
  panel: ' to its panel',
};

/** Says how an accepted cancellation is followed: what was found, or when it was read last and is read next. */
export function followWords({ finding, ended, nextAt, readAt, lastSeen }: FollowRecord): string {
  if (finding !== undefined) return finding;
  const last = readAt === undefined ? 'not read yet' : `${lastSeen ?? 'read'} on ${utcTime(readAt)}`;
  if (nextAt !== undefined) return `${last}; read next on ${utcTime(nextAt)}`;
  return ended === undefined ? last : `${last}; ${ENDED[ended]}`;
}

const ENDED: Readonly<Record<FollowEnd, string>> = {
  unconfirmed: 'the readings have ended, and none of them confirmed that the service is over',
  superseded: 'a newer cancellation of the service is followed in its place',
  switched_off: 'not followed any more, since the queue does not follow',
};

/** Says what a person has to do about a cancellation that needs one, with the commands for it. */
export function taskWords(item: QueuedCancellation): string {
  const { state } = item;
  if (state === 'planned') return TASKS.held;
  if (state === 'proposed' || state === 'lapsed' || state === 'overdue') return TASKS[state];
  return awaitsToken(item) ? TASKS.token : TASKS.unknown;
}

const TASKS = {
  token: 'pass on the token that the provider sent: `cancelkit queue confirm`',
  lapsed: 'look it up at the provider, then `cancelkit queue retry` to send it again, or `cancelkit queue resolve`',
  overdue:
    'ask the provider why it still runs, then `cancelkit queue resolve`, or `cancelkit queue retry` to send it again',
  proposed: 'another person has to `cancelkit queue approve` or `cancelkit queue withdraw` it',
  held: 'correct the configuration and `cancelkit queue resume` the account, or `cancelkit queue retry --accept-place`',
  unknown: 'look it up at the provider, then `cancelkit queue resolve`',
} as const;
