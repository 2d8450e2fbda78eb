import type { JSX } from 'hono/jsx/jsx-runtime';
import type { WhereToLook } from '../../contract/where-to-look.ts';
import type { QueuedCancellation, QueuedCancellationWithHistory } from '../../queue/index.ts';
import { sentenceOf } from '../../queue/words/history-words.ts';
import { STATE_WORDS, wordsOf } from '../../queue/words/state-words.ts';
import { timingWords } from '../../queue/words/timing-words.ts';
import { serviceName } from '../model/service-name.ts';
import { hrefOf, type Visit } from '../model/visit.ts';
import type { Draft } from './decision-form.tsx';
import { DecisionPanels } from './decision-panels.tsx';
import { Tick, Warn } from './icons.tsx';
import { Layout } from './layout.tsx';
import { Badge, CLASSES, numberText, Time } from './parts.tsx';

interface CancellationPageProps {
  readonly visit: Visit;
  readonly item: QueuedCancellationWithHistory;
  readonly look: WhereToLook | undefined;
  /** A decision that was not taken, and why. */
  readonly draft?: Draft | undefined;
}

/** One cancellation: what happened, what is known, and what can be decided. */
export function CancellationPage({ visit, item, look, draft }: CancellationPageProps): JSX.Element {
  const { request } = item;
  const name = serviceName(request);
  const done = doneText(visit, item);
  return (
    <Layout visit={visit} title={name}>
      <p class="crumb">
        <a href={hrefOf(visit, '/')} data-up>
          Cancellations
        </a>{' '}
        / <a href={hrefOf(visit, '/', { show: 'all', account: item.account })}>{item.account}</a>
      </p>
      <div class="title">
        <h1>{name}</h1>
        <Badge item={item} />
        {request.when === 'immediate' && <span class="badge bad">immediate</span>}
        <p>{headline(item, visit.now)}</p>
      </div>
      {draft !== undefined && (
        <div class="banner red" role="alert">
          <Warn />
          <p>{draft.problem}</p>
        </div>
      )}
      {draft === undefined && done !== undefined && (
        <div class="banner green" role="status">
          <Tick />
          <p>{done}</p>
        </div>
      )}
      <div class="split">
        <div>
          <Trail visit={visit} item={item} />
        </div>
        <aside aria-label="Decision and request">
          <DecisionPanels visit={visit} item={item} look={look} draft={draft} />
          <Facts item={item} />
        </aside>
      </div>
    </Layout>
  );
}

/** A page for an id that is not in the queue. */
export function NoCancellationPage({ visit }: { readonly visit: Visit }): JSX.Element {
  return (
    <Layout visit={visit} title="Not found">
      <div class="panel">
        <p class="empty">
          <b>There is no cancellation of that id in the queue.</b>
          <a href={hrefOf(visit, '/')}>To the list</a>
        </p>
      </div>
    </Layout>
  );
}

function headline(item: QueuedCancellation, now: number): string {
  if (item.state !== 'unknown') return wordsOf(item, now).known.join(' ');
  const next = item.needsPerson ? 'Nothing more is done until a person has looked.' : 'It is being read back.';
  return `${STATE_WORDS.unknown.meaning} ${next}`;
}

function Trail({ visit, item }: { readonly visit: Visit; readonly item: QueuedCancellationWithHistory }): JSX.Element {
  return (
    <section class="panel" aria-labelledby="trail-title">
      <div class="head">
        <h2 id="trail-title">What happened</h2>
        <span class="right">
          <a href={hrefOf(visit, '/cancellation.json', { id: item.id })} download="cancellation.json">
            JSON
          </a>
        </span>
      </div>
      <ol class="trail">
        {item.history
          .slice(-MOST_LINES)
          .toReversed()
          .map((entry) => {
            const { text, tone, note } = sentenceOf(entry);
            const line = (
              <span class="line">
                <span>
                  {text}
                  {note !== undefined && <span class="quote">“{note}”</span>}
                </span>
                <Time iso={entry.at} />
              </span>
            );
            return (
              <li class={tone === 'sent' ? 'send' : CLASSES[tone]}>
                {Object.keys(entry.data).length === 0 ? (
                  line
                ) : (
                  <details>
                    <summary>{line}</summary>
                    <pre tabindex={0} aria-label="Data of this line">
                      {JSON.stringify(entry.data, undefined, 2)}
                    </pre>
                  </details>
                )}
              </li>
            );
          })}
      </ol>
      {item.history.length > MOST_LINES && (
        <p class="foot">{numberText(item.history.length - MOST_LINES)} earlier lines are in the JSON.</p>
      )}
    </section>
  );
}

function Facts({ item }: { readonly item: QueuedCancellation }): JSX.Element {
  const { request, outcome } = item;
  const facts: readonly (readonly [name: string, value: string | undefined])[] = [
    ['Account', `${item.account} (${item.provider})`],
    ...Object.entries(request.service).map(([key, value]): [string, string] => [key, String(value)]),
    ['When', timingWords(request.when)],
    ['Reason', request.reason === undefined ? undefined : Object.values(request.reason).join(' · ')],
    ['Reference', request.reference],
    ['Asked by', item.askedBy],
    ['Place', item.place],
    ['Provider’s id', outcome?.ok === true ? outcome.result.providerReference : outcome?.error.providerReference],
    ['If absent', item.whenAbsent === 'send_again' ? 'sent again, once' : 'recorded as refused'],
    ['Tries', String(item.tries)],
    ['Id', item.id],
  ];
  const said = wordsOfProvider(item);
  return (
    <section class="panel" aria-labelledby="request-title">
      <div class="head">
        <h2 id="request-title">Request</h2>
      </div>
      <div class="body">
        <dl class="facts">
          {facts.map(
            ([name, value]) =>
              value !== undefined && (
                <>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </>
              ),
          )}
          <dt>Enqueued</dt>
          <dd>
            <Time iso={item.createdAt} />
          </dd>
          <dt>Changed</dt>
          <dd>
            <Time iso={item.updatedAt} />
          </dd>
        </dl>
        {said !== undefined && (
          <figure class="theirs">
            <figcaption>The words of {item.provider}, unchecked</figcaption>
            <blockquote>{said}</blockquote>
          </figure>
        )}
      </div>
    </section>
  );
}

/** What the provider said itself. It is another party's text, and shown as that. */
function wordsOfProvider({ outcome, lastError }: QueuedCancellation): string | undefined {
  const error = outcome?.ok === false ? outcome.error : lastError;
  const existing = outcome?.ok === true ? outcome.result.existing : error?.existing;
  return error?.providerMessage ?? existing?.reason;
}

/** What the operator has just done. An address alone proves nothing: it has to be the last decision of the trail. */
function doneText({ me, query }: Visit, { history }: QueuedCancellationWithHistory): string | undefined {
  const last = history.findLast(({ data }) => data['by'] !== undefined);
  const { text, types } = DONE.find(({ done }) => done === query.get('done')) ?? {};
  return last?.data['by'] === me.by && types?.includes(last.type) === true ? text : undefined;
}

const DONE: readonly { readonly done: string; readonly types: readonly string[]; readonly text: string }[] = [
  {
    done: 'recorded',
    types: ['resolved', 'retried', 'withdrawn', 'approved'],
    text: 'Recorded, with your name.',
  },
  { done: 'read', types: ['reading'], text: 'It was read back. What the provider showed is in the trail.' },
  { done: 'confirmed', types: ['confirmed'], text: 'The token was passed on. The outcome is in the trail.' },
];

// A page of thousands of lines opens on no phone. The JSON has all of them.
const MOST_LINES = 200;
