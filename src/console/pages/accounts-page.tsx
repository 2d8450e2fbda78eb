import type { JSX } from 'hono/jsx/jsx-runtime';
import type { AccountStats } from '../../queue/index.ts';
import { QUEUE_STATES } from '../../queue/model/state.ts';
import { pauseWords } from '../../queue/words/pause-words.ts';
import { timeBetween } from '../../queue/words/relative-time.ts';
import { STATE_WORDS, type Tone } from '../../queue/words/state-words.ts';
import { hrefOf, type Visit } from '../model/visit.ts';
import { Layout } from './layout.tsx';
import { Banners, numberText, pausedFor, turnedAwayText } from './parts.tsx';

/** How each account stands, and what it settled in the last 24 hours. */
export function AccountsPage({ visit }: { readonly visit: Visit }): JSX.Element {
  const accounts = Object.entries(visit.stats.accounts);
  const settled = accounts.reduce((sum, [, { settledLastHour }]) => sum + settledLastHour, 0);
  return (
    <Layout visit={visit} title="Accounts" at="accounts">
      <div data-live>
        <Banners visit={visit} />
        <div class="page-head">
          <h1>Accounts</h1>
          <p>{numberText(settled)} settled in the last hour</p>
        </div>
        {accounts.length === 0 && (
          <div class="panel">
            <p class="empty">
              <b>The queue is empty.</b>
            </p>
          </div>
        )}
        <div class="accounts">
          {accounts.map(([name, account]) => (
            <Account visit={visit} name={name} account={account} />
          ))}
        </div>
      </div>
    </Layout>
  );
}

interface AccountProps {
  readonly visit: Visit;
  readonly name: string;
  readonly account: AccountStats;
}

function Account({ visit, name, account }: AccountProps): JSX.Element {
  const { states, needsPerson, pausedUntil, pausedBecause, turnedAwaySince, limit, oldestDueAt } = account;
  const used = QUEUE_STATES.flatMap((state) => {
    const count = states[state] ?? 0;
    return count === 0 ? [] : [{ name: STATE_WORDS[state].name.toLowerCase(), tone: STATE_WORDS[state].tone, count }];
  });
  return (
    <section class="panel" aria-label={name}>
      <div class="head">
        <h2>
          <a href={hrefOf(visit, '/', { show: 'all', account: name })}>{name}</a>
        </h2>
        <span class="right">
          <Standing account={account} />
        </span>
      </div>
      <div class="body">
        <Bar parts={used} />
        <div class="legend">
          {used.map((part) => (
            <span>
              <b>{numberText(part.count)}</b> {part.name}
            </span>
          ))}
          {needsPerson > 0 && (
            <a href={hrefOf(visit, '/', { show: 'needs', account: name })}>
              <b>{numberText(needsPerson)}</b> need a person
            </a>
          )}
        </div>
        {(pausedUntil !== undefined || turnedAwaySince !== undefined) && (
          <p class="sub">
            Paused{pausedFor(account, visit.now)}: {pauseWords(pausedBecause)}. {turnedAwayText(account, visit.now)}
          </p>
        )}
        {oldestDueAt !== undefined && (
          <p class="sub">The oldest one has been due for {timeBetween(oldestDueAt, visit.now)}.</p>
        )}
        <Throughput account={account} />
        <div class="spark-note">
          <span>24 hours ago</span>
          {limit !== undefined && <span>{limitText(limit)}</span>}
          <span>now</span>
        </div>
      </div>
    </section>
  );
}

function Standing({
  account: { pausedUntil, turnedAwaySince, inFlight },
}: {
  readonly account: AccountStats;
}): JSX.Element {
  const [tone, text] =
    pausedUntil !== undefined || turnedAwaySince !== undefined
      ? ['bad', 'paused']
      : inFlight > 0
        ? ['busy', `${inFlight} in flight`]
        : ['', 'idle'];
  return (
    <span class={`badge ${tone}`}>
      <i />
      {text}
    </span>
  );
}

interface Part {
  readonly name: string;
  readonly tone: Tone;
  readonly count: number;
}

function Bar({ parts }: { readonly parts: readonly Part[] }): JSX.Element {
  const total = Math.max(
    1,
    parts.reduce((sum, { count }) => sum + count, 0),
  );
  let x = 0;
  const rects = parts.map(({ tone, count }) => {
    const width = (count / total) * 1000;
    const rect = (
      <rect class={`t-${BAR[tone]}`} x={x.toFixed(1)} y="0" width={Math.max(1, width - 2).toFixed(1)} height="8" />
    );
    x += width;
    return rect;
  });
  const label = parts.map(({ name, count }) => `${count} ${name}`).join(', ');
  return (
    <svg
      class="bar"
      width="100%"
      height="8"
      viewBox="0 0 1000 8"
      preserveAspectRatio="none"
      role="img"
      aria-label={label === '' ? 'nothing' : label}
    >
      {rects}
    </svg>
  );
}

function Throughput({ account: { hours } }: { readonly account: AccountStats }): JSX.Element {
  const most = Math.max(1, ...hours.map(({ good, bad }) => good + bad));
  const sum = (of: 'good' | 'bad'): number => hours.reduce((all, hour) => all + hour[of], 0);
  const height = (count: number): number => (count / most) * 42;
  return (
    <svg
      class="spark"
      viewBox="0 0 240 44"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Settled in the last 24 hours: ${sum('good')} cancelled, ${sum('bad')} refused`}
    >
      {hours.map(({ good, bad }, hour) => (
        <>
          <rect x={hour * 10} width="8" y={(44 - height(good)).toFixed(1)} height={height(good).toFixed(1)} />
          <rect
            class="bad"
            x={hour * 10}
            width="8"
            y={(44 - height(good + bad)).toFixed(1)}
            height={height(bad).toFixed(1)}
          />
        </>
      ))}
    </svg>
  );
}

function limitText({ concurrency, rate }: NonNullable<AccountStats['limit']>): string {
  const parallel = `up to ${concurrency} concurrently`;
  return rate === undefined ? parallel : `${parallel}, ${rate.count} in ${rate.perMs / 1000} s`;
}

const BAR: Readonly<Record<Tone, string>> = { neutral: 'wait', sent: 'busy', good: 'good', bad: 'bad', person: 'you' };
