import type { Child } from 'hono/jsx';
import type { JSX } from 'hono/jsx/jsx-runtime';
import { hrefOf, type Visit } from '../model/visit.ts';
import { Logo } from './icons.tsx';

interface LayoutProps {
  readonly visit: Visit;
  readonly title: string;
  readonly at?: 'list' | 'accounts';
  readonly children: Child;
}

/** A page: the header with the pages, and its content. */
export function Layout({ visit, title, at, children }: LayoutProps): JSX.Element {
  const { me, label, stats } = visit;
  const needs = stats.needsPerson > 0 ? `(${stats.needsPerson}) ` : '';
  return (
    <html lang="en">
      <Head visit={visit} title={`${needs}${title}`} />
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="top">
          <a class="brand" href={hrefOf(visit, '/')}>
            <Logo />
            cancelkit
          </a>
          {label !== undefined && <span class="env">{label}</span>}
          <nav aria-label="Pages">
            <a href={hrefOf(visit, '/')} aria-current={at === 'list' ? 'page' : undefined}>
              Cancellations
            </a>
            <a href={hrefOf(visit, '/accounts')} aria-current={at === 'accounts' ? 'page' : undefined}>
              Accounts
            </a>
          </nav>
          <span class="who">
            <span class="name">{me.by}</span>
            <span class="avatar" aria-hidden="true">
              {[...me.by][0]?.toUpperCase()}
            </span>
          </span>
        </header>
        <main id="main">
          <div role="status">
            <p id="stale" class="stale" hidden>
              This page is not up to date: the console does not answer, or you are signed out. Load it again.
            </p>
          </div>
          {children}
        </main>
        <Keys />
        <script src={hrefOf(visit, '/console.js')} type="module"></script>
      </body>
    </html>
  );
}

/** A page of a sentence, for those who were not let in, and for what went wrong. */
export function Notice({ basePath, title, children }: NoticeProps): JSX.Element {
  return (
    <html lang="en">
      <Head visit={{ basePath }} title={title} />
      <body>
        <main id="main" class="login">
          <h1>{title}</h1>
          {children}
        </main>
      </body>
    </html>
  );
}

interface NoticeProps {
  readonly basePath: string;
  readonly title: string;
  readonly children: Child;
}

/** The whole text of a page. */
export function renderPage(page: JSX.Element): string {
  if (page instanceof Promise) throw new TypeError('a page is made of components that wait for nothing');
  return `<!doctype html>${page}`.replaceAll(TEXT, (text) => (text.startsWith('<') ? text : shown(text)));
}

// Markup in a text is escaped, so a tag ends at its first `>`. What an operator has written stays unchanged.
const TEXT = /<textarea[^>]*>[^<]*|>[^<]+/g;

/** A text whose every character is seen: others can turn one around, or make it look like another service's name. */
function shown(text: string): string {
  return text.replaceAll(UNSEEN, (character) => `[U+${character.codePointAt(0)?.toString(16).toUpperCase()}]`);
}

// The joiners belong to emoji and to some scripts, and to nothing in ASCII.
const UNSEEN =
  /(?![\t\n\r\u200C\u200D])[\p{Cc}\p{Cf}\u115F\u1160\u2800\u3164\uFFA0]|(?<=[ -~])[\u200C\u200D]|[\u200C\u200D](?=[ -~])/gu;

function Head({ visit, title }: { readonly visit: Pick<Visit, 'basePath'>; readonly title: string }): JSX.Element {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="robots" content="noindex" />
      <title>{`${title} · cancelkit`}</title>
      <link rel="stylesheet" href={hrefOf(visit, '/console.css')} />
      <link rel="icon" href="data:," />
    </head>
  );
}

function Keys(): JSX.Element {
  return (
    <dialog id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl>
        {KEYS.map(([keys, what]) => (
          <>
            <dt>
              {keys.map((key) => (
                <kbd>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <form method="dialog">
        <button>Close</button>
      </form>
    </dialog>
  );
}

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [['j', 'k'], 'next, previous'],
  [['Enter'], 'open'],
  [['x'], 'select'],
  [['/'], 'search'],
  [['d'], 'decide'],
  [['u'], 'back to the list'],
  [['?'], 'these keys'],
];
