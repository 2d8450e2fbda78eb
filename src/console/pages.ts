import { isProviderError } from '../contract/provider-error.ts';
import type { WhereToLook } from '../contract/where-to-look.ts';
import type { QueuedCancellationWithHistory } from '../queue/index.ts';
import { LISTED_TIMINGS } from '../queue/input/queue-input.ts';
import { respond } from './access/respond.ts';
import type { ConsoleQueue } from './model/console-queue.ts';
import { tabOf } from './model/tabs.ts';
import type { Visit } from './model/visit.ts';
import { AccountsPage } from './pages/accounts-page.tsx';
import { CancellationPage, NoCancellationPage } from './pages/cancellation-page.tsx';
import type { Draft } from './pages/decision-form.tsx';
import { renderPage } from './pages/layout.tsx';
import { ListPage } from './pages/list-page.tsx';

/** What answers a page. */
export type Page = (visit: Visit) => Response | Promise<Response>;

/** The pages, by their paths. */
export const PAGES: Readonly<Record<string, Page>> = {
  '/': listPage,
  '/cancellation': async (visit) => await cancellationPage(visit, visit.query.get('id') ?? ''),
  '/cancellation.json': cancellationJson,
  '/accounts': (visit) => respond(renderPage(AccountsPage({ visit }))),
};

/** The page of one cancellation; with a draft, the answer to a decision that was not taken. */
export async function cancellationPage(visit: Visit, id: string, draft?: Draft): Promise<Response> {
  const item = await find(visit.queue, id);
  if (item === undefined) return respond(renderPage(NoCancellationPage({ visit })), { status: 404 });
  const look = await whereToLook(visit.queue, id);
  const status = draft === undefined ? 200 : 409;
  return respond(renderPage(CancellationPage({ visit, item, look, draft })), { status });
}

const PAGE_SIZE = 50;

async function listPage(visit: Visit): Promise<Response> {
  const { queue, query, stats } = visit;
  const tab = tabOf(query.get('show'), stats);
  const field = (name: string): string => query.get(name)?.trim() ?? '';
  const own = { tab, text: field('q'), account: field('account'), when: field('when'), after: field('after') };
  const when = LISTED_TIMINGS.find((timing) => timing === own.when);
  const filter = {
    ...tab.filter,
    text: own.text || undefined,
    account: own.account || undefined,
    when,
    after: own.after || undefined,
    order: 'newest',
    // One more than is shown says whether there is a next page.
    limit: PAGE_SIZE + 1,
  } as const;
  try {
    const found = await queue.list(filter);
    const page = { visit, query: own, found: found.slice(0, PAGE_SIZE), hasMore: found.length > PAGE_SIZE };
    return respond(renderPage(ListPage(page)));
  } catch (error) {
    if (!isProviderError(error, 'invalid_request')) throw error;
    const page = { visit, query: own, found: [], hasMore: false, problem: error.message };
    return respond(renderPage(ListPage(page)), { status: 400 });
  }
}

async function cancellationJson({ queue, query }: Visit): Promise<Response> {
  const item = await find(queue, query.get('id') ?? '');
  const status = item === undefined ? 404 : 200;
  return respond(JSON.stringify(item ?? null, undefined, 2), { status, type: 'application/json' });
}

/** What is no id is in no queue. */
async function find(queue: ConsoleQueue, id: string): Promise<QueuedCancellationWithHistory | undefined> {
  try {
    return await queue.get(id);
  } catch (error) {
    if (isProviderError(error, 'invalid_request')) return undefined;
    throw error;
  }
}

/** Where to look is a help: a page without it is better than none. */
async function whereToLook(queue: ConsoleQueue, id: string): Promise<WhereToLook | undefined> {
  try {
    return await queue.whereToLook(id);
  } catch (error) {
    if (isProviderError(error)) return undefined;
    throw error;
  }
}
