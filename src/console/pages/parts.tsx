import type { JSX } from 'hono/jsx/jsx-runtime';
import type { AccountStats, QueuedCancellation } from '../../queue/index.ts';
import { pauseWords } from '../../queue/words/pause-words.ts';
import { relativeTime, timeBetween, utcTime } from '../../queue/words/relative-time.ts';
import { STATE_WORDS, type Tone } from '../../queue/words/state-words.ts';
import { hrefOf, may, type Visit } from '../model/visit.ts';
import { Warn } from './icons.tsx';

/** The token that shows that a form was sent by a page of the console. */
export function FormToken({ visit }: { readonly visit: Visit }): JSX.Element {
  return <input type="hidden" name="form_token" value={visit.formToken} />;
}

/** The state of a cancellation; that it needs a person comes before what it is. */
export function Badge({ item: { state, needsPerson } }: { readonly item: QueuedCancellation }): JSX.Element {
  const { name, tone } = STATE_WORDS[state];
  const classes = needsPerson ? 'you' : `${CLASSES[tone]}${HOLLOW.has(state) ? ' hollow' : ''}`;
  return (
    <span class={`badge ${classes}`}>
      <i />
      {needsPerson && !SPEAKING.has(state) ? 'Needs a person' : name}
    </span>
  );
}

/** The class of a tone. */
export const CLASSES: Readonly<Record<Tone, string>> = {
  neutral: '',
  sent: 'busy',
  good: 'good',
  bad: 'bad',
  person: 'you',
};

/** States whose name says more than that they need a person. */
const SPEAKING: ReadonlySet<string> = new Set(['proposed', 'lapsed', 'overdue']);

const HOLLOW: ReadonlySet<string> = new Set(['requested', 'unknown', 'proposed']);

/** A time, relative to now or in full. */
export function Time({ iso, now }: { readonly iso: string; readonly now?: number }): JSX.Element {
  // A page's times have milliseconds, the queue's have more.
  return (
    <time datetime={iso.replace(/(\.\d{3})\d+Z$/, '$1Z')}>
      {now === undefined ? utcTime(iso) : relativeTime(iso, now)}
    </time>
  );
}

/** A number as it is read. */
export function numberText(count: number): string {
  return count.toLocaleString('en');
}

/** What is wrong with the queue as a whole: nothing works on it, or an account is paused. */
export function Banners({ visit }: { readonly visit: Visit }): JSX.Element {
  const { stats, now } = visit;
  const { oldestDueAt } = stats;
  const isLate = oldestDueAt !== undefined && now - Date.parse(oldestDueAt) > LATE_MS;
  const late = oldestDueAt === undefined ? '' : `The oldest one has been due for ${timeBetween(oldestDueAt, now)}.`;
  return (
    <>
      {oldestDueAt !== undefined && stats.workers.length === 0 && (
        <div class="banner amber" role="status">
          <Warn />
          <p>
            <b>No worker is running.</b>{' '}
            <span>
              {late} Start one: <code>npx cancelkit queue work</code>
            </span>
          </p>
        </div>
      )}
      {isLate && stats.workers.length > 0 && (
        <div class="banner amber" role="status">
          <Warn />
          <p>
            <b>The queue is behind.</b> <span>{late}</span>
          </p>
        </div>
      )}
      {Object.entries(stats.accounts).map(
        ([name, account]) =>
          (account.pausedUntil !== undefined || account.turnedAwaySince !== undefined) && (
            <div class={`banner ${account.pausedBecause === 'rate_limited' ? 'amber' : 'red'}`} role="status">
              <Warn />
              <p>
                <b>
                  {name} is paused{pausedFor(account, now)}: {pauseWords(account.pausedBecause)}.
                </b>{' '}
                <span>
                  {turnedAwayText(account, now)}
                  {numberText(account.states.planned ?? 0)} are planned. Nothing is lost.
                </span>
              </p>
              <Resume visit={visit} account={name} />
            </div>
          ),
      )}
    </>
  );
}

/** For how long an account is paused. If the pause is over and the account is still turned away, a trial is due. */
export function pausedFor({ pausedUntil }: AccountStats, now: number): string {
  return pausedUntil === undefined ? '' : ` for ${timeBetween(pausedUntil, now)}`;
}

/** That an account is turned away again and again, which ends only if a person does something. */
export function turnedAwayText({ turnedAwaySince, turnedAwayTimes = 0 }: AccountStats, now: number): string {
  if (turnedAwaySince === undefined || turnedAwayTimes < 2) return '';
  return (
    `Turned away ${numberText(turnedAwayTimes)} times in ${timeBetween(turnedAwaySince, now)}, and tried ever more ` +
    'rarely, once a day at least: correct its credentials or the allowed addresses, then resume it. '
  );
}

/** The button that lets a paused account go on. */
export function Resume({ visit, account }: { readonly visit: Visit; readonly account: string }): JSX.Element {
  if (!may(visit, 'decide')) return <></>;
  return (
    <form method="post" action={hrefOf(visit, '/resume')}>
      <FormToken visit={visit} />
      <input type="hidden" name="account" value={account} />
      <button class="small">
        Resume<span class="sr"> {account}</span>
      </button>
    </form>
  );
}

const LATE_MS = 120_000;
