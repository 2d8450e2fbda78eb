import type { JSX } from 'hono/jsx/jsx-runtime';
import type { QueuedCancellation } from '../../queue/index.ts';
import { LISTED_TIMINGS } from '../../queue/input/queue-input.ts';
import { wordsOf } from '../../queue/words/state-words.ts';
import { timingWords } from '../../queue/words/timing-words.ts';
import { serviceName } from '../model/service-name.ts';
import { TABS, type Tab } from '../model/tabs.ts';
import { cancellationHref, hrefOf, may, type Visit } from '../model/visit.ts';
import { BulkForm, Pick } from './bulk-form.tsx';
import { Warn } from './icons.tsx';
import { Layout } from './layout.tsx';
import { Badge, Banners, numberText, Time } from './parts.tsx';

/** What the list is narrowed to. */
export interface ListQuery {
  readonly tab: Tab;
  readonly text: string;
  readonly account: string;
  readonly when: string;
  readonly after: string;
}

interface ListPageProps {
  readonly visit: Visit;
  readonly query: ListQuery;
  readonly found: readonly QueuedCancellation[];
  readonly hasMore: boolean;
  /** Why the queue did not take the filter. */
  readonly problem?: string | undefined;
}

/** The list of cancellations, newest first. */
export function ListPage({ visit, query, found, hasMore, problem }: ListPageProps): JSX.Element {
  const { tab, text, account, when, after } = query;
  const isFiltered = text !== '' || account !== '' || when !== '' || after !== '';
  const href = (change: Readonly<Record<string, string | undefined>>): string =>
    hrefOf(visit, '/', { show: tab.id, q: text, account, when, ...change });
  return (
    <Layout visit={visit} title="Cancellations" at="list">
      <h1 class="sr">Cancellations</h1>
      <div data-live>
        <Banners visit={visit} />
        <nav class="tabs" aria-label="States">
          {TABS.map(({ id, name, count }) => (
            <a
              href={href({ show: id })}
              aria-current={id === tab.id ? 'true' : undefined}
              class={id === 'needs' && visit.stats.needsPerson > 0 ? 'hot' : undefined}
            >
              {name}
              <b>{numberText(count(visit.stats))}</b>
            </a>
          ))}
        </nav>
        <section class="panel" aria-label={tab.name}>
          <Filter visit={visit} query={query} />
          {problem !== undefined && (
            <div class="banner red" role="alert">
              <Warn />
              <p>{problem}</p>
            </div>
          )}
          {found.length === 0 ? (
            <p class="empty">
              <b>{isFiltered ? 'Nothing matches.' : tab.empty}</b>
              {isFiltered && <a href={href({ q: '', account: '', when: '' })}>Clear the filter</a>}
            </p>
          ) : (
            <Table visit={visit} found={found} />
          )}
          {may(visit, 'decide') && found.length > 0 && <BulkForm visit={visit} />}
          <div class="foot">
            <span>
              {hasMore
                ? `${found.length} of more`
                : `${found.length} ${found.length === 1 ? 'cancellation' : 'cancellations'}`}
              , newest first
            </span>
            <span class="right">
              {after !== '' && (
                <a class="button" href={href({})}>
                  Newest
                </a>
              )}
              {hasMore && (
                <a class="button" href={href({ after: found.at(-1)?.id })} rel="next">
                  Next
                </a>
              )}
            </span>
          </div>
        </section>
      </div>
    </Layout>
  );
}

function Filter({
  visit,
  query: { tab, text, account, when },
}: {
  readonly visit: Visit;
  readonly query: ListQuery;
}): JSX.Element {
  return (
    <form class="filter" method="get" action={hrefOf(visit, '/')} role="search">
      <input type="hidden" name="show" value={tab.id} />
      <label class="search">
        <span class="sr">Search</span>
        <input
          type="search"
          name="q"
          value={text}
          maxlength={200}
          placeholder="Service, reference or id"
          autocomplete="off"
        />
        <kbd aria-hidden="true">/</kbd>
      </label>
      <label>
        <span class="sr">Account</span>
        <select name="account" data-submits>
          <option value="">Every account</option>
          {Object.keys(visit.stats.accounts).map((name) => (
            <option value={name} selected={name === account}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="sr">Timing</span>
        <select name="when" data-submits>
          <option value="">Every timing</option>
          {LISTED_TIMINGS.map((timing) => (
            <option value={timing} selected={timing === when}>
              {timing === 'date' ? 'on a date' : timingWords(timing)}
            </option>
          ))}
        </select>
      </label>
      <button>Filter</button>
    </form>
  );
}

function Table({
  visit,
  found,
}: {
  readonly visit: Visit;
  readonly found: readonly QueuedCancellation[];
}): JSX.Element {
  const { now } = visit;
  const canPick = may(visit, 'decide');
  return (
    <table>
      <thead>
        <tr>
          {canPick && (
            <th>
              <span class="sr">Select</span>
            </th>
          )}
          <th>State</th>
          <th>Service</th>
          <th>What is known</th>
          <th>When</th>
          <th>Reference</th>
          <th class="num">Last change</th>
        </tr>
      </thead>
      <tbody>
        {found.map((item) => (
          <tr>
            {canPick && (
              <td class="pick">
                <Pick item={item} />
              </td>
            )}
            <td class="state">
              <Badge item={item} />
            </td>
            <td class="what">
              <a class="row-link main" href={cancellationHref(visit, item.id)}>
                {serviceName(item.request)}
              </a>
              <div class="sub">
                {item.account === item.provider ? item.account : `${item.account} · ${item.provider}`}
              </div>
            </td>
            <td class="known sub">{wordsOf(item, now).summary}</td>
            <td class="when">
              {item.request.when === 'immediate' ? (
                <span class="now">immediate</span>
              ) : (
                <span class="sub">{timingWords(item.request.when)}</span>
              )}
            </td>
            <td class="ref sub mono">{item.request.reference ?? item.id}</td>
            <td class="age">
              <Time iso={item.updatedAt} now={now} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
