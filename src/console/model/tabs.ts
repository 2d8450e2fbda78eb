import { CANCEL_OUTCOMES } from '../../contract/outcome.ts';
import type { ListFilter, QueueStats } from '../../queue/index.ts';
import { QUEUE_STATES, type QueueState } from '../../queue/model/state.ts';
import { STATE_WORDS } from '../../queue/words/state-words.ts';

/** A tab of the list: some states, or those that wait for a person. */
export interface Tab {
  readonly id: string;
  readonly name: string;
  /** What is shown if nothing is in it. */
  readonly empty: string;
  readonly filter: Pick<ListFilter, 'needsPerson' | 'states'>;
  readonly count: (stats: Pick<QueueStats, 'states' | 'needsPerson'>) => number;
}

/** States that share a tab. Each other state has a tab of its own. */
const TOGETHER: readonly (readonly [id: string, name: string, states: readonly QueueState[]])[] = [
  ['planned', 'Planned', ['planned', 'intent', 'sent']],
  ['done', 'Done', CANCEL_OUTCOMES],
];

/** The tabs, in their order: what needs a person, each state, all. */
export const TABS: readonly Tab[] = [
  {
    id: 'needs',
    name: 'Needs a person',
    empty: 'Nothing waits for a person.',
    filter: { needsPerson: true },
    count: ({ needsPerson }) => needsPerson,
  },
  ...groupsOf(QUEUE_STATES).map(([id, name, states]): Tab => ({
    id,
    name,
    empty: `Nothing is ${name.toLowerCase()}.`,
    filter: { states },
    count: (stats) => states.reduce((sum, state) => sum + stats.states[state], 0),
  })),
  {
    id: 'all',
    name: 'All',
    empty: 'The queue is empty.',
    filter: {},
    count: ({ states }) => Object.values(states).reduce((sum, count) => sum + count, 0),
  },
];

/** The tab that is asked for; otherwise what needs a person, or all if nothing does. */
export function tabOf(id: string | null, { needsPerson }: Pick<QueueStats, 'needsPerson'>): Tab {
  const wanted = id ?? (needsPerson > 0 ? 'needs' : 'all');
  const tab = TABS.find((one) => one.id === wanted) ?? TABS.at(-1);
  if (tab === undefined) throw new Error('there are no tabs');
  return tab;
}

function groupsOf(states: readonly QueueState[]): readonly (readonly [string, string, readonly QueueState[]])[] {
  const grouped = states.map(
    (state) =>
      TOGETHER.find(([, , own]) => own.includes(state)) ?? ([state, STATE_WORDS[state].name, [state]] as const),
  );
  return grouped.filter(([id], index) => grouped.findIndex(([other]) => other === id) === index);
}
