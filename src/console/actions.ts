import type { ErrorCode } from '../contract/error-code.ts';
import { isProviderError } from '../contract/provider-error.ts';
import { hasChanged, type Choice } from '../queue/index.ts';
import { RESOLUTIONS } from '../queue/model/state.ts';
import { redirect, respond } from './access/respond.ts';
import type { ConsoleQueue } from './model/console-queue.ts';
import type { ConsoleRight } from './model/operator.ts';
import { typedId } from './model/service-name.ts';
import { cancellationHref, hrefOf, type Visit } from './model/visit.ts';
import { cancellationPage } from './pages.ts';
import { BulkPage, type BulkResult } from './pages/bulk-form.tsx';
import { renderPage } from './pages/layout.tsx';
import { failedPage } from './pages/notices.tsx';

/** What a form does. */
export interface Action {
  /** What the operator has to be allowed to do. */
  readonly rightFor: (form: URLSearchParams) => ConsoleRight;
  readonly run: (form: URLSearchParams, visit: Visit) => Promise<Response>;
}

/** The actions, by the paths of their forms. */
export const ACTIONS: Readonly<Record<string, Action>> = {
  '/decide': { rightFor: (form) => (sendsAgain(form) ? 'send_again' : 'decide'), run: decide },
  '/decide-selected': { rightFor: () => 'decide', run: decideSelected },
  '/read-back': { rightFor: () => 'decide', run: readBack },
  '/confirm': { rightFor: () => 'decide', run: confirm },
  '/resume': { rightFor: () => 'decide', run: resume },
};

function sendsAgain(form: URLSearchParams): boolean {
  return ['retry', 'retry_there'].includes(form.get('as') ?? '');
}

async function decide(form: URLSearchParams, visit: Visit): Promise<Response> {
  const { queue, me } = visit;
  const id = form.get('id') ?? '';
  return await attempt(form, visit, 'recorded', async () => {
    const decision = decisionOf(form, me.by, form.get('seen'));
    const as = form.get('as') ?? '';
    if (!sendsAgain(form)) return await settle(queue, id, as, decision, form.get('effectiveAt'));
    const item = await queue.get(id);
    if (item !== undefined && form.get('typed')?.trim() !== typedId(item.request)) return NOT_TYPED;
    await queue.retry(id, as === 'retry' ? decision : { ...decision, acceptPlace: true });
    return undefined;
  });
}

async function readBack(form: URLSearchParams, visit: Visit): Promise<Response> {
  const id = form.get('id') ?? '';
  return await attempt(form, visit, 'read', async () => {
    await visit.queue.readBack(id, decisionOf(form, visit.me.by, form.get('seen')));
    return undefined;
  });
}

async function confirm(form: URLSearchParams, visit: Visit): Promise<Response> {
  const id = form.get('id') ?? '';
  return await attempt(form, visit, 'confirmed', async () => {
    const decision = decisionOf(form, visit.me.by, form.get('seen'));
    await visit.queue.confirm(id, { ...decision, token: form.get('token')?.trim() ?? '' });
    return undefined;
  });
}

async function resume(form: URLSearchParams, visit: Visit): Promise<Response> {
  await visit.queue.resume(form.get('account') ?? '');
  return redirect(hrefOf(visit, '/accounts'));
}

/** One after the other: each is a transaction of its own, and one that is refused stops no other. */
async function decideSelected(form: URLSearchParams, visit: Visit): Promise<Response> {
  const results: BulkResult[] = [];
  let isGone = false;
  for (const [index, item] of form.getAll('item').entries()) {
    const [seen = '', ...rest] = item.split(' ');
    const id = rest.join(' ');
    const work = (): Promise<string | undefined> =>
      settle(visit.queue, id, form.get('as') ?? '', decisionOf(form, visit.me.by, seen));
    // Each would wait for the database again, longer than the operator does.
    const skipped: string | undefined = isGone ? NOT_TRIED : index >= MOST ? TOO_MANY : undefined;
    const { problem, code }: Problem = skipped === undefined ? await problemOf(work) : { problem: skipped };
    isGone ||= code === 'unavailable' || code === 'outcome_unknown';
    results.push({ id, ...(problem === undefined ? {} : { problem }) });
  }
  return respond(renderPage(BulkPage({ visit: await counted(visit), results })));
}

/** The visit with the counts of now; with those of its beginning if the database fails: what was recorded is said. */
async function counted(visit: Visit): Promise<Visit> {
  try {
    return { ...visit, stats: await visit.queue.stats() };
  } catch (error) {
    if (isProviderError(error)) return visit;
    throw error;
  }
}

// More than a page shows.
const MOST = 200;

/** Records a decision that sends nothing by itself. */
async function settle(
  queue: ConsoleQueue,
  id: string,
  as: string,
  decision: Choice,
  effectiveAt: string | null = null,
): Promise<string | undefined> {
  const resolution = RESOLUTIONS.find((one) => one === as);
  if (resolution !== undefined) {
    const date = resolution === 'scheduled' && effectiveAt !== null && effectiveAt !== '' ? { effectiveAt } : {};
    await queue.resolve(id, { ...decision, as: resolution, ...date });
  } else if (as === 'withdraw') await queue.withdraw(id, decision);
  else if (as === 'approve') await queue.approve(id, decision);
  else return NO_ANSWER;
  return undefined;
}

/** Does what a form asks for, and shows the cancellation: as it is then, or with the reason why it was not done. */
async function attempt(
  form: URLSearchParams,
  visit: Visit,
  done: string,
  work: () => Promise<string | undefined>,
): Promise<Response> {
  const id = form.get('id') ?? '';
  const { problem } = await problemOf(work);
  if (problem === undefined) return redirect(cancellationHref(visit, id, { done }));
  const field = (name: string): string => form.get(name) ?? '';
  const draft = { problem, as: field('as'), note: field('note'), effectiveAt: field('effectiveAt') };
  try {
    return await cancellationPage(await counted(visit), id, draft);
  } catch (error) {
    // Why it was not done counts for more than why the page cannot be shown.
    if (isProviderError(error)) return respond(failedPage(visit.basePath, problem), { status: 503 });
    throw error;
  }
}

interface Problem {
  readonly problem?: string;
  readonly code?: ErrorCode;
}

async function problemOf(work: () => Promise<string | undefined>): Promise<Problem> {
  try {
    const problem = await work();
    return problem === undefined ? {} : { problem };
  } catch (error) {
    if (hasChanged(error)) return { problem: CHANGED };
    if (isProviderError(error)) return { problem: error.message, code: error.code };
    throw error;
  }
}

function decisionOf(form: URLSearchParams, by: string, seen: string | null): Choice {
  // A browser sends two characters for a line break, and its field counted one.
  const note = form.get('note')?.replaceAll('\r\n', '\n').trim() ?? '';
  return { by, ...(note === '' ? {} : { note }), ...(seen === null ? {} : { ifUpdatedAt: seen }) };
}

const CHANGED = 'It has changed since you opened the page. Nothing was recorded: look at it again before you decide.';
const NOT_TYPED = 'The id was not typed correctly. Nothing was sent.';
const NOT_TRIED = 'Not tried: the database failed before. Load the list again.';
const TOO_MANY = `Not tried: more than ${MOST} were selected. Select this one again.`;
const NO_ANSWER = 'Choose what you found. Nothing was recorded.';
