import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import type { WhereToLook } from '../../contract/where-to-look.ts';
import { awaitsToken, wordsOf } from '../../queue/words/state-words.ts';
import { ANSWERS, choiceFor } from '../model/answers.ts';
import { serviceName } from '../model/service-name.ts';
import { hrefOf, may } from '../model/visit.ts';
import { ConfirmForm, Decide, type Draft, type FormProps, Hidden, Note, Submit, TypedId } from './decision-form.tsx';
import { Warn } from './icons.tsx';
import { FormToken } from './parts.tsx';

interface PanelsProps extends FormProps {
  readonly look: WhereToLook | undefined;
  readonly draft: Draft | undefined;
}

/** What an operator can decide on a cancellation in its present state. */
export function DecisionPanels(props: PanelsProps): JSX.Element {
  const { visit, item } = props;
  const choice = choiceFor(item);
  if (choice === 'answers') return <AnswersPanel {...props} />;
  if (choice === 'refused' && may(visit, 'send_again')) {
    return (
      <Panel title="Not cancelled">
        <Decide {...props} as="retry" button="Send it again" danger>
          <TypedId item={item} />
        </Decide>
      </Panel>
    );
  }
  if (!may(visit, 'decide')) return <></>;
  if (choice === 'planned') {
    return (
      <Panel title="Not sent yet">
        <Decide {...props} as="withdraw" button="Take out of the queue" danger />
      </Panel>
    );
  }
  if (choice === 'held') return <HeldPanel {...props} />;
  if (choice === 'proposed') return <ProposedPanel {...props} />;
  return <></>;
}

function AnswersPanel(props: PanelsProps): JSX.Element {
  const { visit, item, look, draft } = props;
  const { known } = wordsOf(item, visit.now);
  if (!may(visit, 'decide') && !may(visit, 'send_again')) {
    return (
      <Panel title="What we know">
        <List lines={known} />
      </Panel>
    );
  }
  return (
    <Panel title={item.needsPerson ? 'Your decision' : 'You can decide, or wait'} warns>
      <h3>What we know</h3>
      <List lines={known} />
      <h3>What to check at {item.provider}</h3>
      <WhereToCheck item={item} look={look} />
      {may(visit, 'decide') && (
        <form method="post" action={hrefOf(visit, '/read-back')}>
          <Hidden visit={visit} item={item} />
          <button class="go">Read it back now</button>
        </form>
      )}
      {may(visit, 'decide') && awaitsToken(item) && <ConfirmForm visit={visit} item={item} />}
      <form method="post" action={hrefOf(visit, '/decide')} autocomplete="off">
        <Hidden visit={visit} item={item} />
        <fieldset>
          <legend>What did you find?</legend>
          {may(visit, 'decide') &&
            ANSWERS.map(({ as, found, effect }) => (
              <div class="choice">
                <label>
                  <input type="radio" name="as" value={as} required checked={draft?.as === as} />
                  <b>{found}</b>
                  <small>{effect}</small>
                </label>
                {as === 'scheduled' && (
                  <label class="more">
                    End date, if you know it
                    <input type="date" name="effectiveAt" value={draft?.effectiveAt ?? ''} />
                  </label>
                )}
              </div>
            ))}
          {may(visit, 'send_again') && (
            <div class="choice risky">
              <label>
                <input type="radio" name="as" value="retry" required checked={draft?.as === 'retry'} />
                <b>It is not cancelled: send it again</b>
                <small>If it was cancelled after all, this cancels it a second time.</small>
              </label>
              <TypedId item={item} />
            </div>
          )}
        </fieldset>
        <Note draft={draft} placeholder="Where you looked, and what it said" />
        <Submit visit={visit} button="Record decision" />
      </form>
    </Panel>
  );
}

/** Where to look, by the provider's adapter; its address only if a browser opens it as a page. */
function WhereToCheck({ item, look }: Pick<PanelsProps, 'item' | 'look'>): JSX.Element {
  if (look === undefined) {
    return (
      <List
        lines={[
          `Look up ${serviceName(item.request)} in the client area of the provider.`,
          'Is it marked for cancellation, and for which date?',
        ]}
      />
    );
  }
  const isPage = look.url !== undefined && /^https?:\/\//i.test(look.url) && URL.canParse(look.url);
  return (
    <>
      <List lines={look.steps} />
      {look.source === 'inferred' && <p class="sub">Not documented by the provider: its pages may look different.</p>}
      {isPage && (
        <a class="button go" href={look.url} target="_blank" rel="noreferrer noopener">
          Open {new URL(look.url ?? '').host}
          <span class="sr"> in a new tab</span>
        </a>
      )}
    </>
  );
}

function HeldPanel(props: PanelsProps): JSX.Element {
  const { visit, item } = props;
  return (
    <Panel title="Your decision" warns>
      <h3>What we know</h3>
      <List lines={wordsOf(item, visit.now).known} />
      <form method="post" action={hrefOf(visit, '/resume')} class="aside-form">
        <FormToken visit={visit} />
        <input type="hidden" name="account" value={item.account} />
        <button class="go">Resume {item.account}: its configuration is correct again</button>
      </form>
      {may(visit, 'send_again') && item.otherPlace !== undefined && (
        <Decide {...props} as="retry_there" button="Send it to the new place" danger>
          <TypedId item={item} />
        </Decide>
      )}
      <Decide {...props} as="withdraw" button="Take out of the queue" danger />
    </Panel>
  );
}

function ProposedPanel(props: PanelsProps): JSX.Element {
  const { visit, item } = props;
  return (
    <Panel title="Waits for approval" warns>
      <List lines={wordsOf(item, visit.now).known} />
      <Decide {...props} as="approve" button="Approve" />
      <Decide {...props} as="withdraw" button="Take out of the queue" danger />
    </Panel>
  );
}

function Panel({
  title,
  warns = false,
  children,
}: {
  readonly title: string;
  readonly warns?: boolean;
  readonly children: Child;
}): JSX.Element {
  return (
    <section class={warns ? 'panel decide' : 'panel'} aria-labelledby="decision-title">
      <div class="head">
        {warns && <Warn />}
        <h2 id="decision-title">{title}</h2>
      </div>
      <div class="body">{children}</div>
    </section>
  );
}

function List({ lines }: { readonly lines: readonly string[] }): JSX.Element {
  return (
    <ul>
      {lines.map((line) => (
        <li>{line}</li>
      ))}
    </ul>
  );
}
