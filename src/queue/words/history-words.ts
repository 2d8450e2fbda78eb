import * as v from 'valibot';
import type { HistoryEntry } from '../ledger/history.ts';
import { utcTime } from './relative-time.ts';
import { SEEN_WORDS, STATE_WORDS, type Tone, UNKNOWN_REASONS } from './state-words.ts';
import { timingWords } from './timing-words.ts';

/** A line of history in words. */
export interface Sentence {
  readonly text: string;
  readonly tone: Tone;
  /** What the person wrote who decided. */
  readonly note?: string;
}

/** Says what a line of history means. A type that is not known is named. */
export function sentenceOf({ type, data }: HistoryEntry): Sentence {
  const of = (key: string): string | undefined => textOf(data[key]);
  const by = of('by') ?? 'A caller';
  const note = of('note');
  const decided = (text: string, tone: Tone = 'neutral'): Sentence => ({
    text: `${by} ${text}`,
    tone,
    ...(note === undefined ? {} : { note }),
  });
  switch (type) {
    case 'enqueued':
      return decided('asked for it.');
    case 'proposed':
      return decided('proposed it. It waits for approval.', 'person');
    case 'approved':
      return decided('approved it.');
    case 'intent':
      return { text: 'A worker took it up.', tone: 'neutral' };
    case 'reading':
      return of('by') === undefined
        ? { text: 'A worker took it up to read it back.', tone: 'neutral' }
        : decided('had it read back.');
    case 'attempt':
      if (of('effect') === 'read') return { text: 'The provider was asked for its state.', tone: 'neutral' };
      return { text: 'The request was handed to the network.', tone: 'sent' };
    case 'answer':
      return answered(of('outcome'), of('status'));
    case 'retry':
      return {
        text: `It is repeated: ${REPEATED[of('because') ?? ''] ?? of('because') ?? 'it was not taken'}.`,
        tone: 'neutral',
      };
    case 'read_back':
      return { text: 'Its state is read back.', tone: 'neutral' };
    case 'settled': {
      const { text, tone } = settled(of('state'), of('code'), data['needsPerson'] === true, of('next'));
      return { text: `${seenText(data['seen'])}${text}`, tone };
    }
    case 'followed': {
      const doubt = of('doubt') === undefined ? '' : 'That speaks against the cancellation: it is read again. ';
      const end = of('ended') === undefined ? '' : 'It is not followed any more. ';
      const text = `${seenText(data['seen'])}${doubt}${end}`.trim();
      return { text: text === '' ? 'It was read to see whether the service is over.' : text, tone: 'neutral' };
    }
    case 'late_outcome':
      return { text: `A late response arrived: ${nameOf(of('state'))}. It no longer counted.`, tone: 'neutral' };
    case 'sent_again':
      return { text: 'The last read-back showed no cancellation. It is planned again, once.', tone: 'sent' };
    case 'resolved': {
      const at = of('effectiveAt');
      const end = at === undefined ? '' : `, ending on ${at}`;
      return decided(`recorded it as ${nameOf(of('as')).toLowerCase()}${end}.`, toneOf(of('as')));
    }
    case 'retried':
      return decided(of('place') === undefined ? 'had it sent again.' : `had it sent to ${of('place')}.`, 'sent');
    case 'withdrawn':
      return decided('took it out of the queue.', 'bad');
    case 'confirmed':
      return decided(`passed the token on. The provider accepted it: ${nameOf(of('outcome')).toLowerCase()}.`, 'good');
    case 'confirmation_refused':
      return decided(`passed a token on. It was refused${of('code') === undefined ? '' : ` (${of('code')})`}.`, 'bad');
    case 'confirmation_unknown':
      return decided('passed the token on. The outcome is not known.', 'person');
    case 'quarantined':
      if (isDecidedByPerson(of('was')))
        return decided(`noted that what was decided since ${utcTime(of('since') ?? '')} is missing.`, 'person');
      return decided(`had it read back: it may have been sent since ${utcTime(of('since') ?? '')}.`, 'person');
    case 'worker_lost':
      return { text: 'The worker that had taken it up was gone.', tone: 'bad' };
    case 'not_sent':
      return { text: 'The worker gave it back. Nothing was sent.', tone: 'neutral' };
    default:
      return namedOnly(type, of('by'), note);
  }
}

function namedOnly(type: string, by: string | undefined, note: string | undefined): Sentence {
  const what = type.replaceAll('_', ' ');
  const text = by === undefined ? `${what.slice(0, 1).toUpperCase()}${what.slice(1)}.` : `${by}: ${what}.`;
  return { text, tone: 'neutral', ...(note === undefined ? {} : { note }) };
}

function answered(outcome: string | undefined, status: string | undefined): Sentence {
  if (outcome === 'answered')
    return { text: `The provider answered with the status ${status ?? 'unknown'}.`, tone: 'neutral' };
  if (outcome === 'not_sent') return { text: 'No connection was made. Nothing was sent.', tone: 'neutral' };
  const why = UNKNOWN_REASONS[outcome ?? ''] ?? 'there was no answer';
  return { text: `${why.slice(0, 1).toUpperCase()}${why.slice(1)}.`, tone: 'bad' };
}

/** What a read-back showed, as a sentence before what follows from it; empty if there was none. */
function seenText(seen: unknown): string {
  const { success, output } = v.safeParse(seenSchema, seen);
  if (!success) return '';
  if ('failed' in output) return `The reading failed (${output.failed}). `;
  const { state, when, effectiveAt } = output;
  const details = [when === undefined ? undefined : timingWords(when), effectiveAt?.value];
  const known = details.filter((detail) => detail !== undefined).join(', ');
  return `The provider ${SEEN_WORDS[state] ?? `shows the state ${state}`}${known === '' ? '' : ` (${known})`}. `;
}

const seenSchema = v.union([
  v.object({ failed: v.string() }),
  v.object({
    state: v.string(),
    when: v.optional(
      v.union([v.picklist(['immediate', 'end_of_period', 'end_of_term', 'earliest']), v.object({ on: v.string() })]),
    ),
    effectiveAt: v.optional(v.object({ value: v.string() })),
  }),
]);

function settled(
  state: string | undefined,
  code: string | undefined,
  needsPerson: boolean,
  next: string | undefined,
): Sentence {
  const tone = toneOf(state);
  const then = next === undefined ? '' : ` on ${utcTime(next)}`;
  if (state === 'unknown') {
    const what = code === 'confirmation_required' ? 'The provider sent a token' : 'The outcome is unknown';
    return { text: needsPerson ? `${what}. It waits for a person.` : `${what}. It is read back${then}.`, tone };
  }
  if (state === 'planned') {
    if (needsPerson) return { text: 'It is held until a person decides.', tone: 'person' };
    return {
      text: `The provider did not take it${code === undefined ? '' : ` (${code})`}. It is tried again${then}.`,
      tone,
    };
  }
  if (state === 'refused')
    return { text: `Refused${code === undefined ? '' : ` (${code})`}. It is not cancelled.`, tone };
  return { text: `${nameOf(state)}. ${wordsFor(state)?.meaning ?? ''}`.trim(), tone };
}

function nameOf(state: string | undefined): string {
  return wordsFor(state)?.name ?? state ?? 'unknown';
}

function toneOf(state: string | undefined): Tone {
  return wordsFor(state)?.tone ?? 'neutral';
}

function wordsFor(state: string | undefined): (typeof STATE_WORDS)[keyof typeof STATE_WORDS] | undefined {
  return Object.entries(STATE_WORDS).find(([name]) => name === state)?.[1];
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

const REPEATED: Readonly<Record<string, string>> = {
  not_sent: 'nothing was sent',
  unprocessed: 'the provider did not process it',
  perhaps_sent: 'there was no answer to the reading',
  server_error: 'the provider answered with a server error to the reading',
};

/** Whether nothing but a person's decision, which a restored ledger may lack, has it sent from this state. */
function isDecidedByPerson(was: string | undefined): boolean {
  return was === 'lapsed' || was === 'overdue' || was === 'proposed';
}
