import type { ErrorCode } from '../contract/error-code.ts';
import { isProviderError } from '../contract/provider-error.ts';
import type { QueueStats } from '../queue/index.ts';
import { formTokenOf, isOwnForm } from './access/form-token.ts';
import { readForm } from './access/read-form.ts';
import { respond } from './access/respond.ts';
import { type Action, ACTIONS } from './actions.ts';
import { SCRIPT } from './assets/script.ts';
import { STYLE } from './assets/style.ts';
import { checkedOptions } from './model/check-options.ts';
import type { ConsoleQueue } from './model/console-queue.ts';
import { type Operator, operatorOf } from './model/operator.ts';
import { may, type Visit } from './model/visit.ts';
import { PAGES } from './pages.ts';
import { failedPage, refusedPage } from './pages/notices.tsx';

/** Options of `createQueueConsole`. */
export interface QueueConsoleOptions<From = unknown> {
  /** What `createCancelQueue` returned. */
  readonly queue: ConsoleQueue;
  /**
   * Says who sends a request and what they may do; `undefined` lets nobody in. It is called for every page and every
   * form. If it throws, nobody is let in.
   *
   * @param from the second argument of the handler, such as the request of Express or the context of Hono.
   */
  readonly authorize: (
    request: Request,
    from: From | undefined,
  ) => Operator | undefined | Promise<Operator | undefined>;
  /** The path that the console is mounted at, as browsers see it: `/ops/cancellations`. Default: the root. */
  readonly basePath?: string | undefined;
  /** Shown beside the name, such as `production`. Default: nothing. */
  readonly label?: string | undefined;
  /** Called with what `authorize` threw, and with faults. Default: a warning of the process, without its text. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** Answers one request of the console. `from` is handed to `authorize`. */
export type ConsoleHandler<From = unknown> = (request: Request, from?: From) => Promise<Response>;

/**
 * Makes the pages on which operators see the queue and decide: a standard handler, to be mounted in any framework.
 *
 * The request must have the URL that the browser sees, `basePath` included. See docs/console.md.
 *
 * @throws ProviderError `invalid_request` for an option that is not valid.
 */
export function createQueueConsole<From = unknown>(options: QueueConsoleOptions<From>): ConsoleHandler<From> {
  const { queue, authorize, basePath = '', label, onError = warn } = checkedOptions(options);
  const fail = (error: unknown): void => {
    try {
      onError(error);
    } catch {
      warn();
    }
  };

  async function letIn(request: Request, from: From | undefined): Promise<Operator | undefined> {
    const me = operatorOf(await authorize(request, from));
    return me?.can.includes('read') === true ? me : undefined;
  }

  async function answer(request: Request, from: From | undefined): Promise<Response> {
    const url = new URL(request.url);
    const path = pathIn(url.pathname, basePath);
    const asset = ASSETS[path ?? ''];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (asset !== undefined && isRead) return respond(asset.body, { type: asset.type });
    let me;
    try {
      me = await letIn(request, from);
    } catch (error) {
      fail(error);
      return respond(refusedPage(basePath), { status: 500 });
    }
    if (me === undefined) return respond(refusedPage(basePath), { status: 401 });
    const page = isRead ? PAGES[path ?? ''] : undefined;
    const action = request.method === 'POST' ? ACTIONS[path ?? ''] : undefined;
    if (page === undefined && action === undefined) {
      return respond(failedPage(basePath, 'There is no such page.'), { status: 404 });
    }
    const { token, setCookie } = formTokenOf(request, basePath);
    const open = async (): Promise<Visit> => {
      const stats: QueueStats = await queue.stats();
      return { me, queue, label, basePath, query: url.searchParams, formToken: token, now: Date.now(), stats };
    };
    const response = page === undefined ? await act(request, action, me, open) : await page(await open());
    if (setCookie !== undefined) response.headers.append('set-cookie', setCookie);
    return response;
  }

  async function act(
    request: Request,
    action: Action | undefined,
    me: Operator,
    open: () => Promise<Visit>,
  ): Promise<Response> {
    const form = await readForm(request);
    if (form === undefined || action === undefined || !isOwnForm(request, form)) {
      const text = 'This form did not come from a page of the console, or the page is too old. Load the page again.';
      return respond(failedPage(basePath, text), { status: 403 });
    }
    const right = action.rightFor(form);
    if (!may({ me }, right)) {
      const text =
        right === 'send_again' ? 'You may not have a cancellation sent again.' : 'You may look, and not decide.';
      return respond(failedPage(basePath, text), { status: 403 });
    }
    return await action.run(form, await open());
  }

  return async (request, from) => {
    try {
      const response = await answer(request, from);
      return request.method === 'HEAD' ? new Response(null, response) : response;
    } catch (error) {
      if (isProviderError(error)) {
        return respond(failedPage(basePath, error.message), { status: STATUSES[error.code] ?? 500 });
      }
      fail(error);
      return respond(failedPage(basePath, 'An internal fault. It has been reported.'), { status: 500 });
    }
  };
}

const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = { invalid_request: 400, unavailable: 503 };

/**
 * The path within the console; `undefined` if the request is for another part of the site. Some frameworks add a slash
 * at the end, by a redirect.
 */
function pathIn(pathname: string, basePath: string): string | undefined {
  const path = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
  if (path === basePath) return '/';
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : undefined;
}

const ASSETS: Readonly<Record<string, { readonly body: string; readonly type: string }>> = {
  '/console.css': { body: STYLE, type: 'text/css' },
  '/console.js': { body: SCRIPT, type: 'text/javascript' },
};

function warn(): void {
  process.emitWarning('console: a request failed. Set onError to see why.');
}
