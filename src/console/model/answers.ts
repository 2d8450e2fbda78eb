import type { QueuedCancellation } from '../../queue/index.ts';
import type { Resolution } from '../../queue/model/state.ts';

/** What an operator can answer to "What did you find?". */
export interface Answer {
  readonly as: Resolution;
  readonly found: string;
  /** What is recorded. */
  readonly effect: string;
}

/** The answers that send nothing. */
export const ANSWERS: readonly Answer[] = [
  { as: 'scheduled', found: 'It is cancelled, with an end date', effect: 'Recorded as scheduled.' },
  { as: 'requested', found: 'A request is there, without a date', effect: 'Recorded as requested.' },
  { as: 'completed', found: 'The service is already over', effect: 'Recorded as completed.' },
  {
    as: 'refused',
    found: 'It is not cancelled, and should stay active',
    effect: 'Recorded as refused. Nothing is sent.',
  },
];

/** What can be done with a cancellation. `answers`: it is for a person to say what happened. */
export type Choice = 'answers' | 'planned' | 'held' | 'refused' | 'proposed' | 'none';

/** What can be done with a cancellation in its present state. */
export function choiceFor({ state, needsPerson }: Pick<QueuedCancellation, 'state' | 'needsPerson'>): Choice {
  if (state === 'planned') return needsPerson ? 'held' : 'planned';
  return CHOICES[state] ?? 'none';
}

const CHOICES: Readonly<Record<string, Choice>> = {
  unknown: 'answers',
  lapsed: 'answers',
  overdue: 'answers',
  refused: 'refused',
  proposed: 'proposed',
};
